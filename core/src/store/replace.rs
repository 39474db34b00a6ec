//! Files that are replaced as a whole: readers see the old one or the new one, never a part.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{AtFlags, RenameFlags};
use rustix::io::Errno;

use super::dir::{Dir, Open, damaged_name};
use super::error::{Result, StoreError, StoreErrorKind};
use crate::faults::{self, Call, Failure};

/// Ending of the names of files that are being written.
const TEMPORARY: &str = ".tmp";
/// How old a file of that name must be before it is taken for one that a crash left behind.
const ABANDONED_SECONDS: i64 = 600;

impl Dir {
    /// Replaces a file by one with these bytes, durably. An error leaves the old file.
    ///
    /// # Errors
    /// When a step fails; nothing has changed then.
    pub fn replace(&self, rel: impl AsRef<Path>, bytes: &[u8]) -> Result<()> {
        let (folder, name) = self.place(rel.as_ref())?;
        folder.replace_all(&[(name, bytes)], &[])
    }

    /// Replaces files of this folder in this order, durably, with as few waits for the disk as that
    /// takes: first it has the bytes of all of them, and the names in the folders `before`; then the
    /// files are switched; then it has their names. An error leaves the old files.
    ///
    /// # Errors
    /// When a step fails; nothing has changed then.
    pub(super) fn replace_all(&self, files: &[(&OsStr, &[u8])], before: &[&Self]) -> Result<()> {
        let mut drafts = Vec::with_capacity(files.len());
        let answer = self.replace_drafts(files, before, &mut drafts);
        for draft in drafts.iter().rev() {
            if answer.is_err() {
                undo(self, draft);
            }
            // What was switched for a new name stands there no more.
            if answer.is_err() || draft.switched == Some(Switched::Exchanged) {
                let removed = rustix::fs::unlinkat(self, draft.temporary.as_str(), AtFlags::empty());
                if removed == Err(Errno::ISDIR) {
                    keep_folder(self, draft);
                }
            }
        }
        answer
    }

    fn replace_drafts<'a>(
        &self,
        files: &[(&'a OsStr, &[u8])],
        before: &[&Self],
        drafts: &mut Vec<Draft<'a>>,
    ) -> Result<()> {
        let failed = |name: &OsStr, call| {
            let path = self.join(name);
            move |source| StoreError::new(path, StoreErrorKind::Io { call, source })
        };
        let mut unflushed = Vec::with_capacity(files.len());
        for (name, bytes) in files {
            let (temporary, file) = self.write_temporary(name, bytes)?;
            drafts.push(Draft { temporary, name, switched: None });
            // An empty file is no more than its name, which is flushed with the folder.
            unflushed.extend((!bytes.is_empty()).then_some(file));
        }
        let folders = before.iter().map(|folder| folder.as_fd());
        let together: Vec<_> = unflushed.iter().map(AsFd::as_fd).chain(folders).collect();
        let Some(first) = drafts.first().map(|draft| draft.name) else { return Ok(()) };
        sync_together(&together).map_err(failed(first, "sync"))?;
        for (index, draft) in drafts.iter_mut().enumerate() {
            if index > 0 {
                faults::step("replace.between");
            }
            let switched = switch(self, &draft.temporary, draft.name);
            draft.switched = Some(switched.map_err(failed(draft.name, "rename"))?);
        }
        sync_fd(self.as_fd()).map_err(failed(first, "sync"))
    }

    /// Replaces a file as a whole without waiting for the disk: after a power cut it may be the old
    /// one, or empty on some file systems.
    ///
    /// # Errors
    /// When a step fails; nothing has changed then.
    pub fn replace_lazy(&self, rel: impl AsRef<Path>, bytes: &[u8]) -> Result<()> {
        let (folder, name) = self.place(rel.as_ref())?;
        let (temporary, _) = folder.write_temporary(name, bytes)?;
        match rename(&folder, &temporary, name, RenameFlags::empty()) {
            Ok(()) => Ok(()),
            Err(error) => folder.give_up(&temporary, name, "rename", error),
        }
    }

    /// Makes a file with these bytes, durably and as a whole, unless the name is taken; whether it was
    /// made. Of two that race, one makes it.
    ///
    /// # Errors
    /// When a step fails; the file is not there then.
    pub fn create_new(&self, rel: impl AsRef<Path>, bytes: &[u8]) -> Result<bool> {
        let (folder, name) = self.place(rel.as_ref())?;
        if folder.exists(name)? {
            return Ok(false);
        }
        let (temporary, file) = folder.write_temporary(name, bytes)?;
        if !bytes.is_empty()
            && let Err(error) = sync_fd(file.as_fd())
        {
            return folder.give_up(&temporary, name, "sync", error);
        }
        match rename_new(&folder, &temporary, name) {
            Ok(()) => {}
            Err(error) if error.raw_os_error() == Some(nix::libc::EEXIST) => {
                folder.remove(&temporary)?;
                return Ok(false);
            }
            Err(error) => return folder.give_up(&temporary, name, "create", error),
        }
        if let Err(error) = sync_fd(folder.as_fd()) {
            let _ = rustix::fs::unlinkat(&folder, name, AtFlags::empty());
            return folder.give_up(&temporary, name, "sync", error);
        }
        Ok(true)
    }

    /// Gives a finished folder its name, durably, unless the name is taken.
    ///
    /// # Errors
    /// [`StoreErrorKind::AlreadyExists`] when it is.
    pub(super) fn publish(&self, draft: &str, name: &str) -> Result<()> {
        self.publish_lazy(draft, name)?;
        self.sync().inspect_err(|_| {
            let _ = rustix::fs::renameat_with(self, name, self, draft, RenameFlags::NOREPLACE);
        })
    }

    /// As [`Dir::publish`]; the name is durable with the next flush of the folder.
    ///
    /// # Errors
    /// As [`Dir::publish`].
    pub(super) fn publish_lazy(&self, draft: &str, name: &str) -> Result<()> {
        let failed = |error| StoreError::io(self.join(name), "create", error);
        match rename(self, draft, OsStr::new(name), RenameFlags::NOREPLACE) {
            // Over a folder that is not empty the plain rename fails as well.
            Err(error) if is_unsupported(&error) => {
                rename(self, draft, OsStr::new(name), RenameFlags::empty()).map_err(failed)
            }
            answer => answer.map_err(failed),
        }
    }

    /// Removes half-written files that a crash left behind ten minutes ago or earlier; how many.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn sweep(&self, now: jiff::Timestamp) -> Result<usize> {
        let mut removed = 0;
        for entry in self.entries()? {
            if !entry.is_file || !entry.name.starts_with('.') || !entry.name.ends_with(TEMPORARY) {
                continue;
            }
            let old = self.meta(&entry.name)?.is_some_and(|meta| {
                now.as_second().saturating_sub(meta.modified.as_second()) > ABANDONED_SECONDS
            });
            removed += usize::from(old && self.remove(&entry.name)?);
        }
        Ok(removed)
    }

