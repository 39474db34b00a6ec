//! Looking at tasks: lists, details, checked statuses.

use serde::{Deserialize, Serialize};

use super::dto::{ChildView, Counted, DamagedView, RunView, TaskDetail, TaskView};
use super::live::Checked;
use super::next::{goes_on_by_itself, next_step};
use super::{ApiError, App, ErrorCode};
use crate::model::{ProjectId, TaskSpec, TaskState, TaskStatus};
use crate::store::index::{RunFilter, TaskFilter};
use crate::store::summary::title;
use crate::store::walk::{self, Damaged};
use crate::store::{Index, Names, Root, TaskDir, TaskSummary};
use crate::supervisor::children;

/// What to do about a task whose state is gone.
const LOST_STATE: &str = "`run-agent recover` makes it anew from what else is known";

/// Which tasks or runs a list is of. The default is all.
#[derive(Debug, Clone, Default)]
pub struct TaskQuery {
    /// Only of this project.
    pub project: Option<ProjectId>,
    /// Only in one of these statuses; all where empty.
    pub statuses: Vec<TaskStatus>,
    /// Only those that have not ended.
    pub active: bool,
    /// At most so many.
    pub limit: Option<usize>,
}

/// Tasks, newest first.
#[derive(Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct TaskList {
    /// Those that can be read.
    pub tasks: Vec<TaskView>,
    /// Those that cannot.
    pub damaged: Vec<DamagedView>,
    /// How many more there are.
    pub more: usize,
}

/// Runs, newest first.
#[derive(Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RunList {
    /// Those that can be read.
    pub runs: Vec<RunView>,
    /// Those that cannot.
    pub damaged: Vec<DamagedView>,
    /// How many more there are.
    pub more: usize,
}

impl TaskQuery {
    /// What the index is asked: statuses as they were written, which claims to be alive may not hold.
    pub(super) fn filter(&self) -> TaskFilter {
        let mut statuses = self.statuses.clone();
        if self.active {
            statuses = TaskStatus::all().filter(|status| !status.is_ended()).collect();
        } else if statuses.contains(&TaskStatus::Interrupted) {
            statuses.extend(
                TaskStatus::all().filter(|status| status.is_owned() && !self.statuses.contains(status)),
            );
        }
        TaskFilter { project: self.project.clone(), statuses, ..TaskFilter::default() }
    }

    pub(super) fn wants(&self, status: TaskStatus) -> bool {
        (self.statuses.is_empty() || self.statuses.contains(&status)) && !(self.active && status.is_ended())
    }
}

impl App {
    /// Tasks, newest first, their statuses checked against their locks; those of `storage.extra_roots`
    /// among them.
    ///
    /// # Errors
    /// When a root cannot be read.
    pub fn list(&self, query: &TaskQuery) -> Result<TaskList, ApiError> {
        let mut list = TaskList::default();
        for root in self.roots_to_list()? {
            let one = self.list_of(root, query)?;
            list.tasks.extend(one.tasks);
            list.damaged.extend(one.damaged);
            list.more += one.more;
        }
        list.tasks.sort_by(|a, b| b.created_at.cmp(&a.created_at).then_with(|| b.task.cmp(&a.task)));
        list.more += cut(&mut list.tasks, query.limit);
        Ok(list)
    }

    /// Runs, newest first.
    ///
    /// # Errors
    /// When a root cannot be read.
    pub fn list_runs(&self, query: &TaskQuery) -> Result<RunList, ApiError> {
        let mut list = RunList::default();
        for root in self.roots_to_list()? {
            let one = self.list_runs_of(root, query)?;
            list.runs.extend(one.runs);
            list.damaged.extend(one.damaged);
            list.more += one.more;
        }
        list.runs.sort_by(|a, b| b.started_at.cmp(&a.started_at).then_with(|| b.run.cmp(&a.run)));
        list.more += cut(&mut list.runs, query.limit);
        Ok(list)
    }

    fn list_of(&self, root: &Root, query: &TaskQuery) -> Result<TaskList, ApiError> {
        let index = Index::open(root);
        let mut list = TaskList { damaged: damaged_of(&index, query)?, ..TaskList::default() };
        for summary in index.tasks(&query.filter())? {
            if query.limit.is_some_and(|limit| list.tasks.len() >= limit) {
                list.more += 1;
                continue;
            }
            match self.checked_view(root, summary) {
                Ok(view) => list.tasks.extend(view.filter(|view| query.wants(view.status))),
                Err(damaged) => list.damaged.push(damaged),
            }
        }
        Ok(list)
    }

    fn list_runs_of(&self, root: &Root, query: &TaskQuery) -> Result<RunList, ApiError> {
        let index = Index::open(root);
        let filter = RunFilter { project: query.project.clone(), ..RunFilter::default() };
        let mut runs: Vec<RunView> = index.runs(&filter)?.into_iter().map(RunView::from).collect();
        let more = cut(&mut runs, query.limit);
        Ok(RunList { runs, more, damaged: damaged_of(&index, query)? })
    }

