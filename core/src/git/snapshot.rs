//! A tree of a working folder as it is, made without writing into its repository: with a copy of the index,
//! and a folder of objects that borrows from the repository's own.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::Timestamp;

use super::choose::Chosen;
use super::command::git;
use super::error::{GitError, GitErrorKind};
use super::filters::Filters;
use super::paths::quote;
use super::repository::{Repository, is_id};
use super::run::{Runner, whole};
use super::status::Status;
use crate::model::Snapshot;
use crate::model::snapshot::{LeftOut, SnapshotFailure};

/// Where what a repository does not have is put.
#[derive(Debug, Clone, Copy)]
pub struct Own<'a> {
    /// An empty folder, for new objects.
    pub objects: &'a Path,
    /// Other folders of objects that may be borrowed from, beside the repository's own.
    pub others: &'a [PathBuf],
}

/// A tree of a working folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its id; none where it is the tree of the commit.
    pub tree: Option<String>,
    /// What is not in it as it is in the folder.
    pub left_out: Vec<LeftOut>,
}

impl Taken {
    /// Puts it into a record.
    pub fn write_to(self, snapshot: &mut Snapshot) {
        snapshot.tree = self.tree;
        snapshot.left_out = self.left_out;
    }
}

/// A record of how a working folder is, without its tree; it says where a path of it is no text.
pub fn described(at: Timestamp, repository: &Repository, status: Option<&Status>) -> Snapshot {
    let text = |path: &Path| path.to_str().map(str::to_owned);
    let (top, git_dir) = (text(&repository.top), text(&repository.dir));
    let failed = (top.is_none() || git_dir.is_none()).then(|| SnapshotFailure {
        code: "path".to_owned(),
        message: "the path of the repository is not UTF-8".to_owned(),
    });
    Snapshot {
        version: Snapshot::VERSION,
        at,
        top: top.unwrap_or_default(),
        git_dir: git_dir.unwrap_or_default(),
        commit: status.and_then(|status| status.commit.clone()),
        branch: status.and_then(|status| status.branch.clone()),
        tree: None,
        left_out: Vec::new(),
        failed,
        digest: None,
        extra: BTreeMap::new(),
    }
}

/// Takes a tree of a working folder whose status was looked at just now.
///
/// # Errors
/// When git fails, takes too long, or the files cannot be written.
pub fn take(
    runner: &dyn Runner,
    repository: &Repository,
    status: &Status,
    own: Own<'_>,
) -> Result<Taken, GitError> {
    let Chosen { paths, left_out } = Chosen::of(status, &repository.top);
    if paths.is_empty() {
        return Ok(Taken { tree: None, left_out });
    }
    let filters = Filters::of(runner, &repository.top)?;
    let failed = |error: io::Error| GitError::new("update-index", error);
    let index = own.objects.join("index");
    copy_index(&repository.index(), &index).map_err(failed)?;
    let list = listed(&own.objects.join("paths"), &paths).map_err(failed)?;
    let command = |name: &str| {
        let mut command = git(&repository.top, name);
        command.env("GIT_DIR", &repository.dir).env("GIT_WORK_TREE", &repository.top);
        command.env("GIT_INDEX_FILE", &index).env("GIT_OBJECT_DIRECTORY", own.objects);
        let others = std::iter::once(repository.objects()).chain(own.others.iter().cloned());
        borrow(&mut command, others);
        command
    };
    let mut update = command("update-index");
    update.args(["--add", "--remove", "--replace", "-z", "--stdin"]);
    whole(runner, "update-index", &mut filters.off(update), Some(list))?;
    let mut write = command("write-tree");
    // Of a clone that fetches as it goes, not all objects are here. Files that were written in the same moment as the
    // index are looked at again, through the filters.
    write.arg("--missing-ok");
    let printed = whole(runner, "write-tree", &mut filters.off(write), None)?;
    for name in ["index", "paths"] {
        fs::remove_file(own.objects.join(name)).map_err(failed)?;
    }
    let tree = String::from_utf8_lossy(&printed).trim().to_owned();
    if !is_id(&tree) {
        return Err(GitError::new("write-tree", GitErrorKind::Strange));
    }
    Ok(Taken { tree: Some(tree), left_out })
}

/// Lets a command read objects of these folders, too.
pub(super) fn borrow(command: &mut Command, folders: impl Iterator<Item = PathBuf>) {
    // In quotes a path may hold any character, colons included.
    let quoted: Vec<String> = folders.map(|folder| quote(folder.as_os_str().as_bytes())).collect();
    command.env("GIT_ALTERNATE_OBJECT_DIRECTORIES", quoted.join(":"));
}

/// Copies an index with its time: what was written in the same moment as it must be looked at again, and
/// that is told by comparing with this time. Where there is none, nothing is copied.
fn copy_index(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = match File::open(from) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        source => source?,
    };
    let written = source.metadata()?.modified()?;
    let mut copy = File::create_new(to)?;
    io::copy(&mut source, &mut copy)?;
    copy.set_modified(written)
}

/// A file with these paths, each ended by NUL, opened at its beginning.
fn listed(file: &Path, paths: &[PathBuf]) -> io::Result<File> {
    let mut bytes = Vec::new();
    for path in paths {
        bytes.extend(path.as_os_str().as_bytes());
        bytes.push(0);
    }
    File::create_new(file)?.write_all(&bytes)?;
    File::open(file)
}
