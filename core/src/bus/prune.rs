//! Drops closed segments that nobody needs any more.

use std::io;

use jiff::Timestamp;

use super::folder::Folder;

/// Removes segments whose messages are all older than `before`, and the oldest beyond `keep_bytes`
/// in all. What is appended to stays, and so does what the seed system wrote.
pub(super) fn prune(folder: &Folder, before: Timestamp, keep_bytes: u64) -> io::Result<usize> {
    let closed: Vec<_> = folder.closed()?.into_iter().filter(|segment| segment.first.is_some()).collect();
    let size = |name: &str| folder.stat(name).map(|stat| stat.map_or(0, |stat| stat.size));
    let mut bytes = size(folder.current())?;
    for segment in &closed {
        bytes += size(&segment.name)?;
    }
    let millisecond = before.as_millisecond().max(0).cast_unsigned();
    let mut removed = 0;
    for (index, segment) in closed.iter().enumerate() {
        // The first id of the next segment is later than all of this one.
        let next = closed.get(index + 1).and_then(|next| next.first);
        let is_old = next.is_some_and(|next| next.0.timestamp_ms() < millisecond);
        if !is_old && bytes <= keep_bytes {
            break;
        }
        bytes -= size(&segment.name)?;
        removed += usize::from(folder.remove(&segment.name)?);
    }
    Ok(removed)
}