    /// Everything about a task, its status checked against its lock.
    ///
    /// # Errors
    /// When its files cannot be read.
    pub fn detail(&self, task: &TaskDir) -> Result<TaskDetail, ApiError> {
        let facts = walk::facts(task.root(), task.project(), task.id());
        let state = task.state()?;
        if let (None, None, Some(damaged)) = (&state, &facts.task, facts.damaged.last()) {
            let words = format_args!("{}: {}", damaged.name(), damaged.reason);
            return Err(ApiError::new(ErrorCode::Damaged, words).with_hint(LOST_STATE));
        }
        let spec = task.spec()?;
        let state = state.map_or_else(|| task.unwritten_state(&spec), Ok)?;
        let checked = self.check(task, Some(&state))?;
        let view = self.shown(task.root(), summary(task, &spec, &state), checked);
        let mut detail = describe(task, &spec, state, checked, view);
        if !goes_on_by_itself(detail.task.status) {
            let names = Names::of(self.roots_to_list()?);
            detail.next = next_step(task.root(), &names, &detail.task, detail.error.as_ref());
        }
        detail.children = child_views(task.root(), task)?;
        detail.run_list = facts.runs.into_iter().map(RunView::from).collect();
        detail.damaged = facts.damaged.into_iter().map(DamagedView::from).collect();
        Ok(detail)
    }

    /// One task of a list, from its files, its status checked against its lock.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn view(&self, task: &TaskDir) -> Result<TaskView, ApiError> {
        let (state, spec) = (task.state()?, task.spec()?);
        let state = state.map_or_else(|| task.unwritten_state(&spec), Ok)?;
        let checked = self.check(task, Some(&state))?;
        Ok(self.shown(task.root(), summary(task, &spec, &state), checked))
    }

    /// Everything of the root that cannot be read, found by looking at every file.
    ///
    /// # Errors
    /// When the root itself cannot be read.
    pub fn damaged(&self) -> Result<Vec<DamagedView>, ApiError> {
        let Some(root) = self.existing_root() else { return Ok(Vec::new()) };
        let walk = walk::walk(root)?;
        let tasks = walk.tasks.iter().filter_map(|facts| facts.task.clone());
        let claims: Vec<_> = tasks.filter_map(|task| self.checked_view(root, task).err()).collect();
        Ok(walk.into_damaged().into_iter().map(DamagedView::from).chain(claims).collect())
    }

    /// The task of a summary with its checked status; none for one that is gone since. Only what claims
    /// to be alive is looked at.
    pub(super) fn checked_view(
        &self,
        root: &Root,
        summary: TaskSummary,
    ) -> Result<Option<TaskView>, DamagedView> {
        if !summary.status.is_owned() || root.is_foreign() {
            let checked = Checked::of(summary.status);
            return Ok(Some(self.shown(root, summary, checked)));
        }
        let name = format!("{}/{}", summary.project, summary.task);
        let task = root.task(&summary.project, &summary.task).map_err(ApiError::from);
        match task.and_then(|task| self.check_claim(&task, summary.status)) {
            Ok(checked) => Ok(Some(self.shown(root, summary, checked))),
            Err(error) if error.code == ErrorCode::NotFound => Ok(None),
            Err(error) => {
                let path = root.path().join(&name).display().to_string();
                Err(DamagedView { name, path, reason: error.message })
            }
        }
    }

    /// The task of a summary, its access stated as it is in force.
    fn shown(&self, root: &Root, summary: TaskSummary, checked: Checked) -> TaskView {
        let mut view = TaskView::new(summary, checked);
        if !root.is_foreign() {
            view.access = Some(self.access_of(view.agent.as_deref(), view.access, &view.project));
        }
        if self.existing_root().is_none_or(|own| own.path() != root.path()) {
            view.root = Some(root.path().display().to_string());
        }
        view
    }
}

/// What cannot be read of what a list is of.
fn damaged_of(index: &Index, query: &TaskQuery) -> Result<Vec<DamagedView>, ApiError> {
    let wanted = |damaged: &Damaged| query.project.as_ref().is_none_or(|id| damaged.project == *id);
    Ok(index.damaged()?.into_iter().filter(wanted).map(DamagedView::from).collect())
}

/// Cuts a list to its limit; how many were cut off.
fn cut<T>(list: &mut Vec<T>, limit: Option<usize>) -> usize {
    let kept = limit.unwrap_or(usize::MAX).min(list.len());
    let more = list.len() - kept;
    list.truncate(kept);
    more
}

fn child_views(root: &Root, task: &TaskDir) -> Result<Vec<ChildView>, ApiError> {
    let view = |child: children::ChildTask| ChildView {
        project: child.project.to_string(),
        task: child.task.to_string(),
        status: child.status,
    };
    Ok(children::all(root, task.project(), task.id())?.into_iter().map(view).collect())
}

fn summary(task: &TaskDir, spec: &TaskSpec, state: &TaskState) -> TaskSummary {
    TaskSummary::new(spec, Some(state), &title(&task.prompt().unwrap_or_default()))
}

fn describe(
    task: &TaskDir,
    spec: &TaskSpec,
    state: TaskState,
    checked: Checked,
    view: TaskView,
) -> TaskDetail {
    // The seed system writes none down.
    let limit = |limit| (!task.root().is_foreign()).then_some(limit);
    TaskDetail {
        task: view,
        path: task.path().display().to_string(),
        cwd: spec.cwd.clone(),
        model: spec.model.clone(),
        phase: state.phase,
        end_reason: state.end_reason,
        error: state.error,
        question: state.question,
        wake_at: state.wake_at,
        spend: state.spend,
        restarts: Counted { used: state.restarts, of: limit(spec.limits.max_restarts) },
        failures: Counted { used: state.failures, of: limit(spec.limits.max_failures) },
        supervisor_pid: checked.supervisor,
        depends_on: spec.depends_on.clone(),
        children: Vec::new(),
        stop: state.stop,
        next: None,
        warnings: state.warnings,
        run_list: Vec::new(),
        damaged: Vec::new(),
    }
}
