//! Errors of the configuration: where, which key, what is allowed, what was probably meant.

use std::fmt;
use std::path::PathBuf;

use super::tree::Origin;

/// Something is wrong with a setting. Reads as `file:line:column: dotted.key: what`.
#[derive(Debug, thiserror::Error)]
#[error("{}{}{kind}", Prefix(place.as_ref()), Prefix(key.as_ref()))]
pub struct ConfigError {
    /// Where the value or the key stands.
    pub place: Option<Origin>,
    /// The dotted key.
    pub key: Option<Box<str>>,
    /// What is wrong.
    #[source]
    pub kind: ConfigErrorKind,
}

/// What is wrong with a setting.
#[derive(Debug, thiserror::Error)]
pub enum ConfigErrorKind {
    /// A file that was named does not exist.
    #[error("{} does not exist", path.display())]
    NotFound {
        /// The file.
        path: PathBuf,
    },
    /// A folder, a pipe or a device where a file is expected.
    #[error("{} is not a regular file", path.display())]
    NotAFile {
        /// What stands there.
        path: PathBuf,
    },
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file of the older system's other format.
    #[error("{} is HCL, and configuration is YAML here", path.display())]
    Hcl {
        /// The file.
        path: PathBuf,
    },
    /// Not YAML, or YAML that is refused (duplicate keys, several documents, excessive aliases).
    #[error("{message}")]
    Yaml {
        /// The parser's words.
        message: String,
    },
    /// The file is not UTF-8.
    #[error("{} is not UTF-8 text", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
    },
    /// The format is newer than this program.
    #[error("version {found} is newer than this program knows ({known})")]
    NewerVersion {
        /// The file's version.
        found: u32,
        /// The newest that is known.
        known: u32,
    },
    /// No such key.
    #[error("unknown key{}; known here: {}", Meant(nearest.as_deref()), known.join(", "))]
    UnknownKey {
        /// The known key that is nearest to it.
        nearest: Option<Box<str>>,
        /// All keys that are known at this place.
        known: Vec<String>,
    },
    /// A key of the older system that means something else here.
    #[error("unknown key; {instead}")]
    Renamed {
        /// What to write instead.
        instead: &'static str,
    },
    /// Not one of the words that are allowed.
    #[error("{found:?} is not allowed{}; allowed: {}", Meant(nearest.as_deref()), allowed.join(", "))]
    NotAllowed {
        /// What stands there.
        found: String,
        /// The allowed word that is nearest to it.
        nearest: Option<Box<str>>,
        /// All words that are allowed.
        allowed: Vec<String>,
    },
    /// A value of another kind.
    #[error("{found} where {expected} is expected")]
    WrongType {
        /// What stands there, in words.
        found: String,
        /// What is expected, in words.
        expected: String,
    },
    /// A required key is missing.
    #[error("missing")]
    Missing,
    /// A value that cannot be.
    #[error("{why}")]
    Invalid {
        /// Why.
        why: String,
    },
    /// A setting that would have no effect where it stands.
    #[error("has no effect {here}")]
    NoEffect {
        /// Where, in words.
        here: String,
    },
    /// An agent that is not configured.
    #[error("unknown agent {name:?}{}; known: {}", Meant(nearest.as_deref()), known.join(", "))]
    UnknownAgent {
        /// The name.
        name: String,
        /// The known name that is nearest to it.
        nearest: Option<Box<str>>,
        /// All agents that are known.
        known: Vec<String>,
    },
    /// The keyring has no answer.
    #[error("keyring account {account:?}: {source}")]
    Keyring {
        /// The account.
        account: String,
        /// Why.
        source: Box<keyring::Error>,
    },
    /// The file of a key is empty.
    #[error("{} is empty", path.display())]
    EmptyTokenFile {
        /// The file.
        path: PathBuf,
    },
}

impl ConfigError {
    pub(super) fn bare(kind: ConfigErrorKind) -> Self {
        Self { place: None, key: None, kind }
    }

    pub(super) fn at(place: Option<Origin>, key: impl Into<Box<str>>, kind: ConfigErrorKind) -> Self {
        Self { place, key: Some(key.into()), kind }
    }

    /// What a person can do about it.
    pub fn hint(&self) -> Option<String> {
        let text = match &self.kind {
            ConfigErrorKind::NotFound { .. } => "run-agent config init writes a commented one".to_owned(),
            ConfigErrorKind::Hcl { .. } => {
                "write the same keys as YAML; run-agent config init shows them all".to_owned()
            }
            ConfigErrorKind::NewerVersion { .. } => "upgrade run-agent".to_owned(),
            ConfigErrorKind::UnknownAgent { .. } => "run-agent agents lists what can be named".to_owned(),
            ConfigErrorKind::Keyring { .. } | ConfigErrorKind::EmptyTokenFile { .. } => {
                "the agent's variable in the environment, token_file or token holds a key".to_owned()
            }
            ConfigErrorKind::NotAFile { .. } => {
                "name a file: it is read again by every supervisor".to_owned()
            }
            ConfigErrorKind::Io { .. } | ConfigErrorKind::NotText { .. } => {
                "run-agent config path says which files are read".to_owned()
            }
            ConfigErrorKind::Yaml { .. } => {
                "run-agent config init FILE writes an example of every key".to_owned()
            }
            ConfigErrorKind::UnknownKey { .. }
            | ConfigErrorKind::Missing
            | ConfigErrorKind::Renamed { .. }
            | ConfigErrorKind::NotAllowed { .. }
            | ConfigErrorKind::WrongType { .. }
            | ConfigErrorKind::Invalid { .. }
            | ConfigErrorKind::NoEffect { .. } => {
                "run-agent config schema prints every key and what it takes".to_owned()
            }
        };
        Some(text)
    }
}

/// The name that is nearest to what was written, when it is near enough to be meant.
pub(super) fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<Box<str>> {
    let limit = (written.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(written, name), name))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name.into())
}

struct Prefix<T>(Option<T>);

impl<T: fmt::Display> fmt::Display for Prefix<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(part) => write!(f, "{part}: "),
            None => Ok(()),
        }
    }
}

struct Meant<'a>(Option<&'a str>);

impl fmt::Display for Meant<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(name) => write!(f, " (did you mean {name}?)"),
            None => Ok(()),
        }
    }
}
