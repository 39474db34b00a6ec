//! Reads one segment forwards, piece by piece, in bounded memory.
//!
//! Records are told by their trailers, never by what looks like a header: whatever stands between
//! two marks and is no record is text, or torn.

use std::fs::File;
use std::io;
use std::ops::Range;

use crate::model::{Cursor, Message, MessageId};

use super::folder::Form;
use super::record::{self, MAX_RECORD};
use super::trailer::{FENCE, MAX_LEN, Mark, Trailer, next_mark, torn_at};
use super::{seed, sys};

const CHUNK: usize = 256 << 10;
/// Text that goes on and on is delivered in pieces of this size.
const TEXT_PIECE: usize = 1 << 20;

/// What is to be thought of the end of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tail {
    /// Something may be on its way: text at the end is not complete yet.
    Pending,
    /// Nothing came for a while: text at the end is complete.
    Quiet,
    /// The segment is closed: nothing will follow, what is torn stays so.
    Closed,
}

/// A part of a segment that a reader sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// Id of the record; none for text.
    pub(super) id: Option<MessageId>,
    /// Where a reader stands that has seen it.
    pub(super) cursor: Cursor,
    /// Its bytes in the scanner's buffer, until the next call.
    bytes: Range<usize>,
}

/// A forward reader of one segment.
#[derive(Debug)]
pub(super) struct Scanner {
    file: File,
    form: Form,
    buffer: Vec<u8>,
    /// What is read and not consumed: `start..filled` of the buffer.
    start: usize,
    filled: usize,
    /// Up to where no mark was found.
    searched: usize,
    /// Offset in the file of `start`.
    offset: u64,
    /// Where a reader stands at `start`.
    cursor: Cursor,
    /// A record broke off before `start`: what comes up to the next mark belongs to it.
    in_torn: bool,
    /// Torn tails that were passed over.
    torn: u64,
}

