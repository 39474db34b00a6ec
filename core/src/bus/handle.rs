//! The handle of a bus: what everybody else sees of it.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use jiff::Timestamp;

use crate::clock::Clock;
use crate::model::{Cursor, Message, MessageId, NewMessage};
use crate::store::{Dir, ProjectDir, TaskDir};

use super::append::{Rules, Writer};
use super::error::{BusError, BusErrorKind, Result};
use super::flush::{self, Durability};
use super::folder::{Folder, Form};
use super::follow::Follower;
use super::query::Query;
use super::reader::Reader;
use super::record::Identity;
use super::verify::{self, Report};
use super::{back, last, prune};

/// Text without a record is complete when nothing came for this long.
pub(super) const QUIET: Duration = Duration::from_secs(1);

/// Settings of a bus (`bus:` in the configuration).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BusSettings {
    /// When messages reach the disk.
    pub durability: Durability,
    /// Bytes from which on a segment is closed and the next one begun.
    pub rotate_at: u64,
}

impl Default for BusSettings {
    fn default() -> Self {
        Self { durability: Durability::None, rotate_at: 64 << 20 }
    }
}

/// A bus. Cheap to make and to clone; clones share one open file. Its file need not exist.
#[derive(Debug, Clone)]
pub struct Bus {
    folder: Folder,
    form: Form,
    settings: BusSettings,
    clock: Clock,
    identity: Identity,
    reads_back: bool,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug)]
struct Shared {
    writer: Writer,
    /// When this process last flushed or saw that somebody had.
    flushed: Option<Instant>,
}

impl Bus {
    /// The bus `<stem>.md` in a folder.
    pub fn open(dir: &Dir, stem: &str) -> Self {
        Self {
            folder: Folder::new(dir, stem),
            form: Form::Own,
            settings: BusSettings::default(),
            clock: Clock::system(),
            identity: Identity::default(),
            reads_back: false,
            shared: Arc::new(Mutex::new(Shared { writer: Writer::new(), flushed: None })),
        }
    }

    /// The bus of a task; messages name it and its project where they name none.
    pub fn task(task: &TaskDir) -> Self {
        let bus = Self::open(task.dir(), task.bus_stem());
        let identity = (Some(task.project().to_string()), Some(task.id().to_string()));
        bus.with_identity(identity.0, identity.1).foreign_if(task.root().is_foreign())
    }

    /// The bus of a project; messages name it where they name none.
    pub fn project(project: &ProjectDir) -> Self {
        let bus = Self::open(project.dir(), "PROJECT-MESSAGE-BUS");
        bus.with_identity(Some(project.id().to_string()), None).foreign_if(project.root().is_foreign())
    }

    fn foreign_if(self, is_foreign: bool) -> Self {
        if is_foreign { self.foreign() } else { self }
    }

    /// Reads the bus as the seed system writes it, and refuses to append.
    #[must_use]
    pub fn foreign(mut self) -> Self {
        self.form = Form::Seed;
        self
    }

    /// Takes the time of messages from `clock`.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Sets durability and rotation.
    #[must_use]
    pub fn with_settings(mut self, settings: BusSettings) -> Self {
        self.settings = settings;
        self
    }

    /// Its settings.
    pub fn settings(&self) -> BusSettings {
        self.settings
    }

    /// Fills in project and task where a message names none.
    #[must_use]
    pub fn with_identity(mut self, project: Option<String>, task: Option<String>) -> Self {
        self.identity = Identity::new(project.as_ref(), task.as_ref());
        self
    }

    /// Reads every record back, as on a file system that is not known to append whole.
    #[cfg(test)]
    #[must_use]
    pub(super) fn reading_back(mut self) -> Self {
        self.reads_back = true;
        self
    }

    /// The file that is appended to.
    pub fn path(&self) -> PathBuf {
        self.folder.path_of(self.folder.current())
    }

