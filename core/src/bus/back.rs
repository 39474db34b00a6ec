//! Reads the last messages of a bus, going backwards: its size does not matter.

use std::collections::VecDeque;
use std::io;
use std::ops::Range;

use crate::model::{Cursor, Message};

use super::folder::{Folder, Form, Segment};
use super::last::next_record;
use super::query::Query;
use super::reader::{Opened, Segments, cursor_before, open_closed, segments};
use super::scan::{Scanner, Tail};

const FIRST_STEP: u64 = 32 << 10;
const MAX_STEP: u64 = 4 << 20;

/// The last `count` messages that match the query, in the order of the file. `quiet`: text at the
/// end is complete.
pub(super) fn last_messages(
    folder: &Folder,
    form: Form,
    query: &Query,
    count: usize,
    quiet: bool,
) -> io::Result<Vec<Message>> {
    let tail = if quiet { Tail::Quiet } else { Tail::Pending };
    let Segments { closed, current } = segments(folder, form)?;
    let mut backwards = Backwards { folder, closed: &closed, query, count, tail, found: VecDeque::new() };
    if let Some(current) = current {
        backwards.segment(&current)?;
    }
    for segment in closed.iter().rev() {
        if !backwards.wants_more() {
            break;
        }
        if let Some(opened) = open_closed(folder, segment.clone())? {
            backwards.segment(&opened)?;
        }
    }
    Ok(backwards.found.into())
}

struct Backwards<'a> {
    folder: &'a Folder,
    closed: &'a [Segment],
    query: &'a Query,
    count: usize,
    tail: Tail,
    found: VecDeque<Message>,
}

impl Backwards<'_> {
    fn wants_more(&self) -> bool {
        self.found.len() < self.count
    }

    /// Takes what matches of a segment, part by part from its end.
    fn segment(&mut self, opened: &Opened) -> io::Result<()> {
        let mut high = opened.stat.size;
        let mut step = FIRST_STEP;
        while high > 0 && self.wants_more() {
            let low = if opened.segment.form == Form::Seed { 0 } else { high.saturating_sub(step) };
            let begin = self.boundary(opened, low, high)?;
            match begin {
                Some((begin, cursor)) => {
                    self.part(opened, begin..high, cursor)?;
                    high = begin;
                    step = (step * 2).min(MAX_STEP);
                }
                // Something larger than the step: look further back.
                None => step *= 4,
            }
        }
        Ok(())
    }

    /// The first boundary between `low` and `high`, and where a reader stands there.
    fn boundary(&self, opened: &Opened, low: u64, high: u64) -> io::Result<Option<(u64, Cursor)>> {
        if low == 0 {
            return Ok(Some((0, self.cursor_at_begin(opened)?)));
        }
        let found = next_record(&opened.file, low, high)?.filter(|found| found.end < high);
        Ok(found.map(|found| (found.end, Cursor::after(found.id))))
    }

    /// Takes what matches between a boundary and the part that was read before.
    fn part(&mut self, opened: &Opened, bytes: Range<u64>, cursor: Cursor) -> io::Result<()> {
        let tail = if opened.closed { Tail::Closed } else { self.tail };
        let mut scanner = Scanner::new(opened.file.try_clone()?, opened.segment.form, bytes.start, cursor);
        let mut matching = Vec::new();
        while scanner.offset() < bytes.end {
            let Some(piece) = scanner.next(tail)? else { break };
            let message = scanner.message(&piece);
            if self.query.matches(&message) {
                matching.push(message);
            }
        }
        let wanted = self.count - self.found.len();
        for message in matching.into_iter().rev().take(wanted) {
            self.found.push_front(message);
        }
        Ok(())
    }

    fn cursor_at_begin(&self, opened: &Opened) -> io::Result<Cursor> {
        let index = self.closed.iter().position(|segment| segment.name == opened.segment.name);
        cursor_before(self.folder, &self.closed[..index.unwrap_or(self.closed.len())])
    }
}
