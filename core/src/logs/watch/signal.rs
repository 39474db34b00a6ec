//! What wakes a waiter, thread or future alike.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

#[derive(Default)]
pub(super) struct Signal {
    pending: Mutex<bool>,
    thread: Condvar,
    future: Notify,
    /// The system will tell no more about this path: its folder went away.
    lost: AtomicBool,
}

impl Signal {
    pub(super) fn raise(&self) {
        *self.pending() = true;
        self.thread.notify_all();
        self.future.notify_waiters();
    }

    /// Says that the subscription is dead; the waiter makes a new one or polls.
    pub(super) fn lose(&self) {
        self.lost.store(true, Ordering::SeqCst);
        self.raise();
    }

    /// Whether the subscription died since the last call.
    pub(super) fn is_lost(&self) -> bool {
        self.lost.swap(false, Ordering::SeqCst)
    }

    /// Whether it was raised since the last call.
    pub(super) fn take(&self) -> bool {
        std::mem::take(&mut *self.pending())
    }

    /// Waits until it is raised, at most so long.
    pub(super) fn wait(&self, timeout: Duration) {
        let _unused = self.thread.wait_timeout_while(self.pending(), timeout, |pending| !*pending);
    }

    /// Resolves when it is raised after this call, polled before or not.
    pub(super) fn raised(&self) -> Pin<Box<impl Future<Output = ()> + '_>> {
        let mut raised = Box::pin(self.future.notified());
        raised.as_mut().enable();
        raised
    }

    fn pending(&self) -> MutexGuard<'_, bool> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
