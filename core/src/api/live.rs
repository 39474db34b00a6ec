//! What claims to be alive, checked before it is shown.

use super::{ApiError, App};
use crate::model::{TaskState, TaskStatus};
use crate::store::{Supervision, TaskDir, Where};
use crate::supervisor::process::Machine;

/// A task's status as it is to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked {
    /// The status.
    pub status: TaskStatus,
    /// Process id of the supervisor that lives here.
    pub supervisor: Option<i32>,
    /// Whether the last supervisor was on another machine: its claim cannot be judged here.
    pub elsewhere: bool,
}

impl Checked {
    /// A status that claims nothing.
    pub fn of(status: TaskStatus) -> Self {
        Self { status, supervisor: None, elsewhere: false }
    }
}

impl App {
    /// Checks a task's claim against its lock. `state`: as it was read before; it is read again where
    /// the claim does not hold, since the task may have ended in between.
    ///
    /// # Errors
    /// When state or lock cannot be read.
    pub fn check(&self, task: &TaskDir, state: Option<&TaskState>) -> Result<Checked, ApiError> {
        let claim = state.map_or_else(|| task.status(), |state| Ok(state.status))?;
        self.check_claim(task, claim)
    }

    /// As [`App::check`], for a status that was read elsewhere.
    ///
    /// # Errors
    /// As [`App::check`].
    pub fn check_claim(&self, task: &TaskDir, claim: TaskStatus) -> Result<Checked, ApiError> {
        if !claim.is_owned() || task.root().is_foreign() {
            return Ok(Checked::of(claim));
        }
        match self.supervision(task)? {
            Supervision::Alive(holder) => Ok(Checked { supervisor: Some(holder.pid), ..Checked::of(claim) }),
            Supervision::Elsewhere(_) => Ok(Checked { elsewhere: true, ..Checked::of(claim) }),
            Supervision::Free => {
                let now = task.status()?;
                let gone = now.is_owned() && !task.is_supervised()?;
                Ok(Checked::of(if gone { TaskStatus::Interrupted } else { now }))
            }
        }
    }

    fn supervision(&self, task: &TaskDir) -> Result<Supervision, ApiError> {
        let here = self.machine()?;
        let Machine { machine_id, boot_id, pid_namespace } = here;
        Ok(task.supervision(Where { machine_id, boot_id, pid_namespace: *pid_namespace })?)
    }

    /// This machine, boot and pid namespace.
    pub(super) fn machine(&self) -> Result<&Machine, ApiError> {
        match self.machine.get() {
            Some(machine) => Ok(machine),
            None => {
                let machine = Machine::this()?;
                Ok(self.machine.get_or_init(|| machine))
            }
        }
    }
}
