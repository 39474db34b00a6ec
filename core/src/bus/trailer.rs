//! The last line of a record, and the line that closes what is torn.
//!
//! `<!-- MSG-<ULID> v1 <length> <CRC-32C> -->`: what stands before it, `length` bytes of it, is a
//! record if the checksum holds. No line of a body looks like it, since bodies are escaped.

use std::sync::LazyLock;

use memchr::memmem;

use crate::model::MessageId;

use super::checksum::crc32c;

/// The version of records that this code writes.
const VERSION: &[u8] = b"v1";
/// What a trailer begins with; a body line that begins so is escaped.
pub(super) const OPEN: &[u8] = b"<!-- ";
/// The line that closes a torn tail.
pub(super) const FENCE: &[u8] = b"<!-- torn -->\n";
/// What a record begins with; 26 characters of its id follow.
pub(super) const HEAD: &[u8] = b"---\nmsg_id: MSG-";
/// Bytes of `HEAD` and the id: the shortest text that marks a torn record.
pub(super) const HEAD_LEN: usize = HEAD.len() + ulid::ULID_LEN;
/// Bytes of the longest trailer that is read.
pub(super) const MAX_LEN: usize = 80;

/// A trailer as it was read; whether it holds is told by [`Trailer::holds`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Trailer {
    /// Id of the record.
    pub(super) id: MessageId,
    /// Bytes of the record before the trailer.
    pub(super) length: u64,
    /// Bytes of the trailer itself, its line end included.
    pub(super) own: usize,
    checksum: u32,
}

impl Trailer {
    /// Reads the line that `bytes` begin with.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let line = &bytes[..bytes.len().min(MAX_LEN)];
        let line = &line[..line.iter().position(|c| *c == b'\n')?];
        let inner = line.strip_prefix(OPEN)?.strip_suffix(b" -->")?;
        let (id, rest) = inner.split_at_checked(MessageId::LEN)?;
        let rest = rest.strip_prefix(b" ")?.strip_prefix(VERSION)?.strip_prefix(b" ")?;
        let space = rest.iter().position(|c| *c == b' ')?;
        let (length, checksum) = (&rest[..space], &rest[space + 1..]);
        if checksum.len() != 8 || length.is_empty() || length.len() > 12 {
            return None;
        }
        Some(Self {
            id: MessageId::parse(std::str::from_utf8(id).ok()?).ok()?,
            length: decimal(length)?,
            own: line.len() + 1,
            checksum: hexadecimal(checksum)?,
        })
    }

    /// Whether `record`, the bytes before the trailer, is what was written.
    pub(super) fn holds(&self, record: &[u8]) -> bool {
        record.len() as u64 == self.length
            && record.len() > HEAD_LEN
            && record.starts_with(HEAD)
            && self.id.0.array_to_str(&mut [0; ulid::ULID_LEN]).as_bytes() == &record[HEAD.len()..HEAD_LEN]
            && crc32c(record) == self.checksum
    }

    /// Appends the trailer of `record`.
    pub(super) fn write(id: &[u8; ulid::ULID_LEN], start: usize, out: &mut Vec<u8>) {
        let record = &out[start..];
        let (length, checksum) = (record.len(), crc32c(record));
        out.extend_from_slice(b"<!-- MSG-");
        out.extend_from_slice(id);
        out.extend_from_slice(b" v1 ");
        write_decimal(length, out);
        out.push(b' ');
        for shift in (0..8).rev() {
            out.push(b"0123456789abcdef"[(checksum >> (shift * 4)) as usize & 15]);
        }
        out.extend_from_slice(b" -->\n");
    }
}

fn write_decimal(mut value: usize, out: &mut Vec<u8>) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

fn decimal(digits: &[u8]) -> Option<u64> {
    digits
        .iter()
        .try_fold(0u64, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + u64::from(digit - b'0')))
}

fn hexadecimal(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0u32, |sum, digit| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        Some(sum << 4 | u32::from(value))
    })
}

/// A line at which the text before it is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// A trailer of the right form.
    Trailer(Trailer),
    /// The line that closes a torn tail.
    Fence,
}

/// The first mark in `bytes` at or after `from`, and where it begins; `begin` is the begin of a line.
pub(super) fn next_mark(bytes: &[u8], begin: usize, from: usize) -> Option<(usize, Mark)> {
    static FINDER: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(OPEN));
    let mut from = from;
    while let Some(found) = FINDER.find(bytes.get(from..)?) {
        let at = from + found;
        if let Some(mark) = mark_at(bytes, begin, at) {
            return Some((at, mark));
        }
        from = at + OPEN.len();
    }
    None
}

/// The last mark in `bytes`; `whole`: they begin with the begin of a line.
pub(super) fn last_mark(bytes: &[u8], whole: bool) -> Option<(usize, Mark)> {
    static FINDER: LazyLock<memmem::FinderRev<'static>> = LazyLock::new(|| memmem::FinderRev::new(OPEN));
    let begin = if whole { 0 } else { usize::MAX };
    let mut end = bytes.len();
    while let Some(at) = FINDER.rfind(&bytes[..end]) {
        if let Some(mark) = mark_at(bytes, begin, at) {
            return Some((at, mark));
        }
        end = at + OPEN.len() - 1;
    }
    None
}

