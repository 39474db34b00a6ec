//! Owning processes: start them so that none lives unrecorded, find them, stop them, freeze them.
//!
//! A run's processes are found by the marker `JRUN_ID` in their environment, by the run's control
//! group where there is one, and by what this process received as subreaper; never by ancestry
//! alone. A process is named by pid *and* start time everywhere, so that a reused pid is a stranger.
//! Must not know tasks, files of a run, or limits: the driver decides when, this module does how.

mod births;
pub mod cgroup;
pub mod exec;
mod files;
pub mod freeze;
pub mod gate;
pub mod machine;
mod orders;
pub mod pidfd;
pub mod procfs;
pub mod reaper;
pub mod stop;
mod sys;
pub mod timer;
pub mod tree;

pub use cgroup::Cgroup;
pub use files::FileId;
pub use freeze::Frozen;
pub use gate::{Child, Gate, GateError, GateErrorKind, Gated, GatedLaunch};
pub use machine::{Machine, ProcessId};
pub use reaper::{Begun, Exit, Reaper};
pub use stop::StopOptions;
pub use timer::Timer;
pub use tree::{Activity, Tree};

/// Environment variable that marks the processes of a run with the run's id.
pub const RUN_MARKER: &str = "JRUN_ID";

/// Environment variable that marks a supervisor and its own helpers; they belong to no run.
pub const SUPERVISOR_MARKER: &str = "JRUN_SUPERVISOR";

/// Why processes could not be looked at or signalled; the system's own state is unreadable.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {source}")]
pub struct ProcessError {
    /// What was read, written or asked for.
    pub what: String,
    /// What the system answered.
    pub source: std::io::Error,
}

impl ProcessError {
    pub(crate) fn new(what: impl Into<String>, source: impl Into<std::io::Error>) -> Self {
        Self { what: what.into(), source: source.into() }
    }
}
