//! The end of a segment: the last record that holds, and what stands behind it.

use std::fs::File;
use std::io;

use crate::model::MessageId;

use super::sys;
use super::trailer::{FENCE, HEAD_LEN, MAX_LEN, Mark, Trailer, last_mark, next_mark, torn_at};

/// Enough for the record of an ordinary message, so that one read tells the last id.
const FIRST_WINDOW: u64 = 1 << 10;
const WINDOW: u64 = 64 << 10;
/// Tails are looked through in parts of this size.
const PART: u64 = 1 << 20;

/// How a segment ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct End {
    /// Id of the last record that holds; none where there is none.
    pub(super) last: Option<MessageId>,
    /// Offset just after that record, 0 where there is none.
    pub(super) record_end: u64,
    /// What stands behind the last mark.
    pub(super) rest: Rest,
}

/// What stands behind the last mark of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    /// Nothing, or text whose last line is ended.
    Clean,
    /// Text that breaks off within a line.
    Text(Line),
    /// A record that broke off.
    Torn(Line),
}

/// How the last line of a segment ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// With a line end.
    Ended,
    /// Without one.
    Open,
    /// Without one, in what a line end would make a trailer: a record of which nobody knows.
    Trailer,
}

impl Line {
    /// How `bytes` end.
    pub(super) fn of(bytes: &[u8]) -> Self {
        match bytes {
            [.., b'\n'] => Line::Ended,
            _ if bytes.ends_with(b" -->") => Line::Trailer,
            _ => Line::Open,
        }
    }
}

/// Looks at the end of a segment of `size` bytes, going backwards as far as needed.
pub(super) fn look(file: &File, size: u64) -> io::Result<End> {
    let mut tail_from = None;
    let mut high = size;
    let mut window = FIRST_WINDOW;
    while high > 0 {
        let low = high.saturating_sub(window);
        let bytes = sys::read_range(file, low, high)?;
        let mut end = bytes.len();
        while let Some((at, mark)) = last_mark(&bytes[..end], low == 0) {
            let begin = low + at as u64;
            match mark {
                Mark::Fence => {
                    tail_from.get_or_insert(begin + FENCE.len() as u64);
                }
                Mark::Trailer(trailer) if holds(file, &bytes, low, at, &trailer)? => {
                    let record_end = begin + trailer.own as u64;
                    let rest = rest(file, tail_from.unwrap_or(record_end), size)?;
                    return Ok(End { last: Some(trailer.id), record_end, rest });
                }
                Mark::Trailer(_) => {}
            }
            // Keeps the newline before the mark: it may end another one.
            end = at;
        }
        if low == 0 {
            break;
        }
        // A mark across the border of two windows is whole in the next one.
        high = (low + MAX_LEN as u64).min(high - 1);
        window = WINDOW;
    }
    Ok(End { last: None, record_end: 0, rest: rest(file, tail_from.unwrap_or(0), size)? })
}

/// Whether the trailer at `at` of the window `bytes`, which begins at `low`, holds.
pub(super) fn holds(file: &File, bytes: &[u8], low: u64, at: usize, trailer: &Trailer) -> io::Result<bool> {
    if let Some(begin) = usize::try_from(trailer.length).ok().and_then(|length| at.checked_sub(length)) {
        return Ok(trailer.holds(&bytes[begin..at]));
    }
    let end = low + at as u64;
    let Some(begin) = end.checked_sub(trailer.length) else { return Ok(false) };
    if trailer.length > super::record::MAX_RECORD as u64 {
        return Ok(false);
    }
    Ok(trailer.holds(&sys::read_range(file, begin, end)?))
}

fn rest(file: &File, from: u64, size: u64) -> io::Result<Rest> {
    let mut low = from;
    let mut is_torn = false;
    while low < size && !is_torn {
        let high = size.min(low + PART);
        let part = sys::read_range(file, low, high)?;
        // Only a part at the end can end in the prefix of a record; one before it may just be cut.
        is_torn = torn_at(&part, false).is_some_and(|at| high == size || part.len() - at >= HEAD_LEN);
        if high == size {
            break;
        }
        // Parts begin with a line; one that is longer than a part is cut, as no record begins in it.
        low += memchr::memrchr(b'\n', &part).map_or(part.len() as u64, |at| at as u64 + 1);
    }
    let end = sys::read_range(file, size.saturating_sub(4).max(from), size)?;
    Ok(match Line::of(&end) {
        line if is_torn => Rest::Torn(line),
        Line::Ended => Rest::Clean,
        _ if end.is_empty() => Rest::Clean,
        line => Rest::Text(line),
    })
}

/// Id of the first record of a segment of `size` bytes that holds.
pub(super) fn first_id(file: &File, size: u64) -> io::Result<Option<MessageId>> {
    Ok(next_record(file, 0, size)?.map(|found| found.id))
}

/// A record that was found from somewhere in the middle of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) id: MessageId,
    /// Offset of its first byte.
    pub(super) begin: u64,
    /// Offset just after its trailer.
    pub(super) end: u64,
}

/// The first record that holds whose trailer begins between `from` and `to`.
pub(super) fn next_record(file: &File, from: u64, to: u64) -> io::Result<Option<Found>> {
    // The newline before a trailer tells that it begins a line.
    let mut low = from.saturating_sub(1);
    let mut window = 4 << 10;
    while low < to {
        let bytes = sys::read_range(file, low, low + window)?;
        let begin = if low == 0 { 0 } else { usize::MAX };
        let mut search = 0;
        while let Some((at, mark)) = next_mark(&bytes, begin, search) {
            if low + at as u64 >= to {
                return Ok(None);
            }
            if let Mark::Trailer(trailer) = mark
                && low + at as u64 >= from
                && holds(file, &bytes, low, at, &trailer)?
            {
                let end = low + at as u64;
                return Ok(Some(Found {
                    id: trailer.id,
                    begin: end - trailer.length,
                    end: end + trailer.own as u64,
                }));
            }
            search = at + 1;
        }
        if (bytes.len() as u64) < window {
            return Ok(None);
        }
        // A trailer across the border is whole in the next window.
        low += window - MAX_LEN as u64 - 1;
        window = (window * 2).min(1 << 20);
    }
    Ok(None)
}
