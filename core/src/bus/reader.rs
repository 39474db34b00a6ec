//! Reads a bus forwards across its segments.

use std::fs::File;
use std::io;

use crate::model::{Cursor, Message, MessageId};

use super::folder::{Folder, Form, Segment};
use super::scan::{Piece, Scanner, Tail};
use super::sys::Stat;
use super::{last, locate, record};

/// A segment that is open, and where in it a reader begins.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) file: File,
    pub(super) stat: Stat,
    pub(super) segment: Segment,
    /// Whether nothing will follow in it.
    pub(super) closed: bool,
}

/// A forward reader of a bus. It can be asked again when more was written.
#[derive(Debug)]
pub(super) struct Reader {
    folder: Folder,
    /// Form of the file that is appended to.
    form: Form,
    at: Option<At>,
    /// Where a reader stands that has seen all segments up to `at`.
    cursor: Cursor,
    /// The segment that was read last, until the next one is entered.
    previous: Option<Previous>,
}

/// A segment that was read to its end. It stays open, so that no other file gets its number and is taken for it.
#[derive(Debug)]
struct Previous {
    stat: Stat,
    _file: File,
}

#[derive(Debug)]
struct At {
    scanner: Scanner,
    stat: Stat,
    closed: bool,
}

impl Reader {
    /// A reader that stands at `cursor`.
    pub(super) fn new(folder: &Folder, form: Form, cursor: Cursor) -> io::Result<Self> {
        let mut reader =
            Self { folder: folder.clone(), form, at: None, cursor: Cursor::START, previous: None };
        let found = match cursor.last {
            Some(id) => reader.find(id)?,
            None => None,
        };
        match found {
            Some((opened, offset, last)) => {
                let exact = cursor.last == Some(last);
                reader.enter(opened, offset, Cursor::after(last));
                if exact {
                    reader.skip(cursor.text)?;
                }
            }
            // Older than all there is, or text before the first record.
            None if cursor.last.is_some() => reader.cursor = Cursor { text: 0, ..cursor },
            None => reader.skip(cursor.text)?,
        }
        Ok(reader)
    }

    /// Where a reader stands that has seen all so far.
    pub(super) fn cursor(&self) -> Cursor {
        self.at.as_ref().map_or(self.cursor, |at| at.scanner.cursor())
    }

    /// What the name of the bus stands for now.
    pub(super) fn current_stat(&self) -> Option<Stat> {
        self.folder.stat(self.folder.current()).ok().flatten()
    }

    /// Whether something stands at the end that is not complete.
    pub(super) fn has_rest(&self) -> bool {
        self.at.as_ref().is_some_and(|at| at.scanner.has_rest())
    }

    /// The next message; none at the end of what is complete. `quiet`: text at the end is complete.
    pub(super) fn next(&mut self, quiet: bool) -> io::Result<Option<Message>> {
        let piece = self.next_piece(quiet)?;
        Ok(piece.map(|piece| self.message(&piece)))
    }

    /// The message of the piece that was returned last.
    pub(super) fn message(&self, piece: &Piece) -> Message {
        match &self.at {
            Some(at) => at.scanner.message(piece),
            None => record::plain(b"", piece.cursor),
        }
    }

    /// Like [`Reader::next`], without making a message of it.
    pub(super) fn next_piece(&mut self, quiet: bool) -> io::Result<Option<Piece>> {
        loop {
            if self.at.is_none() && !self.open_next()? {
                return Ok(None);
            }
            let Some(at) = &mut self.at else { return Ok(None) };
            let tail = match (at.closed, quiet) {
                (true, _) => Tail::Closed,
                (false, true) => Tail::Quiet,
                (false, false) => Tail::Pending,
            };
            if let Some(piece) = at.scanner.next(tail)? {
                return Ok(Some(piece));
            }
            if at.closed {
                self.leave();
            } else if !self.moved_on()? {
                return Ok(None);
            }
        }
    }

    /// At the end of the current file: whether it is closed by now, or was cut.
    fn moved_on(&mut self) -> io::Result<bool> {
        let Some(at) = &mut self.at else { return Ok(false) };
        match self.folder.stat(self.folder.current())? {
            Some(stat) if stat.same_file(&at.stat) => {
                let cut = stat.size < at.scanner.offset();
                if cut {
                    // Somebody truncated it: what is known of its text no longer holds.
                    let cursor = Cursor { text: 0, ..at.scanner.cursor() };
                    *self = Self::new(&self.folder, self.form, cursor)?;
                }
                Ok(cut)
            }
            // The name went on to another file: nothing more is written to this one after what is
            // there now, which is read before the reader moves on as well.
            _ => {
                at.closed = true;
                Ok(true)
            }
        }
    }

    fn enter(&mut self, opened: Opened, offset: u64, cursor: Cursor) {
        let scanner = Scanner::new(opened.file, opened.segment.form, offset, cursor);
        self.at = Some(At { scanner, stat: opened.stat, closed: opened.closed });
        self.previous = None;
    }

