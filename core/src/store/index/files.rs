//! The same answers without an index: from the files.

use super::filter::{RunFilter, TaskFilter, sort_runs, sort_tasks};
use crate::model::{ProjectId, RunId, TaskId};
use crate::store::error::{Listed, Result};
use crate::store::root::Root;
use crate::store::summary::{RunSummary, TaskSummary};
use crate::store::walk::{self, TaskFacts};

/// What can be read, and the names of what cannot: `project/task`, or with `/run`.
pub(super) fn sort_out(walked: Vec<Listed<TaskFacts>>) -> (Vec<TaskFacts>, Vec<String>) {
    let (mut facts, mut damaged) = (Vec::new(), Vec::new());
    for one in walked {
        match one {
            Listed::Ok(one) => {
                let name = |run: &RunId| format!("{}/{}/{run}", one.task.project, one.task.task);
                damaged.extend(one.damaged.iter().map(name));
                facts.push(one);
            }
            Listed::Damaged { id, .. } => damaged.push(id),
        }
    }
    (facts, damaged)
}

pub(super) fn damaged(root: &Root) -> Result<Vec<String>> {
    Ok(sort_out(walk::walk(root)?).1)
}

pub(super) fn tasks(root: &Root, filter: &TaskFilter) -> Result<Vec<TaskSummary>> {
    let facts = walk::walk(root)?.into_iter().filter_map(Listed::ok);
    let mut tasks: Vec<_> = facts.map(|facts| facts.task).filter(|task| filter.matches(task)).collect();
    sort_tasks(&mut tasks);
    tasks.truncate(filter.limit.unwrap_or(usize::MAX));
    Ok(tasks)
}

pub(super) fn runs(root: &Root, filter: &RunFilter) -> Result<Vec<RunSummary>> {
    let facts = walk::walk(root)?.into_iter().filter_map(Listed::ok);
    let mut runs: Vec<_> = facts.flat_map(|facts| facts.runs).filter(|run| filter.matches(run)).collect();
    sort_runs(&mut runs);
    runs.truncate(filter.limit.unwrap_or(usize::MAX));
    Ok(runs)
}

pub(super) fn revision(root: &Root, project: &ProjectId, task: &TaskId) -> Option<u64> {
    walk::facts(root, project, task).ok().map(|facts| facts.task.revision)
}
