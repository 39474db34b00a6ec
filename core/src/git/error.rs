//! Why git did not tell.

use std::io;
use std::time::Duration;

/// What git was asked, and why it did not tell.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct GitError {
    /// The command of git: `status`.
    pub what: &'static str,
    /// Why.
    #[source]
    pub kind: GitErrorKind,
}

/// Why git did not tell.
#[derive(Debug, thiserror::Error)]
pub enum GitErrorKind {
    /// No such program.
    #[error("git is not installed, or not on the PATH")]
    Missing,
    /// It was killed after this time.
    #[error("git took longer than {} s", limit.as_secs())]
    TooSlow {
        /// How long it was waited for.
        limit: Duration,
    },
    /// It printed more than is read.
    #[error("git has more to tell than is read")]
    TooMuch,
    /// It failed.
    #[error("git says: {words}")]
    Refused {
        /// The first line of its errors.
        words: Words,
    },
    /// It told what is not understood.
    #[error("git told what is not understood")]
    Strange,
    /// It could not be run.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The first line of what git says when it fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words(Box<str>);

impl Words {
    /// What stands for no words.
    const NONE: &str = "nothing";

    /// Of its standard error.
    fn of(stderr: &[u8]) -> Self {
        let text = String::from_utf8_lossy(stderr);
        let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or(Self::NONE);
        let line = ["fatal: ", "error: "].iter().find_map(|word| line.strip_prefix(word)).unwrap_or(line);
        Self(line.chars().filter(|c| !c.is_control()).take(400).collect::<String>().into())
    }
}

impl std::fmt::Display for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl GitErrorKind {
    /// Of a command that failed with this on its standard error.
    pub fn refused(stderr: &[u8]) -> Self {
        GitErrorKind::Refused { words: Words::of(stderr) }
    }
}

impl GitError {
    /// Of a command.
    pub fn new(what: &'static str, kind: impl Into<GitErrorKind>) -> Self {
        Self { what, kind: kind.into() }
    }

    /// A command that could not be run to its end.
    pub fn of_run(what: &'static str, error: io::Error, limit: Duration) -> Self {
        let kind = match error.kind() {
            io::ErrorKind::NotFound => GitErrorKind::Missing,
            io::ErrorKind::TimedOut => GitErrorKind::TooSlow { limit },
            _ => GitErrorKind::Io(error),
        };
        Self { what, kind }
    }

    /// Whether git failed without a word.
    pub(super) fn is_silent(&self) -> bool {
        matches!(&self.kind, GitErrorKind::Refused { words } if *words.0 == *Words::NONE)
    }

    /// The word that stands for it in files and answers.
    pub fn code(&self) -> &'static str {
        match self.kind {
            GitErrorKind::Missing => "git_missing",
            GitErrorKind::TooSlow { .. } => "too_slow",
            GitErrorKind::TooMuch => "too_much",
            GitErrorKind::Refused { .. } | GitErrorKind::Strange | GitErrorKind::Io(_) => "git_failed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_words_are_one_line_without_its_own_prefix() {
        assert_eq!(Words::of(b"\nfatal: not\x1b[1m a tree\nmore").to_string(), "not[1m a tree");
        assert_eq!(Words::of(b"").to_string(), "nothing");
    }
}
