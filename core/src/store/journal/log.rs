//! The journal of a root: appending under its lock, reading by cursor.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use ulid::Ulid;

use super::error::Result;
use super::follow::JournalFollower;
use super::rebuild;
use super::record::{JournalCursor, JournalEntry, JournalRecord, decode};
use crate::bus::{Bus, Query};
use crate::model::{Cursor, MessageId, ProjectId, TaskId};
use crate::store::summary::{RunSummary, TaskSummary};
use crate::store::{Dir, OfdLock, Root};

const STEM: &str = "journal";
const LOCK: &str = "journal.lock";
/// How long a writer waits for the others; a rebuild of a large root takes a while.
const LOCK_LIMIT: Duration = Duration::from_secs(120);

/// What a reader gets.
#[derive(Debug, Clone, PartialEq)]
pub enum JournalRead {
    /// The records after its place; empty: nothing new.
    Entries(Vec<JournalEntry>),
    /// Its place is of another epoch, or what followed it was dropped: read the lists anew, then go
    /// on from here. None: the journal is empty.
    Resync(Option<JournalCursor>),
}

/// The journal of a root. Cheap to clone. A foreign root has an empty one.
#[derive(Debug, Clone)]
pub struct Journal {
    root: Root,
    /// Absent as long as there is no folder for it: looking makes none.
    opened: Option<(Dir, Bus)>,
}

impl Journal {
    /// Its file, below the root.
    pub(crate) const FILE: &'static str = ".conductor/state/journal.md";

    /// Opens the journal of a root; it need not exist, and is not made by looking at it.
    ///
    /// # Errors
    /// When its folder cannot be opened.
    pub fn open(root: &Root) -> Result<Self> {
        let state = if root.is_foreign() { None } else { existing_state(root)? };
        let opened = state.map(with_bus);
        Ok(Self { root: root.clone(), opened })
    }

    /// Where it is or will be.
    pub(super) fn folder(&self) -> PathBuf {
        self.root.path().join(".conductor/state")
    }

    /// The file that is appended to, there or not yet.
    pub fn path(&self) -> PathBuf {
        self.folder().join(format!("{STEM}.md"))
    }

    /// Its bus; none as long as there is no folder for it.
    pub(super) fn bus(&self) -> Result<Option<Bus>> {
        match &self.opened {
            Some((_, bus)) => Ok(Some(bus.clone())),
            None if self.root.is_foreign() => Ok(None),
            None => Ok(existing_state(&self.root)?.map(|state| with_bus(state).1)),
        }
    }

    /// Appends a change, right after the file that is the truth was replaced.
    ///
    /// # Errors
    /// When it cannot be written; the file is then the truth, and whoever takes the task next repairs
    /// the journal.
    pub fn append(&self, record: &JournalRecord) -> Result<MessageId> {
        let (bus, _lock) = self.locked()?;
        let epoch = self.epoch_locked(&bus, &record.task)?;
        Ok(bus.append(&record.encode(epoch)?)?)
    }

    /// Appends the record unless the journal has this revision of its task already.
    ///
    /// # Errors
    /// As [`Journal::append`].
    pub fn ensure(&self, record: &JournalRecord) -> Result<Option<MessageId>> {
        let (bus, _lock) = self.locked()?;
        let epoch = self.epoch_locked(&bus, &record.task)?;
        if has(&bus, &record.task)? {
            return Ok(None);
        }
        Ok(Some(bus.append(&record.encode(epoch)?)?))
    }

    /// Tells something of a task that leaves its state as it is: what was told last of it is told again, under this
    /// word. Whether it was: nothing is told of what the journal does not know.
    ///
    /// # Errors
    /// As [`Journal::append`].
    pub fn note(&self, kind: &str, project: &ProjectId, task: &TaskId, at: Timestamp) -> Result<bool> {
        self.note_unless(|_| false, kind, (project, task), at)
    }

    /// As [`Journal::note`], unless it is what was told last.
    ///
    /// # Errors
    /// As [`Journal::append`].
    pub fn note_once(&self, kind: &str, project: &ProjectId, task: &TaskId, at: Timestamp) -> Result<bool> {
        self.note_unless(|last| last == kind, kind, (project, task), at)
    }

    fn note_unless(
        &self,
        is_said: impl Fn(&str) -> bool,
        kind: &str,
        (project, task): (&ProjectId, &TaskId),
        at: Timestamp,
    ) -> Result<bool> {
        let (bus, _lock) = self.locked()?;
        let Some(last) = last_of(&bus, project, task, None)? else { return Ok(false) };
        if is_said(&last.record.kind) || last.record.kind == JournalRecord::DELETED {
            return Ok(false);
        }
        let record = JournalRecord { kind: kind.to_owned(), at, task: last.record.task, run: None };
        bus.append(&record.encode(last.cursor.epoch)?)?;
        Ok(true)
    }