impl Scanner {
    /// Reads from `offset`, where a reader with `cursor` stands.
    pub(super) fn new(file: File, form: Form, offset: u64, cursor: Cursor) -> Self {
        Self {
            file,
            form,
            buffer: Vec::new(),
            start: 0,
            filled: 0,
            searched: 0,
            offset,
            cursor,
            in_torn: false,
            torn: 0,
        }
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    pub(super) fn into_file(self) -> File {
        self.file
    }

    /// Offset in the file of the first byte that is not consumed.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Where a reader stands that has seen all pieces so far.
    pub(super) fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// Whether something was read that is not complete.
    pub(super) fn has_rest(&self) -> bool {
        self.start < self.filled
    }

    /// How many torn tails were passed over.
    pub(super) fn torn(&self) -> u64 {
        self.torn
    }

    /// Passes over bytes that were read before. Only before the first piece is asked for.
    pub(super) fn skip(&mut self, bytes: u64) {
        self.offset += bytes;
        self.cursor.text += bytes;
    }

    /// The message of the piece that was returned last.
    pub(super) fn message(&self, piece: &Piece) -> Message {
        let bytes = &self.buffer[piece.bytes.clone()];
        match piece.id {
            Some(id) => record::read(bytes, id),
            None if self.form == Form::Seed => seed::read(bytes, piece.cursor),
            None => record::plain(bytes, piece.cursor),
        }
    }

    /// The next piece; none at the end of what is complete.
    pub(super) fn next(&mut self, tail: Tail) -> io::Result<Option<Piece>> {
        loop {
            let found = match self.form {
                Form::Own => self.next_own(),
                Form::Seed => self.next_seed(),
            };
            if let Some(piece) = found {
                return Ok(Some(piece));
            }
            if self.fill()? == 0 {
                return Ok(self.end(tail));
            }
        }
    }

    /// A piece that is complete in the buffer.
    fn next_own(&mut self) -> Option<Piece> {
        while let Some((at, mark)) = next_mark(&self.buffer[..self.filled], self.start, self.searched) {
            self.searched = at;
            let piece = match mark {
                Mark::Fence => {
                    let text = self.gap(at, true);
                    if text.is_none() {
                        self.consume(at + FENCE.len());
                    }
                    text
                }
                Mark::Trailer(trailer) => {
                    let Some(begin) = self.record_before(at, &trailer) else {
                        self.searched = at + trailer.own;
                        continue;
                    };
                    let text = self.gap(begin, false);
                    text.or_else(|| Some(self.take_record(begin..at, &trailer)))
                }
            };
            if piece.is_some() {
                return piece;
            }
        }
        self.searched = self.searched.max(self.filled.saturating_sub(MAX_LEN)).max(self.start);
        self.long_text()
    }

    /// Where the record begins that the trailer at `at` closes, if it holds.
    fn record_before(&self, at: usize, trailer: &Trailer) -> Option<usize> {
        let length = usize::try_from(trailer.length).ok()?;
        let begin = at.checked_sub(length).filter(|begin| *begin >= self.start)?;
        trailer.holds(&self.buffer[begin..at]).then_some(begin)
    }

    fn take_record(&mut self, bytes: Range<usize>, trailer: &Trailer) -> Piece {
        self.consume(bytes.end + trailer.own);
        self.cursor = Cursor::after(trailer.id);
        Piece { id: Some(trailer.id), cursor: self.cursor, bytes }
    }

    /// Consumes what stands before `end` and is no record; gives the text of it.
    fn gap(&mut self, end: usize, fenced: bool) -> Option<Piece> {
        let begin = self.start;
        let torn = if self.in_torn { Some(0) } else { torn_at(&self.buffer[begin..end], fenced) };
        self.torn += u64::from(torn.is_some());
        self.consume(end);
        self.text(begin..begin + torn.unwrap_or(end - begin))
    }

    fn text(&self, bytes: Range<usize>) -> Option<Piece> {
        let blank = self.buffer[bytes.clone()].iter().all(u8::is_ascii_whitespace);
        (!blank).then_some(Piece { id: None, cursor: self.cursor, bytes })
    }

    /// A part of text that is longer than any record, so that no trailer can make a record of it.
    fn long_text(&mut self) -> Option<Piece> {
        let waiting = &self.buffer[self.start..self.filled];
        if waiting.len() < MAX_RECORD + TEXT_PIECE {
            return None;
        }
        let part = &waiting[..TEXT_PIECE];
        let cut = memchr::memrchr(b'\n', part).map_or(TEXT_PIECE, |at| at + 1);
        let torn = if self.in_torn { Some(0) } else { torn_at(&part[..cut], false) };
        let begin = self.start;
        self.consume(begin + cut);
        self.in_torn = torn.is_some();
        self.text(begin..begin + torn.unwrap_or(cut))
    }

    fn next_seed(&mut self) -> Option<Piece> {
        loop {
            let begin = self.start;
            let waiting = &self.buffer[begin..self.filled];
            let from = (self.searched - begin).max(1);
            let Some(next) = seed::legacy_end(waiting).or_else(|| seed::next_begin(waiting, from)) else {
                self.searched = self.filled.saturating_sub(seed::BEGIN_LEN).max(begin);
                return None;
            };
            self.consume(begin + next);
            let piece = self.text(begin..begin + next);
            if piece.is_some() {
                return piece;
            }
        }
    }

    /// What the end of the file gives.
    fn end(&mut self, tail: Tail) -> Option<Piece> {
        let (begin, end) = (self.start, self.filled);
        let waiting = &self.buffer[begin..end];
        let torn = match self.form {
            _ if self.in_torn => Some(0),
            Form::Own => torn_at(waiting, false),
            Form::Seed => None,
        };
        // Text before a record that is on its way is complete.
        if tail == Tail::Pending && torn.is_none() {
            return None;
        }
        let text = begin..begin + torn.unwrap_or(end - begin);
        let consumed = if tail == Tail::Closed { end } else { text.end };
        self.torn += u64::from(tail == Tail::Closed && torn.is_some());
        self.consume(consumed);
        self.text(text)
    }

    /// Moves on to `to`, a place in the buffer.
    fn consume(&mut self, to: usize) {
        let bytes = (to - self.start) as u64;
        self.start = to;
        self.offset += bytes;
        self.cursor.text += bytes;
        self.searched = self.searched.max(to);
        self.in_torn = false;
    }

    /// Reads more; tells how much.
    fn fill(&mut self) -> io::Result<usize> {
        self.buffer.copy_within(self.start..self.filled, 0);
        self.filled -= self.start;
        self.searched -= self.start;
        self.start = 0;
        let want = CHUNK.max(self.filled);
        if self.buffer.len() < self.filled + want {
            self.buffer.resize(self.filled + want, 0);
        }
        let read =
            sys::read_at(&self.file, &mut self.buffer[self.filled..], self.offset + self.filled as u64)?;
        self.filled += read;
        Ok(read)
    }
}
