//! Opening a path below a folder without following links out of it.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Component, Path};
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::{Mode, OFlags, ResolveFlags};
use rustix::io::Errno;

/// How often a resolution that raced with a rename is tried again.
const RACES: usize = 32;

/// Set when the kernel turned out not to have `openat2`.
static NO_OPENAT2: AtomicBool = AtomicBool::new(false);

/// Opens `rel` below `base`: never above it, never through a link that leaves it.
///
/// # Errors
/// `EXDEV` or `ELOOP` where the path leads out; else what `open` reports.
pub(super) fn open_beneath(
    base: BorrowedFd<'_>,
    rel: &Path,
    flags: OFlags,
    mode: Mode,
) -> io::Result<OwnedFd> {
    if !is_plain(rel) {
        return Err(Errno::XDEV.into());
    }
    let flags = flags | OFlags::CLOEXEC;
    if !NO_OPENAT2.load(Ordering::Relaxed) {
        match openat2(base, rel, flags, mode) {
            // A sandbox may answer EPERM for calls that it does not know; the walk then tells.
            Err(Errno::NOSYS) => NO_OPENAT2.store(true, Ordering::Relaxed),
            Err(Errno::PERM) => {}
            answer => return Ok(answer?),
        }
    }
    Ok(walk(base, rel, flags, mode)?)
}

/// Whether the path is made of plain names only.
pub(super) fn is_plain(rel: &Path) -> bool {
    let mut components = rel.components().peekable();
    components.peek().is_some() && components.all(|component| matches!(component, Component::Normal(_)))
}

fn openat2(base: BorrowedFd<'_>, rel: &Path, flags: OFlags, mode: Mode) -> Result<OwnedFd, Errno> {
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    let mut last = Errno::AGAIN;
    for _ in 0..RACES {
        match rustix::fs::openat2(base, rel, flags, mode, resolve) {
            Err(again @ (Errno::AGAIN | Errno::INTR)) => last = again,
            answer => return answer,
        }
    }
    Err(last)
}

/// The fall-back for kernels without `openat2`: component by component, refusing every link.
fn walk(base: BorrowedFd<'_>, rel: &Path, flags: OFlags, mode: Mode) -> Result<OwnedFd, Errno> {
    let folder = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut at: Option<OwnedFd> = None;
    let mut components = rel.components().peekable();
    while let Some(component) = components.next() {
        let from = at.as_ref().map_or(base, AsFd::as_fd);
        let name = component.as_os_str();
        if components.peek().is_none() {
            return match rustix::fs::openat(from, name, flags | OFlags::NOFOLLOW, mode) {
                // With O_DIRECTORY a link answers ENOTDIR; it is told apart so that it reads as an escape.
                Err(Errno::NOTDIR) if is_link(from, name) => Err(Errno::LOOP),
                answer => answer,
            };
        }
        at = match rustix::fs::openat(from, name, folder, Mode::empty()) {
            Ok(fd) => Some(fd),
            Err(Errno::NOTDIR) if is_link(from, name) => return Err(Errno::LOOP),
            Err(errno) => return Err(errno),
        };
    }
    Err(Errno::XDEV)
}

fn is_link(folder: BorrowedFd<'_>, name: &std::ffi::OsStr) -> bool {
    rustix::fs::statat(folder, name, rustix::fs::AtFlags::SYMLINK_NOFOLLOW)
        .is_ok_and(|stat| rustix::fs::FileType::from_raw_mode(stat.st_mode).is_symlink())
}
