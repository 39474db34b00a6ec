//! The reader of a file that stands where most of those who watch it stand.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Keeps one reader between two reads, so that what comes next is read without a search.
#[derive(Debug)]
pub(super) struct Readers<R>(Mutex<Option<R>>);

impl<R> Default for Readers<R> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<R> Readers<R> {
    /// The one that is kept, where it stands at the right place.
    pub(super) fn take(&self, is_there: impl FnOnce(&R) -> bool) -> Option<R> {
        self.kept().take_if(|one| is_there(one))
    }

    /// Keeps a reader. One that is `far` ahead takes the place of any other.
    pub(super) fn keep(&self, reader: R, far: bool) {
        let mut kept = self.kept();
        if far || kept.is_none() {
            *kept = Some(reader);
        }
    }

    fn kept(&self) -> MutexGuard<'_, Option<R>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
