//! Waking all readers of a file together: by its changes, and by time where reading again pays.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::select_all;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use crate::logs::watch::Watch;

/// Counts what happened to a file. Readers wait for the count to move.
#[derive(Debug, Default)]
pub(super) struct Wake {
    count: watch::Sender<u64>,
    /// When readers are woken though nothing changed.
    alarm: Mutex<Option<Instant>>,
    alarm_set: Notify,
}

impl Wake {
    pub(super) fn subscribe(&self) -> watch::Receiver<u64> {
        self.count.subscribe()
    }

    /// Wakes readers after this time at the latest.
    pub(super) fn wake_in(&self, pause: Duration) {
        let at = Instant::now() + pause;
        let mut alarm = self.alarm.lock().unwrap_or_else(PoisonError::into_inner);
        if alarm.is_none_or(|set| at < set) {
            *alarm = Some(at);
            self.alarm_set.notify_one();
        }
    }

    /// Counts the changes of what `watches` see, until it is dropped.
    pub(super) async fn run(self: Arc<Self>, watches: Vec<Watch>) {
        loop {
            let changed = select_all(watches.iter().map(|watch| Box::pin(watch.changed())));
            tokio::select! {
                _ = changed => self.count.send_modify(|count| *count += 1),
                () = self.alarm() => self.count.send_modify(|count| *count += 1),
            }
        }
    }

    /// Resolves when the alarm goes off, which unsets it.
    async fn alarm(&self) {
        loop {
            let at = *self.alarm.lock().unwrap_or_else(PoisonError::into_inner);
            tokio::select! {
                () = self.alarm_set.notified() => {}
                () = sleep_until(at) => {
                    *self.alarm.lock().unwrap_or_else(PoisonError::into_inner) = None;
                    return;
                }
            }
        }
    }
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
