//! Identifiers that become folder names and message ids.
//!
//! A raw string from outside cannot reach a path: every id is a validated newtype. Ids of our own
//! making are strict (`new`, `generate`); ids that are read from disk may be any single path
//! component (`from_disk`), so that foreign roots can be shown.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ulid::Ulid;

/// Why a string is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} {value:?} {why}")]
pub struct IdError {
    /// Which kind of id was asked for, in words.
    pub what: &'static str,
    /// The offending text, at most 128 characters of it.
    pub value: String,
    /// What is allowed.
    pub why: &'static str,
}

impl IdError {
    fn new(what: &'static str, value: &str, why: &'static str) -> Self {
        Self { what, value: value.chars().take(128).collect(), why }
    }
}

/// Whether `name` is one path component that names neither its own folder nor the one above.
pub(crate) fn is_component(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 255
        && name != "."
        && name != ".."
        && !name.contains(['/', '\0', '\n', '\r'])
}

macro_rules! folder_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Takes a name that was read from disk: any single path component.
            ///
            /// # Errors
            /// When it is empty, longer than 255 bytes, `.`, `..`, or holds `/`, NUL or a line end.
            pub fn from_disk(name: &str) -> Result<Self, IdError> {
                if is_component(name) {
                    Ok(Self(name.to_owned()))
                } else {
                    Err(IdError::new($what, name, "is not a single path component"))
                }
            }

            /// The id as text; also the name of its folder.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::from_disk(&text).map_err(serde::de::Error::custom)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::from_disk(text)
            }
        }
    };
}

folder_id!(
    /// A project: the name of its folder below the root.
    ProjectId, "project"
);
folder_id!(
    /// A task: the name of its folder below the project.
    TaskId, "task"
);
folder_id!(
    /// A run: the name of its folder below `runs/`; a ULID when it is of our making.
    RunId, "run"
);

impl ProjectId {
    /// Takes a name for a project of our making: `[a-z0-9][a-z0-9._-]{0,63}`.
    ///
    /// # Errors
    /// When the name does not match.
    pub fn new(name: &str) -> Result<Self, IdError> {
        let allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || b"._-".contains(&c);
        let starts_well = name.bytes().next().is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        if starts_well && name.len() <= 64 && name.bytes().all(allowed) {
            Ok(Self(name.to_owned()))
        } else {
            Err(IdError::new(
                "project",
                name,
                "must be 1 to 64 of a-z, 0-9, '.', '_' and '-', starting with a letter or digit",
            ))
        }
    }

    /// A valid project name made from any text, such as the name of a source folder.
    pub fn slugged(text: &str) -> Self {
        let slug = slug(text, 64);
        Self(if slug.is_empty() { "project".to_owned() } else { slug })
    }
}

impl TaskId {
    /// Takes a name for a task of our making: `task-<YYYYMMDD>-<HHMMSS>-<slug>`, slug of 1 to 50
    /// characters `[a-z0-9-]` that starts and ends with a letter or digit.
    ///
    /// # Errors
    /// When the name does not match.
    pub fn new(name: &str) -> Result<Self, IdError> {
        if is_task_name(name) {
            Ok(Self(name.to_owned()))
        } else {
            Err(IdError::new(
                "task",
                name,
                "must look like task-<YYYYMMDD>-<HHMMSS>-<slug>, slug of a-z, 0-9 and '-'",
            ))
        }
    }

    /// Makes a name from the time (UTC) and any text, such as the first words of the prompt.
    pub fn generate(now: Timestamp, text: &str) -> Self {
        let slug = slug(&first_words(text), 50);
        let slug = if slug.is_empty() { "task" } else { slug.as_str() };
        let stamp = now.strftime("%Y%m%d-%H%M%S");
        Self(format!("task-{stamp}-{slug}"))
    }

    /// The part after date and time, or the whole name where there is none.
    pub fn slug(&self) -> &str {
        if is_task_name(&self.0) { &self.0[21..] } else { &self.0 }
    }
}

impl RunId {
    /// A new run id. Later ids of one process sort after earlier ones of other milliseconds.
    pub fn generate() -> Self {
        Self(Ulid::generate().to_string())
    }

    /// Takes a run id of our making: a ULID in canonical capitals.
    ///
    /// # Errors
    /// When it is no ULID.
    pub fn new(text: &str) -> Result<Self, IdError> {
        parse_ulid(text)
            .map(|_| Self(text.to_owned()))
            .ok_or_else(|| IdError::new("run", text, "is not a ULID"))
    }
}

/// The id of a message: `MSG-<ULID>`. Ordered as the bus file is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub Ulid);

impl MessageId {
    /// Bytes of the text form: `MSG-` and 26 characters.
    pub const LEN: usize = 30;

    /// Takes `MSG-<ULID>` in canonical capitals.
    ///
    /// # Errors
    /// When it is not of that form.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        text.strip_prefix("MSG-")
            .and_then(parse_ulid)
            .map(Self)
            .ok_or_else(|| IdError::new("message id", text, "must be MSG- and a ULID"))
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MSG-{}", self.0)
    }
}

impl fmt::Debug for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Where a reader of a bus stands: after the message `last`, and `text` bytes of trailerless text
/// beyond it. Text form: `MSG-<ULID>`, `MSG-<ULID>+<bytes>`, or `+<bytes>` before the first record.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Cursor {
    /// The last record that was delivered; none: the start of the bus.
    pub last: Option<MessageId>,
    /// Bytes of trailerless text that were consumed after that record.
    pub text: u64,
}

