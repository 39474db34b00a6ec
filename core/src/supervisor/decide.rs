//! What a task does next, when none of its runs lives: the whole policy of the loop, as a pure function.
//!
//! Knows no files, clocks or processes: the driver gathers [`Facts`], asks [`decide`], carries the
//! [`Step`] out and asks again. Every answer follows from what is on disk, so a supervisor that takes
//! over after a crash decides as the dead one would have.

use jiff::Timestamp;

use super::account::later;
use super::apply;
use super::limits::{self, Limit};
use super::step::{Concern, Effect, Ending, Markers, Needs, Step, Wait, first_line};
use crate::model::task::TaskError;
use crate::model::{
    EndReason, FailureClass, Owed, RunInfo, RunStatus, TaskSpec, TaskState, TaskStatus, Workflow,
};

/// Everything that a decision depends on.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// What was asked.
    pub spec: &'a TaskSpec,
    /// What is known; no run is at work.
    pub state: &'a TaskState,
    /// The run before, ended.
    pub last: Option<&'a RunInfo>,
    /// The time now.
    pub now: Timestamp,
    /// The machine or a service manager told the supervisor to end.
    pub shutdown: bool,
    /// Markers in the task's folder.
    pub markers: Markers,
    /// The tasks it depends on.
    pub needs: &'a Needs,
    /// Child tasks that have not ended.
    pub children: &'a [String],
    /// The answer to its open question.
    pub reply: Option<&'a str>,
    /// Whether the bus holds words for the agent that it was not told yet.
    pub news: bool,
    /// Whether a person said something during its runs that no prompt has carried: they were promised that the
    /// agent reads it, which it does before the task completes.
    pub word: bool,
    /// An agent to go on with where the last one failed for good.
    pub fallback: Option<&'a str>,
}

/// What the task does next. No run of it lives.
pub fn decide(facts: &Facts<'_>) -> Step {
    if facts.state.status.is_ended() {
        return Step::Rest;
    }
    stop_or_done(facts)
        .or_else(|| pause(facts))
        .or_else(|| question(facts))
        .or_else(|| last_run(facts))
        .or_else(|| limit(facts))
        .or_else(|| no_change(facts))
        .or_else(|| wait(facts))
        .unwrap_or(Step::Run(facts.state.owed))
}

fn stop_or_done(facts: &Facts<'_>) -> Option<Step> {
    // What outlived a stop is no ground to go on from.
    let outlived = facts.state.stop.as_ref().is_some_and(|stop| !stop.left.is_empty());
    if outlived || facts.state.status == TaskStatus::Stopping || facts.markers.stop_wins() {
        return Some(Step::Stop);
    }
    if facts.shutdown {
        return Some(Step::Leave);
    }
    // What is not over with DONE can be paused: child tasks are waited for, what they found is gathered, or a
    // word is read.
    let goes_on = facts.state.owed == Some(Owed::Gather) || !facts.children.is_empty() || facts.word;
    if goes_on && facts.markers.pause.is_some() && facts.markers.stop.is_none() {
        return None;
    }
    facts.markers.done.map(|since| done(facts, since))
}

fn done(facts: &Facts<'_>, since: Timestamp) -> Step {
    let completed = Step::End(Ending { status: TaskStatus::Completed, reason: EndReason::Done, error: None });
    // A STOP that came after DONE does not undo it, but nothing is waited for any more.
    if facts.markers.stop.is_some() {
        return completed;
    }
    if facts.children.is_empty() && facts.state.owed == Some(Owed::Gather) {
        return Step::Run(Some(Owed::Gather));
    }
    if facts.word {
        return read_word(facts);
    }
    if facts.children.is_empty() {
        return completed;
    }
    if asked_about(facts, Concern::Children) {
        return match facts.reply {
            None => wait_for_answer(facts),
            Some(reply) if is_word(reply, "stop") => Step::Stop,
            Some(reply) if is_word(reply, "complete") => completed,
            Some(_) => Step::Heed(Effect::WaitForChildren),
        };
    }
    let patient = facts.state.granted.contains_key(Concern::Children.as_str());
    let until = later(since, limits::CHILDREN_PATIENCE);
    if !patient && until <= facts.now {
        return Step::Ask(Concern::Children);
    }
    Step::Wait(Wait {
        status: TaskStatus::Running,
        reason: format!("DONE; waits for child tasks: {}", facts.children.join(", ")),
        until: (!patient).then_some(until),
        owed: facts.spec.gather.then_some(Owed::Gather),
    })
}

