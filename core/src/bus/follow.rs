//! Follows a bus: what is there, then what comes, across rotation.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::logs::watch::{Watch, Watcher};
use crate::model::{Cursor, Message};

use super::error::{BusError, Result};
use super::handle::QUIET;
use super::reader::Reader;
use super::sys::Stat;

/// Messages handed out at once at most, so that a slow reader holds little.
const BATCH: usize = 1024;

/// A reader that stays. It keeps its place by what it has read; dropping it loses nothing, as
/// another one that begins at its cursor goes on in its stead.
#[derive(Debug)]
pub struct Follower {
    reader: Reader,
    path: PathBuf,
    watch: Option<Watch>,
    /// The end of the file when it was last seen to move, and when that was.
    end: Option<(Option<Stat>, Instant)>,
}

impl Follower {
    pub(super) fn new(reader: Reader, path: PathBuf) -> Self {
        Self { reader, path, watch: None, end: None }
    }

    /// Where a reader stands that has seen all that was handed out.
    pub fn cursor(&self) -> Cursor {
        self.reader.cursor()
    }

    /// The messages that are complete now, the first 1,024 of them. Empty: nothing new.
    ///
    /// # Errors
    /// When a file cannot be read; the follower can be asked again.
    pub fn poll(&mut self) -> Result<Vec<Message>> {
        self.poll_up_to(usize::MAX)
    }

    /// As [`Follower::poll`], but no more once the bodies have `bytes` bytes.
    ///
    /// # Errors
    /// As [`Follower::poll`].
    pub fn poll_up_to(&mut self, bytes: usize) -> Result<Vec<Message>> {
        let quiet = self.is_quiet();
        let (mut found, mut taken) = (Vec::new(), 0);
        while found.len() < BATCH && taken < bytes {
            match self.reader.next(quiet) {
                Ok(Some(message)) => {
                    taken += message.body.len();
                    found.push(message);
                }
                Ok(None) => break,
                // What was read before the error is not lost to the one who follows.
                Err(_) if !found.is_empty() => break,
                Err(error) => return Err(BusError::new("read", &self.path, error)),
            }
        }
        Ok(found)
    }

    /// Waits until there is a message, at most so long; then as [`Follower::poll`].
    ///
    /// # Errors
    /// As [`Follower::poll`].
    pub fn wait(&mut self, timeout: Duration) -> Result<Vec<Message>> {
        let deadline = Instant::now() + timeout;
        // Watching begins before looking, so that nothing comes in between unseen.
        let path = self.path.clone();
        self.watch.get_or_insert_with(|| Watcher::global().watch(&path));
        loop {
            let found = self.poll()?;
            let left = deadline.saturating_duration_since(Instant::now());
            if !found.is_empty() || left.is_zero() {
                return Ok(found);
            }
            let pause = self.until_quiet().map_or(left, |quiet| left.min(quiet));
            if let Some(watch) = &self.watch {
                watch.wait(pause);
            }
        }
    }

    /// Whether the file did not move for so long that text at its end is complete. Told by this
    /// process's own waiting, as the clock may jump.
    fn is_quiet(&mut self) -> bool {
        let now = self.reader.current_stat();
        match &self.end {
            Some((end, since)) if *end == now => since.elapsed() >= QUIET,
            _ => {
                self.end = Some((now, Instant::now()));
                false
            }
        }
    }

    /// How long until text at the end is complete, so that asking again gives it; none where there is
    /// none.
    pub fn until_quiet(&self) -> Option<Duration> {
        let (_, since) = self.end.as_ref()?;
        let left = QUIET.checked_sub(since.elapsed())?;
        self.reader.has_rest().then_some(left + Duration::from_millis(1))
    }
}
