//! What can go wrong with the journal.

use crate::bus::BusError;
use crate::model::TaskId;
use crate::store::StoreError;

/// An error of the journal.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Its file cannot be read or written.
    #[error(transparent)]
    Bus(#[from] BusError),
    /// Its folder, its lock, or a file that it is made from.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A record cannot be written down.
    #[error("journal record of {task}: {source}")]
    Encode {
        /// The task it is about.
        task: TaskId,
        /// What is wrong.
        source: serde_json::Error,
    },
}

pub(super) type Result<T, E = JournalError> = std::result::Result<T, E>;
