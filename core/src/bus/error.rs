//! What can go wrong on a bus: which file, while doing what, and why.

use std::io;
use std::path::{Path, PathBuf};

/// An error of a bus. Reads well after "failed to".
#[derive(Debug, thiserror::Error)]
#[error("{action} {}: {kind}", path.display())]
pub struct BusError {
    /// What was being done: `append to`, `read`, `rotate`, `flush`.
    pub action: &'static str,
    /// The file.
    pub path: PathBuf,
    /// Why it failed.
    #[source]
    pub kind: BusErrorKind,
}

/// Why an operation on a bus failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BusErrorKind {
    /// The system refused.
    #[error(transparent)]
    Io(io::Error),
    /// Something else than a regular file stands where the bus should.
    #[error("it is not a regular file")]
    NotAFile,
    /// Another process holds the lock of the bus and does not let go.
    #[error("{} holds its lock", holder.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}")))]
    Locked {
        /// The process, where the system tells.
        holder: Option<i32>,
    },
    /// The bus belongs to a foreign root: it is read, never written.
    #[error("it belongs to a foreign root, which is only read (`run-agent migrate` makes it ours)")]
    Foreign,
    /// The last message has the largest id there is: none can follow.
    #[error("its last message has the largest id there is, so that none can follow")]
    IdsExhausted,
    /// The type of the message is not one word.
    #[error("the type of a message must be one word, not {0:?}")]
    BadType(String),
    /// The message is larger than a record may be.
    #[error("the message is larger than {} MiB: attach a file instead", limit >> 20)]
    TooLarge {
        /// What is allowed, in bytes.
        limit: usize,
    },
    /// What was written could not be found in the file afterwards, several times in a row.
    #[error("what was written does not stay whole: something else overwrites the file")]
    NotKept,
}

impl From<io::Error> for BusErrorKind {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::IsADirectory => BusErrorKind::NotAFile,
            _ => BusErrorKind::Io(error),
        }
    }
}

/// Shorthand of this module.
pub type Result<T, E = BusError> = std::result::Result<T, E>;

impl BusError {
    pub(super) fn new(action: &'static str, path: &Path, kind: impl Into<BusErrorKind>) -> Self {
        Self { action, path: path.to_owned(), kind: kind.into() }
    }

    /// The error number of the system, where the system refused.
    pub fn os_error(&self) -> Option<i32> {
        match &self.kind {
            BusErrorKind::Io(error) => error.raw_os_error(),
            _ => None,
        }
    }
}
