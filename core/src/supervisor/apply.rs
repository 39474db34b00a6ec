//! What each step of the loop writes into a task's state. Pure: one function for one commit.

use jiff::Timestamp;

use super::limits;
use super::step::{Concern, Effect, Ending, Wait};
use crate::model::task::{OpenQuestion, StopEvidence, TaskError};
use crate::model::{EndReason, Owed, RunInfo, TaskSpec, TaskState, TaskStatus};

/// Whether the state says already what the wait wants it to say.
pub fn waits_already(state: &TaskState, wait: &Wait) -> bool {
    state.status == wait.status
        && state.reason.as_deref() == Some(wait.reason.as_str())
        && (wait.owed.is_none() || state.owed == wait.owed)
}

/// Enters a wait.
pub fn wait(state: &mut TaskState, wait: &Wait) {
    enter(state, wait.status);
    state.reason = Some(wait.reason.clone());
    if wait.owed.is_some() {
        state.owed = wait.owed;
    }
}

/// Waits for an answer to a question that was posted.
pub fn ask(state: &mut TaskState, question: OpenQuestion) {
    enter(state, TaskStatus::WaitingAnswer);
    state.reason = Some(super::step::first_line(&question.text));
    state.question = Some(question);
    state.wake_at = None;
}

/// Applies an answer. The status stays; what comes next is decided from the rest.
pub fn heed(spec: &TaskSpec, state: &mut TaskState, effect: Effect) {
    state.question = None;
    match effect {
        Effect::Resume => state.owed = Some(continue_if_known(state)),
        Effect::TryAgain => state.unchanged = 0,
        Effect::Grant(limit) => limits::grant(limit, spec, state),
        Effect::WaitForChildren => {
            *state.granted.entry(Concern::Children.as_str().to_owned()).or_default() += 1;
        }
    }
}

/// Goes on in the session where there is one, else in a fresh one.
pub(super) fn continue_if_known(state: &TaskState) -> Owed {
    if state.session.is_some() { Owed::Continue } else { Owed::Fresh }
}

/// Goes on with another agent, which has neither failed nor a session yet.
pub fn switch(state: &mut TaskState, agent: &str) {
    state.agent = Some(agent.to_owned());
    state.owed = Some(Owed::Fresh);
    state.failures = 0;
    state.error = None;
    state.wake_at = None;
}

/// Waits for a slot.
pub fn queue(state: &mut TaskState) {
    enter(state, TaskStatus::Queued);
    state.reason = Some("waits for a free slot".to_owned());
}

/// A run has begun: what was owed is paid, what was open is answered in its prompt.
pub fn run_started(state: &mut TaskState, info: &RunInfo, now: Timestamp) {
    enter(state, TaskStatus::Running);
    state.reason = None;
    state.agent = Some(info.agent.clone());
    state.current_run = Some(info.run_id.clone());
    state.runs = state.runs.saturating_add(1);
    state.started_at.get_or_insert(now);
    state.owed = None;
    state.question = None;
    state.wake_at = None;
    state.ended_at = None;
    state.end_reason = None;
    state.completion_fact = None;
    state.stop = None;
}

/// A living run has a new supervisor. `stands`: a pause or a stop that was under way goes on.
pub fn adopted(state: &mut TaskState, reason: &str, stands: bool) {
    if !stands {
        enter(state, TaskStatus::Running);
    }
    state.reason = Some(reason.to_owned());
}

/// A living run is frozen by a person.
pub fn freeze(state: &mut TaskState) {
    enter(state, TaskStatus::Paused);
    state.reason = Some("paused by a person".to_owned());
}

/// A frozen run goes on.
pub fn thaw(state: &mut TaskState) {
    enter(state, TaskStatus::Running);
    state.reason = None;
}

/// The machine is kept awake for a run, or not any more.
pub fn keep_awake(state: &mut TaskState, keeps: bool) {
    state.keeps_awake = keeps;
}

/// A stop is being carried out.
pub fn stopping(state: &mut TaskState, reason: String) {
    enter(state, TaskStatus::Stopping);
    state.reason = Some(reason);
}

/// The stop was looked at: `stopped` where nothing is left, else `failed` with the pids named.
pub fn stopped(state: &mut TaskState, evidence: StopEvidence, now: Timestamp) {
    let left = evidence.left.clone();
    state.stop = Some(evidence);
    let ending = if left.is_empty() {
        Ending { status: TaskStatus::Stopped, reason: EndReason::StopRequested, error: None }
    } else {
        let pids = left.iter().map(i32::to_string).collect::<Vec<_>>().join(", ");
        Ending {
            status: TaskStatus::Failed,
            reason: EndReason::StopIncomplete,
            error: Some(TaskError {
                code: "stop_incomplete".to_owned(),
                message: format!("processes survived KILL for 10 s: {pids}"),
                hint: Some("look at them, then `run-agent stop` again".to_owned()),
            }),
        }
    };
    end(state, &ending, now);
}

/// The task has ended.
pub fn end(state: &mut TaskState, ending: &Ending, now: Timestamp) {
    enter(state, ending.status);
    state.reason = None;
    state.end_reason = Some(ending.reason);
    state.error.clone_from(&ending.error);
    state.ended_at = Some(now);
    state.current_run = None;
    state.question = None;
    state.owed = None;
    state.wake_at = None;
    state.completion_fact = None;
}

/// The supervisor goes away; recovery goes on with the task.
pub fn leave(state: &mut TaskState) {
    enter(state, TaskStatus::Interrupted);
    state.reason = Some("its supervisor was told to end".to_owned());
}

/// A task that nobody owns is opened again: what its end or its stop left behind is forgotten.
pub fn reopened(state: &mut TaskState, reason: &str) {
    enter(state, TaskStatus::Queued);
    state.reason = Some(reason.to_owned());
    (state.ended_at, state.end_reason, state.error, state.stop) = (None, None, None, None);
    (state.wake_at, state.completion_fact) = (None, None);
    state.unchanged = 0;
}

fn enter(state: &mut TaskState, status: TaskStatus) {
    state.paused_from = match status {
        TaskStatus::Paused if state.status == TaskStatus::Paused => state.paused_from,
        TaskStatus::Paused => Some(state.status),
        _ => None,
    };
    state.status = status;
    // Whoever keeps it awake from here on says so.
    state.keeps_awake = false;
}
