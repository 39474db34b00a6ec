//! Follows the journal across rotation, and notices when it is another one.

use std::time::{Duration, Instant};

use super::error::Result;
use super::log::{Journal, JournalRead, end, is_known};
use super::record::{JournalCursor, decode};
use crate::bus::Follower;
use crate::logs::watch::Watcher;
use crate::model::{Cursor, Message};

/// A reader of the journal that stays.
#[derive(Debug)]
pub struct JournalFollower {
    journal: Journal,
    at: Option<JournalCursor>,
    follower: Option<Follower>,
}

impl JournalFollower {
    pub(super) fn new(journal: Journal, at: Option<JournalCursor>) -> Result<Self> {
        Ok(Self { journal, at, follower: None })
    }

    /// Where a reader stands that has seen all that was handed out.
    pub fn cursor(&self) -> Option<JournalCursor> {
        self.at
    }

    /// What is new now.
    ///
    /// # Errors
    /// When the journal cannot be read; the follower can be asked again.
    pub fn poll(&mut self) -> Result<JournalRead> {
        loop {
            if self.follower.is_none()
                && let Some(resync) = self.begin()?
            {
                return Ok(resync);
            }
            let Some(follower) = &mut self.follower else { return Ok(JournalRead::Entries(Vec::new())) };
            let messages = follower.poll()?;
            if let Some(read) = self.read(&messages)? {
                return Ok(read);
            }
        }
    }

    /// What is new; waits for it at most so long.
    ///
    /// # Errors
    /// As [`JournalFollower::poll`].
    pub fn wait(&mut self, timeout: Duration) -> Result<JournalRead> {
        let deadline = Instant::now() + timeout;
        loop {
            // Watching begins before looking, so that nothing comes in between unseen.
            let creation = self.follower.is_none().then(|| Watcher::global().watch(&self.journal.folder()));
            if self.follower.is_none()
                && let Some(resync) = self.begin()?
            {
                return Ok(resync);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            match (&mut self.follower, creation) {
                (Some(follower), _) => {
                    let messages = follower.wait(left)?;
                    if let Some(read) = self.read(&messages)? {
                        return Ok(read);
                    }
                }
                (None, Some(creation)) if !left.is_zero() => drop(creation.wait(left)),
                _ => return Ok(JournalRead::Entries(Vec::new())),
            }
        }
    }

    /// Opens the journal at the follower's place, if there is one by now.
    fn begin(&mut self) -> Result<Option<JournalRead>> {
        let Some(bus) = self.journal.bus()? else { return Ok(None) };
        let from = match &self.at {
            Some(at) if !is_known(&bus, at)? => return self.resync().map(Some),
            Some(at) => Cursor::after(at.id),
            None => Cursor::START,
        };
        self.follower = Some(bus.follow(from)?);
        Ok(None)
    }

    fn resync(&mut self) -> Result<JournalRead> {
        let Some(bus) = self.journal.bus()? else { return Ok(JournalRead::Resync(None)) };
        self.at = end(&bus)?;
        let from = self.at.map_or(Cursor::START, |at| Cursor::after(at.id));
        self.follower = Some(bus.follow(from)?);
        Ok(JournalRead::Resync(self.at))
    }

    /// What to hand out of these messages. None where there were some and none is an entry: others wrote into
    /// the file, or an epoch begins, and what follows may be ours.
    fn read(&mut self, messages: &[Message]) -> Result<Option<JournalRead>> {
        let read = self.take(messages)?;
        let is_noise = !messages.is_empty() && read == JournalRead::Entries(Vec::new());
        Ok((!is_noise).then_some(read))
    }

    fn take(&mut self, messages: &[Message]) -> Result<JournalRead> {
        let mut entries = Vec::new();
        for message in messages {
            let Some(cursor) = JournalCursor::of(message) else { continue };
            if self.at.is_some_and(|at| at.epoch != cursor.epoch) {
                return self.resync();
            }
            self.at = Some(cursor);
            entries.extend(decode(message));
        }
        Ok(JournalRead::Entries(entries))
    }
}
