//! The folder of a bus and the files of one bus in it.
//!
//! `<stem>.md` is appended to. Closed segments are `<stem>.<first id>.md`, ours, and
//! `<stem>.md.<time>.archived`, the seed system's.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{AtFlags, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

use crate::faults::{self, Call, Failure};
use crate::model::MessageId;

use super::sys::Stat;

/// How the records of a segment are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// With trailers.
    Own,
    /// As the seed system does, told by their headers only.
    Seed,
}

/// One file of a bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) name: String,
    pub(super) form: Form,
    /// Id of its first record, as its name says; none for what is appended to and for the seed's.
    pub(super) first: Option<MessageId>,
}

/// An open folder and the stem of the bus in it. No file is opened through a link.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    fd: Arc<OwnedFd>,
    path: PathBuf,
    stem: String,
    current: String,
}

impl Folder {
    pub(super) fn open(path: &Path, stem: &str) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = rustix::fs::open(path, flags, Mode::empty())?;
        Ok(Self {
            fd: Arc::new(fd),
            path: path.to_owned(),
            stem: stem.to_owned(),
            current: format!("{stem}.md"),
        })
    }

    /// Name of the file that is appended to.
    pub(super) fn current(&self) -> &str {
        &self.current
    }

    pub(super) fn path_of(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Opens a file for reading; none where there is none.
    pub(super) fn open_read(&self, name: &str) -> io::Result<Option<File>> {
        found(self.open_at(name, OFlags::RDONLY, Mode::empty()))
    }

    /// Opens a file for appending and reading; none where there is none.
    pub(super) fn open_append(&self, name: &str) -> io::Result<Option<File>> {
        found(self.open_at(name, OFlags::RDWR | OFlags::APPEND, Mode::empty()))
    }

    /// Opens a file for writing and reading at any place; none where there is none.
    pub(super) fn open_write(&self, name: &str) -> io::Result<Option<File>> {
        found(self.open_at(name, OFlags::RDWR, Mode::empty()))
    }

    /// Makes a file; false where it is there already.
    pub(super) fn create(&self, name: &str) -> io::Result<bool> {
        let flags = OFlags::RDWR | OFlags::APPEND | OFlags::CREATE | OFlags::EXCL;
        match self.open_at(name, flags, Mode::RUSR | Mode::WUSR) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn open_at(&self, name: &str, flags: OFlags, mode: Mode) -> io::Result<File> {
        if let Some(Failure::Errno(number)) = faults::next(Call::Open) {
            return Err(io::Error::from_raw_os_error(number));
        }
        let flags = flags | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        Ok(File::from(rustix::fs::openat(&*self.fd, name, flags, mode)?))
    }

    /// What stands under a name now; none where nothing does.
    pub(super) fn stat(&self, name: &str) -> io::Result<Option<Stat>> {
        match rustix::fs::statat(&*self.fd, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => {
                Ok(Some(Stat { device: stat.st_dev, inode: stat.st_ino, size: stat.st_size.cast_unsigned() }))
            }
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Gives a file another name; false where that name is taken.
    pub(super) fn rename(&self, from: &str, to: &str) -> io::Result<bool> {
        if let Some(Failure::Errno(number)) = faults::next(Call::Rename) {
            return Err(io::Error::from_raw_os_error(number));
        }
        match rustix::fs::renameat_with(&*self.fd, from, &*self.fd, to, RenameFlags::NOREPLACE) {
            Ok(()) => Ok(true),
            Err(Errno::EXIST) => Ok(false),
            // Not every file system knows the flag. Writers of ours hold the lock meanwhile.
            Err(Errno::INVAL | Errno::NOSYS) if self.stat(to)?.is_none() => {
                rustix::fs::renameat(&*self.fd, from, &*self.fd, to)?;
                Ok(true)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Removes a file; false where there was none.
    pub(super) fn remove(&self, name: &str) -> io::Result<bool> {
        match rustix::fs::unlinkat(&*self.fd, name, AtFlags::empty()) {
            Ok(()) => Ok(true),
            Err(Errno::NOENT) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes names durable.
    pub(super) fn sync(&self) -> io::Result<()> {
        if let Some(Failure::Errno(number)) = faults::next(Call::Sync) {
            return Err(io::Error::from_raw_os_error(number));
        }
        Ok(rustix::fs::fsync(&*self.fd)?)
    }

    /// Name of the file beside the bus that tells what was made durable.
    pub(super) fn flush_mark(&self) -> String {
        format!(".{}.flushed", self.stem)
    }

    /// Name of the closed segment that begins with `first`.
    pub(super) fn closed_name(&self, first: MessageId) -> String {
        format!("{}.{first}.md", self.stem)
    }

    /// The closed segments, in the order in which they were written.
    pub(super) fn closed(&self) -> io::Result<Vec<Segment>> {
        let mut closed = Vec::new();
        for entry in rustix::fs::Dir::read_from(&*self.fd)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().to_str() else { continue };
            closed.extend(self.segment(name));
        }
        // The seed's come first: ours were written after the bus became ours.
        closed.sort_by(|a, b| (a.first, &a.name).cmp(&(b.first, &b.name)));
        Ok(closed)
    }

    fn segment(&self, name: &str) -> Option<Segment> {
        let rest = name.strip_prefix(&self.stem)?.strip_prefix('.')?;
        if rest.starts_with("md.") && rest.ends_with(".archived") {
            return Some(Segment { name: name.to_owned(), form: Form::Seed, first: None });
        }
        let first = MessageId::parse(rest.strip_suffix(".md")?).ok()?;
        Some(Segment { name: name.to_owned(), form: Form::Own, first: Some(first) })
    }
}

fn found(opened: io::Result<File>) -> io::Result<Option<File>> {
    match opened {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
