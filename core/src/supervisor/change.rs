//! Whether an iteration changed anything: a fingerprint of the working folder and of the last text.
//!
//! Bounded in cost whatever the folder holds. In a git repository its commit, its status and the
//! sizes and times of what the status names; elsewhere a walk over at most [`MOST_FILES`] files.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::process::{Begun, Reaper};

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

/// A fingerprint that is being taken.
#[derive(Debug)]
pub struct Taking {
    cwd: PathBuf,
    git: Option<Begun>,
}

impl Taking {
    /// Begins to take it: where the folder is git's, git looks at it while the caller goes on. On any
    /// thread.
    pub fn begin(cwd: &Path, reaper: &Reaper) -> Self {
        Self { cwd: cwd.to_owned(), git: begin_git(cwd, reaper) }
    }

    /// Takes it. `text` is the agent's last text, none before it said anything.
    pub async fn finish(self, text: Option<&str>) -> Fingerprint {
        let folder = match self.git {
            Some(git) => git_state(&self.cwd, git).await,
            None => None,
        };
        let folder = folder.unwrap_or_else(|| walk(&self.cwd));
        Fingerprint { folder, text: text.map(hash_text).unwrap_or_default() }
    }
}

impl Fingerprint {
    /// Takes it. `text` is the agent's last text, none before it said anything.
    pub async fn take(cwd: &Path, text: Option<&str>, reaper: &Reaper) -> Self {
        Taking::begin(cwd, reaper).finish(text).await
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

/// Asks git for commit and status; none where that is no repository.
fn begin_git(cwd: &Path, reaper: &Reaper) -> Option<Begun> {
    if !cwd.ancestors().any(|folder| folder.join(".git").exists()) {
        return None;
    }
    let mut command = Command::new("git");
    command
        .arg("-C")
        .arg(cwd)
        .args(["--no-optional-locks", "status", "--porcelain=v2", "--branch", "-z", "--untracked-files=all"])
        .env("LC_ALL", "C");
    reaper.begin(&mut command).ok()
}

/// Commit, status and the sizes and times of what the status names; none where git does not tell.
async fn git_state(cwd: &Path, git: Begun) -> Option<String> {
    let output = tokio::time::timeout(GIT_PATIENCE, git.output()).await.ok()?.ok()?;
    if !output.status.success() {
        return None;
    }
    let mut digest = Sha256::new().chain_update(&output.stdout);
    for path in changed_paths(&output.stdout).into_iter().take(MOST_FILES) {
        note(&mut digest, &cwd.join(path));
    }
    Some(hex(digest))
}

/// The paths that a status names: the last field of its records.
fn changed_paths(status: &[u8]) -> Vec<PathBuf> {
    let fields_before_path = |kind: u8| match kind {
        b'1' => Some(8),
        b'2' => Some(9),
        b'u' => Some(10),
        b'?' => Some(1),
        _ => None,
    };
    status
        .split(|byte| *byte == 0)
        .filter_map(|record| {
            let fields = fields_before_path(*record.first()?)?;
            let path = record.splitn(fields + 1, |byte| *byte == b' ').nth(fields)?;
            Some(PathBuf::from(OsString::from_vec(path.to_vec())))
        })
        .collect()
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

/// The commit that a working folder stands on, read from git's own files; none where there is none.
pub fn head_commit(cwd: &Path) -> Option<String> {
    let dot_git = cwd.ancestors().map(|folder| folder.join(".git")).find(|path| path.exists())?;
    let git_dir = if dot_git.is_dir() { dot_git } else { linked_git_dir(&dot_git)? };
    let head = std::fs::read_to_string(git_dir.join("HEAD")).ok()?;
    let Some(name) = head.trim().strip_prefix("ref: ") else { return commit_id(&head) };
    let common = std::fs::read_to_string(git_dir.join("commondir")).ok();
    let common = common.map_or_else(|| git_dir.clone(), |path| git_dir.join(path.trim()));
    [&git_dir, &common]
        .into_iter()
        .find_map(|folder| commit_id(&std::fs::read_to_string(folder.join(name)).ok()?))
        .or_else(|| packed_ref(&common, name))
}

/// Where the `.git` file of a linked worktree points to.
fn linked_git_dir(file: &Path) -> Option<PathBuf> {
    let text = std::fs::read_to_string(file).ok()?;
    Some(file.parent()?.join(text.trim().strip_prefix("gitdir: ")?))
}

fn packed_ref(git_dir: &Path, name: &str) -> Option<String> {
    let packed = std::fs::read_to_string(git_dir.join("packed-refs")).ok()?;
    packed.lines().find_map(|line| line.strip_suffix(name)?.strip_suffix(' ').and_then(commit_id))
}

fn commit_id(text: &str) -> Option<String> {
    let id = text.trim();
    let hash = matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    hash.then(|| id.to_owned())
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

    #[test]
    fn the_status_names_its_paths() {
        let status = b"# branch.oid 12\x001 .M N... 100644 100644 100644 aa bb a file\x00? new one\x00";
        assert_eq!(changed_paths(status), [PathBuf::from("a file"), PathBuf::from("new one")]);
    }

    #[test]
    fn the_commit_is_read_from_loose_and_packed_references() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let git = folder.path().join(".git");
        std::fs::create_dir_all(git.join("refs/heads")).expect("folders");
        assert_eq!(head_commit(folder.path()), None);
        std::fs::write(git.join("HEAD"), "ref: refs/heads/main\n").expect("HEAD");
        let (packed, loose) = ("a".repeat(40), "b".repeat(40));
        std::fs::write(git.join("packed-refs"), format!("# pack\n{packed} refs/heads/main\n")).expect("refs");
        assert_eq!(head_commit(&folder.path().join(".")), Some(packed));
        std::fs::write(git.join("refs/heads/main"), format!("{loose}\n")).expect("a reference");
        assert_eq!(head_commit(folder.path()), Some(loose));
    }
}
