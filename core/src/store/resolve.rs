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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    type OpenFn = fn(BorrowedFd<'_>, &Path, OFlags, Mode) -> Result<OwnedFd, Errno>;
    const WAYS: [(&str, OpenFn); 2] = [("openat2", openat2), ("walk", walk)];

    /// `outside/secret` beside `base/a/b/file`.
    fn scene() -> (tempfile::TempDir, fs::File) {
        let temp = tempfile::tempdir().expect("a temp folder");
        fs::create_dir_all(temp.path().join("base/a/b")).expect("made");
        fs::create_dir_all(temp.path().join("outside/b")).expect("made");
        fs::write(temp.path().join("base/a/b/file"), "inside").expect("written");
        fs::write(temp.path().join("outside/b/file"), "secret").expect("written");
        fs::write(temp.path().join("outside/file"), "secret").expect("written");
        let base = fs::File::open(temp.path().join("base")).expect("opened");
        (temp, base)
    }

    #[test]
    fn plain_paths_are_opened() {
        let (_temp, base) = scene();
        for (way, open) in WAYS {
            let opened = open(base.as_fd(), Path::new("a/b/file"), OFlags::RDONLY, Mode::empty());
            assert!(opened.is_ok(), "{way}: {opened:?}");
            let missing = open(base.as_fd(), Path::new("a/c/file"), OFlags::RDONLY, Mode::empty());
            assert_eq!(missing.err(), Some(Errno::NOENT), "{way}");
        }
    }

    #[test]
    fn c28_a_link_at_any_component_leads_nowhere() {
        let planted: [(&str, &[&str]); 3] = [
            ("a", &["../outside", "/", "/proc/self/root"]),
            ("a/b", &["../../outside/b", "../../outside"]),
            ("a/b/file", &["../../../outside/file", "/etc/hostname", "/proc/self/environ"]),
        ];
        for (name, targets) in planted {
            for target in targets {
                let (temp, base) = scene();
                let link = temp.path().join("base").join(name);
                fs::rename(&link, temp.path().join("base/moved")).expect("moved away");
                let target = target.replace("../outside", &format!("{}/outside", temp.path().display()));
                symlink(&target, &link).expect("planted");
                for (way, open) in WAYS {
                    for flags in [OFlags::RDONLY, OFlags::RDWR | OFlags::CREATE] {
                        let mode = if flags.contains(OFlags::CREATE) { Mode::RUSR } else { Mode::empty() };
                        let opened = open(base.as_fd(), Path::new("a/b/file"), flags, mode);
                        assert!(opened.is_err(), "{way} followed {name} to {target}");
                    }
                }
            }
        }
    }

    #[test]
    fn c28_a_path_cannot_climb() {
        let (_temp, base) = scene();
        for path in ["../outside/file", "a/../../outside/file", "/etc/hostname", "", ".", "a/b/.."] {
            let opened = open_beneath(base.as_fd(), Path::new(path), OFlags::RDONLY, Mode::empty());
            assert!(opened.is_err(), "{path:?}");
        }
    }
}
