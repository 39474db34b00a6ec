//! Where a reader stands, and the text forms that clients keep of it.

use std::fmt;
use std::sync::Arc;

use super::log::LogFile;
use super::topic::Topic;
use crate::api::ApiError;
use crate::model::Cursor;
use crate::store::JournalCursor;

/// A place in what a topic is about. `parse` and `Display` are the text form for one subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In the journal; none: before all that is kept. Text: `<epoch>-<ULID>`.
    Events(Option<JournalCursor>),
    /// On a bus. Text: `MSG-<ULID>`, `MSG-<ULID>+<bytes>` or `+<bytes>`.
    Messages(Cursor),
    /// In a log. Text: `<offset>`, or `<offset>-<16 hexadecimal digits>`.
    Log(LogPlace),
}

/// A place in a log.
#[derive(Clone, Default)]
pub struct LogPlace {
    /// Position of the next byte.
    pub offset: u64,
    /// What tells whether the bytes before it are still those that were read; none for a position that
    /// a client made up.
    pub(super) mark: Option<Mark>,
    /// The file that was read, where this process has it open: it may have another name by now.
    pub(super) file: Option<Arc<LogFile>>,
}

/// What the bytes before a place are told by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    /// A checksum of what makes the file that file.
    pub(super) file: u32,
    /// A checksum of the first bytes of the file and of the last ones before the place.
    pub(super) content: u32,
}

impl LogPlace {
    /// A position in a file of which nothing was seen.
    pub fn at(offset: u64) -> Self {
        Self { offset, mark: None, file: None }
    }
}

impl PartialEq for LogPlace {
    fn eq(&self, other: &Self) -> bool {
        (self.offset, self.mark) == (other.offset, other.mark)
    }
}

impl Eq for LogPlace {}

impl fmt::Debug for LogPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for LogPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.mark {
            Some(mark) => write!(f, "{}-{:08x}{:08x}", self.offset, mark.file, mark.content),
            None => write!(f, "{}", self.offset),
        }
    }
}

impl Place {
    /// Before everything that a topic is about.
    pub fn start(topic: &Topic) -> Self {
        match topic {
            Topic::Events { .. } => Place::Events(None),
            Topic::Messages { .. } => Place::Messages(Cursor::START),
            Topic::Log { .. } => Place::Log(LogPlace::default()),
        }
    }

    /// Takes the text form of a place in a topic.
    ///
    /// # Errors
    /// When it is no place in such a topic.
    pub fn parse(topic: &Topic, text: &str) -> Result<Self, ApiError> {
        let parsed = match topic {
            _ if text.is_empty() => return Ok(Self::start(topic)),
            Topic::Events { .. } => JournalCursor::parse(text).map(|at| Place::Events(Some(at))),
            Topic::Messages { .. } => Cursor::parse(text).map(Place::Messages),
            Topic::Log { .. } => return parse_log(text).map(Place::Log).ok_or_else(|| wrong_log(text)),
        };
        parsed.map_err(|error| ApiError::usage(error).with_hint(HINT))
    }
}

const HINT: &str = "give back the id of the last frame as it came, or nothing to begin at the start";

fn wrong_log(text: &str) -> ApiError {
    let shown: String = text.chars().take(64).collect();
    ApiError::usage(format_args!("{shown:?} is no place in a log: it begins with a number of bytes"))
        .with_hint(HINT)
}

fn parse_log(text: &str) -> Option<LogPlace> {
    let (offset, mark) = match text.split_once('-') {
        Some((offset, mark)) => (offset, Some(parse_mark(mark)?)),
        None => (text, None),
    };
    let is_number = !offset.is_empty() && offset.bytes().all(|byte| byte.is_ascii_digit());
    let offset = is_number.then(|| offset.parse().ok()).flatten()?;
    Some(LogPlace { offset, mark, file: None })
}

fn parse_mark(text: &str) -> Option<Mark> {
    let is_hex = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let both = is_hex.then(|| u64::from_str_radix(text, 16).ok()).flatten()?;
    Some(Mark { file: (both >> 32) as u32, content: (both & u64::from(u32::MAX)) as u32 })
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Events(Some(at)) => at.fmt(f),
            Place::Events(None) | Place::Messages(Cursor::START) => Ok(()),
            Place::Messages(at) => at.fmt(f),
            Place::Log(at) => at.fmt(f),
        }
    }
}
