//! How tasks and runs look wherever they are shown.

use jiff::Timestamp;

use super::{Out, style, time};
use crate::api::dto::{RunView, TaskView};
use crate::model::task::{OpenQuestion, StopEvidence};
use crate::model::{EndReason, TaskId, TaskStatus, Usage};

/// Sign and word of a task's status, in its colour; the word alone in a pipe.
pub fn status_cell(out: &Out, status: TaskStatus) -> String {
    if !out.is_terminal() {
        return status.as_str().to_owned();
    }
    let (sign, colour) = style::task_status(status);
    out.paint(colour, format_args!("{sign} {}", short(status)))
}

/// Sign and word of a run's status, in its colour; the word alone in a pipe.
pub fn run_cell(out: &Out, run: &RunView) -> String {
    if !out.is_terminal() {
        return run.status.as_str().to_owned();
    }
    let (sign, colour) = style::run_status(run.status);
    out.paint(colour, format_args!("{sign} {}", run.status.as_str().replace('_', " ")))
}

/// The status in one or two words.
pub fn short(status: TaskStatus) -> String {
    status.as_str().replace('_', " ")
}

/// What a person calls a task: its slug.
pub fn slug(task: &str) -> &str {
    // An id that is listed was read from a folder, so it is one; else it is shown as it is.
    match TaskId::from_disk(task) {
        Ok(id) => &task[task.len() - id.slug().len()..],
        Err(_) => task,
    }
}

/// How a run ended, in words: `exit 3`, `signal 9`, `nobody saw its end`.
pub fn ending(run: &RunView) -> String {
    let mut parts = Vec::new();
    match (run.exit_code, run.exit_signal) {
        (Some(0), _) | (None, None) => {}
        (Some(code), _) => parts.push(format!("exit {code}")),
        (None, Some(signal)) => parts.push(format!("signal {signal}")),
    }
    if let Some(reason) = run.end_reason.and_then(reason) {
        parts.push(reason.to_owned());
    }
    parts.extend(run.error.clone());
    parts.join(", ")
}

/// Why something ended, where that says more than its status.
pub fn reason(reason: EndReason) -> Option<&'static str> {
    Some(match reason {
        EndReason::Exited | EndReason::Done | EndReason::Once | EndReason::Permanent => return None,
        EndReason::StopRequested => "a person stopped it",
        EndReason::StopIncomplete => "something of it survived the stop",
        EndReason::Interrupted => "its turn was interrupted",
        EndReason::IdleTime => "no sign of life",
        EndReason::WallTime => "its time was over",
        EndReason::Shutdown => "the machine or the supervisor went away",
        EndReason::Lost => "nobody saw its end",
        EndReason::Killed => "killed from outside",
        EndReason::StartFailed => "it could not be started",
        EndReason::MaxRestarts => "its restarts are used up",
        EndReason::MaxFailures => "too many failures in a row",
        EndReason::DependencyFailed => "a dependency failed",
        EndReason::Depth => "delegated too deep",
    })
}

/// Tokens and cost, as far as they are known: `45.2k tokens, $0.42`.
pub fn usage(usage: &Usage) -> Option<String> {
    let tokens = usage.tokens().map(|count| format!("{} tokens", time::tokens(count)));
    let cost = usage.cost_usd.map(time::dollars);
    let parts: Vec<String> = tokens.into_iter().chain(cost).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// How long a task has been worked on, or was.
pub fn span(task: &TaskView, now: Timestamp) -> Option<String> {
    let end = task.ended_at.unwrap_or(now);
    Some(time::took(end.duration_since(task.started_at?)))
}

/// What a stop found, in words.
pub fn evidence(stop: &StopEvidence) -> String {
    let count = |number: u32| format!("{number} process{}", if number == 1 { "" } else { "es" });
    let found = match stop.found {
        0 => "no process was left".to_owned(),
        found => format!("{} told to end", count(found)),
    };
    let killed = if stop.killed > 0 { format!(", {} killed", stop.killed) } else { String::new() };
    let left: Vec<String> = stop.left.iter().map(ToString::to_string).collect();
    match left.as_slice() {
        [] if stop.found == 0 => found,
        [] => format!("{found}{killed}, nothing is left"),
        left => format!("{found}{killed}, still there: {}", left.join(", ")),
    }
}

/// An open question with its choices and its default.
pub fn question(out: &Out, question: &OpenQuestion, now: Timestamp) -> Vec<String> {
    let mut lines = vec![out.paint(style::NEEDS, format_args!("? {}", out.safe(&question.text)))];
    if !question.choices.is_empty() {
        let choices = question.choices.iter().enumerate();
        let choices = choices.map(|(index, choice)| format!("{} {}", index + 1, out.safe(choice)));
        lines.push(format!("  {}", choices.collect::<Vec<_>>().join("   ")));
    }
    if let (Some(default), Some(at)) = (&question.default, question.default_at) {
        let left = time::took(at.duration_since(now));
        let words = format!("  without an answer it goes on with `{}` in {left}", out.safe(default));
        lines.push(out.paint(style::DIM, words));
    }
    lines
}
