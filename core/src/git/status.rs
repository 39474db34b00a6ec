//! How a working folder stands to its repository, as `git status` tells it.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use super::command::git;
use super::error::GitError;
use super::filters::Filters;
use super::repository::{Repository, is_id};
use super::run::{Runner, whole};

/// Files whose sizes and times are looked at for a digest; what is beyond them counts by its name.
const MOST_FILES: usize = 20_000;

/// A repository's commit, and what of the working folder is not as that or the index has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The commit; none before the first one.
    pub commit: Option<String>,
    /// The branch; none where the commit is on none.
    pub branch: Option<String>,
    /// What differs.
    pub entries: Vec<Entry>,
    /// What was told of the commit and the branch.
    head: Vec<u8>,
}

/// A path that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// From the root of the working tree; that of another repository in it ends with `/`.
    pub path: PathBuf,
    /// What it is.
    pub kind: EntryKind,
    /// All that was told of it.
    record: Vec<u8>,
}

/// What a path that differs is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// In the index.
    Tracked,
    /// A submodule.
    Submodule {
        /// Whether it stands on another commit.
        moved: bool,
        /// Whether there are changes in it that are in no commit.
        dirty: bool,
    },
    /// Not in the index, and not ignored.
    Untracked,
}

/// The command whose output [`Status::parse`] reads, for any folder of a working tree.
pub fn status_command(folder: &Path) -> Command {
    let mut status = git(folder, "status");
    status.args(["--porcelain=v2", "--branch", "-z", "--untracked-files=all", "--no-renames"]);
    status
}

/// How the working tree of a folder stands.
///
/// # Errors
/// When git does not tell.
pub fn status_of(runner: &dyn Runner, folder: &Path) -> Result<Status, GitError> {
    let filters = Filters::of(runner, folder)?;
    let mut command = filters.off(status_command(folder));
    Ok(Status::parse(&whole(runner, "status", &mut command, None)?))
}

impl Status {
    /// Reads what [`status_command`] printed.
    pub fn parse(printed: &[u8]) -> Self {
        let mut status = Self { commit: None, branch: None, entries: Vec::new(), head: Vec::new() };
        for record in printed.split(|byte| *byte == 0) {
            match record.first() {
                Some(b'#') => status.tell(record),
                Some(_) => status.entries.extend(entry(record)),
                None => {}
            }
        }
        status
    }

    /// The same without what lies in a folder, such as one of our own.
    #[must_use]
    pub fn without(mut self, repository: &Repository, folder: &Path) -> Self {
        let folder = folder.canonicalize();
        let inside = folder.as_deref().ok().and_then(|folder| folder.strip_prefix(&repository.top).ok());
        if let Some(inside) = inside.filter(|inside| !inside.as_os_str().is_empty()) {
            self.entries.retain(|entry| !entry.path.starts_with(inside));
        }
        self
    }

    fn tell(&mut self, record: &[u8]) {
        self.head.extend(record);
        let line = String::from_utf8_lossy(record);
        if let Some(id) = line.strip_prefix("# branch.oid ").filter(|id| is_id(id)) {
            self.commit = Some(id.to_owned());
        } else if let Some(name) = line.strip_prefix("# branch.head ").filter(|name| *name != "(detached)") {
            self.branch = Some(name.to_owned());
        }
    }

    /// A digest of it and of the sizes and times of the files that it names: the same while nothing of the
    /// working folder changes.
    pub fn digest(&self, repository: &Repository) -> String {
        let mut digest = Sha256::new().chain_update(&self.head);
        for entry in &self.entries {
            digest.update(&entry.record);
        }
        for entry in self.entries.iter().take(MOST_FILES) {
            digest.update(stamp(&repository.top.join(&entry.path)));
        }
        crate::hex::hex(&digest.finalize()[..16])
    }
}

/// What changes with every change of a file: its size and its times. Of a folder only that it is one.
pub(super) fn stamp(path: &Path) -> String {
    match path.symlink_metadata() {
        Ok(meta) if meta.is_dir() => "folder;".to_owned(),
        Ok(meta) => format!(
            "{}:{}.{}:{}.{};",
            meta.len(),
            meta.mtime(),
            meta.mtime_nsec(),
            meta.ctime(),
            meta.ctime_nsec()
        ),
        Err(_) => "none;".to_owned(),
    }
}

/// A record: a kind, fields, and the path.
fn entry(record: &[u8]) -> Option<Entry> {
    let fields_before_path = match record.first()? {
        b'1' => 8,
        b'u' => 10,
        b'?' => 1,
        _ => return None,
    };
    let fields: Vec<&[u8]> = record.splitn(fields_before_path + 1, |byte| *byte == b' ').collect();
    let path = fields.get(fields_before_path)?;
    let submodule = fields.get(2).copied().filter(|_| record[0] != b'?');
    let kind = match submodule {
        None => EntryKind::Untracked,
        Some([b'S', moved, modified, untracked]) => {
            EntryKind::Submodule { moved: *moved == b'C', dirty: *modified == b'M' || *untracked == b'U' }
        }
        Some(_) => EntryKind::Tracked,
    };
    Some(Entry { path: PathBuf::from(OsString::from_vec(path.to_vec())), kind, record: record.to_vec() })
}

impl Entry {
    /// Whether it is a repository of its own that is no submodule.
    pub(super) fn is_repository(&self) -> bool {
        self.path.as_os_str().as_bytes().ends_with(b"/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_names_its_commit_and_its_paths() {
        let id = "1".repeat(40);
        let printed = format!(
            "# branch.oid {id}\0# branch.head main\0# branch.ab +0 -0\0\
             1 .M N... 100644 100644 100644 aa bb a file\0\
             1 AM S.MU 160000 160000 160000 aa bb lib\0\
             1 .M SC.. 160000 160000 160000 aa bb moved\0\
             u UU N... 100644 100644 100644 100644 aa bb cc both\0? new one\0? other/\0"
        );
        let status = Status::parse(printed.as_bytes());
        assert_eq!((status.commit, status.branch.as_deref()), (Some(id), Some("main")));
        let found: Vec<_> =
            status.entries.iter().map(|entry| (entry.path.to_str().expect("text"), entry.kind)).collect();
        assert_eq!(
            found,
            [
                ("a file", EntryKind::Tracked),
                ("lib", EntryKind::Submodule { moved: false, dirty: true }),
                ("moved", EntryKind::Submodule { moved: true, dirty: false }),
                ("both", EntryKind::Tracked),
                ("new one", EntryKind::Untracked),
                ("other/", EntryKind::Untracked),
            ]
        );
        assert!(status.entries[5].is_repository() && !status.entries[4].is_repository());
    }

    #[test]
    fn before_the_first_commit_there_is_none() {
        let status = Status::parse(b"# branch.oid (initial)\0# branch.head (detached)\0");
        assert_eq!((status.commit, status.branch, status.entries.len()), (None, None, 0));
    }
}
