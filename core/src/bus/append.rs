//! Appends records under the lock of the bus.
//!
//! One append is one lock, one look at where the file ends, and one write. What stands under the name
//! is looked at when the file has grown since, and when the last such look is some time ago; the end of the
//! file when it has grown. What was written is read back where the file system may mix the bytes of
//! two writers, and where a write stopped short (`docs/decisions/0012-appending.md`).

use std::borrow::Cow;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::Clock;
use crate::faults;
use crate::model::{MessageId, NewMessage};

use super::error::BusErrorKind;
use super::folder::Folder;
use super::ids::Ids;
use super::last::{self, Line, Rest};
use super::record::{self, Identity};
use super::sys::{self, Stat};
use super::time;
use super::trailer::FENCE;

/// How long a writer waits for the lock.
const LOCK_LIMIT: Duration = Duration::from_secs(30);
/// Microseconds for which a name is taken to stand for the file that it was seen to stand for, as long as
/// the file does not grow. Less than it takes to start a process that could change that.
const NAMED_FOR: i64 = 100;
/// How often a record is written again before the writer gives up.
const TRIES: u32 = 8;
/// Room before the first record for what closes the tail: a line end and a fence.
const HEADROOM: usize = 2 + FENCE.len();

type Result<T> = std::result::Result<T, BusErrorKind>;

/// The open file of a bus, and what this process knows of its end.
#[derive(Debug)]
pub(super) struct Writer {
    held: Option<Held>,
    ids: Ids,
    buffer: Vec<u8>,
    /// The records in `buffer`, before and after they are sealed.
    records: Vec<Range<usize>>,
    /// Their ids.
    given: Vec<MessageId>,
}

#[derive(Debug)]
struct Held {
    file: File,
    stat: Stat,
    /// Whether bytes of others may come between those of one write here.
    is_mixing: bool,
    /// Size of the file after the last write of ours, and the id in it.
    known: Option<(u64, MessageId)>,
    /// When the name was last seen to stand for it.
    named: Option<Timestamp>,
}

/// What a bus is told about appending.
#[derive(Debug, Clone)]
pub(super) struct Rules<'a> {
    pub(super) folder: &'a Folder,
    pub(super) clock: &'a Clock,
    pub(super) identity: &'a Identity,
    pub(super) rotate_at: u64,
    /// Whether closing a segment makes it durable first.
    pub(super) durable: bool,
    /// Whether every record is read back, whatever the file system.
    pub(super) reads_back: bool,
}

/// The file that is held, locked: where it ends, and when that was.
#[derive(Debug, Clone, Copy)]
struct Locked {
    size: u64,
    now: Timestamp,
}

