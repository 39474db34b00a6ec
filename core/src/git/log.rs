//! Commits that came since another one.

use std::path::Path;

use jiff::Timestamp;

use super::command::git;
use super::error::{GitError, GitErrorKind};
use super::run::{Runner, whole};

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its id.
    pub id: String,
    /// Its first line.
    pub subject: String,
    /// Who wrote it.
    pub author: String,
    /// When it was written.
    pub at: Timestamp,
}

/// The commits that `to` holds and `since` does not, the newest first, so many at most. Without `since`, all
/// that it holds.
///
/// # Errors
/// When git does not tell: one of the two is lost, it takes too long.
pub fn commits(
    runner: &dyn Runner,
    top: &Path,
    since: Option<&str>,
    to: &str,
    most: usize,
) -> Result<Vec<Commit>, GitError> {
    let mut command = git(top, "log");
    command.args(["-z", "--no-patch", "--no-color", "--no-decorate", "--no-notes", "--no-mailmap"]);
    command.args(["--no-show-signature", "--encoding=UTF-8", "--format=%H%n%aI%n%an%n%s"]);
    command.arg(format!("--max-count={most}")).arg(to);
    command.args(since.map(|since| format!("^{since}"))).arg("--");
    let printed = whole(runner, "log", &mut command, None)?;
    let text = String::from_utf8_lossy(&printed);
    let records = text.split('\0').filter(|record| !record.is_empty());
    let commits: Option<Vec<Commit>> = records.map(commit).collect();
    commits.ok_or_else(|| GitError::new("log", GitErrorKind::Strange))
}

fn commit(record: &str) -> Option<Commit> {
    let mut lines = record.splitn(4, '\n');
    let (id, at, author) = (lines.next()?, lines.next()?, lines.next()?);
    let subject = lines.next().unwrap_or_default();
    // A time that is none, such as one far out of range, hides no commit.
    let at = at.parse().unwrap_or(Timestamp::UNIX_EPOCH);
    Some(Commit { id: id.to_owned(), subject: subject.to_owned(), author: author.to_owned(), at })
}
