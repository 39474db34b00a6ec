//! Whether a bus may hold something new, told without opening it: opening wakes all who watch its folder.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::bus::{self, Bus, Durability};

/// Text without a record is a message only when nothing has followed it for a second.
const SETTLES: Duration = Duration::from_secs(3);

/// The file of a bus, as it was seen last.
#[derive(Debug, Default)]
pub(super) struct BusFile {
    seen: Option<Sight>,
    since: Option<Instant>,
}

/// What changes with every message, and with the next segment.
type Sight = (u64, u64, i64, i64);

/// The file of a bus, as it was when all of it was on disk.
#[derive(Debug, Default)]
pub(super) struct OnDisk(Option<Sight>);

impl OnDisk {
    /// Flushes a bus that is flushed at intervals, where that is due. Returns how long the rest may wait; none
    /// where nothing waits.
    pub(super) fn keep(&mut self, bus: &Bus) -> bus::Result<Option<Duration>> {
        if !matches!(bus.settings().durability, Durability::Interval(_)) {
            return Ok(None);
        }
        let seen = sight(&bus.path());
        if seen == self.0 {
            return Ok(None);
        }
        let left = bus.flush_when_due()?;
        if left.is_none() {
            self.0 = seen;
        }
        Ok(left)
    }
}

impl BusFile {
    /// Whether the bus is to be read: its file is another one than at the last look, or has not settled.
    pub(super) fn has_news(&mut self, path: &Path, now: Instant) -> bool {
        let seen = sight(path);
        if seen != self.seen {
            self.seen = seen;
            self.since = Some(now);
        }
        self.since.is_some_and(|since| now.saturating_duration_since(since) < SETTLES)
    }
}

fn sight(path: &Path) -> Option<Sight> {
    let meta = path.symlink_metadata().ok()?;
    Some((meta.ino(), meta.len(), meta.mtime(), meta.mtime_nsec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bus_is_read_while_it_changes_and_until_it_has_settled() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("BUS.md");
        let (mut bus, start) = (BusFile::default(), Instant::now());
        assert!(!bus.has_news(&path, start), "there is none");
        std::fs::write(&path, "a").expect("a file");
        assert!(bus.has_news(&path, start));
        assert!(bus.has_news(&path, start + SETTLES / 2));
        assert!(!bus.has_news(&path, start + SETTLES));
        std::fs::write(&path, "ab").expect("a file");
        assert!(bus.has_news(&path, start + SETTLES));
    }
}