/// The state of the bus that a writer appends to.
struct Place {
    size: u64,
    last: Option<MessageId>,
    rest: Rest,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self { held: None, ids: Ids::new(), buffer: Vec::new(), records: Vec::new(), given: Vec::new() }
    }

    /// The file that was appended to last.
    pub(super) fn file(&self) -> Option<&File> {
        self.held.as_ref().map(|held| &held.file)
    }

    /// Appends all messages in one write. They get ids one after the other.
    pub(super) fn append(&mut self, messages: &[NewMessage], rules: &Rules<'_>) -> Result<&[MessageId]> {
        self.draft(messages, rules.identity)?;
        loop {
            let locked = self.lock_current(rules)?;
            let result = self.append_locked(locked, rules);
            if let Some(held) = &mut self.held {
                sys::unlock(&held.file);
                if !matches!(result, Ok(true)) {
                    held.known = None;
                }
            }
            if result? {
                return Ok(&self.given);
            }
            // The segment is full and was closed: the next one takes the message.
            self.held = None;
        }
    }

    fn draft(&mut self, messages: &[NewMessage], identity: &Identity) -> Result<()> {
        self.buffer.clear();
        self.buffer.resize(HEADROOM, 0);
        self.records.clear();
        for message in messages {
            let start = self.buffer.len();
            record::draft(message, identity, &mut self.buffer)?;
            self.records.push(start..self.buffer.len());
        }
        Ok(())
    }

    /// Opens and locks what the name of the bus stands for at this moment.
    fn lock_current(&mut self, rules: &Rules<'_>) -> Result<Locked> {
        loop {
            if self.held.is_none() {
                self.held = Some(open(rules)?);
            }
            let Some(held) = &mut self.held else { continue };
            if !sys::lock(&held.file, LOCK_LIMIT)? {
                return Err(BusErrorKind::Locked { holder: sys::lock_holder(&held.file) });
            }
            faults::step("bus.locked");
            let now = rules.clock.now();
            match held.look(rules.folder, now) {
                Ok(Some(size)) => return Ok(Locked { size, now }),
                Ok(None) => {
                    // Rotated or replaced while we waited. Closing lets the lock go.
                    self.held = None;
                }
                Err(error) => {
                    sys::unlock(&held.file);
                    return Err(error.into());
                }
            }
        }
    }

    /// False: the segment was full and has been closed.
    fn append_locked(&mut self, locked: Locked, rules: &Rules<'_>) -> Result<bool> {
        let mut place = self.place(locked.size, rules)?;
        if place.size >= rules.rotate_at {
            if self.close_segment(&place, rules)? {
                return Ok(false);
            }
            // It may have been closed for others before its name turned out to be taken.
            if let Some(held) = &self.held {
                place = self.place(sys::end(&held.file)?, rules)?;
            }
        }
        self.seal(&place, locked.now)?;
        let begin = HEADROOM - closing(place.rest).len();
        self.buffer[begin..HEADROOM].copy_from_slice(closing(place.rest));
        let Some(held) = &mut self.held else { return Ok(false) };
        let end = put(held, place.size, &self.buffer, begin, &self.records)?;
        faults::step("bus.written");
        held.known = self.given.last().map(|last| (end, *last));
        Ok(true)
    }

    fn place(&self, size: u64, rules: &Rules<'_>) -> Result<Place> {
        let Some(held) = &self.held else { return Ok(Place { size, last: None, rest: Rest::Clean }) };
        if let Some((known, last)) = held.known
            && known == size
        {
            return Ok(Place { size, last: Some(last), rest: Rest::Clean });
        }
        let end = last::look(&held.file, size)?;
        let last = match end.last {
            Some(last) => Some(last),
            None => last_closed(rules.folder)?,
        };
        Ok(Place { size, last, rest: end.rest })
    }

    /// Gives id, time and trailer to the drafts, which move apart for it.
    fn seal(&mut self, place: &Place, now: Timestamp) -> Result<()> {
        let mut at = [0; time::LEN];
        time::write(now, &mut at);
        self.given.clear();
        let mut last = place.last;
        let drafts = (self.records.len() > 1).then(|| self.buffer.split_off(HEADROOM));
        for record in &mut self.records {
            let id = self.ids.after(last, now).ok_or(BusErrorKind::IdsExhausted)?;
            let mut text = [0; ulid::ULID_LEN];
            id.0.array_to_str(&mut text);
            let start = match &drafts {
                Some(drafts) => {
                    let start = self.buffer.len();
                    self.buffer.extend_from_slice(&drafts[record.start - HEADROOM..record.end - HEADROOM]);
                    start
                }
                None => record.start,
            };
            record::stamp(&mut self.buffer[start..], &text, &at);
            record::seal(&text, start, &mut self.buffer);
            *record = start..self.buffer.len();
            self.given.push(id);
            last = Some(id);
        }
        Ok(())
    }

    /// Closes the segment that is held and locked, giving it the name of its first record. False:
    /// it has no record yet and stays.
    pub(super) fn close_held(&mut self, rules: &Rules<'_>) -> Result<bool> {
        let locked = self.lock_current(rules)?;
        let closed = self.place(locked.size, rules).and_then(|place| self.close_segment(&place, rules));
        // Closing the descriptor lets the lock go.
        self.held = None;
        closed
    }

    fn close_segment(&self, place: &Place, rules: &Rules<'_>) -> Result<bool> {
        let Some(held) = &self.held else { return Ok(false) };
        let Some(first) = last::first_id(&held.file, place.size)? else { return Ok(false) };
        // The other writers who hold this file see that it has grown, and look at its name.
        let closing = if place.rest == Rest::Clean { b"\n" } else { closing(place.rest) };
        write_all(&held.file, closing)?;
        if rules.durable {
            sys::sync(&held.file)?;
        }
        faults::step("bus.rotate.closed");
        let closed = rules.folder.rename(rules.folder.current(), &rules.folder.closed_name(first))?;
        faults::step("bus.rotate.renamed");
        if closed && rules.durable {
            rules.folder.sync()?;
        }
        Ok(closed)
    }
}

fn open(rules: &Rules<'_>) -> Result<Held> {
    let (file, is_new) = rules.folder.open_append(rules.folder.current())?;
    if is_new && rules.durable {
        rules.folder.sync()?;
    }
    let stat = Stat::of(&file)?;
    let is_mixing = rules.reads_back || !sys::appends_whole(&file);
    Ok(Held { file, stat, is_mixing, known: None, named: None })
}

