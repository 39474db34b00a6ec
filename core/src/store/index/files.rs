//! The same answers without an index: from the files.

use super::filter::{RunFilter, TaskFilter, sort_runs, sort_tasks};
use crate::model::{ProjectId, RunId, TaskId};
use crate::store::error::Result;
use crate::store::root::Root;
use crate::store::summary::{RunSummary, TaskSummary};
use crate::store::walk::{self, Damaged};

pub(super) fn damaged(root: &Root) -> Result<Vec<Damaged>> {
    Ok(walk::walk(root)?.into_damaged())
}

pub(super) fn tasks(root: &Root, filter: &TaskFilter) -> Result<Vec<TaskSummary>> {
    let tasks = walk::walk(root)?.tasks.into_iter().filter_map(|facts| facts.task);
    let mut tasks: Vec<_> = tasks.filter(|task| filter.matches(task)).collect();
    sort_tasks(&mut tasks);
    tasks.truncate(filter.limit.unwrap_or(usize::MAX));
    Ok(tasks)
}

pub(super) fn runs(root: &Root, filter: &RunFilter) -> Result<Vec<RunSummary>> {
    let runs = walk::walk(root)?.tasks.into_iter().flat_map(|facts| facts.runs);
    let mut runs: Vec<_> = runs.filter(|run| filter.matches(run)).collect();
    sort_runs(&mut runs);
    runs.truncate(filter.limit.unwrap_or(usize::MAX));
    Ok(runs)
}

pub(super) fn places_of_run(root: &Root, run: &RunId) -> Result<Vec<(ProjectId, TaskId)>> {
    let tasks = walk::walk(root)?.tasks.into_iter();
    let of_it = tasks.filter(|facts| facts.runs.iter().any(|summary| summary.run == *run));
    Ok(of_it.map(|facts| (facts.project, facts.id)).collect())
}

pub(super) fn revision(root: &Root, project: &ProjectId, task: &TaskId) -> Option<u64> {
    walk::facts(root, project, task).task.map(|task| task.revision)
}