/// One more turn, as a follow-up has it.
fn read_word(facts: &Facts<'_>) -> Step {
    Step::Run(Some(apply::continue_if_known(facts.state)))
}

fn pause(facts: &Facts<'_>) -> Option<Step> {
    let pause = facts.markers.pause?;
    // After DONE no turn follows but the one that gathers.
    let takeover = pause.after_turn && facts.state.session.is_some() && facts.markers.done.is_none();
    Some(Step::Wait(Wait {
        status: TaskStatus::Paused,
        reason: if pause.after_turn { "taken over by a person" } else { "paused by a person" }.to_owned(),
        until: None,
        owed: takeover.then_some(Owed::Continue),
    }))
}

fn question(facts: &Facts<'_>) -> Option<Step> {
    let question = facts.state.question.as_ref()?;
    let Some(reply) = facts.reply else {
        let due = question.default_at.is_some_and(|at| at <= facts.now);
        return Some(match (&question.default, due) {
            (Some(default), true) => Step::AnswerByDefault(default.clone()),
            _ => wait_for_answer(facts),
        });
    };
    Some(match Concern::of(question) {
        None => Step::Heed(Effect::Resume),
        Some(_) if is_word(reply, "stop") => Step::Stop,
        Some(Concern::Limit(limit)) => Step::Heed(Effect::Grant(limit)),
        Some(Concern::NoChange | Concern::Children) => Step::Heed(Effect::TryAgain),
    })
}

fn wait_for_answer(facts: &Facts<'_>) -> Step {
    let question = facts.state.question.as_ref();
    Step::Wait(Wait {
        status: TaskStatus::WaitingAnswer,
        reason: question.map_or_else(String::new, |question| first_line(&question.text)),
        until: question.and_then(|question| question.default_at),
        owed: None,
    })
}

/// The run before ends the task where it failed for good, or was the only one asked for.
fn last_run(facts: &Facts<'_>) -> Option<Step> {
    if facts.state.owed.is_some() {
        return None;
    }
    let last = facts.last?;
    let failed = last.status == RunStatus::Failed;
    if failed && last.failure == Some(FailureClass::Permanent) && last.agent == agent_of(facts, last) {
        return Some(match facts.fallback {
            Some(agent) => Step::Switch(agent.to_owned()),
            None => failure(facts, EndReason::Permanent),
        });
    }
    if facts.spec.workflow != Workflow::Once || facts.state.iteration == 0 {
        return None;
    }
    Some(if let Some(ending) = timed_out(facts, last) {
        Step::End(ending)
    } else if facts.state.failures > 0 {
        failure(facts, last.end_reason.unwrap_or(EndReason::Once))
    } else if facts.word {
        read_word(facts)
    } else {
        Step::End(Ending { status: TaskStatus::Completed, reason: EndReason::Once, error: None })
    })
}

/// How the only run ends the task where a time limit ended the run.
fn timed_out(facts: &Facts<'_>, last: &RunInfo) -> Option<Ending> {
    let error = match (last.status, last.end_reason) {
        (RunStatus::TimedOut, Some(EndReason::WallTime)) => Some(limit_error(facts, Limit::WallTime)),
        (RunStatus::TimedOut, _) => facts.state.error.clone(),
        _ => return None,
    };
    let reason = last.end_reason.unwrap_or(EndReason::IdleTime);
    Some(Ending { status: TaskStatus::TimedOut, reason, error })
}

/// The agent of the next run, as far as it is chosen.
fn agent_of<'a>(facts: &'a Facts<'_>, last: &'a RunInfo) -> &'a str {
    facts.state.agent.as_deref().unwrap_or(&last.agent)
}

fn failure(facts: &Facts<'_>, reason: EndReason) -> Step {
    Step::End(Ending { status: TaskStatus::Failed, reason, error: facts.state.error.clone() })
}

fn limit(facts: &Facts<'_>) -> Option<Step> {
    let limit = limits::exhausted(facts.spec, facts.state)?;
    if limit.asks() {
        return Some(Step::Ask(Concern::Limit(limit)));
    }
    let (status, reason) = match limit {
        Limit::WallTime => (TaskStatus::TimedOut, EndReason::WallTime),
        Limit::Depth => (TaskStatus::Failed, EndReason::Depth),
        Limit::Failures => (TaskStatus::Failed, EndReason::MaxFailures),
        _ => (TaskStatus::Failed, EndReason::MaxRestarts),
    };
    Some(Step::End(Ending { status, reason, error: Some(limit_error(facts, limit)) }))
}

