//! Noticing that a file or a folder changed: one inotify instance a process, shared by all.
//!
//! A change is a hint, not a truth: whoever waits looks at the file again, also when a time-out
//! passed. Where inotify is exhausted or refused, or the folder does not exist yet, a watch looks by
//! itself every [`POLL_INTERVAL`] and moves to inotify as soon as that is possible.

mod hub;
mod look;
mod signal;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use hub::Hub;
use look::Look;
use signal::Signal;

/// How often a watch looks by itself where the system does not tell it.
pub const POLL_INTERVAL: Duration = Duration::from_millis(250);

/// Gives out watches. Cloned freely; all clones share one inotify instance.
#[derive(Clone)]
pub struct Watcher {
    hub: Option<Arc<Hub>>,
    interval: Duration,
}

impl Watcher {
    /// The one of this process.
    pub fn global() -> &'static Self {
        static GLOBAL: OnceLock<Watcher> = OnceLock::new();
        GLOBAL.get_or_init(Self::new)
    }

    /// One with an inotify instance of its own; without one where the system refuses it.
    pub fn new() -> Self {
        let hub = Hub::new()
            .inspect_err(|error| tracing::warn!(%error, "no inotify: looking for changes by polling"))
            .ok();
        Self { hub: hub.map(Arc::new), interval: POLL_INTERVAL }
    }

    /// One that only polls, for file systems that do not tell what others change.
    pub fn polling(interval: Duration) -> Self {
        Self { hub: None, interval }
    }

    /// Watches a file (there or not yet; replaced files included) or what stands in a folder, from
    /// now on.
    pub fn watch(&self, path: &Path) -> Watch {
        self.watch_as(path, Arc::new(Signal::default()))
    }

    /// Watches one more path, in another folder: who waits for `other` is woken by changes of both. Where
    /// the system does not tell of changes, only those of `other` are noticed.
    pub fn watch_with(&self, path: &Path, other: &Watch) -> Watch {
        self.watch_as(path, Arc::clone(&other.signal))
    }

    fn watch_as(&self, path: &Path, signal: Arc<Signal>) -> Watch {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let mut state = State { look: Look::at(&path), told: None };
        self.attach(&path, &signal, &mut state);
        Watch { path, watcher: self.clone(), signal, state: Mutex::new(state) }
    }

    /// Moves a watch to inotify where that is possible.
    fn attach(&self, path: &Path, signal: &Arc<Signal>, state: &mut State) {
        let Some(hub) = &self.hub else { return };
        match hub.subscribe(path, signal) {
            Ok(subscription) => state.told = Some(subscription),
            Err(error) => tracing::debug!(path = %path.display(), %error, "polling this path"),
        }
        // Whatever changed before the subscription held is seen by the look that was taken earlier.
        if state.look.renew(path) {
            signal.raise();
        }
    }
}

impl Default for Watcher {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Watcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watcher").field("inotify", &self.hub.is_some()).finish_non_exhaustive()
    }
}

/// Notices changes of one path from its creation on. Changes between two waits count as one.
pub struct Watch {
    path: PathBuf,
    watcher: Watcher,
    signal: Arc<Signal>,
    state: Mutex<State>,
}

struct State {
    look: Look,
    /// While it is there, the system tells of changes; else we look.
    told: Option<hub::Subscription>,
}

impl Watch {
    /// The path, absolute.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Waits until something changed since the last wait, at most so long; tells whether it did.
    pub fn wait(&self, timeout: Duration) -> bool {
        let deadline = Instant::now() + timeout;
        loop {
            let polled = self.check();
            if self.signal.take() {
                return true;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            self.signal.wait(if polled { left.min(self.watcher.interval) } else { left });
        }
    }

    /// Waits until something changed since the last wait. Dropping the future loses nothing.
    pub async fn changed(&self) {
        loop {
            let raised = self.signal.raised();
            let polled = self.check();
            if self.signal.take() {
                return;
            }
            if polled {
                tokio::select! {
                    () = raised => {}
                    () = tokio::time::sleep(self.watcher.interval) => {}
                }
            } else {
                raised.await;
            }
        }
    }

    /// Whether this path is looked at by polling at the moment.
    pub fn is_polled(&self) -> bool {
        self.state().told.is_none()
    }

    /// Looks by itself where nobody tells; tells whether that is so.
    fn check(&self) -> bool {
        let mut state = self.state();
        if self.signal.is_lost() {
            state.told = None;
        }
        if state.told.is_some() {
            return false;
        }
        if state.look.renew(&self.path) {
            self.signal.raise();
        }
        self.watcher.attach(&self.path, &self.signal, &mut state);
        state.told.is_none()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").field("path", &self.path).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
