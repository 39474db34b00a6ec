//! Looking at tasks: lists, details, checked statuses.

use super::dto::{ChildView, Counted, DamagedView, RunView, TaskDetail, TaskView};
use super::live::Checked;
use super::{ApiError, App};
use crate::model::{ProjectId, TaskSpec, TaskState, TaskStatus};
use crate::store::{Listed, Root, TaskDir};
use crate::supervisor::children;

/// Characters of the prompt's first line that a list carries.
const TITLE: usize = 120;

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
#[derive(Debug, Default)]
pub struct TaskList {
    /// Those that can be read.
    pub tasks: Vec<TaskView>,
    /// Those that cannot.
    pub damaged: Vec<DamagedView>,
    /// How many more there are.
    pub more: usize,
}

/// Runs, newest first.
#[derive(Debug, Default)]
pub struct RunList {
    /// Those that can be read.
    pub runs: Vec<RunView>,
    /// Those that cannot.
    pub damaged: Vec<DamagedView>,
    /// How many more there are.
    pub more: usize,
}

impl App {
    /// Tasks, newest first, their statuses checked against their locks.
    ///
    /// # Errors
    /// When the root cannot be read.
    pub fn list(&self, query: &TaskQuery) -> Result<TaskList, ApiError> {
        let Some(root) = self.root_to_list()? else { return Ok(TaskList::default()) };
        let mut list = self.scan(root, query.project.as_ref())?;
        list.tasks.retain(|task| {
            let wanted = query.statuses.is_empty() || query.statuses.contains(&task.status);
            wanted && !(query.active && task.status.is_ended())
        });
        list.more = cut(&mut list.tasks, query.limit);
        Ok(list)
    }

    /// Runs, newest first.
    ///
    /// # Errors
    /// When the root cannot be read.
    pub fn list_runs(&self, query: &TaskQuery) -> Result<RunList, ApiError> {
        let Some(root) = self.root_to_list()? else { return Ok(RunList::default()) };
        let mut list = RunList::default();
        for (_, task) in walk(root, query.project.as_ref())? {
            let Ok(task) = task else { continue };
            let (runs, damaged) = runs(&task)?;
            list.runs.extend(runs);
            list.damaged.extend(damaged);
        }
        list.runs.sort_by(|a, b| b.started_at.cmp(&a.started_at).then_with(|| b.run.cmp(&a.run)));
        list.more = cut(&mut list.runs, query.limit);
        Ok(list)
    }

    /// Everything about a task, its status checked against its lock.
    ///
    /// # Errors
    /// When its files cannot be read.
    pub fn detail(&self, task: &TaskDir) -> Result<TaskDetail, ApiError> {
        let state = task.state()?;
        let checked = self.check(task, state.as_ref())?;
        let mut detail = describe(task, &task.spec()?, state, checked);
        detail.children = child_views(self.root()?, task)?;
        (detail.run_list, detail.damaged) = runs(task)?;
        Ok(detail)
    }

    /// One task of a list, from its files, its status checked against its lock.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn view(&self, task: &TaskDir) -> Result<TaskView, ApiError> {
        let state = task.state()?;
        let checked = self.check(task, state.as_ref())?;
        Ok(row(task, &task.spec()?, state.as_ref(), checked))
    }

    /// Every task of the root by walking its folders: what lists do where there is no index.
    fn scan(&self, root: &Root, project: Option<&ProjectId>) -> Result<TaskList, ApiError> {
        let mut list = TaskList::default();
        for (name, task) in walk(root, project)? {
            match task.and_then(|task| self.view(&task)) {
                Ok(view) => list.tasks.push(view),
                Err(error) => list.damaged.push(DamagedView {
                    path: root.path().join(&name).display().to_string(),
                    name,
                    reason: error.message,
                }),
            }
        }
        list.tasks.sort_by(|a, b| b.created_at.cmp(&a.created_at).then_with(|| b.task.cmp(&a.task)));
        Ok(list)
    }
}

