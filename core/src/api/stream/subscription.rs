//! One reader of one topic.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::feed::{Feed, Reading};
use super::frame::{Batch, Item};
use super::place::Place;
use super::topic::Topic;
use crate::api::ApiError;
use crate::model::{ProjectId, TaskId};

/// A subscription that is open. It holds one part of what it reads, and without a limit begins to read
/// the next one.
pub(super) struct Subscription {
    feed: Arc<Feed>,
    changes: watch::Receiver<u64>,
    wanted: Wanted,
    place: Place,
    batch: Option<Taken>,
    /// A reading that has begun, and the count of changes that was seen before.
    ahead: Option<(u64, Reading)>,
    /// The count of changes at which nothing was found: there is nothing to read before it moves.
    idle_at: Option<u64>,
    /// What several subscriptions share, so that together they hold little.
    limit: Option<Arc<Semaphore>>,
}

/// Which items it wants.
struct Wanted {
    project: Option<ProjectId>,
    task: Option<TaskId>,
}

/// A batch and how much of it was handed out.
struct Taken {
    batch: Arc<Batch>,
    next: usize,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Subscription {
    /// Begins at `place`. With a `limit`, it holds one permit while it holds a part of what it reads.
    pub(super) fn new(feed: Arc<Feed>, topic: &Topic, place: Place, limit: Option<Arc<Semaphore>>) -> Self {
        let wanted = match topic {
            Topic::Events { project, task } => Wanted { project: project.clone(), task: task.clone() },
            _ => Wanted { project: None, task: None },
        };
        let changes = feed.changes();
        Self { feed, changes, wanted, place, batch: None, ahead: None, idle_at: None, limit }
    }

    /// Where a reader stands that has got all so far.
    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    /// The next item; none after the end. Dropping the future loses nothing.
    ///
    /// # Errors
    /// When the source cannot be read; the place stays.
    pub(super) async fn next(&mut self) -> Result<Option<Item>, ApiError> {
        loop {
            if let Some(item) = self.take() {
                return Ok(Some(item));
            }
            if self.batch.as_ref().is_some_and(|taken| taken.batch.is_end) {
                return Ok(None);
            }
            self.batch = None;
            self.read().await?;
        }
    }

    /// The next wanted item of what was read.
    fn take(&mut self) -> Option<Item> {
        let taken = self.batch.as_mut()?;
        while let Some(item) = taken.batch.items.get(taken.next) {
            taken.next += 1;
            self.place = item.place.clone();
            if self.wanted.is(item) {
                return Some(item.clone());
            }
        }
        self.place = taken.batch.place.clone();
        None
    }

    /// Reads the next part; where there was none, waits for a change before.
    async fn read(&mut self) -> Result<(), ApiError> {
        if let Some(seen) = self.idle_at {
            // The sender lives as long as the feed, which this holds.
            let _ = self.changes.wait_for(|count| *count != seen).await;
            self.idle_at = None;
        }
        let permit = match &self.limit {
            Some(limit) => Arc::clone(limit).acquire_owned().await.ok(),
            None => None,
        };
        let place = &self.place;
        let (seen, reading) = self.ahead.get_or_insert_with(|| begin(&self.feed, &self.changes, place));
        let (seen, read) = (*seen, reading.clone().await);
        self.ahead = None;
        let batch = read?;
        if batch.is_nothing() {
            self.place = batch.place.clone();
            self.idle_at = Some(seen);
            return Ok(());
        }
        if self.limit.is_none() && !batch.is_end {
            self.ahead = Some(begin(&self.feed, &self.changes, &batch.place));
        }
        self.batch = Some(Taken { batch, next: 0, _permit: permit });
        Ok(())
    }
}

/// Begins to read what follows a place.
fn begin(feed: &Feed, changes: &watch::Receiver<u64>, place: &Place) -> (u64, Reading) {
    let seen = *changes.borrow();
    (seen, feed.read(place, seen))
}

impl Wanted {
    fn is(&self, item: &Item) -> bool {
        let Some(about) = &item.about else { return true };
        self.project.as_ref().is_none_or(|project| *project == about.0)
            && self.task.as_ref().is_none_or(|task| *task == about.1)
    }
}
