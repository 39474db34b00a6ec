//! Which processes write to a file, by what the kernel tells of their descriptors.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, StatxFlags};

use super::procfs;
use crate::store::SUPERVISOR_LOCK;

/// A file as the kernel knows it, whatever its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileId {
    device: (u32, u32),
    inode: u64,
}

impl FileId {
    /// That of an open file.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn of(file: &File) -> io::Result<Self> {
        Ok(Self::told(&rustix::fs::statx(file.as_fd(), c"", AtFlags::EMPTY_PATH, StatxFlags::INO)?))
    }

    /// That of the file behind a link of `/proc`. Does not ask a server that may not answer.
    fn behind(link: &Path) -> Option<Self> {
        let stat = rustix::fs::statx(CWD, link, AtFlags::STATX_DONT_SYNC, StatxFlags::INO);
        Some(Self::told(&stat.ok()?))
    }

    fn told(stat: &rustix::fs::Statx) -> Self {
        Self { device: (stat.stx_dev_major, stat.stx_dev_minor), inode: stat.stx_ino }
    }
}

/// Whether a process of this user has one of the files open for writing. Who only reads them looks at a
/// run and is no part of it; nor is a supervisor, told by the lock it holds.
pub(super) fn writes_to(pid: i32, files: &[FileId]) -> bool {
    !files.is_empty()
        && is_own(pid)
        && descriptors(pid).any(|name| {
            FileId::behind(&of(pid, "fd", &name)).is_some_and(|id| files.contains(&id))
                && is_writable(pid, &name)
        })
        && !is_supervisor(pid)
}

fn is_own(pid: i32) -> bool {
    let owner = std::fs::metadata(format!("/proc/{pid}")).map(|meta| meta.uid());
    owner.is_ok_and(|owner| owner == rustix::process::geteuid().as_raw())
}

/// The names of its descriptors.
fn descriptors(pid: i32) -> impl Iterator<Item = OsString> {
    let entries = std::fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.ok()?.file_name()))
}

fn of(pid: i32, folder: &str, name: &OsStr) -> PathBuf {
    Path::new("/proc").join(pid.to_string()).join(folder).join(name)
}

/// By the line `flags:` of the descriptor, which is octal.
fn is_writable(pid: i32, name: &OsStr) -> bool {
    let flags = |text: String| {
        let flags = text.lines().find_map(|line| line.strip_prefix("flags:"))?;
        i32::from_str_radix(flags.trim(), 8).ok()
    };
    let flags = std::fs::read_to_string(of(pid, "fdinfo", name)).ok().and_then(flags);
    flags.is_some_and(|flags| flags & nix::libc::O_ACCMODE != nix::libc::O_RDONLY)
}

fn is_supervisor(pid: i32) -> bool {
    procfs::held_locks(pid)
        .iter()
        .any(|lock| lock.file.file_name().is_some_and(|name| name == SUPERVISOR_LOCK))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own() -> i32 {
        rustix::process::getpid().as_raw_nonzero().get()
    }

    #[test]
    fn only_who_writes_to_it_counts() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("log");
        let writer = File::options().append(true).create(true).open(&path).expect("a file");
        let id = FileId::of(&writer).expect("an identity");
        assert!(writes_to(own(), &[id]));
        std::fs::rename(&path, folder.path().join("elsewhere")).expect("renamed");
        assert!(writes_to(own(), &[id]), "its name means nothing");
        assert!(!writes_to(own(), &[FileId { inode: id.inode + 1_000_000, ..id }]));
        drop(writer);
        let reader = File::open(folder.path().join("elsewhere")).expect("a file");
        assert_eq!(FileId::of(&reader).expect("an identity"), id);
        assert!(!writes_to(own(), &[id]), "a reader looks at it");
    }

    #[test]
    fn a_supervisor_is_told_by_its_lock() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let log = File::create(folder.path().join("log")).expect("a file");
        let id = FileId::of(&log).expect("an identity");
        let folder = crate::store::Dir::open(folder.path()).expect("a folder");
        let lock = crate::store::OfdLock::try_acquire(&folder, SUPERVISOR_LOCK).expect("a lock");
        assert!(lock.is_some() && !writes_to(own(), &[id]));
        drop(lock);
        assert!(writes_to(own(), &[id]));
    }
}
