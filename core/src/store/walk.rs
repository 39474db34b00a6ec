//! Reads what lists show from the files themselves: the truth, and what index and journal are made of.

use std::path::{Path, PathBuf};

use super::error::{Listed, Result, StoreError, StoreErrorKind};
use super::root::Root;
use super::summary::{RunSummary, TaskSummary, title};
use super::task::{STATE_FILE, TaskDir};
use crate::model::{ProjectId, RunId, TaskId};

/// Everything of a root.
#[derive(Debug, Default)]
pub struct Walk {
    /// Its tasks.
    pub tasks: Vec<TaskFacts>,
    /// Projects that cannot be read.
    pub damaged: Vec<Damaged>,
}

impl Walk {
    /// All that cannot be read: projects, tasks, runs.
    pub fn into_damaged(self) -> Vec<Damaged> {
        let of_tasks = self.tasks.into_iter().flat_map(|facts| facts.damaged);
        self.damaged.into_iter().chain(of_tasks).collect()
    }
}

/// A task and its runs, in the order of time.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskFacts {
    /// Its project.
    pub project: ProjectId,
    /// The task.
    pub id: TaskId,
    /// What lists show of it; none where it cannot be read.
    pub task: Option<TaskSummary>,
    /// Its runs that can be read.
    pub runs: Vec<RunSummary>,
    /// What of it and its runs cannot.
    pub damaged: Vec<Damaged>,
}

/// Something that cannot be read, while its neighbours can.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damaged {
    /// Its project.
    pub project: ProjectId,
    /// Its task; none where the project itself is meant.
    pub task: Option<TaskId>,
    /// The run; none where the task itself is meant.
    pub run: Option<RunId>,
    /// The file or folder.
    pub path: PathBuf,
    /// What is wrong with it, after the file's name within its folder.
    pub reason: String,
}

impl Damaged {
    /// `project`, `project/task` or `project/task/run`.
    pub fn name(&self) -> String {
        let task = self.task.as_ref().map(|task| format!("/{task}")).unwrap_or_default();
        let run = self.run.as_ref().map(|run| format!("/{run}")).unwrap_or_default();
        format!("{}{task}{run}", self.project)
    }

    pub(crate) fn of_project(project: &ProjectId, folder: &Path, error: &StoreError) -> Self {
        let (path, reason) = (error.path.clone(), reason(folder, error));
        Self { project: project.clone(), task: None, run: None, path, reason }
    }
}

/// Every task of a root. A damaged one never hides its neighbours.
///
/// # Errors
/// When the root itself cannot be listed.
pub fn walk(root: &Root) -> Result<Walk> {
    let mut walk = Walk::default();
    for project in root.projects()?.into_iter().chain(root.links()?) {
        match root.project(&project).and_then(|dir| dir.names()) {
            Ok(names) => {
                let tasks = names.tasks.iter().chain(&names.links);
                walk.tasks.extend(tasks.map(|task| facts(root, &project, task)));
            }
            Err(error) => {
                let folder = root.dir().join(project.as_str());
                walk.damaged.push(Damaged::of_project(&project, &folder, &error));
            }
        }
    }
    Ok(walk)
}

/// A task and its runs as their files say.
pub fn facts(root: &Root, project: &ProjectId, task: &TaskId) -> TaskFacts {
    let mut facts = TaskFacts {
        project: project.clone(),
        id: task.clone(),
        task: None,
        runs: Vec::new(),
        damaged: Vec::new(),
    };
    match root.task(project, task) {
        Ok(dir) => facts.read(&dir),
        Err(error) => {
            let folder = root.dir().join(project.as_str()).join(task.as_str());
            facts.note(None, &folder, &error);
        }
    }
    facts
}

impl TaskFacts {
    fn read(&mut self, dir: &TaskDir) {
        match dir.run_infos() {
            Ok(runs) => runs.into_iter().for_each(|run| self.add_run(run)),
            Err(error) => self.note(None, dir.path(), &error),
        }
        // A prompt that cannot be read costs the title, not the task.
        let title = match dir.prompt() {
            Ok(prompt) => title(&prompt),
            Err(error) => {
                // The seed system has tasks without one.
                if !(dir.root().is_foreign() && error.is_not_found()) {
                    self.note(None, dir.path(), &error);
                }
                String::new()
            }
        };
        match self.summary(dir, &title) {
            Ok(task) => self.task = Some(task),
            Err(error) => self.note(None, dir.path(), &error),
        }
    }

    fn add_run(&mut self, run: Listed<crate::model::RunInfo>) {
        match run {
            Listed::Ok(info) => self.runs.push(RunSummary::from(&info)),
            Listed::Damaged { id, path, reason } => self.note(RunId::from_disk(&id).ok(), &path, &reason),
        }
    }

    fn summary(&self, dir: &TaskDir, title: &str) -> Result<TaskSummary> {
        let state = dir.state()?;
        let has_run = !self.runs.is_empty() || self.damaged.iter().any(|damaged| damaged.run.is_some());
        if state.is_none() && has_run && !is_beginning(dir)? {
            return Err(StoreError::new(dir.path().join(STATE_FILE), StoreErrorKind::NotFound));
        }
        let spec = dir.spec()?;
        let state = state.map_or_else(|| dir.unwritten_state(&spec), Ok)?;
        Ok(TaskSummary::new(&spec, Some(&state), title))
    }

    fn note(&mut self, run: Option<RunId>, folder: &Path, error: &StoreError) {
        let (project, task) = (self.project.clone(), Some(self.id.clone()));
        let (path, reason) = (error.path.clone(), reason(folder, error));
        self.damaged.push(Damaged { project, task, run, path, reason });
    }
}

/// Whether a task that has run may be without a state: somebody owns it, or recovery will go on with it.
fn is_beginning(dir: &TaskDir) -> Result<bool> {
    Ok(dir.is_supervised()? || dir.root().is_live(dir.project(), dir.id())?)
}

/// What is wrong, after the file's name where it is one of the folder's.
fn reason(folder: &Path, error: &StoreError) -> String {
    match error.path.strip_prefix(folder) {
        Ok(file) if file.as_os_str().is_empty() => error.kind.to_string(),
        Ok(file) => format!("{}: {}", file.display(), error.kind),
        Err(_) => error.to_string(),
    }
}
