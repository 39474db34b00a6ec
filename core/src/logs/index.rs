//! Where the lines of a file begin, for showing line 4,000,000 without reading what is before it.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

const BLOCK: usize = 256 * 1024;
/// How many positions are kept: 512 KiB of memory. When they are full, every second is dropped.
const POSITIONS: usize = 1 << 16;

/// Positions of every n-th line, extended as the file grows. Its memory is bounded: the larger the
/// file, the further the positions are apart.
#[derive(Debug, Clone)]
pub struct LineIndex {
    /// Position of line `index × stride`.
    positions: Vec<u64>,
    stride: u64,
    /// Line ends seen.
    ends: u64,
    /// Bytes seen.
    end: u64,
    /// Whether the last byte seen was no line end.
    is_open: bool,
    capacity: usize,
}

impl LineIndex {
    /// The index of a file of which nothing was read.
    pub fn new() -> Self {
        Self::with_capacity(POSITIONS)
    }

    fn with_capacity(capacity: usize) -> Self {
        Self { positions: vec![0], stride: 1, ends: 0, end: 0, is_open: false, capacity }
    }

    /// Reads what was appended since the last call.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn extend(&mut self, file: &File) -> io::Result<()> {
        let mut block = vec![0; BLOCK];
        loop {
            match file.read_at(&mut block, self.end) {
                Ok(0) => return Ok(()),
                Ok(count) => self.push(&block[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Takes the next bytes of the file.
    pub fn push(&mut self, bytes: &[u8]) {
        for index in memchr::memchr_iter(b'\n', bytes) {
            self.ends += 1;
            if self.ends.is_multiple_of(self.stride) {
                self.positions.push(self.end + index as u64 + 1);
                self.thin_out();
            }
        }
        self.end += bytes.len() as u64;
        self.is_open = bytes.last().map_or(self.is_open, |last| *last != b'\n');
    }

    fn thin_out(&mut self) {
        if self.positions.len() > self.capacity {
            let mut index = 0;
            self.positions.retain(|_| {
                index += 1;
                index % 2 == 1
            });
            self.stride *= 2;
        }
    }

    /// Lines seen, an incomplete last one included.
    pub fn lines(&self) -> u64 {
        self.ends + u64::from(self.is_open)
    }

    /// Bytes seen.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// Position at which a line (from 0) begins; none where the file has no such line yet.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn offset_of(&self, file: &File, line: u64) -> io::Result<Option<u64>> {
        if line >= self.lines() {
            return Ok(None);
        }
        let index = usize::try_from(line / self.stride).unwrap_or(usize::MAX).min(self.positions.len() - 1);
        let mut offset = self.positions[index];
        let mut left = line - index as u64 * self.stride;
        let mut block = vec![0; BLOCK.min((self.end - offset) as usize)];
        while left > 0 {
            let count = file.read_at(&mut block, offset)?;
            if count == 0 {
                return Ok(None);
            }
            for index in memchr::memchr_iter(b'\n', &block[..count]) {
                left -= 1;
                if left == 0 {
                    return Ok(Some(offset + index as u64 + 1));
                }
            }
            offset += count as u64;
        }
        Ok(Some(offset))
    }
}

impl Default for LineIndex {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_line_is_found_in_bounded_memory(
            text in "[ab\n]{0,300}",
            split in 0_usize..300,
            capacity in 1_usize..10,
        ) {
            let mut log = tempfile::NamedTempFile::new().unwrap();
            let mut index = LineIndex::with_capacity(capacity);
            let split = split.min(text.len());
            for part in [&text[..split], &text[split..]] {
                log.write_all(part.as_bytes()).unwrap();
                index.extend(log.as_file()).unwrap();
            }
            let mut starts = vec![0];
            starts.extend(text.match_indices('\n').map(|(at, _)| at as u64 + 1));
            let count = text.lines().count();
            prop_assert_eq!(index.lines(), count as u64);
            prop_assert!(index.positions.len() <= capacity.max(1));
            for (line, start) in starts.iter().enumerate().take(count) {
                prop_assert_eq!(index.offset_of(log.as_file(), line as u64).unwrap(), Some(*start));
            }
            prop_assert_eq!(index.offset_of(log.as_file(), count as u64).unwrap(), None);
        }
    }
}
