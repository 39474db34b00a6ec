//! An open log and the pieces that are read of it.

use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;

use rustix::fs::{AtFlags, StatxFlags};

use super::Mark;
use crate::logs::fill;

/// How many of the last bytes before a place tell whether it still is what it was.
pub(super) const REMEMBERED: usize = 256;
/// So do the first bytes of the file: logs of equal lines differ there.
const HEAD: usize = 64;

/// A log that is open. Any number of readers use it at once.
pub(in super::super) struct LogFile {
    file: File,
    pub(super) inode: u64,
    /// A checksum of what makes this file this file: its number and the time at which it was made.
    pub(super) identity: u32,
}

impl LogFile {
    pub(super) fn new(file: File) -> io::Result<Self> {
        let inode = file.metadata()?.ino();
        let known = rustix::fs::statx(&file, "", AtFlags::EMPTY_PATH, StatxFlags::BTIME)?;
        // Numbers are used again, by some file systems at once.
        let made = (known.stx_btime.tv_sec, known.stx_btime.tv_nsec);
        let mut bytes = [0; 20];
        bytes[..8].copy_from_slice(&inode.to_le_bytes());
        bytes[8..16].copy_from_slice(&made.0.to_le_bytes());
        bytes[16..].copy_from_slice(&made.1.to_le_bytes());
        Ok(Self { file, inode, identity: crc32c::crc32c(&bytes) })
    }

    /// Whether there are bytes from `offset` on.
    pub(super) fn is_longer_than(&self, offset: u64) -> bool {
        self.file.metadata().is_ok_and(|meta| meta.len() > offset)
    }

    /// At most `before` bytes before `offset` and `after` bytes from there on; none where the file ends
    /// before `offset`.
    pub(super) fn window(&self, offset: u64, before: usize, after: usize) -> io::Result<Option<Window>> {
        let start = offset.saturating_sub(before as u64);
        let at = (offset - start) as usize;
        let length = self.file.metadata()?.len();
        let there = usize::try_from(length.saturating_sub(start)).unwrap_or(usize::MAX);
        let wanted = at + after;
        let mut bytes = vec![0; wanted.min(there)];
        let filled = fill(&self.file, &mut bytes, start)?;
        bytes.truncate(filled);
        if filled < at {
            return Ok(None);
        }
        let mut head = vec![0; HEAD];
        let there = fill(&self.file, &mut head, 0)?;
        head.truncate(there);
        Ok(Some(Window { head, bytes, at, offset, is_to_end: filled < wanted }))
    }
}

/// A piece of a log and what stands before it.
pub(super) struct Window {
    /// The first bytes of the file.
    head: Vec<u8>,
    /// All of it, as it stands in the file.
    pub(super) bytes: Vec<u8>,
    /// Where in it the piece begins.
    pub(super) at: usize,
    /// Where in the file the piece begins.
    pub(super) offset: u64,
    /// Whether it goes to the end of the file.
    pub(super) is_to_end: bool,
}

impl Window {
    /// The piece.
    pub(super) fn fresh(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    /// Where in the file it ends.
    pub(super) fn end(&self) -> u64 {
        self.offset + self.fresh().len() as u64
    }

    /// Whether what stands before the piece is what the one who read it saw.
    pub(super) fn follows(&self, mark: Option<Mark>) -> bool {
        mark.is_none_or(|mark| mark.content == self.content_before(self.offset))
    }

    /// A checksum of what stands before a place in the piece.
    pub(super) fn content_before(&self, offset: u64) -> u32 {
        let end = self.at + (offset - self.offset) as usize;
        let last = &self.bytes[end.saturating_sub(REMEMBERED)..end];
        // A shorter beginning stands in the last bytes.
        let head = if offset > REMEMBERED as u64 { &self.head[..] } else { &[] };
        crc32c::crc32c_append(crc32c::crc32c(head), last)
    }
}
