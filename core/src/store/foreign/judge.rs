//! What a task of another system was asked, and what became of it.

use jiff::Timestamp;
use serde::Deserialize;

use super::super::error::{Listed, Result, optional};
use super::super::marker::{Intent, Marker};
use super::super::task::TaskDir;
use super::super::yaml;
use super::{Layout, stamp};
use crate::model::{EndReason, RunInfo, RunStatus, TaskSpec, TaskState, TaskStatus, Usage};

/// DONE must be older than a stop by this to have come before it: copies set all times anew.
const CLEARLY_BEFORE_SECONDS: i64 = 2;

#[derive(Debug, Default, Deserialize)]
struct SeedConfig {
    #[serde(default)]
    depends_on: Vec<String>,
}

/// What was asked, as far as the files say.
///
/// # Errors
/// When a file that is there cannot be read.
pub(in super::super) fn spec(task: &TaskDir) -> Result<TaskSpec> {
    let runs = readable_runs(task)?;
    let config = config(task)?;
    let source = task.root().project(task.project()).and_then(|project| project.source()).ok().flatten();
    let cwd = runs
        .iter()
        .find_map(|run| run.cwd.clone())
        .or_else(|| source.map(|path| path.to_string_lossy().into_owned()))
        .unwrap_or_default();
    Ok(TaskSpec {
        agent: runs.last().map(|run| run.agent.clone()),
        depends_on: config.depends_on,
        parent_run_id: runs.first().and_then(|run| run.parent_run_id.clone()),
        ..TaskSpec::new(task.project().clone(), task.id().clone(), created_at(task, &runs)?, cwd)
    })
}

/// The prompt: TASK.md, or for the shell tool, which has none, that of its last run.
///
/// # Errors
/// When there is neither.
pub(in super::super) fn prompt(task: &TaskDir, max: u64) -> Result<String> {
    let written = task.dir().read_text("TASK.md", max);
    match (&written, task.runs()?.last()) {
        (Err(error), Some(last)) if error.is_not_found() => task.run(last)?.dir().read_text("prompt.md", max),
        _ => written,
    }
}

fn created_at(task: &TaskDir, runs: &[RunInfo]) -> Result<Timestamp> {
    let first = runs.iter().filter_map(|run| run.start_time).min();
    if let Some(time) = stamp(task.id().as_str()).or(first) {
        return Ok(time);
    }
    let written = task.dir().meta("TASK.md")?;
    Ok(written.map_or(Timestamp::UNIX_EPOCH, |meta| meta.modified))
}

/// What became of the task, judged by its runs and markers.
///
/// # Errors
/// When that cannot be told.
pub(in super::super) fn state(task: &TaskDir) -> Result<TaskState> {
    let all = task.run_infos()?;
    let damaged = all.iter().filter(|run| matches!(run, Listed::Damaged { .. })).count();
    let total = u32::try_from(all.len()).unwrap_or(u32::MAX);
    let runs: Vec<RunInfo> = all.into_iter().filter_map(Listed::ok).collect();
    let verdict = Verdict::of(task, &runs)?;
    let ends = runs.iter().filter_map(|run| run.end_time.or(run.start_time)).max();
    let updated = match ends {
        Some(time) => time,
        None => created_at(task, &runs)?,
    };
    let last = runs.last();
    let mut state = TaskState::new(verdict.status, updated);
    state.reason = verdict.reason.map(str::to_owned);
    state.end_reason = verdict.end_reason;
    state.started_at = runs.iter().filter_map(|run| run.start_time).min();
    state.ended_at = ends.filter(|_| verdict.status.is_ended());
    state.agent = last.map(|run| run.agent.clone());
    state.current_run =
        runs.iter().find(|run| run.status == RunStatus::Running).map(|run| run.run_id.clone());
    state.last_run = last.map(|run| run.run_id.clone());
    state.runs = total;
    state.iteration = total;
    state.restarts = total.saturating_sub(1);
    state.failures = failures_in_a_row(&runs);
    state.spend = Usage::default();
    state.warnings = verdict.warning.map(str::to_owned).into_iter().collect();
    if damaged > 0 {
        state.warnings.push(format!("{damaged} of its runs cannot be read"));
    }
    Ok(state)
}

