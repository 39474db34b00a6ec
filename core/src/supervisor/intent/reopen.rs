//! Opening a task again that no supervisor owns: what `resume` and a follow-up share.

use super::{IntentError, Target};
use crate::model::{Owed, TaskSpec, TaskState};
use crate::store::Marker;
use crate::supervisor::apply;
use crate::supervisor::limits::{self, Limit};
use crate::supervisor::record::Owned;

/// What changes when a task is opened again.
pub(super) struct Reopen<'a> {
    /// Why, for its `reason`.
    pub reason: String,
    /// Goes on with another agent, in a fresh session.
    pub agent: Option<&'a str>,
    /// The run that is owed to a task that had ended.
    pub owed: Owed,
}

/// Archives DONE, removes STOP and PAUSE, grants an exhausted limit once more, and queues the task again.
/// Returns the limit that was granted. A STOP that is set from here on wins.
pub(super) fn reopen(target: &Target<'_>, how: &Reopen<'_>) -> Result<Option<&'static str>, IntentError> {
    let taken = Owned::take(target.root, target.project, target.task);
    let mut owned = taken.map_err(|error| target.failed(error))?;
    clear_markers(target, &owned)?;
    if let Some(agent) = how.agent {
        let changed = owned.change_spec(|spec| spec.agent = Some(agent.to_owned()));
        changed.map_err(|error| target.failed(error))?;
    }
    let spec = owned.spec().clone();
    let granted = limits::exhausted(&spec, owned.state()).filter(|limit| limit.can_be_granted());
    crate::faults::step("reopen.state");
    let queued = owned.commit("task.queued", None, |state| open_state(state, &spec, how, granted));
    queued.map_err(|error| target.failed(error))?;
    Ok(granted.map(Limit::as_str))
}

fn clear_markers(target: &Target<'_>, owned: &Owned) -> Result<(), IntentError> {
    let failed = |error| target.failed(error);
    let (task, state) = (owned.task(), owned.state());
    match state.current_run.as_ref().or(state.last_run.as_ref()) {
        Some(run) => task.archive_done(run).map_err(failed)?,
        None => task.clear_marker(Marker::Done).map_err(failed)?,
    };
    for marker in [Marker::Stop, Marker::Pause] {
        task.clear_marker(marker).map_err(failed)?;
    }
    Ok(())
}

fn open_state(state: &mut TaskState, spec: &TaskSpec, how: &Reopen<'_>, granted: Option<Limit>) {
    if state.status.is_ended() {
        state.owed = Some(if state.session.is_some() { how.owed } else { Owed::Fresh });
    }
    apply::reopened(state, &how.reason);
    if let Some(limit) = granted {
        limits::grant(limit, spec, state);
    }
    if let Some(agent) = how.agent {
        apply::switch(state, agent);
        (state.session, state.question) = (None, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::task::Session;
    use crate::model::{EndReason, TaskStatus};
    use crate::supervisor::testing::{spec, state};

    fn how(agent: Option<&str>) -> Reopen<'_> {
        Reopen { reason: "resumed".to_owned(), agent, owed: Owed::Continue }
    }

    #[test]
    fn totals_are_kept_and_the_exhausted_limit_is_granted_once_more() {
        let (mut spec, mut state) = (spec(), state());
        spec.limits.max_restarts = 2;
        (state.iteration, state.runs, state.active_seconds) = (3, 3, 77);
        (state.status, state.end_reason) = (TaskStatus::Failed, Some(EndReason::MaxRestarts));
        let limit = limits::exhausted(&spec, &state);
        assert_eq!(limit, Some(Limit::Restarts));
        open_state(&mut state, &spec, &how(None), limit);
        assert_eq!(limits::exhausted(&spec, &state), None);
        assert_eq!((state.iteration, state.runs, state.active_seconds), (3, 3, 77));
        assert_eq!((state.status, state.end_reason), (TaskStatus::Queued, None));
        assert_eq!(state.owed, Some(Owed::Fresh), "there is no session to continue");
    }

    #[test]
    fn another_agent_has_a_fresh_session_and_a_follow_up_the_same() {
        let (spec, mut state) = (spec(), state());
        state.status = TaskStatus::Completed;
        state.session = Some(Session { agent: "fake".to_owned(), id: "s".to_owned() });
        let mut other = state.clone();
        open_state(&mut state, &spec, &how(None), None);
        assert_eq!(state.owed, Some(Owed::Continue));
        open_state(&mut other, &spec, &how(Some("other")), None);
        assert_eq!((other.owed, other.session), (Some(Owed::Fresh), None));
        assert_eq!(other.agent.as_deref(), Some("other"));
    }

    #[test]
    fn an_interrupted_task_goes_on_where_it_was() {
        let (spec, mut state) = (spec(), state());
        state.status = TaskStatus::Interrupted;
        open_state(&mut state, &spec, &how(None), None);
        assert_eq!(state.owed, None, "its agent may live on: nothing is owed beside it");
    }
}
