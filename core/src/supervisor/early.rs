//! What the supervisor of a new task begins before the task is written: programs take as long to start as
//! disks take to write.

use std::path::PathBuf;

use tokio::runtime::{Builder, Runtime};

use super::binary;
use super::error::SuperviseError;
use super::launch::Ahead;
use super::process::{ProcessError, Reaper};
use crate::model::{RunId, TaskSpec};
use crate::store::Root;

/// A supervisor's runtime and reaper, and what its first run begins ahead. Dropped, nothing of it goes on.
pub struct Early {
    pub(super) start: Start,
    pub(super) first: (RunId, Ahead),
}

/// What every supervisor starts with.
pub(super) struct Start {
    pub runtime: Runtime,
    pub reaper: Reaper,
    /// The `run-agent` that gates and agents call.
    pub cli: PathBuf,
}

impl Start {
    pub(super) fn new(root: &Root) -> Result<Self, SuperviseError> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| ProcessError::new("start the runtime", error))?;
        let reaper = {
            let _inside = runtime.enter();
            Reaper::start()?
        };
        Ok(Self { runtime, reaper, cli: binary::place(root)? })
    }
}

impl Early {
    /// Begins; none where the task waits for others first, or something is amiss, which its supervisor
    /// tells when it comes to it.
    pub fn begin(root: &Root, spec: &TaskSpec) -> Option<Self> {
        if !spec.depends_on.is_empty() {
            return None;
        }
        let start = Start::new(root).ok()?;
        let run = RunId::generate();
        let ahead = Ahead::begin(&start.cli, &run, spec, &start.reaper);
        Some(Self { start, first: (run, ahead) })
    }
}
