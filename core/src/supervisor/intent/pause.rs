//! `pause`: holds a task, frozen at once or without a process after its turn.

use std::time::Duration;

use super::{IntentError, IntentErrorKind, Target, Who};
use crate::model::TaskStatus;
use crate::store::{Intent, Marker, TaskDir};
use crate::supervisor::children;

/// How long a freeze may take on a loaded machine.
const LIMIT: Duration = Duration::from_secs(30);

/// How to pause.
#[derive(Debug, Clone, Default)]
pub struct PauseRequest {
    /// Who asks, and why.
    pub who: Who,
    /// Let the agent end its turn first, and leave no process.
    pub after_turn: bool,
}

/// A pause that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PauseOutcome {
    /// `paused`, or the status in which the turn goes on first.
    pub status: TaskStatus,
    /// Child tasks that pause with it.
    pub children: usize,
}

/// Pauses a task and its children. Without `after_turn` it returns when the task is frozen.
///
/// # Errors
/// [`IntentErrorKind::Ended`] for a task that has ended, [`IntentErrorKind::NotYet`] when its supervisor
/// does not answer.
pub fn pause(target: &Target<'_>, request: &PauseRequest) -> Result<PauseOutcome, IntentError> {
    let task = target.open()?;
    target.not_ended(&task)?;
    let mut intent = request.who.intent(target.clock);
    intent.after_turn = request.after_turn;
    target.mark(&task, Marker::Pause, &intent)?;
    let children = pause_children(target, request)?;
    // What a dead supervisor left running is frozen by the next one.
    target.ensure_supervisor(&task)?;
    let status = if request.after_turn { target.not_ended(&task)? } else { paused(target, &task)? };
    Ok(PauseOutcome { status, children })
}

/// Who a child's pause is by, when its parent was paused: what the parent's resume takes away again.
pub(super) fn by_parent(target: &Target<'_>) -> String {
    format!("pause of {}", target.name())
}

fn pause_children(target: &Target<'_>, request: &PauseRequest) -> Result<usize, IntentError> {
    let active = children::active(target.root, target.project, target.task);
    let mut paused = 0;
    for child in active.map_err(|error| target.failed(error))? {
        let child_target = target.of(&child.project, &child.task);
        let task = child_target.open()?;
        let already = task.marker(Marker::Pause).map_err(|error| child_target.failed(error))?;
        if already.is_none() {
            let mut intent =
                Intent::new(Some(by_parent(target)), target.clock.now(), request.who.reason.clone());
            intent.after_turn = request.after_turn;
            child_target.mark(&task, Marker::Pause, &intent)?;
        }
        paused += 1 + pause_children(&child_target, request)?;
    }
    Ok(paused)
}

fn paused(target: &Target<'_>, task: &TaskDir) -> Result<TaskStatus, IntentError> {
    let status = target.wait_for(task, LIMIT, || {
        let status = task.state().map_err(|error| target.failed(error))?.map(|state| state.status);
        Ok(status.filter(|status| *status == TaskStatus::Paused || status.is_ended()))
    })?;
    match status {
        Some(TaskStatus::Paused) => Ok(TaskStatus::Paused),
        Some(ended) => Err(target.failed(IntentErrorKind::Ended(ended))),
        None => Err(target.failed(IntentErrorKind::NotYet(LIMIT))),
    }
}
