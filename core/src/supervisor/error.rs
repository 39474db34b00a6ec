//! Why a supervisor gave up. The task is left as it is; recovery finds it `interrupted`.

use std::path::PathBuf;

use super::binary::BinaryError;
use super::process::ProcessError;
use super::record::{RecordError, TakeError};
use super::slots::SlotError;
use crate::agent::RecorderError;
use crate::agent::choose::ChooseError;
use crate::bus::BusError;
use crate::model::RunId;
use crate::store::StoreError;

/// Why a supervisor gave up.
#[derive(Debug, thiserror::Error)]
pub enum SuperviseError {
    /// The task could not be taken.
    #[error(transparent)]
    Take(#[from] TakeError),
    /// A change could not be recorded.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A file of the task or of a run.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A bus.
    #[error(transparent)]
    Bus(#[from] BusError),
    /// The events of a run.
    #[error(transparent)]
    Recorder(#[from] RecorderError),
    /// The processes of a run.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// A slot.
    #[error(transparent)]
    Slot(#[from] SlotError),
    /// The program that agents call.
    #[error(transparent)]
    Binary(#[from] BinaryError),
    /// The choice of an agent.
    #[error(transparent)]
    Choose(#[from] ChooseError),
    /// Its `task.yaml` is lost, and more than a stop is wanted of it.
    #[error("task.yaml is lost: nothing says what to do")]
    NoSpec,
    /// A run of it lives, or may live, where this process cannot see it.
    #[error("run {run} belongs to another {place}: whether it lives cannot be told from here")]
    Elsewhere {
        /// The run.
        run: RunId,
        /// `machine` or `pid namespace`.
        place: &'static str,
    },
    /// Its folder is gone, and with it all that was known of it.
    #[error("{} was removed while its task was at work; what ran of it was ended ({ended} processes)", path.display())]
    Removed {
        /// Where the folder was.
        path: PathBuf,
        /// Processes that were ended.
        ended: u32,
    },
    /// Something outside of the root.
    #[error("{}: {source}", path.display())]
    Io {
        /// The path.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}
