//! Reads what lists show from the files themselves: the truth, and what index and journal are made of.

use super::error::{Listed, Result};
use super::root::Root;
use super::summary::{RunSummary, TaskSummary, title};
use super::task::TaskDir;
use crate::model::{ProjectId, RunId, TaskId};

/// A task and its runs, in the order of time.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskFacts {
    /// The task.
    pub task: TaskSummary,
    /// Its runs that can be read.
    pub runs: Vec<RunSummary>,
    /// Its runs that cannot.
    pub damaged: Vec<RunId>,
}

/// Every task of a root. A damaged one never hides its neighbours.
///
/// # Errors
/// When the root itself cannot be listed.
pub fn walk(root: &Root) -> Result<Vec<Listed<TaskFacts>>> {
    let mut found = Vec::new();
    for project in root.projects()? {
        let path = root.dir().join(project.as_str());
        match root.project(&project).and_then(|dir| dir.tasks()) {
            Ok(tasks) => found.extend(tasks.iter().map(|task| facts(root, &project, task))),
            Err(reason) => found.push(Listed::Damaged { id: project.to_string(), path, reason }),
        }
    }
    Ok(found)
}

/// A task and its runs as their files say.
pub fn facts(root: &Root, project: &ProjectId, task: &TaskId) -> Listed<TaskFacts> {
    let path = root.dir().join(project.as_str()).join(task.as_str());
    let read = root.task(project, task).and_then(|dir| read(&dir));
    Listed::from_result(format!("{project}/{task}"), &path, read)
}

fn read(dir: &TaskDir) -> Result<TaskFacts> {
    let state = dir.state()?;
    // A prompt that cannot be read costs the title, not the task.
    let title = title(&dir.prompt().unwrap_or_default());
    let task = TaskSummary::new(&dir.spec()?, state.as_ref(), &title);
    let mut facts = TaskFacts { task, runs: Vec::new(), damaged: Vec::new() };
    for run in dir.run_infos()? {
        match run {
            Listed::Ok(info) => facts.runs.push(RunSummary::from(&info)),
            Listed::Damaged { id, .. } => facts.damaged.extend(RunId::from_disk(&id)),
        }
    }
    Ok(facts)
}