    /// Waits until all records so far are on disk.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn sync(&self) -> Result<()> {
        Ok(self.bus()?.map_or(Ok(()), |bus| bus.flush())?)
    }

    /// The epoch; none for an empty journal.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn epoch(&self) -> Result<Option<Ulid>> {
        Ok(self.end()?.map(|cursor| cursor.epoch))
    }

    /// The place after all records; none for an empty journal.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn end(&self) -> Result<Option<JournalCursor>> {
        self.bus()?.map_or(Ok(None), |bus| end(&bus))
    }

    /// The revision in the last record of a task; none where the journal has none of it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn revision(&self, project: &ProjectId, task: &TaskId) -> Result<Option<u64>> {
        Ok(self.last(project, task)?.map(|task| task.revision))
    }

    /// What was told last of a task; none where the journal has nothing of it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn last(&self, project: &ProjectId, task: &TaskId) -> Result<Option<TaskSummary>> {
        let Some(bus) = self.bus()? else { return Ok(None) };
        Ok(last_of(&bus, project, task, None)?.map(|entry| entry.record.task))
    }

    /// The first record that tells of a run that it has ended; none where the journal has none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn end_of_run(&self, run: &RunSummary) -> Result<Option<MessageId>> {
        let Some(bus) = self.bus()? else { return Ok(None) };
        let query = Query { run: Some(run.run.to_string()), since_time: run.start_time, ..Query::default() };
        let told = bus.read(&query)?;
        let entries = told.iter().filter_map(decode);
        let mut ends =
            entries.filter(|entry| entry.record.run.as_ref().is_some_and(|run| run.status.is_ended()));
        Ok(ends.next().map(|entry| entry.cursor.id))
    }

    /// At most `limit` records after a place; without one from the first that is kept.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(&self, after: Option<&JournalCursor>, limit: usize) -> Result<JournalRead> {
        let Some(bus) = self.bus()? else {
            return Ok(if after.is_some() {
                JournalRead::Resync(None)
            } else {
                JournalRead::Entries(Vec::new())
            });
        };
        let begin = match after {
            None => Cursor::START,
            Some(cursor) if is_known(&bus, cursor)? => Cursor::after(cursor.id),
            Some(_) => return Ok(JournalRead::Resync(end(&bus)?)),
        };
        let mut entries = Vec::new();
        for message in bus.messages(begin)? {
            if entries.len() >= limit {
                break;
            }
            entries.extend(decode(&message?));
        }
        Ok(JournalRead::Entries(entries))
    }

    /// Follows the journal from a place on; without one from the first record that is kept.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn follow(&self, after: Option<JournalCursor>) -> Result<JournalFollower> {
        JournalFollower::new(self.clone(), after)
    }

    /// Makes the journal from the files where it is missing or empty; whether it did.
    ///
    /// # Errors
    /// When a file cannot be read or the journal not written.
    pub fn rebuild(&self) -> Result<bool> {
        let (bus, _lock) = self.locked()?;
        let is_empty = end(&bus)?.is_none();
        if is_empty {
            rebuild::begin(&self.root, &bus, None)?;
        }
        Ok(is_empty)
    }

    /// Drops closed segments whose records are all older than `before`, and the oldest ones beyond
    /// `keep_bytes` in all; tells how many. Cursors that point into them get a resync.
    ///
    /// # Errors
    /// When a segment cannot be removed.
    pub fn prune(&self, before: Timestamp, keep_bytes: u64) -> Result<usize> {
        let (bus, _lock) = self.locked()?;
        Ok(bus.prune(before, keep_bytes)?)
    }

    fn locked(&self) -> Result<(Bus, OfdLock)> {
        let (state, bus) = match &self.opened {
            Some((state, bus)) => (state.clone(), bus.clone()),
            None => with_bus(self.root.state_dir("")?),
        };
        let lock = OfdLock::acquire(&state, LOCK, LOCK_LIMIT)?;
        Ok((bus, lock))
    }

    /// The epoch to write under; an empty journal begins one.
    fn epoch_locked(&self, bus: &Bus, about: &TaskSummary) -> Result<Ulid> {
        match end(bus)? {
            Some(end) => Ok(end.epoch),
            None => rebuild::begin(&self.root, bus, Some(about)),
        }
    }
}

fn with_bus(state: Dir) -> (Dir, Bus) {
    let bus = Bus::open(&state, STEM);
    (state, bus)
}

fn existing_state(root: &Root) -> Result<Option<Dir>> {
    match root.conductor().and_then(|conductor| conductor.sub("state")) {
        Ok(state) => Ok(Some(state)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The place after the last record of ours.
pub(super) fn end(bus: &Bus) -> Result<Option<JournalCursor>> {
    let mut count = 1;
    loop {
        let last = bus.read(&Query::last(count))?;
        if let Some(cursor) = last.iter().rev().find_map(JournalCursor::of) {
            return Ok(Some(cursor));
        }
        // What others wrote into the file stands behind the last record.
        if last.len() < count {
            return Ok(None);
        }
        count *= 8;
    }
}

/// Whether what follows the place is all there.
pub(super) fn is_known(bus: &Bus, cursor: &JournalCursor) -> Result<bool> {
    let found = bus.get(cursor.id)?;
    Ok(found.as_ref().and_then(JournalCursor::of) == Some(*cursor))
}

fn has(bus: &Bus, task: &TaskSummary) -> Result<bool> {
    let is_it =
        |found: Option<JournalEntry>| found.is_some_and(|found| found.record.task.revision >= task.revision);
    // The record was appended after the state was dated, so that it is found from there on. Only
    // where the clock went back in between it stands before; of a new task nothing does.
    let recent = last_of(bus, &task.project, &task.task, Some(task.updated_at))?;
    let is_new = task.revision == 0;
    Ok(is_it(recent) || (!is_new && is_it(last_of(bus, &task.project, &task.task, None)?)))
}

fn last_of(
    bus: &Bus,
    project: &ProjectId,
    task: &TaskId,
    since: Option<Timestamp>,
) -> Result<Option<JournalEntry>> {
    let query = Query {
        project: Some(project.to_string()),
        task: Some(task.to_string()),
        since_time: since,
        ..Query::last(1)
    };
    Ok(bus.read(&query)?.first().and_then(decode))
}