struct Verdict {
    status: TaskStatus,
    end_reason: Option<EndReason>,
    reason: Option<&'static str>,
    warning: Option<&'static str>,
}

impl Verdict {
    fn new(status: TaskStatus, end_reason: Option<EndReason>, reason: Option<&'static str>) -> Self {
        Self { status, end_reason, reason, warning: None }
    }

    fn of(task: &TaskDir, runs: &[RunInfo]) -> Result<Self> {
        if runs.iter().any(|run| run.status == RunStatus::Running) {
            return Ok(Self::new(TaskStatus::Running, None, None));
        }
        let done = task.marker(Marker::Done)?;
        let stop = task.marker(Marker::Stop)?;
        let killed = runs.last().is_some_and(|run| run.end_reason == Some(EndReason::Killed));
        if let Some(stop) = stop
            && done.as_ref().is_none_or(|done| killed && !is_clearly_before(done, &stop))
        {
            let mut verdict = Self::new(TaskStatus::Stopped, Some(EndReason::StopRequested), None);
            verdict.warning = done.map(|_| "DONE is there too, but its last run was killed by the stop");
            return Ok(verdict);
        }
        if done.is_some() {
            let mut verdict = Self::new(TaskStatus::Completed, Some(EndReason::Done), None);
            verdict.warning = killed.then_some("DONE is there, but its last run was killed");
            return Ok(verdict);
        }
        Ok(Self::by_last_run(task, runs.last()))
    }

    fn by_last_run(task: &TaskDir, last: Option<&RunInfo>) -> Self {
        let interrupted = |reason| Self::new(TaskStatus::Interrupted, None, Some(reason));
        // Nothing was begun, so nothing was interrupted.
        let Some(last) = last else { return Self::new(first_status(task), None, Some("it has no runs")) };
        let once = task.layout() != Layout::Nested;
        match last.status {
            RunStatus::Failed => Self::new(TaskStatus::Failed, last.end_reason, None),
            RunStatus::TimedOut => Self::new(TaskStatus::TimedOut, last.end_reason, None),
            RunStatus::Stopped => Self::new(TaskStatus::Stopped, last.end_reason, None),
            // The shell tool knows no DONE: its runs are all there is.
            RunStatus::Completed if once => Self::new(TaskStatus::Completed, Some(EndReason::Once), None),
            RunStatus::Completed => interrupted("its last run ended well, but nothing says that it is done"),
            RunStatus::Lost | RunStatus::Running => interrupted("nobody saw its last run end"),
        }
    }
}

/// What a task is in that nothing was ever started for.
fn first_status(task: &TaskDir) -> TaskStatus {
    if config(task).is_ok_and(|config| !config.depends_on.is_empty()) {
        TaskStatus::Waiting
    } else {
        TaskStatus::Queued
    }
}

fn config(task: &TaskDir) -> Result<SeedConfig> {
    Ok(optional(yaml::read(task.dir(), "TASK-CONFIG.yaml"))?.unwrap_or_default())
}

fn is_clearly_before(done: &Intent, stop: &Intent) -> bool {
    stop.at.as_second() - done.at.as_second() >= CLEARLY_BEFORE_SECONDS
}

fn failures_in_a_row(runs: &[RunInfo]) -> u32 {
    let failed = runs.iter().rev().take_while(|run| run.status == RunStatus::Failed).count();
    u32::try_from(failed).unwrap_or(u32::MAX)
}

fn readable_runs(task: &TaskDir) -> Result<Vec<RunInfo>> {
    Ok(task.run_infos()?.into_iter().filter_map(Listed::ok).collect())
}