/// Cuts a list to its limit; how many were cut off.
fn cut<T>(list: &mut Vec<T>, limit: Option<usize>) -> usize {
    let kept = limit.unwrap_or(usize::MAX).min(list.len());
    let more = list.len() - kept;
    list.truncate(kept);
    more
}

fn runs(task: &TaskDir) -> Result<(Vec<RunView>, Vec<DamagedView>), ApiError> {
    let (mut runs, mut damaged) = (Vec::new(), Vec::new());
    for listed in task.run_infos()? {
        match listed {
            Listed::Ok(info) => runs.push(RunView::from(&info)),
            Listed::Damaged { id, path, reason } => damaged.push(DamagedView {
                name: format!("{}/{}/{id}", task.project(), task.id()),
                path: path.display().to_string(),
                reason: reason.kind.to_string(),
            }),
        }
    }
    Ok((runs, damaged))
}

fn child_views(root: &Root, task: &TaskDir) -> Result<Vec<ChildView>, ApiError> {
    let view = |child: children::ChildTask| ChildView {
        project: child.project.to_string(),
        task: child.task.to_string(),
        status: child.status,
    };
    Ok(children::all(root, task.project(), task.id())?.into_iter().map(view).collect())
}

/// The first line of a prompt that says something, without Markdown signs.
pub fn title(prompt: &str) -> String {
    let lines = prompt.lines().map(|line| line.trim_start_matches(['#', '>', '-', '*', ' ']).trim());
    lines.into_iter().find(|line| !line.is_empty()).unwrap_or_default().chars().take(TITLE).collect()
}

fn row(task: &TaskDir, spec: &TaskSpec, state: Option<&TaskState>, checked: Checked) -> TaskView {
    TaskView {
        project: spec.project_id.to_string(),
        task: spec.task_id.to_string(),
        title: title(&task.prompt().unwrap_or_default()),
        status: checked.status,
        elsewhere: checked.elsewhere,
        reason: state.and_then(|state| state.reason.clone()),
        agent: state.and_then(|state| state.agent.clone()).or_else(|| spec.agent.clone()),
        access: spec.access,
        workflow: spec.workflow,
        iteration: state.map_or(0, |state| state.iteration),
        runs: state.map_or(0, |state| state.runs),
        created_at: Some(spec.created_at),
        started_at: state.and_then(|state| state.started_at),
        updated_at: state.map(|state| state.updated_at),
        ended_at: state.and_then(|state| state.ended_at),
        cost_usd: state.and_then(|state| state.spend.cost_usd),
        parent_task: spec.parent_task.clone(),
    }
}

fn describe(task: &TaskDir, spec: &TaskSpec, state: Option<TaskState>, checked: Checked) -> TaskDetail {
    let row = row(task, spec, state.as_ref(), checked);
    let state = state.unwrap_or_else(|| TaskState::new(TaskStatus::Queued, spec.created_at));
    TaskDetail {
        task: row,
        path: task.path().display().to_string(),
        cwd: spec.cwd.clone(),
        model: spec.model.clone(),
        phase: state.phase,
        end_reason: state.end_reason,
        error: state.error,
        question: state.question,
        wake_at: state.wake_at,
        spend: state.spend,
        restarts: Counted { used: state.restarts, of: spec.limits.max_restarts },
        failures: Counted { used: state.failures, of: spec.limits.max_failures },
        supervisor_pid: checked.supervisor,
        depends_on: spec.depends_on.clone(),
        children: Vec::new(),
        stop: state.stop,
        warnings: state.warnings,
        run_list: Vec::new(),
        damaged: Vec::new(),
    }
}

/// Name and folder of every task, by name.
type Walked = Vec<(String, Result<TaskDir, ApiError>)>;

fn walk(root: &Root, project: Option<&ProjectId>) -> Result<Walked, ApiError> {
    let mut found = Vec::new();
    for id in root.projects()?.into_iter().filter(|id| project.is_none_or(|project| project == id)) {
        let open = root.project(&id)?;
        for task in open.tasks()? {
            found.push((format!("{id}/{task}"), open.task(&task).map_err(ApiError::from)));
        }
    }
    Ok(found)
}