    /// The file of the newest messages and its bytes: what is appended to, or where that was not begun
    /// yet, the last segment; none for a bus that nobody wrote to.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn newest_file(&self) -> Result<Option<(PathBuf, u64)>> {
        self.newest_file_inner().map_err(|error| self.unreadable(error))
    }

    fn newest_file_inner(&self) -> io::Result<Option<(PathBuf, u64)>> {
        let closed = self.folder.closed()?.into_iter().rev().map(|segment| segment.name);
        for name in std::iter::once(self.folder.current().to_owned()).chain(closed) {
            if let Some(stat) = self.folder.stat(&name)? {
                return Ok(Some((self.folder.path_of(&name), stat.size)));
            }
        }
        Ok(None)
    }

    /// Appends a message; when it returns, the message stands in the file, and on disk where the
    /// settings say so.
    ///
    /// # Errors
    /// When the message is refused or cannot be written. It may then be in the file, or not.
    pub fn append(&self, message: &NewMessage) -> Result<MessageId> {
        self.append_one(message, self.settings.durability)
    }

    /// Appends a message and waits until it is on disk, whatever the settings say.
    ///
    /// # Errors
    /// As [`Bus::append`], and when the disk refuses.
    pub fn append_sync(&self, message: &NewMessage) -> Result<MessageId> {
        self.append_one(message, Durability::Always)
    }

    /// Appends messages one after the other with nothing in between, in one write.
    ///
    /// # Errors
    /// As [`Bus::append`].
    pub fn append_batch(&self, messages: &[NewMessage]) -> Result<Vec<MessageId>> {
        if messages.is_empty() {
            return Ok(Vec::new());
        }
        self.append_with(messages, self.settings.durability, <[_]>::to_vec)
    }

    fn append_one(&self, message: &NewMessage, durability: Durability) -> Result<MessageId> {
        self.append_with(std::slice::from_ref(message), durability, |ids| ids[0])
    }

    /// Appends at least one message; `take` what is wanted of their ids.
    fn append_with<T>(
        &self,
        messages: &[NewMessage],
        durability: Durability,
        take: impl FnOnce(&[MessageId]) -> T,
    ) -> Result<T> {
        self.writable("append to")?;
        let fail = |kind| BusError::new("append to", &self.path(), kind);
        let mut shared = self.shared();
        let ids = shared.writer.append(messages, &self.rules(durability)).map_err(fail)?;
        let (taken, last) = (take(ids), ids.last().copied());
        let due = match durability {
            Durability::None => false,
            Durability::Always => true,
            Durability::Interval(interval) => self.is_flush_due(&mut shared, interval).map_err(fail)?,
        };
        if due && let Some(last) = last {
            self.flush_to(shared, last).map_err(fail)?;
        }
        Ok(taken)
    }

    /// Waits until all that was appended so far is on disk.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn flush(&self) -> Result<()> {
        let fail = |kind| BusError::new("flush", &self.path(), kind);
        let Some(file) = self.folder.open_read(self.folder.current()).map_err(|error| fail(error.into()))?
        else {
            return Ok(());
        };
        let flushed = super::sys::Stat::of(&file)
            .and_then(|stat| last::look(&file, stat.size))
            .map_err(BusErrorKind::from)
            .and_then(|end| match end.last {
                Some(id) => flush::up_to(&self.folder, &file, id),
                None => Ok(super::sys::sync(&file)?),
            });
        flushed.map_err(fail)
    }

    /// Where the last flush has become older than the settings allow, flushes what came since. Returns how
    /// long what is not on disk may still wait; none where nothing waits.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn flush_when_due(&self) -> Result<Option<Duration>> {
        let Durability::Interval(interval) = self.settings.durability else { return Ok(None) };
        let left = flush::left(&self.folder, interval)
            .map_err(|error| BusError::new("flush", &self.path(), error))?;
        if left == Some(Duration::ZERO) {
            self.flush()?;
            return Ok(None);
        }
        Ok(left)
    }

    /// Flushes what the settings let wait, where nobody may come who would.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn flush_rest(&self) -> Result<()> {
        if matches!(self.settings.durability, Durability::Interval(_)) { self.flush() } else { Ok(()) }
    }

    /// Flushes without keeping other threads from writing meanwhile.
    fn flush_to(&self, mut shared: MutexGuard<'_, Shared>, id: MessageId) -> Result<(), BusErrorKind> {
        let Some(file) = shared.writer.file().map(std::fs::File::try_clone).transpose()? else {
            return Ok(());
        };
        shared.flushed = Some(Instant::now());
        drop(shared);
        flush::up_to(&self.folder, &file, id)
    }

    fn is_flush_due(&self, shared: &mut Shared, interval: Duration) -> Result<bool, BusErrorKind> {
        if shared.flushed.is_some_and(|at| at.elapsed() < interval) {
            return Ok(false);
        }
        let due = flush::is_due(&self.folder, interval)?;
        if !due {
            shared.flushed = Some(Instant::now());
        }
        Ok(due)
    }

    /// Closes the current segment, whatever its size. False: there is no message in it.
    ///
    /// # Errors
    /// When the file cannot be renamed.
    pub fn rotate(&self) -> Result<bool> {
        self.writable("rotate")?;
        let current = self.folder.stat(self.folder.current());
        if current.map_err(|error| BusError::new("rotate", &self.path(), error))?.is_none() {
            return Ok(false);
        }
        let rules = self.rules(self.settings.durability);
        let closed = self.shared().writer.close_held(&rules);
        closed.map_err(|kind| BusError::new("rotate", &self.path(), kind))
    }

    /// Reads the whole bus and tells what it consists of and what is wrong with it.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn verify(&self) -> Result<Report> {
        verify::verify(&self.folder, self.form).map_err(|error| self.unreadable(error))
    }

    /// Removes closed segments whose messages are all older than `before`, and the oldest ones beyond
    /// `keep_bytes` in all; tells how many.
    ///
    /// # Errors
    /// When one cannot be removed.
    pub fn prune(&self, before: Timestamp, keep_bytes: u64) -> Result<usize> {
        self.writable("prune")?;
        prune::prune(&self.folder, before, keep_bytes)
            .map_err(|error| BusError::new("prune", &self.path(), error))
    }

    /// The messages that match, in the order of the bus.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn read(&self, query: &Query) -> Result<Vec<Message>> {
        self.read_inner(query).map_err(|error| self.unreadable(error))
    }

    fn read_inner(&self, query: &Query) -> io::Result<Vec<Message>> {
        let quiet = self.is_quiet()?;
        let begin = query.begin();
        if let Some(count) = query.last.filter(|_| begin == Cursor::START) {
            let mut found = back::last_messages(&self.folder, self.form, query, count, quiet)?;
            found.truncate(query.limit.unwrap_or(usize::MAX));
            return Ok(found);
        }
        let mut reader = Reader::new(&self.folder, self.form, begin)?;
        let mut found = std::collections::VecDeque::new();
        while query.last.is_some() || found.len() < query.limit.unwrap_or(usize::MAX) {
            let Some(message) = reader.next(quiet)? else { break };
            if query.matches(&message) {
                found.push_back(message);
            }
            if query.last.is_some_and(|last| found.len() > last) {
                found.pop_front();
            }
        }
        found.truncate(query.limit.unwrap_or(usize::MAX));
        Ok(found.into())
    }

    /// The messages after `cursor`, one after the other, in bounded memory.
    ///
    /// # Errors
    /// When the place cannot be found.
    pub fn messages(&self, cursor: Cursor) -> Result<Messages> {
        let reader = Reader::new(&self.folder, self.form, cursor);
        let quiet = self.is_quiet();
        let (reader, quiet) =
            reader.and_then(|reader| Ok((reader, quiet?))).map_err(|e| self.unreadable(e))?;
        Ok(Messages { reader, quiet, path: self.path() })
    }

    /// Follows the bus from `cursor` on, across rotation.
    ///
    /// # Errors
    /// When the place cannot be found.
    pub fn follow(&self, cursor: Cursor) -> Result<Follower> {
        let reader = Reader::new(&self.folder, self.form, cursor).map_err(|error| self.unreadable(error))?;
        Ok(Follower::new(reader, self.path()))
    }

    /// The message with this id.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn get(&self, id: MessageId) -> Result<Option<Message>> {
        let before = MessageId(ulid::Ulid(id.0.0.saturating_sub(1)));
        let found = Reader::new(&self.folder, self.form, Cursor::after(before)).and_then(|mut reader| {
            loop {
                let message = reader.next(false)?;
                match message.as_ref().map(|message| (message.id(), message.plain)) {
                    None => return Ok(None),
                    Some((found, _)) if found == Some(id) => return Ok(message),
                    Some((Some(_), _)) => return Ok(None),
                    Some((None, _)) => {}
                }
            }
        });
        found.map_err(|error| self.unreadable(error))
    }

    /// The place after all that is complete now.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn end(&self) -> Result<Cursor> {
        self.end_inner().map_err(|error| self.unreadable(error))
    }

    fn end_inner(&self) -> io::Result<Cursor> {
        let last = back::last_messages(&self.folder, self.form, &Query::default(), 1, true)?;
        Ok(last.first().map_or(Cursor::START, |message| message.cursor))
    }

    /// A reader whose caller decides whether text at the end is complete.
    #[cfg(test)]
    pub(super) fn reader(&self, cursor: Cursor) -> Reader {
        Reader::new(&self.folder, self.form, cursor).expect("the bus opens")
    }

    fn writable(&self, action: &'static str) -> Result<()> {
        match self.form {
            Form::Own => Ok(()),
            Form::Seed => Err(BusError::new(action, &self.path(), BusErrorKind::Foreign)),
        }
    }

    fn unreadable(&self, error: io::Error) -> BusError {
        BusError::new("read", &self.path(), error)
    }

    fn rules(&self, durability: Durability) -> Rules<'_> {
        Rules {
            folder: &self.folder,
            clock: &self.clock,
            identity: &self.identity,
            rotate_at: self.settings.rotate_at,
            durable: durability != Durability::None,
            reads_back: self.reads_back,
        }
    }

    /// Whether nothing was written for so long that text at the end is complete.
    fn is_quiet(&self) -> io::Result<bool> {
        let Some(file) = self.folder.open_read(self.folder.current())? else { return Ok(true) };
        let written = file.metadata()?.modified()?;
        // A time in the future says nothing; text is then rather delivered than kept back.
        let is_young = SystemTime::now().duration_since(written).is_ok_and(|age| age < QUIET);
        Ok(!is_young)
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        // A panic while it was held leaves nothing half done: the file is looked at again.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Messages of a bus, one after the other.
#[derive(Debug)]
pub struct Messages {
    reader: Reader,
    quiet: bool,
    path: PathBuf,
}

impl Iterator for Messages {
    type Item = Result<Message>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.reader.next(self.quiet);
        next.map_err(|error| BusError::new("read", &self.path, error)).transpose()
    }
}
