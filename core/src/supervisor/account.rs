//! What an ended run does to its task's counters.
//!
//! Pure: one function for one commit, so that a crash before it changes nothing and a crash after it
//! repeats nothing.

use std::time::Duration;

use jiff::Timestamp;

use super::limits;
use crate::model::task::{OpenQuestion, Session, TaskError};
use crate::model::{EndReason, FailureClass, Owed, RunInfo, RunStatus, TaskState};

/// How long a usage limit is waited for where the agent does not say when it resets.
const QUOTA_PATIENCE: Duration = Duration::from_secs(900);

/// An ended run, with what its run-info does not say.
#[derive(Debug, Clone)]
pub struct RunEnd<'a> {
    /// Its record, ended.
    pub info: &'a RunInfo,
    /// Seconds it worked; pauses do not count.
    pub seconds: u64,
    /// Whether it changed anything: the folder, a message, its text.
    pub changed: bool,
    /// What the next run is compared with.
    pub fingerprint: Option<String>,
    /// What it asked and nobody answered while it ran.
    pub question: Option<OpenQuestion>,
    /// Whether an answer to its last question is there already.
    pub answered: bool,
    /// The time now.
    pub now: Timestamp,
}

/// What a run was worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Worth {
    /// It ended well.
    Good,
    /// It counts as a failure.
    Bad,
    /// The agent's usage limit; not counted.
    Quota,
    /// Something other than the agent ended it; not counted.
    Neutral,
}

/// Whether a run ended well, badly, or through no doing of its own.
fn worth(info: &RunInfo) -> Worth {
    match (info.status, info.end_reason, &info.failure) {
        (RunStatus::Failed, _, Some(FailureClass::UsageLimit { .. })) => Worth::Quota,
        (RunStatus::Completed, ..) => Worth::Good,
        (RunStatus::Stopped, Some(EndReason::Done), _) => Worth::Good,
        (RunStatus::Failed, ..) | (RunStatus::TimedOut, ..) => Worth::Bad,
        (RunStatus::Running | RunStatus::Stopped | RunStatus::Lost, ..) => Worth::Neutral,
    }
}

/// Whether an ended run is one of the loop's turns.
pub(super) fn counts(info: &RunInfo) -> bool {
    matches!(worth(info), Worth::Good | Worth::Bad)
}

/// Whether an ended run counts as a failure.
pub(super) fn is_failure(info: &RunInfo) -> bool {
    worth(info) == Worth::Bad
}

/// Applies an ended run to its task's state. The status stays; what comes next is decided from it.
pub fn account(state: &mut TaskState, end: &RunEnd<'_>) {
    let info = end.info;
    let worth = worth(info);
    let continued = continued(state, info);
    state.current_run = None;
    state.keeps_awake = false;
    state.last_run = Some(info.run_id.clone());
    state.reason = None;
    state.wake_at = None;
    state.active_seconds = state.active_seconds.saturating_add(end.seconds);
    spend(state, info);
    if counts(info) {
        state.iteration = state.iteration.saturating_add(1);
        state.restarts = state.iteration - 1;
    }
    match worth {
        Worth::Good => good(state, end),
        Worth::Bad => bad(state, end, continued),
        Worth::Quota => quota(state, end, continued),
        Worth::Neutral => neutral(state, info, continued),
    }
    if let Some(id) = &info.session_id {
        state.session = Some(Session { agent: info.agent.clone(), id: id.clone() });
    }
    if end.fingerprint.is_some() {
        state.fingerprint.clone_from(&end.fingerprint);
    }
    if end.question.is_some() {
        state.question.clone_from(&end.question);
    } else if end.answered && state.session.is_some() {
        state.owed = Some(Owed::Continue);
    }
}

/// Whether the run went on in the session that was known before it.
fn continued(state: &TaskState, info: &RunInfo) -> bool {
    let Some(session) = &state.session else { return false };
    session.agent == info.agent && Some(&session.id) == info.session_id.as_ref()
}

/// Adds what a run used.
pub(super) fn spend(state: &mut TaskState, info: &RunInfo) {
    let mut used = info.usage.unwrap_or_default();
    used.cost_usd = used.cost_usd.or(info.cost_usd);
    state.spend.add(&used);
}

fn good(state: &mut TaskState, end: &RunEnd<'_>) {
    state.failures = 0;
    state.error = None;
    advance_reading(state, end.info);
    if end.changed {
        state.unchanged = 0;
        return;
    }
    state.unchanged = state.unchanged.saturating_add(1);
    if end.seconds < limits::QUICK.as_secs() {
        state.wake_at = Some(later(end.now, limits::back_off(state.unchanged)));
    }
}

fn bad(state: &mut TaskState, end: &RunEnd<'_>, continued: bool) {
    state.failures = state.failures.saturating_add(1);
    state.error = Some(error_of(end.info));
    match end.info.failure {
        Some(FailureClass::Permanent) => {}
        Some(FailureClass::Context) => state.owed = Some(Owed::Fresh),
        _ => {
            // A session that fails twice may be what is broken: the third try starts a fresh one.
            if continued && state.failures == 1 {
                state.owed = Some(Owed::Continue);
            }
            state.wake_at = Some(later(end.now, limits::back_off(state.failures)));
        }
    }
}

fn quota(state: &mut TaskState, end: &RunEnd<'_>, continued: bool) {
    let until = match end.info.failure {
        Some(FailureClass::UsageLimit { until: Some(until) }) => until,
        _ => later(end.now, QUOTA_PATIENCE),
    };
    state.wake_at = Some(until);
    state.error = Some(error_of(end.info));
    if continued {
        state.owed = Some(Owed::Continue);
    }
}

