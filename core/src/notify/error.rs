//! Why the outbox could not be worked with.

use crate::store::{JournalError, StoreError};

/// An error of the outbox. What a receiver answers is none: that is a part of a delivery.
#[derive(Debug, thiserror::Error)]
pub enum NotifyError {
    /// A file of the outbox, or its lock.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The journal that it is fed from.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// What sends could not be started.
    #[error("cannot start what sends: {0}")]
    Runtime(std::io::Error),
}

pub(super) type Result<T, E = NotifyError> = std::result::Result<T, E>;
