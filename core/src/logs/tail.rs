//! The last lines of a file, found by reading backwards: the cost depends on them, not on the file.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::lines::LineReader;

const BLOCK: usize = 64 * 1024;

/// Position at which the last `count` lines of a file begin. A line end at the very end of the file
/// begins no further line.
///
/// # Errors
/// When the file cannot be read.
pub fn tail_offset(file: &File, count: usize) -> io::Result<u64> {
    let length = file.metadata()?.len();
    if count == 0 {
        return Ok(length);
    }
    let mut block = vec![0; BLOCK];
    let mut found = 0;
    let mut end = length;
    while end > 0 {
        let start = end.saturating_sub(BLOCK as u64);
        let bytes = &mut block[..(end - start) as usize];
        match file.read_exact_at(bytes, start) {
            // It was cut off meanwhile: what was seen no longer holds.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return tail_offset(file, count),
            read => read?,
        }
        for index in memchr::memrchr_iter(b'\n', bytes) {
            let after = start + index as u64 + 1;
            if after == length {
                continue;
            }
            found += 1;
            if found == count {
                return Ok(after);
            }
        }
        end = start;
    }
    Ok(0)
}

/// The last `count` lines of a file, without their line ends, at most `max` bytes of each; and the
/// position after them, from which a follower goes on.
///
/// # Errors
/// When the file cannot be read.
pub fn tail_lines(path: &Path, count: usize, max: usize) -> io::Result<(Vec<Vec<u8>>, u64)> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let start = tail_offset(&file, count)?;
    file.seek(SeekFrom::Start(start))?;
    // What is appended meanwhile belongs to the follower.
    let source = BufReader::new(file.take(length.saturating_sub(start)));
    let mut reader = LineReader::new(source, start, 0, max);
    let (mut lines, mut end) = (Vec::new(), start);
    while let Some(line) = reader.next_line()? {
        lines.push(line.bytes.to_vec());
        end = line.end;
    }
    Ok((lines, end))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::*;

    fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    #[test]
    fn the_last_lines_are_found() {
        let file = file(b"one\ntwo\nthree\n");
        let tail = |count| tail_lines(file.path(), count, 100).unwrap();
        assert_eq!(tail(2), (vec![b"two".to_vec(), b"three".to_vec()], 14));
        assert_eq!(tail(9).0.len(), 3);
        assert_eq!(tail(0), (vec![], 14));
    }

    #[test]
    fn a_file_of_many_gigabytes_is_read_at_its_end_only() {
        let mut log = tempfile::NamedTempFile::new().unwrap();
        log.as_file().set_len(50 << 30).unwrap();
        log.seek(SeekFrom::End(0)).unwrap();
        log.write_all(b"\nlast but one\nlast\n").unwrap();
        let (lines, end) = tail_lines(log.path(), 2, 100).unwrap();
        assert_eq!(lines, [b"last but one".to_vec(), b"last".to_vec()]);
        assert_eq!(end, (50 << 30) + 19);
    }

    proptest! {
        #[test]
        fn it_is_what_a_plain_read_gives(text in "[a\n]{0,60}", count in 0_usize..8) {
            let file = file(text.as_bytes());
            let all: Vec<_> = text.lines().collect();
            let expected: Vec<_> = all[all.len().saturating_sub(count)..].iter().map(|line| line.as_bytes().to_vec()).collect();
            let (lines, end) = tail_lines(file.path(), count, 100).unwrap();
            prop_assert_eq!(lines, expected);
            prop_assert_eq!(end, text.len() as u64);
        }
    }
}
