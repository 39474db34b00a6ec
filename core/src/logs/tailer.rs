//! Following a file that grows, is cut off, or is replaced.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::fill;

/// How many of the last bytes that were read are compared, to notice a file that was cut off and has
/// grown past the old position since.
const REMEMBERED: usize = 256;

/// What a read found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChunkEvent {
    /// The file goes on; no bytes: nothing new.
    Data,
    /// The file was cut off: what was read before no longer holds, reading goes on at its beginning.
    Truncated,
    /// Another file has this name now: reading goes on at its beginning.
    Replaced,
}

/// What a read gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Position of the first byte in the file.
    pub offset: u64,
    /// The bytes; none where nothing is new, and with `Truncated` and `Replaced`.
    pub bytes: Vec<u8>,
    /// What happened to the file.
    pub event: ChunkEvent,
}

impl Chunk {
    /// Whether there is nothing to tell.
    pub fn is_nothing_new(&self) -> bool {
        self.bytes.is_empty() && self.event == ChunkEvent::Data
    }
}

/// Reads a file from a position on, as often as it is asked. It keeps no more of it in memory than
/// one chunk, and never waits: a [`Watch`](super::watch::Watch) tells when asking again is worth it.
#[derive(Debug)]
pub struct Tailer {
    path: PathBuf,
    open: Option<Open>,
    offset: u64,
}

#[derive(Debug)]
struct Open {
    file: File,
    /// The last bytes before the position.
    remembered: Vec<u8>,
    /// Length and change time at the last look; while they stand, nothing has to be compared.
    seen: (u64, i64, i64),
}

impl Tailer {
    /// Follows the file at `path`, which need not exist yet, from byte `offset` on.
    pub fn open(path: &Path, offset: u64) -> Self {
        Self { path: path.to_owned(), open: None, offset }
    }

    /// Follows the file at `path`, of which `file` is the opened one.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn of_file(file: File, path: &Path, offset: u64) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), open: Some(Open::new(file, offset)?), offset })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Position of the next byte that is read.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Reads at most `max` bytes of what is there now. A file that does not exist (yet) has nothing
    /// new; of one that was removed or replaced, what is left is read first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(&mut self, max: usize) -> io::Result<Chunk> {
        if self.open.is_none() {
            self.open = open(&self.path, self.offset)?;
        }
        let Some(open) = &mut self.open else { return Ok(self.nothing()) };
        let meta = open.file.metadata()?;
        if open.is_other_content(&meta, self.offset)? {
            return self.begin_again(ChunkEvent::Truncated);
        }
        let chunk = open.read(self.offset, max, &meta)?;
        if !chunk.is_empty() {
            let offset = self.offset;
            self.offset += chunk.len() as u64;
            return Ok(Chunk { offset, bytes: chunk, event: ChunkEvent::Data });
        }
        match self.successor(&meta)? {
            Some(next) => {
                self.open = Some(next);
                self.begin_again(ChunkEvent::Replaced)
            }
            None => Ok(self.nothing()),
        }
    }

    fn nothing(&self) -> Chunk {
        Chunk { offset: self.offset, bytes: Vec::new(), event: ChunkEvent::Data }
    }

    fn begin_again(&mut self, event: ChunkEvent) -> io::Result<Chunk> {
        self.offset = 0;
        if let Some(open) = &mut self.open {
            open.forget();
        }
        Ok(Chunk { offset: 0, bytes: Vec::new(), event })
    }

    /// The file that has our name now, when it is another and ours is read to its end.
    fn successor(&self, ours: &Metadata) -> io::Result<Option<Open>> {
        let Some(next) = open(&self.path, 0)? else { return Ok(None) };
        let theirs = next.file.metadata()?;
        if (theirs.dev(), theirs.ino()) == (ours.dev(), ours.ino()) {
            return Ok(None);
        }
        // A last write may have come to the old file between our read and its replacement.
        let grown = self.open.as_ref().is_some_and(|open| open.length() > self.offset);
        Ok((!grown).then_some(next))
    }
}

fn open(path: &Path, offset: u64) -> io::Result<Option<Open>> {
    match File::open(path) {
        Ok(file) => Open::new(file, offset).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

impl Open {
    fn new(file: File, offset: u64) -> io::Result<Self> {
        let meta = file.metadata()?;
        let mut open = Self { file, remembered: Vec::new(), seen: stamp(&meta) };
        if offset <= meta.len() {
            open.remembered = open.before(offset, REMEMBERED)?;
        }
        Ok(open)
    }

    fn length(&self) -> u64 {
        self.file.metadata().map_or(0, |meta| meta.len())
    }

    fn forget(&mut self) {
        self.remembered.clear();
    }

    /// Whether the file no longer holds what was read of it up to `offset`.
    fn is_other_content(&mut self, meta: &Metadata, offset: u64) -> io::Result<bool> {
        if meta.len() < offset {
            return Ok(true);
        }
        let seen = stamp(meta);
        if seen == self.seen {
            return Ok(false);
        }
        let same = self.before(offset, self.remembered.len())? == self.remembered;
        self.seen = seen;
        Ok(!same)
    }

    /// At most `count` bytes that stand before `offset`.
    fn before(&self, offset: u64, count: usize) -> io::Result<Vec<u8>> {
        let start = offset.saturating_sub(count as u64);
        read_some(&self.file, start, (offset - start) as usize)
    }

    fn read(&mut self, offset: u64, max: usize, meta: &Metadata) -> io::Result<Vec<u8>> {
        let there = usize::try_from(meta.len() - offset).unwrap_or(usize::MAX);
        let bytes = read_some(&self.file, offset, there.min(max))?;
        self.remembered.extend(&bytes[bytes.len().saturating_sub(REMEMBERED)..]);
        let surplus = self.remembered.len().saturating_sub(REMEMBERED);
        self.remembered.drain(..surplus);
        Ok(bytes)
    }
}

/// Length and change time. The change time cannot be set back by hand.
fn stamp(meta: &Metadata) -> (u64, i64, i64) {
    (meta.len(), meta.ctime(), meta.ctime_nsec())
}

/// Reads up to `count` bytes; fewer where the file ends before.
fn read_some(file: &File, offset: u64, count: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; count];
    let filled = fill(file, &mut bytes, offset)?;
    bytes.truncate(filled);
    Ok(bytes)
}

#[cfg(test)]
#[path = "tailer_tests.rs"]
mod tests;