impl Cursor {
    /// The start of the bus.
    pub const START: Cursor = Cursor { last: None, text: 0 };

    /// Just after the record `id`.
    pub fn after(id: MessageId) -> Self {
        Self { last: Some(id), text: 0 }
    }

    /// Takes the text form.
    ///
    /// # Errors
    /// When it is not of that form.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let wrong = || IdError::new("cursor", text, "must be MSG-<ULID>, optionally with +<bytes>");
        let (id, bytes) = match text.split_once('+') {
            Some((id, bytes)) => (id, bytes.parse::<u64>().map_err(|_| wrong())?),
            None => (text, 0),
        };
        let last = if id.is_empty() && text.starts_with('+') {
            None
        } else {
            Some(MessageId::parse(id).map_err(|_| wrong())?)
        };
        Ok(Self { last, text: bytes })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.last, self.text) {
            (Some(id), 0) => write!(f, "{id}"),
            (Some(id), bytes) => write!(f, "{id}+{bytes}"),
            (None, bytes) => write!(f, "+{bytes}"),
        }
    }
}

impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

macro_rules! serde_as_text {
    ($name:ident) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::parse(text)
            }
        }
    };
}

serde_as_text!(MessageId);
serde_as_text!(Cursor);

/// A ULID in its canonical form (26 capitals of Crockford's alphabet); no second spelling passes.
fn parse_ulid(text: &str) -> Option<Ulid> {
    let ulid = Ulid::from_string(text).ok()?;
    let mut buffer = [0u8; ulid::ULID_LEN];
    (ulid.array_to_str(&mut buffer) == text).then_some(ulid)
}

fn is_task_name(name: &str) -> bool {
    let Some(rest) = name.strip_prefix("task-") else { return false };
    let bytes = rest.as_bytes();
    if bytes.len() < 17 || bytes[8] != b'-' || bytes[15] != b'-' {
        return false;
    }
    let digits = bytes[..8].iter().chain(&bytes[9..15]).all(u8::is_ascii_digit);
    let slug = &bytes[16..];
    let word = |c: &u8| c.is_ascii_lowercase() || c.is_ascii_digit();
    digits
        && slug.len() <= 50
        && slug.iter().all(|c| word(c) || *c == b'-')
        && slug.first().is_some_and(word)
        && slug.last().is_some_and(word)
}

/// Lower-case words of `[a-z0-9]` joined by `-`, at most `max` bytes, cut at a word where it can be.
fn slug(text: &str, max: usize) -> String {
    let mut out = String::new();
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        let gap = usize::from(!out.is_empty());
        if out.len() + gap + word.len() > max {
            if out.is_empty() {
                out.push_str(&word[..max]);
            }
            break;
        }
        if gap == 1 {
            out.push('-');
        }
        out.push_str(word);
    }
    out.make_ascii_lowercase();
    out
}

/// The first six words of the first line that has any; Markdown signs do not count as words.
fn first_words(text: &str) -> String {
    let has_word = |line: &&str| line.contains(|c: char| c.is_ascii_alphanumeric());
    let line = text.lines().find(has_word).unwrap_or("");
    line.split_whitespace().filter(|word| has_word(word)).take(6).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_our_making_are_strict() {
        for good in ["a", "web-shop", "0.9_x"] {
            assert!(ProjectId::new(good).is_ok(), "{good}");
        }
        for bad in ["", ".conductor", "-a", "A", "a/b", "ä", &"x".repeat(65)] {
            assert!(ProjectId::new(bad).is_err(), "{bad}");
        }
        assert!(TaskId::new("task-20261120-201300-fix-login").is_ok());
        for bad in [
            "task-20261120-201300-",
            "task-20261120-201300-a-",
            "task-2026112-201300-a",
            "x",
            "task-20261120-201300-A",
        ] {
            assert!(TaskId::new(bad).is_err(), "{bad}");
        }
        assert!(RunId::new("01jd8z7w3qk5t9x2m4n6p8r0sa").is_err());
    }

    #[test]
    fn ids_from_disk_are_one_component() {
        assert!(TaskId::from_disk("any_id").is_ok());
        for bad in ["", ".", "..", "a/b", "a\0b", "a\nb"] {
            assert!(TaskId::from_disk(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_task_name_is_made_from_a_prompt() {
        let now: Timestamp = "2026-11-20T20:13:00Z".parse().expect("a valid time");
        let id = TaskId::generate(now, "# Fix the login — please, now or never!\nmore");
        assert_eq!(id.as_str(), "task-20261120-201300-fix-the-login-please-now-or");
        assert_eq!(id.slug(), "fix-the-login-please-now-or");
        assert!(TaskId::new(id.as_str()).is_ok());
        assert_eq!(TaskId::generate(now, "…").slug(), "task");
        assert!(TaskId::new(TaskId::generate(now, &"x".repeat(200)).as_str()).is_ok());
    }

    #[test]
    fn cursors_round_trip() {
        for text in ["MSG-01JD8Z7W3QK5T9X2M4N6P8R0SA", "MSG-01JD8Z7W3QK5T9X2M4N6P8R0SA+17", "+5", "+0"] {
            assert_eq!(Cursor::parse(text).expect(text).to_string(), text);
        }
        for bad in ["", "MSG-", "MSG-01JD8Z7W3QK5T9X2M4N6P8R0SA+", "MSG-01jd8z7w3qk5t9x2m4n6p8r0sa", "+x"] {
            assert!(Cursor::parse(bad).is_err(), "{bad}");
        }
    }
}