    /// Writes a new file of a folder that has no name yet. Neither its bytes nor its name are durable.
    ///
    /// # Errors
    /// When a step fails; what is there then is worth nothing.
    pub(super) fn write_part(&self, name: &str, bytes: &[u8]) -> Result<File> {
        let mut file = self.open_file(name, Open::CreateNew)?;
        write_all(&mut file, bytes).map_err(|error| StoreError::io(self.join(name), "write", error))?;
        Ok(file)
    }

    fn write_temporary(&self, name: &OsStr, bytes: &[u8]) -> Result<(String, File)> {
        let temporary = temporary_name(name);
        let mut file = self.open_file(&temporary, Open::CreateNew)?;
        match write_all(&mut file, bytes) {
            Ok(()) => Ok((temporary, file)),
            Err(error) => self.give_up(&temporary, name, "write", error),
        }
    }

    /// Removes what was written so far and reports why the file was not replaced.
    fn give_up<T>(&self, temporary: &str, name: &OsStr, call: &'static str, error: io::Error) -> Result<T> {
        let _ = rustix::fs::unlinkat(self, temporary, AtFlags::empty());
        Err(StoreError::new(self.join(name), StoreErrorKind::Io { call, source: error }))
    }
}

/// A new file on its way to its name.
struct Draft<'a> {
    temporary: String,
    name: &'a OsStr,
    /// None before it has its name.
    switched: Option<Switched>,
}

/// How the new file came into its place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Switched {
    /// There was none before.
    New,
    /// The old one has the temporary name now.
    Exchanged,
    /// The old one is gone: the file system cannot exchange names.
    Over,
}

/// Puts the new file in place such that the old one can be brought back if the disk refuses the
/// folder: both names are exchanged.
fn switch(folder: &Dir, temporary: &str, name: &OsStr) -> io::Result<Switched> {
    match rename(folder, temporary, name, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(Switched::Exchanged),
        Err(error) if error.raw_os_error() == Some(nix::libc::ENOENT) => {
            rename(folder, temporary, name, RenameFlags::empty()).map(|()| Switched::New)
        }
        Err(error) if is_unsupported(&error) => {
            rename(folder, temporary, name, RenameFlags::empty()).map(|()| Switched::Over)
        }
        Err(error) => Err(error),
    }
}