fn mark_at(bytes: &[u8], begin: usize, at: usize) -> Option<Mark> {
    if at != begin && (at == 0 || bytes[at - 1] != b'\n') {
        return None;
    }
    let line = &bytes[at..];
    if line.starts_with(FENCE) {
        return Some(Mark::Fence);
    }
    Trailer::parse(line).map(Mark::Trailer)
}

/// Where in `gap`, which begins a line, a torn record begins. `fenced`: a fence follows, before
/// which its writer may have ended the line. None: all of it is text.
pub(super) fn torn_at(gap: &[u8], fenced: bool) -> Option<usize> {
    if gap.is_empty() {
        return None;
    }
    let whole = memmem::find_iter(gap, HEAD).find(|at| {
        let begins_line = *at == 0 || gap[at - 1] == b'\n';
        begins_line && gap.get(at + HEAD.len()..at + HEAD_LEN).is_some_and(is_ulid)
    });
    whole.or_else(|| torn_end(gap)).or_else(|| {
        let before_fence = without_torn_fence(gap);
        let ended = fenced || before_fence.len() < gap.len();
        torn_end(before_fence.strip_suffix(b"\n").filter(|_| ended)?)
    })
}

/// The gap without a fence at its end that broke off itself.
fn without_torn_fence(gap: &[u8]) -> &[u8] {
    let line = memchr::memrchr(b'\n', gap.strip_suffix(b"\n").unwrap_or(gap)).map_or(0, |at| at + 1);
    let last = gap[line..].strip_suffix(b"\n").unwrap_or(&gap[line..]);
    let is_fence = !last.is_empty() && last.len() < FENCE.len() && FENCE.starts_with(last);
    if is_fence { &gap[..line] } else { gap }
}

/// Where the prefix of a record begins that `gap` ends in.
fn torn_end(gap: &[u8]) -> Option<usize> {
    let window = gap.len().saturating_sub(HEAD_LEN);
    (window..gap.len()).find(|at| {
        let begins_line = *at == 0 || gap[at - 1] == b'\n';
        begins_line && is_head_prefix(&gap[*at..])
    })
}

fn is_head_prefix(bytes: &[u8]) -> bool {
    let head = bytes.len().min(HEAD.len());
    bytes.len() < HEAD_LEN && bytes[..head] == HEAD[..head] && bytes[head..].iter().all(|c| is_crockford(*c))
}

fn is_ulid(bytes: &[u8]) -> bool {
    bytes.iter().all(|c| is_crockford(*c)) && bytes[0] <= b'7'
}

fn is_crockford(c: u8) -> bool {
    c.is_ascii_digit() || (c.is_ascii_uppercase() && !b"ILOU".contains(&c))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01JD8Z7W3QK5T9X2M4N6P8R0SA";

    fn record() -> Vec<u8> {
        let mut out = format!("---\nmsg_id: MSG-{ID}\n---\nbody\n").into_bytes();
        Trailer::write(ID.as_bytes().try_into().expect("26 bytes"), 0, &mut out);
        out
    }

    #[test]
    fn a_trailer_holds_for_its_record_only() {
        let bytes = record();
        let Some((at, Mark::Trailer(trailer))) = next_mark(&bytes, 0, 0) else { panic!("no trailer") };
        assert_eq!(at + trailer.own, bytes.len());
        assert!(trailer.holds(&bytes[..at]));
        for position in 0..at {
            let mut changed = bytes[..at].to_vec();
            changed[position] ^= 1;
            assert!(!trailer.holds(&changed), "byte {position}");
        }
        assert_eq!(last_mark(&bytes, true), Some((at, Mark::Trailer(trailer))));
    }

    #[test]
    fn only_whole_lines_are_marks() {
        let bytes = record();
        let cut = &bytes[..bytes.len() - 1];
        assert_eq!(next_mark(cut, 0, 0), None);
        let within = [b"x".as_slice(), FENCE].concat();
        assert_eq!((next_mark(&within, 0, 0), last_mark(&within, true)), (None, None));
        assert_eq!(next_mark(b"a\n<!-- torn -->\n", 0, 0), Some((2, Mark::Fence)));
    }

    #[test]
    fn a_tail_is_torn_where_a_record_began() {
        let bytes = record();
        for cut in 1..bytes.len() {
            assert_eq!(torn_at(&bytes[..cut], false), Some(0), "cut at {cut}");
            let gap = [b"text\n", &bytes[..cut]].concat();
            assert_eq!(torn_at(&gap, false), Some(5), "cut at {cut}");
            let ended = [&gap[..], b"\n"].concat();
            assert_eq!(torn_at(&ended, true), Some(5), "cut at {cut}, line ended");
        }
    }

    #[test]
    fn other_tails_are_text() {
        for text in ["", "text", "--- a", "x---\nmsg_id: MSG-", "---\nmsg_id: MSG-20260220-101500-1\n", "-\n"]
        {
            assert_eq!(torn_at(text.as_bytes(), false), None, "{text:?}");
        }
    }
}
