//! Durability: one flush serves all who wrote before it.
//!
//! Beside a bus whose messages are flushed stands `.<stem>.flushed`. It holds the id up to which all
//! is on disk, and its lock is held by the one who flushes. A writer that gets the lock and finds
//! its own id covered has nothing left to do. The file may be deleted at any time.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::time::{Duration, Instant, SystemTime};

use crate::faults;
use crate::model::MessageId;

use super::error::BusErrorKind;
use super::folder::Folder;
use super::sys::{self, Stat};
use super::{last, trailer};

/// How long a writer waits for somebody else's flush.
const LIMIT: Duration = Duration::from_secs(60);
/// How often it looks whether that is over.
const LOOK: Duration = Duration::from_micros(100);

/// When messages reach the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// When the system finds time: a message outlives its processes, but not a power failure.
    #[default]
    None,
    /// Before the call that appends them returns.
    Always,
    /// At most this long after they were appended, as long as somebody appends or flushes.
    Interval(Duration),
}

/// Puts all on disk that was written to `file` up to `id`, by whoever's flush does it.
pub(super) fn up_to(folder: &Folder, file: &File, id: MessageId) -> Result<(), BusErrorKind> {
    let mark = folder.open_write(&folder.flush_mark())?;
    let deadline = Instant::now() + LIMIT;
    // Those whom a flush has served see it in the mark and need not wait for the lock.
    while flushed_to(&mark)?.is_none_or(|flushed| flushed < id) {
        if sys::try_lock(&mark)? {
            let result = flush_locked(&mark, file, id);
            sys::unlock(&mark);
            return Ok(result?);
        }
        if Instant::now() >= deadline {
            return Err(BusErrorKind::Locked { holder: sys::lock_holder(&mark) });
        }
        std::thread::sleep(LOOK);
    }
    Ok(())
}

fn flush_locked(mark: &File, file: &File, id: MessageId) -> io::Result<()> {
    if flushed_to(mark)?.is_some_and(|flushed| flushed >= id) {
        return Ok(());
    }
    // Whoever wrote before this moment is served as well.
    let reached = last_id(file)?.map_or(id, |last| last.max(id));
    sys::sync(file)?;
    faults::step("bus.flushed");
    mark.write_all_at(format!("{reached} {reached}\n").as_bytes(), 0)
}

/// Whether the last flush is older than `interval`, or nobody knows of one.
pub(super) fn is_due(folder: &Folder, interval: Duration) -> io::Result<bool> {
    let Some(mark) = folder.open_read(&folder.flush_mark())? else { return Ok(true) };
    Ok(wait_of(&mark, interval)?.is_zero())
}

/// How long what was appended may still wait for its flush; none: all of it is on disk.
pub(super) fn left(folder: &Folder, interval: Duration) -> io::Result<Option<Duration>> {
    let Some(file) = folder.open_read(folder.current())? else { return Ok(None) };
    let Some(id) = last::look(&file, Stat::of(&file)?.size)?.last else { return Ok(None) };
    let Some(mark) = folder.open_read(&folder.flush_mark())? else { return Ok(Some(Duration::ZERO)) };
    if flushed_to(&mark)?.is_some_and(|flushed| flushed >= id) {
        return Ok(None);
    }
    wait_of(&mark, interval).map(Some)
}

/// How long the next flush may wait after the last one, which wrote the mark.
fn wait_of(mark: &File, interval: Duration) -> io::Result<Duration> {
    let age = SystemTime::now().duration_since(mark.metadata()?.modified()?);
    // A flush of the future says nothing: the clock was set back.
    Ok(age.map_or(Duration::ZERO, |age| interval.saturating_sub(age)))
}

/// The id up to which all is on disk. It stands there twice, so that one who reads while it is
/// written does not take a mixture for an id.
fn flushed_to(mark: &File) -> io::Result<Option<MessageId>> {
    let mut text = [0; 2 * MessageId::LEN + 1];
    let read = sys::read_at(mark, &mut text, 0)?;
    let text = std::str::from_utf8(&text[..read]).ok();
    let id = text.and_then(|text| text.split_once(' ')).filter(|(first, second)| first == second);
    Ok(id.and_then(|(id, _)| MessageId::parse(id).ok()))
}

/// The last id, where the file ends in one; a look at the very end is enough for a hint.
fn last_id(file: &File) -> io::Result<Option<MessageId>> {
    let size = Stat::of(file)?.size;
    let window = sys::read_range(file, size.saturating_sub(trailer::MAX_LEN as u64), size)?;
    if !window.ends_with(b" -->\n") {
        return Ok(None);
    }
    Ok(last::look(file, size)?.last)
}
