//! The one reader of a file, shared by all who watch it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::frame::Batch;
use super::place::Place;
use super::wake::Wake;
use crate::api::{ApiError, ErrorCode};
use crate::logs::watch::Watch;

/// How many readings are kept for those who come to the same place a moment later.
const KEPT: usize = 2;

/// Something that can be read from any place on.
pub(super) trait Source: Send + Sync + 'static {
    /// What follows a place, a bounded part of it. Blocks on the disk.
    ///
    /// # Errors
    /// When it cannot be read; it can be asked again.
    fn read(&self, from: &Place) -> Result<Batch, ApiError>;

    /// What has to be looked at to know that there is more.
    fn watches(&self) -> Vec<Watch>;
}

/// What a read gives to all who wait for it.
pub(super) type Reading = Shared<BoxFuture<'static, Result<Arc<Batch>, ApiError>>>;

/// A source, its watch, and what was read of it last.
pub(super) struct Feed {
    source: Arc<dyn Source>,
    wake: Arc<Wake>,
    watching: JoinHandle<()>,
    kept: Arc<Mutex<VecDeque<Kept>>>,
}

struct Kept {
    from: Place,
    /// The count of changes that had been seen when it began.
    seen: u64,
    reading: Reading,
}

impl Feed {
    /// Begins to watch. To be called within a runtime, in which it goes on.
    pub(super) fn new(source: Arc<dyn Source>) -> Self {
        let wake = Arc::new(Wake::default());
        let watching = tokio::spawn(Arc::clone(&wake).run(source.watches()));
        Self { source, wake, watching, kept: Arc::default() }
    }

    /// The count of changes, to wait for the next one.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.wake.subscribe()
    }

    /// What follows a place, read by a thread that may block. `seen` is the count of changes that the
    /// reader has seen: a reading that found nothing before them is not reused. It has begun when
    /// this returns, whether it is awaited or not.
    pub(super) fn read(&self, from: &Place, seen: u64) -> Reading {
        let mut kept = lock(&self.kept);
        if let Some(found) = kept.iter().find(|one| one.from == *from && one.is_fit(seen)) {
            return found.reading.clone();
        }
        let reading = self.begin(from.clone());
        kept.retain(|one| one.from != *from);
        if kept.len() >= KEPT {
            kept.pop_front();
        }
        kept.push_back(Kept { from: from.clone(), seen, reading: reading.clone() });
        reading
    }

    fn begin(&self, from: Place) -> Reading {
        let (source, wake) = (Arc::clone(&self.source), Arc::clone(&self.wake));
        let kept = Arc::clone(&self.kept);
        let read = tokio::task::spawn_blocking(move || {
            let batch = source.read(&from)?;
            if let Some(pause) = batch.again {
                wake.wake_in(pause);
            }
            if batch.begins_anew() {
                lock(&kept).clear();
            }
            Ok(Arc::new(batch))
        });
        let reading = read.map(|ended| {
            ended.unwrap_or_else(|_| Err(ApiError::new(ErrorCode::Io, "failed to read: the reader gave up")))
        });
        reading.boxed().shared()
    }
}

fn lock(kept: &Mutex<VecDeque<Kept>>) -> MutexGuard<'_, VecDeque<Kept>> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Kept {
    /// Whether it tells one who has seen so many changes what there is.
    fn is_fit(&self, seen: u64) -> bool {
        match self.reading.peek() {
            // More may have come since: what was found still comes first.
            Some(Ok(batch)) if !batch.is_nothing() => true,
            Some(Err(_)) => false,
            _ => self.seen >= seen,
        }
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.watching.abort();
    }
}
