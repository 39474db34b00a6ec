//! The folder of a bus and the files of one bus in it.
//!
//! `<stem>.md` is appended to. Closed segments are `<stem>.<first id>.md`, ours, and
//! `<stem>.md.<time>.archived`, the seed system's.

use std::ffi::CString;
use std::fs::File;
use std::io;
use std::path::PathBuf;

use rustix::fs::RenameFlags;
use rustix::io::Errno;

use crate::faults::{self, Call, Failure};
use crate::model::MessageId;
use crate::store::{Dir, Open, StoreError, StoreErrorKind};

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

/// A folder and the stem of the bus in it.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    dir: Dir,
    stem: String,
    current: String,
    /// `current` as the system takes it, for the look that every append has.
    terminated: CString,
}

impl Folder {
    pub(super) fn new(dir: &Dir, stem: &str) -> Self {
        let current = format!("{stem}.md");
        let terminated = CString::new(current.as_str()).expect("a stem is one of ours and has no NUL");
        Self { dir: dir.clone(), stem: stem.to_owned(), current, terminated }
    }

    /// Name of the file that is appended to.
    pub(super) fn current(&self) -> &str {
        &self.current
    }

    pub(super) fn path_of(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Opens a file for reading; none where there is none.
    pub(super) fn open_read(&self, name: &str) -> io::Result<Option<File>> {
        match self.dir.open_file(name, Open::Read) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(into_io(error)),
        }
    }

    /// Opens a file for appending and reading, and tells whether it may have been made for it.
    pub(super) fn open_append(&self, name: &str) -> io::Result<(File, bool)> {
        let is_new = self.stat(name)?.is_none();
        Ok((self.dir.open_file(name, Open::Append).map_err(into_io)?, is_new))
    }

    /// Opens a file for writing and reading at any place in it; made when it is not there.
    pub(super) fn open_write(&self, name: &str) -> io::Result<File> {
        self.dir.open_file(name, Open::ReadWrite).map_err(into_io)
    }

    /// What stands under a name now; none where nothing does.
    pub(super) fn stat(&self, name: &str) -> io::Result<Option<Stat>> {
        Stat::at(&self.dir, name)
    }

    /// What the name of the file stands for now that is appended to.
    pub(super) fn stat_current(&self) -> io::Result<Option<Stat>> {
        Stat::at(&self.dir, self.terminated.as_c_str())
    }

    /// Gives a file another name; false where that name is taken.
    pub(super) fn rename(&self, from: &str, to: &str) -> io::Result<bool> {
        if let Some(Failure::Errno(number)) = faults::next(Call::Rename) {
            return Err(io::Error::from_raw_os_error(number));
        }
        match rustix::fs::renameat_with(&self.dir, from, &self.dir, to, RenameFlags::NOREPLACE) {
            Ok(()) => Ok(true),
            Err(Errno::EXIST) => Ok(false),
            // Not every file system knows the flag. Writers of ours hold the lock meanwhile.
            Err(Errno::INVAL | Errno::NOSYS) if self.stat(to)?.is_none() => {
                rustix::fs::renameat(&self.dir, from, &self.dir, to)?;
                Ok(true)
            }
            Err(error) => Err(error.into()),
        }
    }
    /// Removes a file; false where there was none.
    pub(super) fn remove(&self, name: &str) -> io::Result<bool> {
        self.dir.remove(name).map_err(into_io)
    }

    /// Makes names durable.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.dir.sync().map_err(into_io)
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
        for entry in rustix::fs::Dir::read_from(&self.dir)? {
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

/// The system's error where there is one, so that callers can tell a full disk from a refusal.
fn into_io(error: StoreError) -> io::Error {
    match error.kind {
        StoreErrorKind::Io { source, .. } => source,
        StoreErrorKind::NotFound => io::ErrorKind::NotFound.into(),
        // The system says so of folders only; of pipes and devices it is as true.
        StoreErrorKind::NotAFile => io::ErrorKind::IsADirectory.into(),
        _ => io::Error::other(error),
    }
}