/// Keeps a folder that stood in the place of a file as damaged files are kept: it may hold what somebody needs.
fn keep_folder(folder: &Dir, draft: &Draft<'_>) {
    let kept = damaged_name(&draft.name.to_string_lossy(), jiff::Timestamp::now());
    let _ = rustix::fs::renameat_with(
        folder,
        draft.temporary.as_str(),
        folder,
        kept.as_str(),
        RenameFlags::NOREPLACE,
    );
}

/// Brings the old file back, or its absence.
fn undo(folder: &Dir, draft: &Draft<'_>) {
    let (temporary, name) = (draft.temporary.as_str(), draft.name);
    match draft.switched {
        Some(Switched::New) => {
            let _ = rustix::fs::unlinkat(folder, name, AtFlags::empty());
        }
        Some(Switched::Exchanged) => {
            let _ = rustix::fs::renameat_with(folder, temporary, folder, name, RenameFlags::EXCHANGE);
        }
        Some(Switched::Over) | None => {}
    }
}

/// Renames without replacing; by a hard link where the file system has no such rename.
fn rename_new(folder: &Dir, temporary: &str, name: &OsStr) -> io::Result<()> {
    match rename(folder, temporary, name, RenameFlags::NOREPLACE) {
        Err(error) if is_unsupported(&error) => {
            rustix::fs::linkat(folder, temporary, folder, name, AtFlags::empty())?;
            Ok(rustix::fs::unlinkat(folder, temporary, AtFlags::empty())?)
        }
        answer => answer,
    }
}

fn is_unsupported(error: &io::Error) -> bool {
    let errno = Errno::from_io_error(error);
    matches!(errno, Some(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP))
}

fn rename(folder: &Dir, from: &str, to: &OsStr, flags: RenameFlags) -> io::Result<()> {
    if let Some(Failure::Errno(errno)) = faults::next(Call::Rename) {
        return Err(io::Error::from_raw_os_error(errno));
    }
    Ok(rustix::fs::renameat_with(folder, from, folder, to, flags)?)
}

/// `fsync`.
pub(super) fn sync_fd(fd: BorrowedFd<'_>) -> io::Result<()> {
    planned_sync()?;
    sync_again(fd)
}

/// `fsync` of several files and folders at the same time, which a disk does nearly as fast as of one.
/// When it returns, all of them are on disk, or nothing is known of any.
pub(super) fn sync_together(fds: &[BorrowedFd<'_>]) -> io::Result<()> {
    for _ in fds {
        planned_sync()?;
    }
    let Some((own, others)) = fds.split_last() else { return Ok(()) };
    std::thread::scope(|scope| {
        // Where no thread can be had, one waits for its turn.
        let begun: Vec<_> = others
            .iter()
            .map(|fd| std::thread::Builder::new().spawn_scoped(scope, || sync_again(*fd)).map_err(|_| *fd))
            .collect();
        let ended = begun.into_iter().map(|begun| match begun {
            Ok(thread) => thread.join().unwrap_or_else(|_| Err(io::ErrorKind::Other.into())),
            Err(fd) => sync_again(fd),
        });
        // All are waited for, whichever fails.
        let answers: Vec<_> = std::iter::once(sync_again(*own)).chain(ended).collect();
        answers.into_iter().collect()
    })
}

/// A failure that a test has planned for this thread's next `fsync`.
fn planned_sync() -> io::Result<()> {
    match faults::next(Call::Sync) {
        Some(Failure::Errno(errno)) if errno != nix::libc::EINTR => Err(io::Error::from_raw_os_error(errno)),
        _ => Ok(()),
    }
}

/// `fsync`, again when a signal interrupts it.
fn sync_again(fd: BorrowedFd<'_>) -> io::Result<()> {
    loop {
        match rustix::fs::fsync(fd) {
            Err(Errno::INTR) => {}
            answer => return Ok(answer?),
        }
    }
}

/// Writes all of it, going on after short writes and interruptions.
pub(super) fn write_all(file: &mut File, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        let answer = match faults::next(Call::Write) {
            Some(Failure::Errno(errno)) => Err(io::Error::from_raw_os_error(errno)),
            Some(Failure::Short(count)) => file.write(&bytes[..count.min(bytes.len())]),
            None => file.write(bytes),
        };
        match answer {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// A name that no other writer uses, hidden from listings.
fn temporary_name(name: &OsStr) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let unique = ulid::Ulid::generate();
    let short: String = name.to_string_lossy().chars().take(48).collect();
    format!(".{short}.{unique}-{count}{TEMPORARY}")
}
