//! `takeover`: a person goes on in the agent's own session.

use std::time::Duration;

use super::{IntentError, IntentErrorKind, PauseRequest, Target, Who, pause};
use crate::agent;
use crate::model::TaskStatus;
use crate::store::TaskDir;

/// A session that a person can go on in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakeoverOutcome {
    /// The task's status: `paused`, or how it had ended.
    pub status: TaskStatus,
    /// The agent in the configuration.
    pub agent: Option<String>,
    /// The agent's own id of the session.
    pub session: Option<String>,
    /// The agent's own command that resumes it; none where it has none, or no session is known.
    pub command: Option<Vec<String>>,
    /// The folder in which to call it.
    pub cwd: String,
}

/// Pauses a task after its turn, waits at most so long until it has no process, and tells how to go on in
/// its session. An ended task's session is told at once.
///
/// # Errors
/// [`IntentErrorKind::NoSessions`] for an agent that keeps none: then nothing is paused. [`IntentErrorKind::NotYet`] when the turn lasts longer; the pause stays asked for.
pub fn takeover(target: &Target<'_>, who: &Who, limit: Duration) -> Result<TakeoverOutcome, IntentError> {
    let task = target.open()?;
    has_sessions(target, &task)?;
    let request = PauseRequest { who: who.clone(), after_turn: true };
    match pause(target, &request) {
        Err(error) if matches!(*error.kind, IntentErrorKind::Ended(_)) => {}
        asked => {
            asked?;
            turn_is_over(target, &task, limit)?;
        }
    }
    session_of(target, &task)
}

/// Whether a person could go on in a session of the task's agent, as far as is known before its turn is over.
fn has_sessions(target: &Target<'_>, task: &TaskDir) -> Result<(), IntentError> {
    let state = task.state().map_err(|error| target.failed(error))?;
    let Some(name) = state.and_then(|state| state.agent) else { return Ok(()) };
    match target.config.agent(&name) {
        Ok(settings) if !agent::backend_of(&settings).has_sessions() => {
            Err(target.failed(IntentErrorKind::NoSessions(name)))
        }
        _ => Ok(()),
    }
}

fn turn_is_over(target: &Target<'_>, task: &TaskDir, limit: Duration) -> Result<(), IntentError> {
    let over = target.wait_for(task, limit, || {
        let state = task.state().map_err(|error| target.failed(error))?;
        let paused = |status| status == TaskStatus::Paused;
        let over = state
            .filter(|state| state.status.is_ended() || (paused(state.status) && state.current_run.is_none()));
        Ok(over.map(drop))
    })?;
    over.ok_or_else(|| target.failed(IntentErrorKind::NotYet(limit)))
}

fn session_of(target: &Target<'_>, task: &TaskDir) -> Result<TakeoverOutcome, IntentError> {
    let failed = |error| target.failed(error);
    let spec = task.spec().map_err(failed)?;
    let state = task.state().map_err(failed)?;
    let status = state.as_ref().map_or(spec.first_status(), |state| state.status);
    let session = state.and_then(|state| state.session);
    let command = session.as_ref().and_then(|session| {
        let settings = target.config.agent(&session.agent).ok()?;
        agent::backend_of(&settings).interactive(&settings, &session.id)
    });
    let (agent, session) = session.map(|session| (session.agent, session.id)).unzip();
    Ok(TakeoverOutcome { status, agent, session, command, cwd: spec.cwd })
}
