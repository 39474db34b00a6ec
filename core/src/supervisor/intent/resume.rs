//! `resume`: lets a paused, interrupted or ended task go on.

use std::time::Duration;

use super::pause::by_parent;
use super::reopen::{Reopen, reopen};
use super::{AnswerRequest, IntentError, IntentErrorKind, LEAVES, Target, Who, agent_check, answer};
use crate::model::{Owed, TaskStatus};
use crate::store::{Marker, TaskDir};
use crate::supervisor::step::Concern;
use crate::supervisor::{children, detach};

const THAWS: Duration = Duration::from_secs(30);

/// How to go on.
#[derive(Debug, Clone, Default)]
pub struct ResumeRequest {
    /// Who asks, and why.
    pub who: Who,
    /// Another agent: a fresh session, given the diff and the last output.
    pub agent: Option<String>,
}

/// A task that goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResumeOutcome {
    /// Its status now.
    pub status: TaskStatus,
    /// The limit that was granted once more.
    pub granted: Option<&'static str>,
}

/// Lets a task go on: thaws a paused one, and opens an ended or interrupted one again with its totals
/// kept and the exhausted limit granted once more.
///
/// # Errors
/// [`IntentErrorKind::Status`] for a task that is at work, or waits for something else than a person.
pub fn resume(target: &Target<'_>, request: &ResumeRequest) -> Result<ResumeOutcome, IntentError> {
    let task = target.open()?;
    if let Some(agent) = &request.agent {
        agent_check::check(target.config, agent).map_err(|kind| target.failed(kind))?;
    }
    let supervised = task.is_supervised().map_err(|error| target.failed(error))?;
    let ended = task.state().map_err(|error| target.failed(error))?.is_some_and(|it| it.status.is_ended());
    let outcome = match (supervised, &request.agent) {
        (true, _) if ended => {
            until_left(target, &task)?;
            start_again(target, &task, request)?
        }
        (true, None) => go_on(target, &task, request)?,
        (true, Some(_)) => {
            leave(target, &task)?;
            start_again(target, &task, request)?
        }
        (false, _) => start_again(target, &task, request)?,
    };
    resume_children(target, request)?;
    Ok(outcome)
}

/// A supervisor lives: it is told.
fn go_on(target: &Target<'_>, task: &TaskDir, request: &ResumeRequest) -> Result<ResumeOutcome, IntentError> {
    let failed = |error| target.failed(error);
    let state = task.state().map_err(failed)?;
    let status = task.status().map_err(failed)?;
    let stopping = task.marker(Marker::Stop).map_err(failed)?.is_some();
    let cleared = !stopping && task.clear_marker(Marker::Pause).map_err(failed)?;
    // Another one that resumes it may have been faster.
    if cleared || (!stopping && status == TaskStatus::Paused) {
        target.wake(task)?;
        return thawed(target, task);
    }
    let concern = state.and_then(|state| state.question).as_ref().and_then(Concern::of);
    match concern {
        Some(concern) if status == TaskStatus::WaitingAnswer && !stopping => {
            let text = concern.choices()[0].to_owned();
            answer(target, &AnswerRequest { who: request.who.clone(), question: None, text })?;
            let granted = matches!(concern, Concern::Limit(_)).then(|| concern.as_str());
            Ok(ResumeOutcome { status, granted })
        }
        _ => Err(target.failed(IntentErrorKind::Status { status, what: "resume" })),
    }
}

/// Waits until a task is paused no more, or is paused again.
fn thawed(target: &Target<'_>, task: &TaskDir) -> Result<ResumeOutcome, IntentError> {
    let failed = |error| target.failed(error);
    let thawed = target.wait_for(task, THAWS, || {
        let status = task.status().map_err(failed)?;
        let again = task.marker(Marker::Pause).map_err(failed)?.is_some();
        Ok((status != TaskStatus::Paused || again).then_some(status))
    })?;
    let status = thawed.ok_or_else(|| target.failed(IntentErrorKind::NotYet(THAWS)))?;
    Ok(ResumeOutcome { status, granted: None })
}

/// Makes the supervisor of a paused task leave, so that its task can be changed: TERM ends its agent's
/// processes and leaves the task `interrupted`.
fn leave(target: &Target<'_>, task: &TaskDir) -> Result<(), IntentError> {
    let failed = |error| target.failed(error);
    let status = task.status().map_err(failed)?;
    let waits = [TaskStatus::Paused, TaskStatus::WaitingAnswer, TaskStatus::WaitingQuota];
    if !waits.contains(&status) {
        return Err(target.failed(IntentErrorKind::Status { status, what: "resume with another agent" }));
    }
    if let Some(id) = super::supervisor_here(task).map_err(|kind| target.failed(kind))? {
        id.signal(rustix::process::Signal::TERM).map_err(|error| target.failed(error))?;
    }
    until_left(target, task)
}

/// Waits until the supervisor has left: it tells the end of a task before it lets go of its lock.
fn until_left(target: &Target<'_>, task: &TaskDir) -> Result<(), IntentError> {
    let left = target.wait_for(task, LEAVES, || {
        let supervised = task.is_supervised().map_err(|error| target.failed(error))?;
        Ok((!supervised).then_some(()))
    })?;
    left.ok_or_else(|| target.failed(IntentErrorKind::NotYet(LEAVES)))
}

/// No supervisor lives: the task is opened again, and one is started.
fn start_again(
    target: &Target<'_>,
    task: &TaskDir,
    request: &ResumeRequest,
) -> Result<ResumeOutcome, IntentError> {
    let by = request.who.by.as_deref().map(|by| format!(" by {by}")).unwrap_or_default();
    let with = request.agent.as_deref().map(|agent| format!(" with {agent}")).unwrap_or_default();
    let (agent, owed) = (request.agent.as_deref(), Owed::Fresh);
    let how = Reopen { reason: format!("resumed{by}{with}"), agent, owed };
    let granted = reopen(target, &how)?;
    detach::start(target.root, target.project, target.task, &[]).map_err(|error| target.failed(error))?;
    let status = task.status().map_err(|error| target.failed(error))?;
    Ok(ResumeOutcome { status, granted })
}

/// Children that were paused with their parent go on with it; those that a person paused do not.
fn resume_children(target: &Target<'_>, request: &ResumeRequest) -> Result<(), IntentError> {
    let active = children::active(target.root, target.project, target.task);
    for child in active.map_err(|error| target.failed(error))? {
        let child_target = target.of(&child.project, &child.task);
        let task = child_target.open()?;
        let pause = task.marker(Marker::Pause).map_err(|error| child_target.failed(error))?;
        if pause.is_some_and(|pause| pause.by.as_deref() == Some(&by_parent(target))) {
            let request = ResumeRequest { who: request.who.clone(), agent: None };
            resume(&child_target, &request)?;
        }
    }
    Ok(())
}
