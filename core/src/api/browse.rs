//! Looking around: projects, pages of tasks and runs, where a run is, which task is below which.

use std::sync::{MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::dto::{RunView, TaskView};
use super::page::{Page, PageRequest};
use super::tasks::TaskQuery;
use super::{ApiError, App, ErrorCode};
use crate::model::{ProjectId, RunId, RunStatus, TaskId, TaskStatus};
use crate::store::index::{RunFilter, RunMark, TaskFilter, TaskMark, run_mark, task_mark};
use crate::store::{FileStamp, Index, Journal, Root, RunDir, TaskDir};

/// How often a lasting process looks at the files themselves for what no journal tells of.
const FILES_EVERY: Duration = Duration::from_secs(1);
/// How deep tasks can lie below each other, for all that is on disk.
const DEPTH: usize = 64;

/// A project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ProjectView {
    /// Its name.
    pub project: String,
    /// The folder that its agents work in, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Tasks in it.
    pub tasks: usize,
    /// Why it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub damaged: Option<String>,
}

/// Which runs a list is of.
#[derive(Debug, Clone, Default)]
pub struct RunQuery {
    /// Only of this project.
    pub project: Option<ProjectId>,
    /// Only of this task.
    pub task: Option<TaskId>,
    /// Only in one of these statuses.
    pub statuses: Vec<RunStatus>,
}

/// An index that stays open, and when it last looked at the files.
#[derive(Debug)]
pub(super) struct KeptIndex {
    index: Index,
    looked: Instant,
}

impl App {
    /// The projects of the root, by name; one that cannot be read says why.
    ///
    /// # Errors
    /// When the root cannot be read.
    pub fn projects(&self) -> Result<Vec<ProjectView>, ApiError> {
        let Some(root) = self.root_to_list()? else { return Ok(Vec::new()) };
        Ok(root.projects()?.iter().map(|id| project_view(root, id)).collect())
    }

    /// One project.
    ///
    /// # Errors
    /// When it is not there.
    pub fn project_view(&self, id: &ProjectId) -> Result<ProjectView, ApiError> {
        let root = self.root()?;
        root.project(id)?;
        Ok(project_view(root, id))
    }

    /// A page of tasks, the newest first, each with its status checked against its lock. Archived ones are
    /// left out, or are the only ones.
    ///
    /// # Errors
    /// When the root cannot be read, or the cursor is none of ours.
    pub fn task_page(
        &self,
        query: &TaskQuery,
        archived: bool,
        page: &PageRequest,
    ) -> Result<Page<TaskView>, ApiError> {
        let size = page.size()?;
        let mut found: Vec<(TaskMark, TaskView)> = Vec::new();
        let after = page.mark::<TaskMark>()?;
        for root in self.roots_to_list()? {
            let mut after = after.clone();
            let mut of_root = Vec::new();
            while of_root.len() <= size {
                let filter = TaskFilter { after, limit: Some(size + 1), ..query.filter() };
                let tasks = self.with_index(root, |index| index.tasks(&filter))?;
                let is_last = tasks.len() <= size;
                after = tasks.last().map(task_mark);
                for summary in tasks {
                    let mark = task_mark(&summary);
                    if self.is_archived(root, &summary.project, &summary.task) != archived {
                        continue;
                    }
                    let view = self.checked_view(root, summary).ok().flatten();
                    of_root.extend(view.filter(|view| query.wants(view.status)).map(|view| (mark, view)));
                }
                if is_last {
                    break;
                }
            }
            found.extend(of_root);
        }
        found.sort_by(|a, b| b.0.cmp(&a.0));
        Ok(Page::cut(found, size))
    }

    /// A page of runs, the newest first. A run that claims to live is checked against its task's lock.
    ///
    /// # Errors
    /// As [`App::task_page`].
    pub fn run_page(&self, query: &RunQuery, page: &PageRequest) -> Result<Page<RunView>, ApiError> {
        let size = page.size()?;
        let after = page.mark::<RunMark>()?;
        let filter = RunFilter {
            project: query.project.clone(),
            task: query.task.clone(),
            statuses: query.statuses.clone(),
            after,
            limit: Some(size + 1),
        };
        let mut found: Vec<(RunMark, RunView)> = Vec::new();
        for root in self.roots_to_list()? {
            let runs = self.with_index(root, |index| index.runs(&filter))?;
            found.extend(
                runs.into_iter().map(|run| (run_mark(&run), self.checked_run(root, RunView::from(run)))),
            );
        }
        found.sort_by(|a, b| b.0.cmp(&a.0));
        Ok(Page::cut(found, size))
    }

    /// A run, whether what it claims holds.
    pub(super) fn checked_run(&self, root: &Root, mut run: RunView) -> RunView {
        if run.status == RunStatus::Running && !root.is_foreign() {
            let task = ProjectId::from_disk(&run.project).ok().zip(TaskId::from_disk(&run.task).ok());
            let task = task.and_then(|(project, task)| root.task(&project, &task).ok());
            let status = task.map(|task| self.check(&task, None));
            let lives = matches!(&status, Some(Ok(checked)) if checked.status != TaskStatus::Interrupted && !checked.status.is_ended());
            run.owned = Some(lives);
        }
        run
    }