impl Held {
    /// Where the file ends; none where the name does not stand for it any more.
    ///
    /// Whoever rotates lets the file grow first. One that was removed, replaced or moved away by
    /// hand is noticed a moment later at most.
    fn look(&mut self, folder: &Folder, now: Timestamp) -> io::Result<Option<u64>> {
        if let Some((known, _)) = self.known
            && self.is_named(now)
            && sys::end(&self.file)? == known
        {
            return Ok(Some(known));
        }
        let found = folder.stat_current()?;
        self.named = Some(now);
        Ok(found.filter(|stat| stat.same_file(&self.stat)).map(|stat| stat.size))
    }

    /// Whether the name was seen to stand for it a moment ago. A clock that stands still or went
    /// back does not tell.
    fn is_named(&self, now: Timestamp) -> bool {
        let since = |at: Timestamp| now.as_microsecond() - at.as_microsecond();
        self.named.is_some_and(|at| (1..NAMED_FOR).contains(&since(at)))
    }
}

/// The last id of the segments that are closed.
fn last_closed(folder: &Folder) -> io::Result<Option<MessageId>> {
    for segment in folder.closed()?.iter().rev().filter(|segment| segment.first.is_some()) {
        let Some(file) = folder.open_read(&segment.name)? else { continue };
        let size = Stat::of(&file)?.size;
        if let Some(last) = last::look(&file, size)?.last {
            return Ok(Some(last));
        }
    }
    Ok(None)
}

/// What has to be written so that a record can follow. A line end alone would make a record of one
/// that lacks nothing else, although its writer may have written it again; the space prevents that.
fn closing(rest: Rest) -> &'static [u8] {
    match rest {
        Rest::Clean => b"",
        Rest::Text(Line::Trailer) => b" \n",
        Rest::Text(_) => b"\n",
        Rest::Torn(Line::Ended) => FENCE,
        Rest::Torn(Line::Open) => b"\n<!-- torn -->\n",
        Rest::Torn(Line::Trailer) => b" \n<!-- torn -->\n",
    }
}

fn write_all(file: &File, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match sys::write(file, bytes)? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            written => bytes = &bytes[written..],
        }
    }
    Ok(())
}

/// Writes the buffer from `begin` on and sees that every record of it stands whole in the file.
/// Returns the size of the file after it, as far as nobody else wrote.
fn put(held: &Held, size: u64, buffer: &[u8], begin: usize, records: &[Range<usize>]) -> Result<u64> {
    let file = &held.file;
    let mut expected = size;
    let mut todo = Cow::Borrowed(&buffer[begin..]);
    // The first record that does not stand whole in the file yet.
    let mut first = 0;
    for _ in 0..TRIES {
        let written = sys::write(file, &todo)?;
        faults::step("bus.put");
        if written == todo.len() && !held.is_mixing {
            return Ok(expected + written as u64);
        }
        let kept = kept(file, expected, &todo[..written])?;
        if let Some(end) = kept
            && written == todo.len()
        {
            return Ok(end);
        }
        if kept.is_some() {
            let ahead = buffer.len() - todo.len();
            first += records[first..].iter().take_while(|record| record.end <= ahead + written).count();
        }
        expected = kept.map_or_else(|| sys::position(file), Ok)?;
        let line = match Line::of(&todo[..written]) {
            Line::Trailer => Line::Trailer,
            // A line end too many harms nothing; one that is missing would hide the fence.
            Line::Ended | Line::Open => Line::Open,
        };
        let rest = &buffer[records[first].start..];
        todo = Cow::Owned([closing(Rest::Torn(line)), rest].concat());
    }
    Err(BusErrorKind::NotKept)
}

/// Where the bytes end that were just written, if they stand in the file as they were written.
/// They stand elsewhere than expected when somebody wrote without the lock in between.
fn kept(file: &File, expected: u64, bytes: &[u8]) -> io::Result<Option<u64>> {
    if stands(file, expected, bytes)? {
        return Ok(Some(expected + bytes.len() as u64));
    }
    let end = sys::position(file)?;
    let Some(begin) = end.checked_sub(bytes.len() as u64) else { return Ok(None) };
    Ok(stands(file, begin, bytes)?.then_some(end))
}

fn stands(file: &File, offset: u64, bytes: &[u8]) -> io::Result<bool> {
    const ON_STACK: usize = 2048;
    let mut small = [0; ON_STACK];
    let mut large = Vec::new();
    let there = match small.get_mut(..bytes.len()) {
        Some(there) => there,
        None => {
            large.resize(bytes.len(), 0);
            &mut large[..]
        }
    };
    let read = sys::read_at(file, there, offset)?;
    Ok(read == bytes.len() && there == bytes)
}