    fn leave(&mut self) {
        if let Some(at) = self.at.take() {
            self.cursor = at.scanner.cursor();
            self.previous = Some(Previous { stat: at.stat, _file: at.scanner.into_file() });
        }
    }

    /// Opens the segment after the previous one; false where there is none yet.
    fn open_next(&mut self) -> io::Result<bool> {
        let Segments { closed, current } = segments(&self.folder, self.form)?;
        let next = self.index_after_previous(&closed)?;
        for segment in closed.into_iter().skip(next) {
            // One that was removed in the meantime is passed over.
            if let Some(opened) = open_closed(&self.folder, segment)? {
                self.enter(opened, 0, self.cursor);
                return Ok(true);
            }
        }
        match current {
            Some(opened) if !self.previous.as_ref().is_some_and(|one| one.stat.same_file(&opened.stat)) => {
                self.enter(opened, 0, self.cursor);
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    fn index_after_previous(&self, closed: &[Segment]) -> io::Result<usize> {
        if let Some(last) = self.cursor.last {
            return Ok(closed.partition_point(|segment| segment.first.is_none_or(|first| first <= last)));
        }
        let Some(previous) = &self.previous else { return Ok(0) };
        for (index, segment) in closed.iter().enumerate() {
            if self.folder.stat(&segment.name)?.is_some_and(|stat| stat.same_file(&previous.stat)) {
                return Ok(index + 1);
            }
        }
        Ok(closed.len())
    }

    /// The segment and the offset just after the last record up to `id`, and that record's id.
    fn find(&self, id: MessageId) -> io::Result<Option<(Opened, u64, MessageId)>> {
        if self.form == Form::Own
            && let Some(current) = open_current(&self.folder, self.form)?
            && let Some(found) = locate::last_up_to(&current.file, current.stat.size, id)?
        {
            return Ok(Some((current, found.end, found.id)));
        }
        let closed = self.folder.closed()?;
        let candidates = closed.into_iter().filter(|segment| segment.first.is_some_and(|first| first <= id));
        for segment in candidates.rev() {
            let Some(opened) = open_closed(&self.folder, segment)? else { continue };
            if let Some(found) = locate::last_up_to(&opened.file, opened.stat.size, id)? {
                return Ok(Some((opened, found.end, found.id)));
            }
        }
        Ok(None)
    }

    /// Passes over text that was read before.
    fn skip(&mut self, mut bytes: u64) -> io::Result<()> {
        while bytes > 0 {
            if self.at.is_none() && !self.open_next()? {
                return Ok(());
            }
            let Some(at) = &mut self.at else { return Ok(()) };
            let left = Stat::of(at.scanner.file())?.size.saturating_sub(at.scanner.offset());
            let step = bytes.min(left);
            at.scanner.skip(step);
            bytes -= step;
            if bytes > 0 && at.closed {
                self.leave();
            } else {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// All segments of a bus at one moment.
#[derive(Debug)]
pub(super) struct Segments {
    /// In the order in which they were written.
    pub(super) closed: Vec<Segment>,
    /// The file that was appended to after them; none where there is none yet.
    pub(super) current: Option<Opened>,
}

/// Opens the file that is appended to, with the segments that were closed before it.
pub(super) fn segments(folder: &Folder, form: Form) -> io::Result<Segments> {
    let mut before = folder.closed()?;
    loop {
        let current = open_current(folder, form)?;
        let closed = folder.closed()?;
        // A segment that is closed while a list is made may be missing in it. Then the one before that was
        // closed meanwhile, too, unless it is the one that is open.
        if closed == before {
            return Ok(Segments { closed, current });
        }
        before = closed;
    }
}

/// Opens the file that is appended to; none where there is none yet.
pub(super) fn open_current(folder: &Folder, form: Form) -> io::Result<Option<Opened>> {
    let segment = Segment { name: folder.current().to_owned(), form, first: None };
    open(folder, segment, false)
}

/// Opens a closed segment; none where it was removed.
pub(super) fn open_closed(folder: &Folder, segment: Segment) -> io::Result<Option<Opened>> {
    open(folder, segment, true)
}

fn open(folder: &Folder, segment: Segment, closed: bool) -> io::Result<Option<Opened>> {
    let Some(file) = folder.open_read(&segment.name)? else { return Ok(None) };
    let stat = Stat::of(&file)?;
    Ok(Some(Opened { file, stat, segment, closed }))
}

/// Where a reader stands at the begin of the file that is appended to, or of a closed segment: after
/// the last record before it and the text behind that.
pub(super) fn cursor_before(folder: &Folder, earlier: &[Segment]) -> io::Result<Cursor> {
    let mut text = 0;
    for segment in earlier.iter().rev() {
        let Some(opened) = open_closed(folder, segment.clone())? else { continue };
        if segment.form == Form::Own {
            let end = last::look(&opened.file, opened.stat.size)?;
            text += opened.stat.size - end.record_end;
            if end.last.is_some() {
                return Ok(Cursor { last: end.last, text });
            }
        } else {
            text += opened.stat.size;
        }
    }
    Ok(Cursor { last: None, text })
}
