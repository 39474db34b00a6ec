//! Which tasks and runs a list shows.

use crate::model::{ProjectId, RunId, RunStatus, TaskId, TaskStatus};
use crate::store::summary::{RunSummary, TaskSummary};

/// Which tasks to list. The default is all of them; every field narrows it down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskFilter {
    /// Those of this project.
    pub project: Option<ProjectId>,
    /// Those in one of these statuses, as their supervisors wrote them; empty: in any.
    pub statuses: Vec<TaskStatus>,
    /// Those of this group.
    pub group: Option<String>,
    /// Those that this run started.
    pub parent_run: Option<RunId>,
    /// Those that come after this one in a list.
    pub after: Option<TaskMark>,
    /// The newest so many.
    pub limit: Option<usize>,
}

/// The place of a task in a list of all, the newest first: microseconds since 1970, task, project.
pub type TaskMark = (i64, String, String);
/// The place of a run in a list of all, the newest first: microseconds since 1970, run, task, project.
pub type RunMark = (i64, String, String, String);

impl TaskFilter {
    pub(super) fn matches(&self, task: &TaskSummary) -> bool {
        self.project.as_ref().is_none_or(|project| task.project == *project)
            && (self.statuses.is_empty() || self.statuses.contains(&task.status))
            && self.group.as_ref().is_none_or(|group| task.group.as_ref() == Some(group))
            && self.parent_run.as_ref().is_none_or(|run| task.parent_run_id.as_ref() == Some(run))
            && self.after.as_ref().is_none_or(|mark| task_mark(task) < *mark)
    }
}

/// Which runs to list. The default is all of them; every field narrows it down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// Those of this project.
    pub project: Option<ProjectId>,
    /// Those of the task of this name.
    pub task: Option<TaskId>,
    /// Those in one of these statuses, as they were written; empty: in any.
    pub statuses: Vec<RunStatus>,
    /// Those that come after this one in a list.
    pub after: Option<RunMark>,
    /// The newest so many.
    pub limit: Option<usize>,
}

impl RunFilter {
    pub(super) fn matches(&self, run: &RunSummary) -> bool {
        self.project.as_ref().is_none_or(|project| run.project == *project)
            && self.task.as_ref().is_none_or(|task| run.task == *task)
            && (self.statuses.is_empty() || self.statuses.contains(&run.status))
            && self.after.as_ref().is_none_or(|mark| run_mark(run) < *mark)
    }
}

/// Where a task stands in a list.
pub fn task_mark(task: &TaskSummary) -> TaskMark {
    (task_time(task), task.task.to_string(), task.project.to_string())
}

/// Where a run stands in a list.
pub fn run_mark(run: &RunSummary) -> RunMark {
    (run_time(run), run.run.to_string(), run.task.to_string(), run.project.to_string())
}

/// Microseconds since 1970 of a task's making: what lists are sorted by.
pub(super) fn task_time(task: &TaskSummary) -> i64 {
    task.created_at.as_microsecond()
}

/// Microseconds since 1970 of a run's start; runs without one sort as the oldest.
pub(super) fn run_time(run: &RunSummary) -> i64 {
    run.start_time.map_or(i64::MIN, |at| at.as_microsecond())
}

/// Sorts the newest first; the database does the same.
pub(super) fn sort_tasks(tasks: &mut [TaskSummary]) {
    fn key(task: &TaskSummary) -> (i64, &str, &str) {
        (task_time(task), task.task.as_str(), task.project.as_str())
    }
    tasks.sort_by(|a, b| key(b).cmp(&key(a)));
}

/// Sorts the newest first; the database does the same.
pub(super) fn sort_runs(runs: &mut [RunSummary]) {
    fn key(run: &RunSummary) -> (i64, &str, &str, &str) {
        (run_time(run), run.run.as_str(), run.task.as_str(), run.project.as_str())
    }
    runs.sort_by(|a, b| key(b).cmp(&key(a)));
}
