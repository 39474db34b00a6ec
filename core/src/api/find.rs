//! Which project and which task are meant: named, that of the calling run, that of the current folder.

use std::path::{Path, PathBuf};

use super::{ApiError, App, ErrorCode};
use crate::model::{ProjectId, RunId, TaskId};
use crate::store::{Names, ProjectDir, Root, RunDir, RunFile, TaskDir};

impl App {
    /// The task that is meant. `target` is what a command was given beside `--task`.
    ///
    /// # Errors
    /// When none is meant, none is found, or more than one is.
    pub fn task(&self, target: Option<&str>) -> Result<TaskDir, ApiError> {
        self.task_if_meant(target)?.ok_or_else(no_task_is_meant)
    }

    /// The task that is meant; none where none is.
    ///
    /// # Errors
    /// When the one that is named is not found, or is more than one.
    pub fn task_if_meant(&self, target: Option<&str>) -> Result<Option<TaskDir>, ApiError> {
        match named(target, self.caller.task.as_deref())? {
            Some(text) => self.named_task(text).map(Some),
            None => match self.ambient()? {
                Some((project, Some(task))) => Ok(Some(self.root()?.task(&project, &task)?)),
                _ => Ok(None),
            },
        }
    }

    /// The task that is meant by who may act for `own` and its children alone: without a name, `own` itself.
    /// Of others it is not even said that they are there.
    ///
    /// # Errors
    /// When no such task answers to the name, or more than one does.
    pub fn task_below(&self, own: (&ProjectId, &TaskId), name: Option<&str>) -> Result<TaskDir, ApiError> {
        let root = self.root()?;
        let Some(name) = name else { return Ok(root.task(own.0, own.1)?) };
        let mut found = root.find_task(name)?;
        found.retain(|(project, task)| self.is_at_or_below((project, task), own));
        match found.as_slice() {
            [(project, task)] => Ok(root.task(project, task)?),
            [] => Err(ApiError::not_found(format_args!("no task {name:?} at or below {}/{}", own.0, own.1))
                .with_hint("this token allows no other; name it by its id, its slug or the end of its id")),
            several => {
                let several = several.iter().map(|(project, task)| (root, project.clone(), task.clone()));
                Err(ambiguous(name, &several.collect::<Vec<_>>()))
            }
        }
    }

    /// The tasks that are meant by several names, or the one that is meant without any.
    ///
    /// # Errors
    /// As [`App::task`].
    pub fn tasks(&self, targets: &[String]) -> Result<Vec<TaskDir>, ApiError> {
        match targets {
            [] => Ok(vec![self.task(None)?]),
            targets => targets.iter().map(|target| self.named_task(target)).collect(),
        }
    }

    /// The task of this name, slug or end of a name.
    ///
    /// # Errors
    /// When it is not found, or is more than one.
    pub fn named_task(&self, text: &str) -> Result<TaskDir, ApiError> {
        if let Some(task) = self.fully_named_task(text) {
            return Ok(task);
        }
        let mut found = Vec::new();
        for root in self.roots_to_list()? {
            found.extend(root.find_task(text)?.into_iter().map(|(project, task)| (root, project, task)));
        }
        self.narrow(&mut found)?;
        match found.as_slice() {
            [(root, project, task)] => Ok(root.task(project, task)?),
            [] => Err(self.no_such_task(self.root()?, text)),
            several => Err(ambiguous(text, several)),
        }
    }

    /// The shortest name that means this task alone.
    ///
    /// # Errors
    /// When the names are none, or a root cannot be read.
    pub fn shortest_name(&self, project: &str, task: &str) -> Result<String, ApiError> {
        let (project, task) = (ProjectId::from_disk(project)?, TaskId::from_disk(task)?);
        Ok(Names::of(self.roots_to_list()?).shortest(&project, &task))
    }

    /// The task of a whole name in a project that is named too: no need to look at any other.
    fn fully_named_task(&self, text: &str) -> Option<TaskDir> {
        let (project, task) = text.split_once('/').or(self.caller.project.as_deref().map(|id| (id, text)))?;
        let (project, task) = (ProjectId::from_disk(project).ok()?, TaskId::from_disk(task).ok()?);
        self.existing_root()?.task(&project, &task).ok()
    }

