//! Looking at tasks: lists, details, checked statuses.

use super::dto::{ChildView, Counted, DamagedView, RunView, TaskDetail, TaskView};
use super::{ApiError, App};
use crate::model::{ProjectId, TaskSpec, TaskState, TaskStatus};
use crate::store::{Listed, Root, TaskDir};
use crate::supervisor::children;

/// Characters of the prompt's first line that a list carries.
const TITLE: usize = 120;

impl App {
    /// Everything about a task, its status checked against its lock.
    ///
    /// # Errors
    /// When its files cannot be read.
    pub fn detail(&self, task: &TaskDir) -> Result<TaskDetail, ApiError> {
        let spec = task.spec()?;
        let state = task.state()?;
        let mut run_list = Vec::new();
        let mut damaged = Vec::new();
        for listed in task.run_infos()? {
            match listed {
                Listed::Ok(info) => run_list.push(RunView::from(&info)),
                Listed::Damaged { id, path, reason } => damaged.push(DamagedView {
                    name: format!("{}/{}/{id}", task.project(), task.id()),
                    path: path.display().to_string(),
                    reason: reason.kind.to_string(),
                }),
            }
        }
        let mut detail = describe(task, &spec, state);
        detail.task.status = children::checked_status(task)?;
        detail.supervisor_pid = task.supervisor()?.map(|holder| holder.pid);
        detail.children = child_views(self.root()?, task)?;
        detail.run_list = run_list;
        detail.damaged = damaged;
        Ok(detail)
    }
}

fn child_views(root: &Root, task: &TaskDir) -> Result<Vec<ChildView>, ApiError> {
    let all = children::all(root, task.project(), task.id())?;
    Ok(all
        .into_iter()
        .map(|child| ChildView {
            project: child.project.to_string(),
            task: child.task.to_string(),
            status: child.status,
        })
        .collect())
}

/// One task of a list, from its files.
///
/// # Errors
/// When they cannot be read.
pub fn view(task: &TaskDir) -> Result<TaskView, ApiError> {
    let mut view = row(task, &task.spec()?, task.state()?.as_ref());
    view.status = children::checked_status(task)?;
    Ok(view)
}

/// The first line of a prompt that says something, without Markdown signs.
pub fn title(prompt: &str) -> String {
    let line = prompt
        .lines()
        .map(|line| line.trim_start_matches(['#', '>', '-', '*', ' ']))
        .find(|line| !line.is_empty());
    line.unwrap_or_default().chars().take(TITLE).collect()
}

fn row(task: &TaskDir, spec: &TaskSpec, state: Option<&TaskState>) -> TaskView {
    TaskView {
        project: spec.project_id.to_string(),
        task: spec.task_id.to_string(),
        title: title(&task.prompt().unwrap_or_default()),
        status: state.map_or(TaskStatus::Queued, |state| state.status),
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

fn describe(task: &TaskDir, spec: &TaskSpec, state: Option<TaskState>) -> TaskDetail {
    let row = row(task, spec, state.as_ref());
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
        supervisor_pid: None,
        depends_on: spec.depends_on.clone(),
        children: Vec::new(),
        stop: state.stop,
        warnings: state.warnings,
        run_list: Vec::new(),
        damaged: Vec::new(),
    }
}

/// What is in a list: tasks of a project or of all, newest first, and what cannot be read.
pub type TaskList = (Vec<TaskView>, Vec<DamagedView>);

/// Every task of the root by walking its folders: what lists do where there is no index.
///
/// # Errors
/// When the root itself cannot be read.
pub fn scan(root: &Root, project: Option<&ProjectId>) -> Result<TaskList, ApiError> {
    let mut tasks = Vec::new();
    let mut damaged = Vec::new();
    for id in root.projects()?.into_iter().filter(|id| project.is_none_or(|project| project == id)) {
        let open = root.project(&id)?;
        for task in open.tasks()? {
            let view = open.task(&task).map_err(ApiError::from).and_then(|task| view(&task));
            match view {
                Ok(view) => tasks.push(view),
                Err(error) => damaged.push(DamagedView {
                    name: format!("{id}/{task}"),
                    path: open.path().join(task.as_str()).display().to_string(),
                    reason: error.message,
                }),
            }
        }
    }
    tasks.sort_by(|a, b| b.created_at.cmp(&a.created_at).then_with(|| b.task.cmp(&a.task)));
    Ok((tasks, damaged))
}