fn limit_error(facts: &Facts<'_>, limit: Limit) -> TaskError {
    let last = facts.state.error.as_ref().map(|error| format!("; the last: {}", error.message));
    TaskError {
        code: limit.as_str().to_owned(),
        message: format!("{}{}", limit.describe(facts.spec, facts.state), last.unwrap_or_default()),
        hint: limit.can_be_granted().then(|| "`run-agent resume` grants it once more".to_owned()),
    }
}

fn no_change(facts: &Facts<'_>) -> Option<Step> {
    let stuck = facts.state.unchanged >= limits::UNCHANGED && facts.state.owed.is_none() && !facts.news;
    stuck.then_some(Step::Ask(Concern::NoChange))
}

fn wait(facts: &Facts<'_>) -> Option<Step> {
    let state = facts.state;
    if let Some(until) = state.wake_at.filter(|until| *until > facts.now && is_meant(facts, *until)) {
        return Some(Step::Wait(pending(facts, until)));
    }
    match facts.needs {
        _ if has_begun(state) => {}
        Needs::Met => {}
        Needs::Open(names) => return Some(Step::Wait(waiting_for(names))),
        Needs::Failed(names) => return Some(dependency_failed(names)),
    }
    let turn_over = state.iteration > 0 && state.failures == 0 && state.owed.is_none();
    if turn_over && !facts.children.is_empty() && !facts.news {
        return Some(Step::Wait(Wait {
            status: TaskStatus::Running,
            reason: format!("waits for child tasks: {}", facts.children.join(", ")),
            until: None,
            owed: None,
        }));
    }
    None
}

/// Whether it is at work: then it goes on, whatever becomes of a dependency that is opened again. A
/// pause does not change that.
fn has_begun(state: &TaskState) -> bool {
    let status = match state.status {
        TaskStatus::Paused => state.paused_from.unwrap_or(TaskStatus::Paused),
        status => status,
    };
    matches!(status, TaskStatus::Running | TaskStatus::WaitingAnswer | TaskStatus::WaitingQuota)
}

/// A clock that went back must not make days of a few seconds of back-off.
fn is_meant(facts: &Facts<'_>, until: Timestamp) -> bool {
    waits_for_quota(facts) || until <= later(facts.now, limits::LONGEST_BACK_OFF)
}

fn waits_for_quota(facts: &Facts<'_>) -> bool {
    facts.last.is_some_and(|last| matches!(last.failure, Some(FailureClass::UsageLimit { .. })))
}

/// Back-off, or the agent's usage limit.
fn pending(facts: &Facts<'_>, until: Timestamp) -> Wait {
    let quota = waits_for_quota(facts);
    let failures = facts.state.failures;
    let (nth, after) = match failures {
        0 => (facts.state.unchanged, "a run that changed nothing"),
        _ => (failures, "a failed run"),
    };
    Wait {
        status: if quota { TaskStatus::WaitingQuota } else { TaskStatus::Running },
        reason: if quota {
            format!("the agent's usage limit resets at {}", until.strftime("%Y-%m-%d %H:%M:%SZ"))
        } else {
            format!("back-off {} s after {after}", limits::back_off(nth).as_secs())
        },
        until: Some(until),
        owed: None,
    }
}

fn waiting_for(names: &[String]) -> Wait {
    Wait {
        status: TaskStatus::Waiting,
        reason: format!("waits for {}", names.join(", ")),
        until: None,
        owed: None,
    }
}

fn dependency_failed(names: &[String]) -> Step {
    Step::End(Ending {
        status: TaskStatus::Failed,
        reason: EndReason::DependencyFailed,
        error: Some(TaskError {
            code: "dependency_failed".to_owned(),
            message: format!("a task it depends on did not complete: {}", names.join(", ")),
            hint: Some("resume that task, then this one".to_owned()),
        }),
    })
}

fn asked_about(facts: &Facts<'_>, concern: Concern) -> bool {
    facts.state.question.as_ref().and_then(Concern::of) == Some(concern)
}

fn is_word(reply: &str, word: &str) -> bool {
    reply.trim().eq_ignore_ascii_case(word)
}

#[cfg(test)]
#[path = "decide_model.rs"]
mod model_tests;
#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
