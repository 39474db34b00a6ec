//! Whether an iteration changed anything: a fingerprint of the working folder and of the last text.
//!
//! Bounded in cost whatever the folder holds. In a git repository its commit, its status and the
//! sizes and times of what the status names; elsewhere a walk over at most [`MOST_FILES`] files.

use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::process::{Begun, Reaper};
use crate::git::{GitError, GitErrorKind, Repository, Status, status_command};

/// Files that a walk looks at; what is beyond them is not seen.
const MOST_FILES: usize = 20_000;
/// How long `git status` may take.
const GIT_PATIENCE: Duration = Duration::from_secs(20);

/// The state of a working folder and of what an agent said last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    folder: String,
    text: String,
}

/// A working folder that is being looked at.
#[derive(Debug)]
pub struct Looking {
    cwd: PathBuf,
    git: Option<(Repository, io::Result<Begun>)>,
}

/// How a working folder is.
#[derive(Debug)]
pub struct Looked {
    cwd: PathBuf,
    /// Its repository and how it stands to that; none where it lies in none.
    pub git: Option<(Repository, Result<Status, GitError>)>,
}

impl Looking {
    /// Begins to look: where the folder is git's, git looks at it while the caller goes on. On any thread.
    pub fn begin(cwd: &Path, reaper: &Reaper) -> Self {
        let git = Repository::find(cwd).map(|found| (found, reaper.begin(&mut status_command(cwd))));
        Self { cwd: cwd.to_owned(), git }
    }

    /// Looks to the end.
    pub async fn finish(self) -> Looked {
        let git = match self.git {
            Some((repository, begun)) => Some((repository, status(begun).await)),
            None => None,
        };
        Looked { cwd: self.cwd, git }
    }
}

async fn status(begun: io::Result<Begun>) -> Result<Status, GitError> {
    let printed = async { tokio::time::timeout(GIT_PATIENCE, begun?.output()).await? };
    let printed = printed.await.map_err(|error| GitError::of_run("status", error, GIT_PATIENCE))?;
    if printed.status.success() {
        return Ok(Status::parse(&printed.stdout));
    }
    Err(GitError::new("status", GitErrorKind::refused(&printed.stderr)))
}

impl Looked {
    /// The fingerprint of what was seen. `text` is the agent's last text, none before it said anything.
    pub fn fingerprint(&self, text: Option<&str>) -> Fingerprint {
        let folder = match &self.git {
            Some((repository, Ok(status))) => status.digest(repository),
            _ => walk(&self.cwd),
        };
        Fingerprint { folder, text: text.map(hash_text).unwrap_or_default() }
    }
}

impl Fingerprint {
    /// Takes it. `text` is the agent's last text, none before it said anything.
    pub async fn take(cwd: &Path, text: Option<&str>, reaper: &Reaper) -> Self {
        Looking::begin(cwd, reaper).finish().await.fingerprint(text)
    }

    /// Whether anything is new in comparison with an earlier one. Saying nothing is not new.
    pub fn differs_from(&self, before: &str) -> bool {
        let (folder, text) = before.split_once(' ').unwrap_or((before, ""));
        self.folder != folder || (!self.text.is_empty() && self.text != text)
    }

    /// The earlier one with this one's text where it has any.
    pub fn to_text(&self, before: Option<&str>) -> String {
        let kept = before.and_then(|before| before.split_once(' ')).map_or("", |(_, text)| text);
        let text = if self.text.is_empty() { kept } else { &self.text };
        format!("{} {text}", self.folder)
    }
}

fn hash_text(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    hex(Sha256::new().chain_update(words))
}

/// Names, sizes and times of what is in the folder.
fn walk(folder: &Path) -> String {
    let mut digest = Sha256::new();
    let mut left = MOST_FILES;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).take(left).collect();
        paths.sort();
        for path in paths {
            left = left.saturating_sub(1);
            note(&mut digest, &path);
            if path.symlink_metadata().is_ok_and(|meta| meta.is_dir()) {
                folders.push(path);
            }
        }
        if left == 0 {
            break;
        }
    }
    hex(digest)
}

fn note(digest: &mut Sha256, path: &Path) {
    digest.update(path.as_os_str().as_bytes());
    if let Ok(meta) = path.symlink_metadata() {
        // A folder's own time changes with its entries, which are noted by themselves.
        let times = if meta.is_dir() { (0, 0) } else { (meta.mtime(), meta.mtime_nsec()) };
        digest.update(format!("\0{}\0{}.{}\0", if meta.is_dir() { 0 } else { meta.len() }, times.0, times.1));
    }
}

fn hex(digest: Sha256) -> String {
    crate::hex::hex(&digest.finalize()[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(folder: &Path, text: &str) -> Fingerprint {
        Fingerprint { folder: walk(folder), text: hash_text(text) }
    }

    #[test]
    fn a_new_file_a_new_text_and_a_changed_file_are_changes() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let before = plain(folder.path(), "hello").to_text(None);
        assert!(!plain(folder.path(), " hello\n").differs_from(&before));
        assert!(plain(folder.path(), "other").differs_from(&before));
        std::fs::create_dir(folder.path().join("deep")).expect("a folder");
        std::fs::write(folder.path().join("deep/file"), "1").expect("a file");
        let with_file = plain(folder.path(), "hello");
        assert!(with_file.differs_from(&before));
        std::fs::write(folder.path().join("deep/file"), "22").expect("a file");
        assert!(plain(folder.path(), "hello").differs_from(&with_file.to_text(None)));
    }

    #[test]
    fn silence_is_not_a_change_and_does_not_forget_what_was_said() {
        let silent = Fingerprint { folder: "f".to_owned(), text: String::new() };
        assert!(!silent.differs_from("f t"));
        assert_eq!(silent.to_text(Some("f t")), "f t");
    }
}