fn neutral(state: &mut TaskState, info: &RunInfo, continued: bool) {
    let interrupted = info.end_reason == Some(EndReason::Interrupted);
    if info.status == RunStatus::Stopped {
        advance_reading(state, info);
    }
    if (interrupted && info.session_id.is_some()) || continued {
        state.owed = Some(Owed::Continue);
    } else if interrupted {
        state.owed = Some(Owed::Fresh);
    }
}

/// What a run that ended badly was told is told again to the next one.
fn advance_reading(state: &mut TaskState, info: &RunInfo) {
    if let Some(cursor) = info.read_to {
        state.read_to = cursor;
    }
}

/// A time after `now`; the last one there is where that is out of range.
pub fn later(now: Timestamp, by: Duration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// Why a run failed, as the task tells it.
fn error_of(info: &RunInfo) -> TaskError {
    let code = match (&info.failure, info.end_reason) {
        (_, Some(EndReason::IdleTime)) => "idle_time",
        (_, Some(EndReason::StartFailed)) => "start_failed",
        (_, Some(EndReason::Killed)) => "killed",
        (Some(FailureClass::Permanent), _) => "permanent",
        (Some(FailureClass::UsageLimit { .. }), _) => "usage_limit",
        (Some(FailureClass::Context), _) => "context",
        _ => "run_failed",
    };
    let why = info.error_summary.clone().unwrap_or_else(|| "it did not say why".to_owned());
    TaskError { code: code.to_owned(), message: format!("{}: {why}", info.agent), hint: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Cursor, RunId};
    use crate::supervisor::testing::{at, spec, state};

    fn info(status: RunStatus) -> RunInfo {
        let spec = spec();
        let mut info = RunInfo::new(spec.project_id, spec.task_id, RunId::generate(), "fake");
        info.status = status;
        info.session_id = Some("s-1".to_owned());
        info.read_to = Some(Cursor { last: None, text: 7 });
        info
    }

    fn end(info: &RunInfo) -> RunEnd<'_> {
        RunEnd {
            info,
            seconds: 1,
            changed: true,
            fingerprint: None,
            question: None,
            answered: false,
            now: at(100),
        }
    }

    #[test]
    fn a_good_run_resets_failures_and_starts_the_next_at_once() {
        let (info, mut state) = (info(RunStatus::Completed), state());
        state.failures = 3;
        account(&mut state, &end(&info));
        assert_eq!((state.failures, state.iteration, state.wake_at), (0, 1, None));
        assert_eq!(state.read_to.text, 7);
        assert_eq!(state.session.as_ref().map(|session| session.id.as_str()), Some("s-1"));
    }

    #[test]
    fn failed_runs_back_off_twice_as_long_each_time_and_are_told_the_same_again() {
        let (mut info, mut state) = (info(RunStatus::Failed), state());
        for (failures, seconds) in [(1, 1), (2, 2), (3, 4)] {
            info.session_id = Some(format!("s-{failures}"));
            account(&mut state, &end(&info));
            assert_eq!((state.failures, state.wake_at), (failures, Some(at(100 + seconds))));
            assert_eq!(state.read_to, Cursor::START);
            assert_eq!(state.owed, None);
        }
    }

    #[test]
    fn only_a_quick_run_that_changed_nothing_backs_off() {
        let info = info(RunStatus::Completed);
        for (seconds, changed, waits) in [(1, false, true), (5, false, false), (1, true, false)] {
            let mut state = state();
            account(&mut state, &RunEnd { seconds, changed, ..end(&info) });
            assert_eq!(state.wake_at.is_some(), waits, "{seconds} s, changed {changed}");
            assert_eq!(state.unchanged, u32::from(!changed));
        }
    }

    #[test]
    fn a_usage_limit_waits_for_its_reset_and_is_not_counted() {
        let (mut info, mut state) = (info(RunStatus::Failed), state());
        info.failure = Some(FailureClass::UsageLimit { until: Some(at(5_000)) });
        account(&mut state, &end(&info));
        assert_eq!((state.iteration, state.failures, state.wake_at), (0, 0, Some(at(5_000))));
    }

    #[test]
    fn lost_stopped_and_interrupted_runs_are_not_counted() {
        for status in [RunStatus::Lost, RunStatus::Stopped] {
            let (mut info, mut state) = (info(status), state());
            info.end_reason = Some(EndReason::Shutdown);
            account(&mut state, &end(&info));
            assert_eq!((state.iteration, state.failures, state.owed), (0, 0, None));
        }
        let (mut info, mut state) = (info(RunStatus::Stopped), state());
        info.end_reason = Some(EndReason::Interrupted);
        account(&mut state, &end(&info));
        assert_eq!(state.owed, Some(Owed::Continue));
    }

    #[test]
    fn a_full_context_makes_the_next_session_a_fresh_one() {
        let (mut info, mut state) = (info(RunStatus::Failed), state());
        info.failure = Some(FailureClass::Context);
        account(&mut state, &end(&info));
        assert_eq!((state.owed, state.wake_at), (Some(Owed::Fresh), None));
    }

    #[test]
    fn a_continued_session_is_tried_once_more_and_then_left() {
        let (info, mut state) = (info(RunStatus::Failed), state());
        state.session = Some(Session { agent: "fake".to_owned(), id: "s-1".to_owned() });
        account(&mut state, &end(&info));
        assert_eq!(state.owed.take(), Some(Owed::Continue));
        account(&mut state, &end(&info));
        assert_eq!(state.owed, None);
    }
}
