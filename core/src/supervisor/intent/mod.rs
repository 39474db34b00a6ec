//! What people and agents ask of a task, each use case whole: files first, then a signal that makes it
//! quick.
//!
//! An intent is a marker or a message in the task's folder; it outlives whoever asked, and a supervisor
//! carries it out, the living one or one that is started for it. Only where nobody lives does the one
//! who asks take the task's lock. Must not know how a face shows an answer.

mod agent_check;
mod answer;
mod ask;
mod create;
mod done;
mod error;
mod pause;
mod reopen;
mod resume;
mod stop;
mod takeover;
mod tell;

use std::time::{Duration, Instant};

use super::children::checked_status;
use super::detach;
use super::process::{Machine, ProcessId};
use super::record::process_here;
use crate::bus::{self, Bus, BusSettings};
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::logs::watch::Watcher;
use crate::model::{ProjectId, TaskId, TaskStatus};
use crate::store::{Intent, Marker, Root, StoreErrorKind, TaskDir};

pub use answer::{AnswerOutcome, AnswerRequest, answer, counting_answer, open_question};
pub use ask::{AskOutcome, AskRequest, answer_to, ask, question_of};
pub use create::{Created, NewTask, SAME_FOLDER, create, create_with};
pub use done::done;
pub use error::{IntentError, IntentErrorKind};
pub use pause::{PauseOutcome, PauseRequest, pause};
pub use resume::{ResumeOutcome, ResumeRequest, resume};
pub use stop::{StopOutcome, StopRequest, StoppedChild, request_stop, stop, stop_children};
pub use takeover::{TakeoverOutcome, takeover};
pub use tell::{TellOutcome, TellRequest, tell};

/// How long a supervisor may take to end its agent and leave, on a loaded machine.
const LEAVES: Duration = Duration::from_secs(60);
/// How often a wait looks again when nothing tells of a change.
const LOOK: Duration = Duration::from_secs(1);

/// The task that something is asked of.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// Its root.
    pub root: &'a Root,
    /// The settings of whoever asks.
    pub config: &'a Config,
    /// Tells the time.
    pub clock: &'a Clock,
    /// Its project.
    pub project: &'a ProjectId,
    /// The task.
    pub task: &'a TaskId,
    /// Whether this process goes on afterwards: then a supervisor of its own carries out what no living one
    /// does, as this process must not adopt orphans of others, nor be in the way of its own work.
    pub lasting: bool,
    /// Whether no agent is to be started: what needs a supervisor waits for one.
    pub launches_nothing: bool,
}

/// Who asks, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Who {
    /// A user, or the run of an agent.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Which request it is, so that its trace can be told from another's.
    pub request_id: Option<String>,
}

impl Who {
    fn intent(&self, clock: &Clock) -> Intent {
        let mut intent = Intent::new(self.by.clone(), clock.now(), self.reason.clone());
        intent.request_id.clone_from(&self.request_id);
        intent
    }
}

impl<'a> Target<'a> {
    /// The task's folder; refuses a root that is only read.
    fn open(&self) -> Result<TaskDir, IntentError> {
        self.root.writable().map_err(|error| self.failed(error))?;
        self.root.task(self.project, self.task).map_err(|error| match error.kind {
            StoreErrorKind::NotFound => self.failed(IntentErrorKind::NotFound),
            _ => self.failed(error),
        })
    }

    fn failed(&self, kind: impl Into<IntentErrorKind>) -> IntentError {
        IntentError::new(self.root, self.project, self.task, kind.into())
    }

    /// The status as it is to be believed; refuses a task that has ended.
    fn not_ended(&self, task: &TaskDir) -> Result<TaskStatus, IntentError> {
        let status = checked_status(task).map_err(|error| self.failed(error))?;
        if status.is_ended() { Err(self.failed(IntentErrorKind::Ended(status))) } else { Ok(status) }
    }

    /// The same request of another task on the root.
    fn of(&self, project: &'a ProjectId, task: &'a TaskId) -> Target<'a> {
        Target { project, task, ..*self }
    }

    /// `project/task`.
    fn name(&self) -> String {
        format!("{}/{}", self.project, self.task)
    }

    /// Sets a marker and wakes the supervisor.
    fn mark(&self, task: &TaskDir, marker: Marker, intent: &Intent) -> Result<(), IntentError> {
        task.set_marker(marker, intent).map_err(|error| self.failed(error))?;
        crate::faults::step("intent.marked");
        self.wake(task)
    }

    /// Tells the living supervisor to look at its markers and its bus now. It looks within a second by
    /// itself: a supervisor that cannot be signalled from here is not an error.
    fn wake(&self, task: &TaskDir) -> Result<(), IntentError> {
        if let Some(id) = supervisor_here(task).map_err(|error| self.failed(error))? {
            id.wake().map_err(|error| self.failed(error))?;
        }
        Ok(())
    }

    /// The task's bus, as configured.
    fn bus(&self, task: &TaskDir) -> Bus {
        Bus::task(task).with_settings(bus_settings(self.config)).with_clock(self.clock.clone())
    }

    /// Starts a supervisor where none lives and one may be started.
    fn ensure_supervisor(&self, task: &TaskDir) -> Result<(), IntentError> {
        if !self.launches_nothing && !task.is_supervised().map_err(|error| self.failed(error))? {
            detach::start(self.root, self.project, self.task, &[]).map_err(|error| self.failed(error))?;
        }
        Ok(())
    }

    /// Waits until `look` finds what it looks for, at most this long; none when the time is over.
    fn wait_for<T>(
        &self,
        task: &TaskDir,
        limit: Duration,
        mut look: impl FnMut() -> Result<Option<T>, IntentError>,
    ) -> Result<Option<T>, IntentError> {
        let deadline = Instant::now() + limit;
        let changes = Watcher::global().watch(task.path());
        loop {
            if let Some(found) = look()? {
                return Ok(Some(found));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            changes.wait(left.min(LOOK));
        }
    }
}

/// The process of the living supervisor, where it runs on this machine, boot and pid namespace. The
/// start time makes sure that a reused pid is never signalled.
fn supervisor_here(task: &TaskDir) -> Result<Option<ProcessId>, IntentErrorKind> {
    let holder = match task.supervisor() {
        // Held by one that has not said yet who it is: it has not looked yet either.
        Err(error) if matches!(error.kind, StoreErrorKind::Locked { .. }) => return Ok(None),
        holder => holder?,
    };
    let here = Machine::this()?;
    Ok(holder.and_then(|holder| process_here(&holder, &here)))
}

/// How buses are written, as configured.
pub fn bus_settings(config: &Config) -> BusSettings {
    let durability = match config.bus.durability {
        config::Durability::None => bus::Durability::None,
        config::Durability::Always => bus::Durability::Always,
        config::Durability::Interval => bus::Durability::Interval(config.bus.flush_interval),
    };
    let never = u64::MAX;
    let rotate_at = if config.bus.rotate_at == 0 { never } else { config.bus.rotate_at };
    BusSettings { durability, rotate_at }
}