    /// The task that a run of this name is of.
    ///
    /// # Errors
    /// When there is none, or more than one: then its whole path says which.
    pub fn place_of_run(&self, run: &RunId) -> Result<(ProjectId, TaskId), ApiError> {
        let root = self.root()?;
        let mut places = self.with_index(root, |index| index.places_of_run(run))?;
        match (places.pop(), places.is_empty()) {
            (Some(place), true) => Ok(place),
            (None, _) => Err(ApiError::not_found(format_args!("no run {run} in {}", root.path().display()))
                .with_hint("lists show the whole ids")),
            (Some(_), false) => {
                Err(ApiError::new(ErrorCode::Ambiguous, format_args!("{run} names several runs"))
                    .with_hint("name its project and task too"))
            }
        }
    }

    /// A run's folder, wherever it is.
    ///
    /// # Errors
    /// As [`App::place_of_run`].
    pub fn run_dir(&self, run: &RunId) -> Result<RunDir, ApiError> {
        let (project, task) = self.place_of_run(run)?;
        Ok(self.root()?.task(&project, &task)?.run(run)?)
    }

    /// The run in whose name a request acts: where it may act for `own` alone, one of that task or of those
    /// below it.
    ///
    /// # Errors
    /// When there is no such run, or it is another's: both alike for who may act for `own` alone.
    pub fn run_that_acts(
        &self,
        run: Option<&str>,
        own: Option<(ProjectId, TaskId)>,
    ) -> Result<Option<RunDir>, ApiError> {
        let Some(run) = run else { return Ok(None) };
        let dir = RunId::from_disk(run).map_err(ApiError::from).and_then(|run| self.run_dir(&run));
        let Some(own) = own else { return dir.map(Some) };
        let is_own = |dir: &RunDir| self.is_at_or_below((dir.project(), dir.task()), (&own.0, &own.1));
        dir.ok().filter(is_own).map(Some).ok_or_else(|| {
            ApiError::new(ErrorCode::Forbidden, format_args!("run {run} is none of this token's task"))
                .with_hint("name a run of the task that the token is of, or none")
        })
    }

    /// Whether a task is another one, or was started by it, by one that it started, and so on.
    pub fn is_at_or_below(&self, task: (&ProjectId, &TaskId), top: (&ProjectId, &TaskId)) -> bool {
        let Ok(root) = self.root() else { return false };
        let mut at = (task.0.clone(), task.1.clone());
        for _ in 0..DEPTH {
            if (&at.0, &at.1) == top {
                return true;
            }
            let parent =
                root.task(&at.0, &at.1).and_then(|task| task.spec()).ok().and_then(|spec| spec.parent_task);
            let Some(parent) = parent.as_deref().and_then(|parent| parent.split_once('/')) else {
                return false;
            };
            match (ProjectId::from_disk(parent.0), TaskId::from_disk(parent.1)) {
                (Ok(project), Ok(task)) => at = (project, task),
                _ => return false,
            }
        }
        false
    }

    /// One run, whether what it claims holds.
    ///
    /// # Errors
    /// When its record cannot be read.
    pub fn run_view(&self, run: &RunDir) -> Result<RunView, ApiError> {
        Ok(self.checked_run(run.root(), RunView::from(&run.info()?)))
    }

    /// What changes with every change that the journal of the root tells of.
    pub(crate) fn journal_stamp(&self) -> Option<FileStamp> {
        self.existing_root()?.dir().stamp(Journal::FILE).ok()
    }

    /// The task of these names.
    ///
    /// # Errors
    /// When it is not there.
    pub fn task_at(&self, project: &ProjectId, task: &TaskId) -> Result<TaskDir, ApiError> {
        Ok(self.root()?.task(project, task)?)
    }

    /// Asks the index of a root. A lasting process keeps its own root's open.
    pub(super) fn with_index<T>(
        &self,
        root: &Root,
        ask: impl FnOnce(&Index) -> crate::store::Result<T>,
    ) -> Result<T, ApiError> {
        let is_own = self.existing_root().is_some_and(|own| own.path() == root.path());
        if !(self.caller.lasting && is_own) {
            return Ok(ask(&Index::open(root))?);
        }
        let mut kept = self.kept();
        let now = Instant::now();
        match kept.as_mut() {
            Some(kept) if now.duration_since(kept.looked) < FILES_EVERY => kept.index.follow(),
            Some(kept) => {
                kept.index.refresh();
                kept.looked = now;
            }
            None => *kept = Some(KeptIndex { index: Index::open(root), looked: now }),
        }
        let index = &kept.as_ref().expect("it was opened just now").index;
        Ok(ask(index)?)
    }

    fn kept(&self) -> MutexGuard<'_, Option<KeptIndex>> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn project_view(root: &Root, id: &ProjectId) -> ProjectView {
    let read = || -> crate::store::Result<ProjectView> {
        let project = root.project(id)?;
        let source = project.source()?.map(|source| source.display().to_string());
        Ok(ProjectView { project: id.to_string(), source, tasks: project.tasks()?.len(), damaged: None })
    };
    read().unwrap_or_else(|error| ProjectView {
        project: id.to_string(),
        source: None,
        tasks: 0,
        damaged: Some(error.to_string()),
    })
}
