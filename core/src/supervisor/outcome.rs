//! How a run ended: its status, why, and what sort of failure it was. Pure.

use super::turn::Cause;
use crate::agent::{Exit, Verdict};
use crate::model::{EndReason, FailureClass, RunInfo, RunStatus};

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Its status.
    pub status: RunStatus,
    /// Why.
    pub reason: EndReason,
    /// What sort of failure it was.
    pub failure: Option<FailureClass>,
    /// What is worth knowing, one line.
    pub summary: Option<String>,
}

impl Outcome {
    fn new(status: RunStatus, reason: EndReason, summary: Option<String>) -> Self {
        Self { status, reason, failure: None, summary }
    }

    fn failed(reason: EndReason, verdict: Verdict) -> Self {
        let failure = Some(verdict.class.unwrap_or(FailureClass::Transient));
        Self { status: RunStatus::Failed, reason, failure, summary: verdict.summary }
    }

    /// Nobody saw it end, or it never began.
    pub fn lost(why: &str) -> Self {
        Self::new(RunStatus::Lost, EndReason::Lost, Some(why.to_owned()))
    }

    /// It could not be started.
    pub fn not_started(why: String, permanent: bool) -> Self {
        let class = if permanent { FailureClass::Permanent } else { FailureClass::Transient };
        let reason = if permanent { EndReason::Permanent } else { EndReason::StartFailed };
        Self { status: RunStatus::Failed, reason, failure: Some(class), summary: Some(why) }
    }

    /// Writes it into the run's record.
    pub fn write_to(self, info: &mut RunInfo) {
        info.status = self.status;
        info.end_reason = Some(self.reason);
        info.failure = self.failure;
        info.error_summary = self.summary;
    }
}

/// How a run ended that its supervisor ended for `cause`, or that ended by itself.
///
/// The agent's own word comes last: what was killed is never a success. `told`: whether its events
/// say how its turn ended.
pub fn outcome(cause: Option<Cause>, exit: &Exit, verdict: Verdict, told: bool) -> Outcome {
    if let Some(cause) = cause {
        return ended(cause, verdict);
    }
    if let Some(signal) = exit.signal {
        let summary = verdict.summary.unwrap_or_else(|| format!("ended by signal {signal}"));
        return Outcome::failed(
            EndReason::Killed,
            Verdict { ok: false, class: Some(FailureClass::Transient), summary: Some(summary) },
        );
    }
    if verdict.ok {
        let mut summary = verdict.summary;
        if !exit.known {
            summary
                .get_or_insert_with(|| "its exit was not seen; its events say that it went well".to_owned());
        }
        return Outcome::new(RunStatus::Completed, EndReason::Exited, summary);
    }
    if !exit.known && !told {
        return Outcome::lost("nobody saw how it ended, and it did not say");
    }
    let permanent = verdict.class == Some(FailureClass::Permanent);
    Outcome::failed(if permanent { EndReason::Permanent } else { EndReason::Exited }, verdict)
}

fn ended(cause: Cause, verdict: Verdict) -> Outcome {
    let words = |words: &str| Some(words.to_owned());
    match cause {
        Cause::Stop => {
            Outcome::new(RunStatus::Stopped, EndReason::StopRequested, words("stopped by a person"))
        }
        Cause::Done => {
            Outcome::new(RunStatus::Stopped, EndReason::Done, words("did not exit by itself after DONE"))
        }
        Cause::Shutdown => {
            Outcome::new(RunStatus::Stopped, EndReason::Shutdown, words("its supervisor was told to end"))
        }
        Cause::Interrupt => {
            Outcome::new(RunStatus::Stopped, EndReason::Interrupted, words("interrupted by a message"))
        }
        Cause::IdleTime => {
            Outcome::new(RunStatus::TimedOut, EndReason::IdleTime, words("gave no sign of life"))
        }
        Cause::WallTime => {
            Outcome::new(RunStatus::TimedOut, EndReason::WallTime, words("the task's wall time was over"))
        }
        Cause::Hopeless => Outcome::failed(EndReason::Permanent, verdict),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transient() -> Verdict {
        Verdict::bad(FailureClass::Transient, "overloaded")
    }

    #[test]
    fn c2_a_killed_run_is_never_completed() {
        for verdict in [Verdict::good(), transient()] {
            for signal in [2, 9, 15] {
                let told = outcome(None, &Exit::signal(signal), verdict.clone(), true);
                assert_eq!((told.status, told.reason), (RunStatus::Failed, EndReason::Killed));
            }
        }
        for cause in [Cause::Stop, Cause::Done, Cause::Shutdown, Cause::Interrupt, Cause::IdleTime] {
            let told = outcome(Some(cause), &Exit::code(0), Verdict::good(), true);
            assert_ne!(told.status, RunStatus::Completed, "{cause:?}");
        }
    }

    #[test]
    fn an_unseen_exit_is_judged_by_what_the_run_said() {
        let unknown = Exit::unknown();
        assert_eq!(outcome(None, &unknown, Verdict::good(), true).status, RunStatus::Completed);
        assert_eq!(outcome(None, &unknown, transient(), true).status, RunStatus::Failed);
        assert_eq!(outcome(None, &unknown, transient(), false).status, RunStatus::Lost);
    }

    #[test]
    fn a_failure_keeps_its_class_and_its_words() {
        let limit = FailureClass::UsageLimit { until: None };
        let told = outcome(None, &Exit::code(1), Verdict::bad(limit.clone(), "limit"), true);
        assert_eq!((told.status, told.failure), (RunStatus::Failed, Some(limit)));
        let bad_key = outcome(None, &Exit::code(1), Verdict::bad(FailureClass::Permanent, "401"), true);
        assert_eq!(bad_key.reason, EndReason::Permanent);
    }
}