    /// Of several, those of the project that is named; else those of the project that calls, if any.
    fn narrow(&self, found: &mut Vec<(&Root, ProjectId, TaskId)>) -> Result<(), ApiError> {
        if let Some(project) = &self.caller.project {
            found.retain(|(_, id, _)| id.as_str() == project);
        } else if found.len() > 1
            && let Some((here, _)) = self.ambient()?
            && found.iter().any(|(_, id, _)| *id == here)
        {
            found.retain(|(_, id, _)| *id == here);
        }
        Ok(())
    }

    /// The project that is meant: named, the calling run's, or the current folder's; none where none is.
    ///
    /// # Errors
    /// When the name is not one.
    pub fn project_id(&self) -> Result<Option<ProjectId>, ApiError> {
        match &self.caller.project {
            Some(name) => Ok(Some(ProjectId::from_disk(name)?)),
            None => Ok(self.ambient()?.map(|(project, _)| project)),
        }
    }

    /// The project that is named, which must be there; none where none is named.
    ///
    /// # Errors
    /// When the name is not one, or no root that is listed has it.
    pub fn named_project(&self) -> Result<Option<ProjectId>, ApiError> {
        let Some(name) = &self.caller.project else { return Ok(None) };
        let id = ProjectId::from_disk(name)?;
        let is_missing = |root: &&Root| root.project(&id).is_err_and(|error| error.is_not_found());
        if self.roots_to_list()?.iter().all(is_missing) {
            Err(self.no_such_project(&id))
        } else {
            Ok(Some(id))
        }
    }

    /// The project whose tasks are to be listed: named, the calling run's, or the current folder's; none for
    /// all.
    ///
    /// # Errors
    /// As [`App::named_project`].
    pub fn project_to_list(&self) -> Result<Option<ProjectId>, ApiError> {
        match self.named_project()? {
            Some(project) => Ok(Some(project)),
            None => self.project_id(),
        }
    }

    /// The project that is meant, open.
    ///
    /// # Errors
    /// When none is meant or it is not there.
    pub fn project(&self) -> Result<ProjectDir, ApiError> {
        let id = self.project_id()?.ok_or_else(no_project_is_meant)?;
        match self.root()?.project(&id) {
            Err(error) if error.is_not_found() => Err(self.no_such_project(&id)),
            project => Ok(project?),
        }
    }

    /// Project and task of the calling run, else of the current folder.
    fn ambient(&self) -> Result<Option<(ProjectId, Option<TaskId>)>, ApiError> {
        let Some(root) = self.existing_root() else { return Ok(None) };
        if let Some(run) = self.caller.run().filter(|run| same_folder(run.root, root.path())) {
            return Ok(Some((ProjectId::from_disk(run.project)?, Some(TaskId::from_disk(run.task)?))));
        }
        let cwd = real(&self.caller.cwd);
        if let Ok(below) = cwd.strip_prefix(real(root.path())) {
            return Ok(below_root(root, below));
        }
        Ok(project_of_source(root, &cwd)?.map(|project| (project, None)))
    }

    fn no_such_task(&self, root: &Root, text: &str) -> ApiError {
        let place = match &self.caller.project {
            Some(project) => format!("project {project} of {}", root.path().display()),
            None => root.path().display().to_string(),
        };
        let error = ApiError::not_found(format_args!("no task {text:?} in {place}"));
        match nearest_task(root, text) {
            Some(near) => {
                error.with_hint(format_args!("did you mean {near}? `run-agent list --all` shows all"))
            }
            None => error.with_hint("`run-agent list --all` shows all"),
        }
    }

    fn no_such_project(&self, id: &ProjectId) -> ApiError {
        let roots = self.roots_to_list().unwrap_or_default().into_iter();
        let known: Vec<_> = roots.filter_map(|root| root.projects().ok()).flatten().collect();
        let known: Vec<_> = known.iter().map(ProjectId::as_str).collect();
        let error = ApiError::not_found(format_args!("no project {id} in {}", self.root_path().display()));
        if known.is_empty() {
            error
        } else {
            error.with_hint(format_args!("there are: {}", known.join(", ")))
        }
    }
}

