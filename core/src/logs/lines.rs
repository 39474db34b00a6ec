//! Lines out of bytes, whatever the chunks they come in. A line of any length costs bounded memory.

use std::io::{self, BufRead};

/// A line of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// Its number in the file, from 0.
    pub number: u64,
    /// Position of its first byte.
    pub start: u64,
    /// Position just after it, its line end included.
    pub end: u64,
    /// Its bytes without the line end (`\n` or `\r\n`); only the first ones of an over-long line.
    pub bytes: &'a [u8],
    /// Whether bytes are left out because the line is over-long.
    pub is_cut: bool,
    /// Whether its line end is there; without, more may follow.
    pub is_complete: bool,
}

/// Cuts chunks into lines.
#[derive(Debug, Clone)]
pub struct LineSplitter {
    max: usize,
    number: u64,
    /// Position of the first byte of the line that is being collected.
    start: u64,
    /// Position after the last byte that was pushed.
    end: u64,
    held: Vec<u8>,
}

impl LineSplitter {
    /// Lines from position `offset` on, where line `number` begins; at most `max` bytes of each are
    /// kept.
    pub fn new(offset: u64, number: u64, max: usize) -> Self {
        Self { max, number, start: offset, end: offset, held: Vec::new() }
    }

    /// Position after the last byte that was pushed.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// Takes the next bytes and gives every line that they complete.
    pub fn push(&mut self, bytes: &[u8], mut each: impl FnMut(Line<'_>)) {
        let mut rest = bytes;
        while let Some(length) = memchr::memchr(b'\n', rest) {
            self.hold(&rest[..length]);
            self.end += 1;
            each(self.line(true));
            self.held.clear();
            self.number += 1;
            self.start = self.end;
            rest = &rest[length + 1..];
        }
        self.hold(rest);
    }

    /// The line that is not complete yet; none where nothing of it is there.
    pub fn pending(&self) -> Option<Line<'_>> {
        (self.end > self.start).then(|| self.line(false))
    }

    fn hold(&mut self, bytes: &[u8]) {
        let room = self.max.saturating_sub(self.held.len());
        self.held.extend(&bytes[..bytes.len().min(room)]);
        self.end += bytes.len() as u64;
    }

    fn line(&self, is_complete: bool) -> Line<'_> {
        let length = self.end - self.start - u64::from(is_complete);
        let is_cut = length > self.held.len() as u64;
        let bytes = match self.held.strip_suffix(b"\r") {
            Some(bytes) if is_complete && !is_cut => bytes,
            _ => &self.held,
        };
        Line { number: self.number, start: self.start, end: self.end, bytes, is_cut, is_complete }
    }
}

/// Reads lines one by one.
#[derive(Debug)]
pub struct LineReader<R> {
    from: R,
    splitter: LineSplitter,
    /// Whether the line that was given last is still in the splitter.
    is_given: bool,
}

impl<R: BufRead> LineReader<R> {
    /// Reads lines from a source that stands at position `offset`, where line `number` begins; at
    /// most `max` bytes of each are kept.
    pub fn new(from: R, offset: u64, number: u64, max: usize) -> Self {
        Self { from, splitter: LineSplitter::new(offset, number, max), is_given: false }
    }

    /// The next line; none at the end. The last one may be incomplete: when the source has grown,
    /// the next call gives it again with what was added.
    ///
    /// # Errors
    /// When the source cannot be read.
    pub fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        if std::mem::take(&mut self.is_given) {
            self.splitter.held.clear();
            self.splitter.number += 1;
            self.splitter.start = self.splitter.end;
        }
        let before = self.splitter.end;
        loop {
            let bytes = match self.from.fill_buf() {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if bytes.is_empty() {
                let has_grown = self.splitter.end > before;
                return Ok(self.splitter.pending().filter(|_| has_grown));
            }
            match memchr::memchr(b'\n', bytes) {
                Some(length) => {
                    self.splitter.hold(&bytes[..length]);
                    self.splitter.end += 1;
                    self.from.consume(length + 1);
                    self.is_given = true;
                    return Ok(Some(self.splitter.line(true)));
                }
                None => {
                    let length = bytes.len();
                    self.splitter.hold(bytes);
                    self.from.consume(length);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Owned = (u64, u64, u64, Vec<u8>, bool, bool);

    fn owned(line: Line<'_>) -> Owned {
        (line.number, line.start, line.end, line.bytes.to_vec(), line.is_cut, line.is_complete)
    }

    fn split(chunks: &[&[u8]], max: usize) -> Vec<Owned> {
        let (mut splitter, mut lines) = (LineSplitter::new(0, 0, max), Vec::new());
        for chunk in chunks {
            splitter.push(chunk, |line| lines.push(owned(line)));
        }
        lines.extend(splitter.pending().map(owned));
        lines
    }

    #[test]
    fn lines_know_their_number_and_place() {
        let lines = split(&[b"one\r\n\nthree"], 100);
        assert_eq!(
            lines,
            [
                (0, 0, 5, b"one".to_vec(), false, true),
                (1, 5, 6, b"".to_vec(), false, true),
                (2, 6, 11, b"three".to_vec(), false, false),
            ]
        );
    }

    #[test]
    fn an_over_long_line_is_cut_and_the_next_is_whole() {
        assert_eq!(
            split(&[b"0123456789\nab\n"], 4),
            [(0, 0, 11, b"0123".to_vec(), true, true), (1, 11, 14, b"ab".to_vec(), false, true)]
        );
    }

    #[test]
    fn a_line_of_100_megabytes_is_held_in_little_memory() {
        struct Zeros(usize);
        impl io::Read for Zeros {
            fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
                let count = into.len().min(self.0);
                into[..count].fill(b'x');
                self.0 -= count;
                Ok(count)
            }
        }
        let end = io::Cursor::new(b"\nnext\n");
        let source = io::BufReader::new(io::Read::chain(Zeros(100 << 20), end));
        let mut reader = LineReader::new(source, 0, 0, 1 << 16);
        let long = reader.next_line().unwrap().unwrap();
        assert_eq!((long.bytes.len(), long.end, long.is_cut), (1 << 16, (100 << 20) + 1, true));
        assert_eq!(reader.next_line().unwrap().unwrap().bytes, b"next");
        assert!(reader.splitter.held.capacity() <= 1 << 17);
    }

    #[test]
    fn an_incomplete_line_is_given_again_when_it_has_grown() {
        let mut reader = LineReader::new(io::Cursor::new(b"ab".to_vec()), 0, 0, 100);
        assert!(!reader.next_line().unwrap().unwrap().is_complete);
        assert_eq!(reader.next_line().unwrap(), None);
        reader.from.get_mut().extend(b"c\nd\n");
        assert_eq!(owned(reader.next_line().unwrap().unwrap()), (0, 0, 4, b"abc".to_vec(), false, true));
        assert_eq!(reader.next_line().unwrap().unwrap().number, 1);
    }

    proptest! {
        #[test]
        fn chunks_do_not_matter(
            bytes in prop::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), any::<u8>()], 0..200),
            size in 1_usize..20,
            max in 0_usize..30,
        ) {
            let chunks: Vec<_> = bytes.chunks(size).collect();
            let whole = split(&[&bytes], max);
            prop_assert_eq!(&split(&chunks, max), &whole);
            let mut reader = LineReader::new(io::BufReader::with_capacity(size, &bytes[..]), 0, 0, max);
            let mut read = Vec::new();
            while let Some(line) = reader.next_line().unwrap() {
                read.push(owned(line));
            }
            prop_assert_eq!(read, whole);
        }
    }
}
