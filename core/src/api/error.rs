//! The one error of the use cases, and the only thing a client branches on: its code.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What kind of thing went wrong. Clients branch on this and on nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// The request itself is wrong: an unknown option, a value that is not allowed.
    Usage,
    /// The configuration is wrong.
    Config,
    /// The project, task, run, message or file does not exist.
    NotFound,
    /// More than one task answers to the name.
    Ambiguous,
    /// It exists, and its state forbids the step.
    Conflict,
    /// Another process holds the lock.
    Locked,
    /// The root belongs to another program, or may not be written.
    ReadOnly,
    /// The data on disk cannot be read as what it should be.
    Damaged,
    /// Written by a newer version than this one.
    NewerVersion,
    /// The agent cannot be used: missing, not logged in, refused.
    Agent,
    /// A stop that left something alive.
    StopIncomplete,
    /// A program that is needed is not installed.
    Missing,
    /// The operating system refused.
    Io,
    /// A server asks for another token.
    Unauthorized,
    /// The token does not allow it.
    Forbidden,
    /// No server answers, or what answers is none of ours.
    Unreachable,
    /// A part of a file is asked for that it does not have.
    OutOfRange,
}

/// One row of the table of codes.
struct Row {
    code: ErrorCode,
    word: &'static str,
    exit: u8,
    http: u16,
}

const TABLE: [Row; 17] = [
    Row { code: ErrorCode::Usage, word: "usage", exit: 2, http: 400 },
    Row { code: ErrorCode::Config, word: "config", exit: 2, http: 422 },
    Row { code: ErrorCode::NotFound, word: "not_found", exit: 3, http: 404 },
    Row { code: ErrorCode::Ambiguous, word: "ambiguous", exit: 3, http: 409 },
    Row { code: ErrorCode::Conflict, word: "conflict", exit: 4, http: 409 },
    Row { code: ErrorCode::Locked, word: "locked", exit: 4, http: 423 },
    Row { code: ErrorCode::ReadOnly, word: "read_only", exit: 4, http: 403 },
    Row { code: ErrorCode::Damaged, word: "damaged", exit: 8, http: 500 },
    Row { code: ErrorCode::NewerVersion, word: "newer_version", exit: 4, http: 409 },
    Row { code: ErrorCode::Agent, word: "agent", exit: 1, http: 422 },
    Row { code: ErrorCode::StopIncomplete, word: "stop_incomplete", exit: 1, http: 500 },
    Row { code: ErrorCode::Missing, word: "missing", exit: 1, http: 501 },
    Row { code: ErrorCode::Io, word: "io", exit: 1, http: 500 },
    Row { code: ErrorCode::Unauthorized, word: "unauthorized", exit: 4, http: 401 },
    Row { code: ErrorCode::Forbidden, word: "forbidden", exit: 4, http: 403 },
    Row { code: ErrorCode::Unreachable, word: "unreachable", exit: 1, http: 502 },
    Row { code: ErrorCode::OutOfRange, word: "range_not_satisfiable", exit: 2, http: 416 },
];

impl ErrorCode {
    /// Every code, in the order of the table.
    pub fn all() -> impl Iterator<Item = ErrorCode> {
        TABLE.iter().map(|row| row.code)
    }

    /// The code of a word.
    pub fn parse(word: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.word == word).map(|row| row.code)
    }

    fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }

    /// The word of JSON: `not_found`.
    pub fn as_str(self) -> &'static str {
        self.row().word
    }

    /// The exit code of a command that fails with it.
    pub fn exit_code(self) -> u8 {
        self.row().exit
    }

    /// The HTTP status of an answer that fails with it.
    pub fn http_status(self) -> u16 {
        self.row().http
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ErrorCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ErrorCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Self::parse(&word).ok_or_else(|| serde::de::Error::custom(format_args!("{word:?} is no code")))
    }
}

/// Why a use case failed: what, where and why in one line, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    /// What a client branches on.
    pub code: ErrorCode,
    /// One line for a person.
    pub message: String,
    /// What to do about it, one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl ApiError {
    /// An error without a hint. Lines of `message` are joined to one.
    pub fn new(code: ErrorCode, message: impl fmt::Display) -> Self {
        Self { code, message: one_line(&message.to_string()), hint: None }
    }

    /// A wrong request.
    pub fn usage(message: impl fmt::Display) -> Self {
        Self::new(ErrorCode::Usage, message)
    }

    /// Something that is not there.
    pub fn not_found(message: impl fmt::Display) -> Self {
        Self::new(ErrorCode::NotFound, message)
    }

    /// A step that the state forbids.
    pub fn conflict(message: impl fmt::Display) -> Self {
        Self::new(ErrorCode::Conflict, message)
    }

    /// A refusal of the operating system: what was tried, then the system's words.
    pub fn io(what: impl fmt::Display, error: &std::io::Error) -> Self {
        let code = match error.kind() {
            std::io::ErrorKind::NotFound => ErrorCode::NotFound,
            _ => ErrorCode::Io,
        };
        Self::new(code, format_args!("failed to {what}: {}", system_words(error)))
    }

    /// Says what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl fmt::Display) -> Self {
        self.hint = Some(one_line(&hint.to_string()));
        self
    }
}

/// The system's words without the error number, in lower case: `no such file or directory`.
pub fn system_words(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

fn one_line(text: &str) -> String {
    text.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_the_codes() {
        for (index, row) in TABLE.iter().enumerate() {
            assert_eq!(row.code as usize, index, "{}", row.word);
        }
        let exits: Vec<u8> = [ErrorCode::Usage, ErrorCode::NotFound, ErrorCode::Conflict, ErrorCode::Damaged]
            .map(ErrorCode::exit_code)
            .into();
        assert_eq!(exits, [2, 3, 4, 8]);
    }

    #[test]
    fn an_error_is_one_line() {
        let error = ApiError::conflict("a\n  b\n").with_hint("c\nd");
        assert_eq!((error.message.as_str(), error.hint.as_deref()), ("a; b", Some("c; d")));
    }
}