/// The run that is meant of a task: named by id or the end of it, else the last one.
///
/// # Errors
/// When there is none.
pub fn run_of(task: &TaskDir, name: Option<&str>) -> Result<RunDir, ApiError> {
    let runs = task.runs()?;
    let found: Option<&RunId> = match name {
        None => runs.last(),
        Some(name) => runs.iter().rev().find(|run| run.as_str().ends_with(name)),
    };
    match (found, name) {
        (Some(run), _) => Ok(task.run(run)?),
        (None, None) => Err(ApiError::not_found(format_args!("task {} has not run yet", task.id()))
            .with_hint(format_args!("`run-agent status {}` says why", task.shortest_name()))),
        (None, Some(name)) => Err(ApiError::not_found(format_args!("no run {name:?} of task {}", task.id()))
            .with_hint(format_args!("`run-agent status {}` lists its runs", task.shortest_name()))),
    }
}

/// The project whose source folder is the nearest at or above `folder`.
///
/// # Errors
/// When the projects cannot be listed.
pub fn project_of_source(root: &Root, folder: &Path) -> Result<Option<ProjectId>, ApiError> {
    let mut best: Option<(usize, ProjectId)> = None;
    for id in root.projects()? {
        let source = root.project(&id).and_then(|project| project.source());
        let Ok(Some(source)) = source else { continue };
        let source = real(&source);
        let depth = source.components().count();
        if folder.starts_with(&source) && best.as_ref().is_none_or(|(deepest, _)| depth > *deepest) {
            best = Some((depth, id));
        }
    }
    Ok(best.map(|(_, id)| id))
}

/// What is said where a task is needed and none is meant.
pub fn no_task_is_meant() -> ApiError {
    ApiError::usage("no task is named, and neither a run nor a task's folder calls")
        .with_hint("name one; `run-agent list` shows them")
}

/// What is said where a project is needed and none is meant.
pub fn no_project_is_meant() -> ApiError {
    ApiError::usage("no project is named, and the current folder belongs to none")
        .with_hint("name one with --project")
}

/// What is said of a file that a run does not have.
pub fn no_run_file(run: &str, file: RunFile) -> ApiError {
    match file {
        RunFile::Output => ApiError::not_found(format_args!("run {run} has no output.md"))
            .with_hint("--file stdout shows what its agent printed; --follow waits for it"),
        file => ApiError::not_found(format_args!("run {run} has no {}", file.name()))
            .with_hint("--follow waits for it"),
    }
}

/// The one name of a task that was given, as a command's own or by `--task`.
///
/// # Errors
/// When two were given.
pub fn named<'a>(target: Option<&'a str>, flag: Option<&'a str>) -> Result<Option<&'a str>, ApiError> {
    match (target, flag) {
        (Some(target), Some(flag)) if target != flag => {
            Err(ApiError::usage(format_args!("two tasks are named: {target} and --task {flag}"))
                .with_hint("name one of them"))
        }
        (target, flag) => Ok(target.or(flag)),
    }
}

fn below_root(root: &Root, below: &Path) -> Option<(ProjectId, Option<TaskId>)> {
    let mut names = below.components().filter_map(|part| part.as_os_str().to_str());
    let project = ProjectId::from_disk(names.next()?).ok()?;
    let open = root.project(&project).ok()?;
    let task = names.next().and_then(|name| TaskId::from_disk(name).ok());
    Some((project, task.filter(|task| open.task(task).is_ok())))
}

fn ambiguous(text: &str, several: &[(&Root, ProjectId, TaskId)]) -> ApiError {
    let names: Vec<_> =
        several.iter().rev().take(4).map(|(_, project, task)| format!("{project}/{task}")).collect();
    let more = if several.len() > 4 { format!(" and {} more", several.len() - 4) } else { String::new() };
    ApiError::new(ErrorCode::Ambiguous, format_args!("{text:?} names {} tasks", several.len()))
        .with_hint(format_args!("one of {}{more}", names.join(", ")))
}

fn nearest_task(root: &Root, text: &str) -> Option<TaskId> {
    let all =
        root.projects().ok()?.into_iter().filter_map(|id| root.project(&id).ok()?.tasks().ok()).flatten();
    let close = |task: &TaskId| strsim::jaro_winkler(task.slug(), text);
    all.map(|task| (close(&task), task))
        .filter(|(score, _)| *score > 0.85)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, task)| task)
}

fn same_folder(one: &Path, other: &Path) -> bool {
    one == other || real(one) == real(other)
}

/// The folder without links, or as it is named where that cannot be told.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
