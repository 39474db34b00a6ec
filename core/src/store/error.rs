//! What can go wrong with files of a root: where, and of which kind.

use std::io;
use std::path::{Path, PathBuf};

use crate::model::IdError;

/// The store's result.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// A failure and the file or folder it happened at.
#[derive(Debug, thiserror::Error)]
#[error("{}: {kind}", path.display())]
pub struct StoreError {
    /// The file or folder.
    pub path: PathBuf,
    /// What happened.
    #[source]
    pub kind: StoreErrorKind,
}

/// What happened to a file or folder.
#[derive(Debug, thiserror::Error)]
pub enum StoreErrorKind {
    /// There is no such file or folder.
    #[error("not found")]
    NotFound,
    /// It is there already.
    #[error("exists already")]
    AlreadyExists,
    /// Something else than a regular file stands where a file is expected.
    #[error("is not a regular file")]
    NotAFile,
    /// Something else than a folder stands where a folder is expected.
    #[error("is not a folder")]
    NotAFolder,
    /// A system call failed.
    #[error("cannot {call}: {source}")]
    Io {
        /// What was tried, one word: `open`, `write`, `rename`, …
        call: &'static str,
        /// How it failed.
        source: io::Error,
    },
    /// The text is no YAML, or not of the expected shape.
    #[error("line {line}, column {column}: {message}")]
    Yaml {
        /// Line, from 1; 0 where it is not known.
        line: u64,
        /// Column, from 1; 0 where it is not known.
        column: u64,
        /// What is wrong, in the parser's words.
        message: String,
    },
    /// The file's first line promises a last one that is not there.
    #[error("is cut short: its last line is missing")]
    CutShort,
    /// A value cannot be written as YAML.
    #[error("cannot be written as YAML: {message}")]
    Emit {
        /// What is wrong, in the emitter's words.
        message: String,
    },
    /// The file is not UTF-8.
    #[error("is not UTF-8 (byte {valid_up_to})")]
    NotUtf8 {
        /// Bytes before the first that is not.
        valid_up_to: usize,
    },
    /// The file was written by a newer major version and is not touched.
    #[error("has version {found}, this program writes up to {known}{}", by(.binary))]
    NewerVersion {
        /// The file's version.
        found: u32,
        /// The newest that this program writes.
        known: u32,
        /// The newest program of the root's `bin/`, where one is newer than this one.
        binary: Option<PathBuf>,
    },
    /// The root is not of our making: it is read in place and never written.
    #[error("belongs to a root of another system, which is only read")]
    ReadOnlyRoot,
    /// The root is ours by its tasks, and the file that says so is gone or torn.
    #[error("is a root of ours whose .conductor/root.yaml is gone or damaged")]
    RootFileLost,
    /// The root has not been initialised yet.
    #[error("is not initialised yet")]
    NotInitialised,
    /// The root is ours already, or holds nothing: there is nothing to migrate.
    #[error("is no root of another system: there is nothing to migrate")]
    NotForeign,
    /// A run in it still lives.
    #[error("is in use: {run} is running")]
    StillRunning {
        /// The run, as `project/task/run`.
        run: String,
    },
    /// It was written to while it was copied, again and again.
    #[error("changes while it is copied")]
    Changing,
    /// Another process holds the lock.
    #[error("is locked{}", held_by(.holder))]
    Locked {
        /// What its holder wrote about itself.
        holder: Option<String>,
    },
    /// The file is larger than what is read at once.
    #[error("is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The path leads out of its folder.
    #[error("leads out of its folder")]
    Escapes,
    /// A link stands where a folder of ours is expected.
    #[error("is a link; not followed")]
    Link,
    /// A name is not what a path may be made of.
    #[error(transparent)]
    Name(#[from] IdError),
}

impl StoreError {
    /// A failure of this kind at this path.
    pub fn new(path: impl Into<PathBuf>, kind: StoreErrorKind) -> Self {
        Self { path: path.into(), kind }
    }

    /// A failed call; the kinds that have a meaning of their own are told apart.
    pub fn io(path: impl Into<PathBuf>, call: &'static str, source: io::Error) -> Self {
        let kind = match source.raw_os_error() {
            Some(libc_errno::ENOENT) => StoreErrorKind::NotFound,
            Some(libc_errno::EEXIST) => StoreErrorKind::AlreadyExists,
            Some(libc_errno::ENOTDIR) => StoreErrorKind::NotAFolder,
            Some(libc_errno::EXDEV | libc_errno::ELOOP) if call == "open" => StoreErrorKind::Escapes,
            _ => StoreErrorKind::Io { call, source },
        };
        Self::new(path, kind)
    }

    /// Whether the file or folder is simply not there.
    pub fn is_not_found(&self) -> bool {
        matches!(self.kind, StoreErrorKind::NotFound)
    }

    /// Whether the file is there and does not hold what it should: somebody emptied, tore or changed it, or put
    /// a folder, a pipe or a link that leads out in its place.
    pub fn is_damage(&self) -> bool {
        matches!(
            self.kind,
            StoreErrorKind::Yaml { .. }
                | StoreErrorKind::CutShort
                | StoreErrorKind::NotUtf8 { .. }
                | StoreErrorKind::TooLarge { .. }
                | StoreErrorKind::NotAFile
                | StoreErrorKind::Escapes
        )
    }

    /// Whether what the file should hold cannot be had: it is damaged, or not there.
    pub fn is_lost(&self) -> bool {
        self.is_damage() || self.is_not_found()
    }

    /// The error number of a failed call.
    pub fn errno(&self) -> Option<i32> {
        match &self.kind {
            StoreErrorKind::Io { source, .. } => source.raw_os_error(),
            _ => None,
        }
    }
}

/// The error numbers that are told apart.
mod libc_errno {
    pub use nix::libc::{EEXIST, ELOOP, ENOENT, ENOTDIR, EXDEV};
}

/// One element of a listing: a damaged file never hides its neighbours.
#[derive(Debug)]
pub enum Listed<T> {
    /// It could be read.
    Ok(T),
    /// It could not; the rest of the list is whole.
    Damaged {
        /// Name of the folder, or of the file, that is damaged.
        id: String,
        /// Where it is.
        path: PathBuf,
        /// What is wrong with it.
        reason: StoreError,
    },
}

impl<T> Listed<T> {
    /// Keeps a failure as a damaged element.
    pub fn from_result(id: impl ToString, path: &Path, result: Result<T>) -> Self {
        match result {
            Ok(value) => Listed::Ok(value),
            Err(reason) => Listed::Damaged { id: id.to_string(), path: path.to_owned(), reason },
        }
    }

    /// The element where it could be read.
    pub fn ok(self) -> Option<T> {
        match self {
            Listed::Ok(value) => Some(value),
            Listed::Damaged { .. } => None,
        }
    }
}

/// `Ok(None)` for what is not there.
pub(crate) fn optional<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

fn by(binary: &Option<PathBuf>) -> String {
    binary.as_ref().map(|path| format!("; {} is newer", path.display())).unwrap_or_default()
}

fn held_by(holder: &Option<String>) -> String {
    holder.as_ref().map(|holder| format!(" by {holder}")).unwrap_or_default()
}
