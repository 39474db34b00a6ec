//! Looking at tasks: lists, details, checked statuses.

use super::dto::{ChildView, Counted, DamagedView, RunView, TaskDetail, TaskView};
use super::live::Checked;
use super::{ApiError, App, ErrorCode};
use crate::model::{ProjectId, RunId, TaskId, TaskSpec, TaskState, TaskStatus};
use crate::store::index::{RunFilter, TaskFilter};
use crate::store::summary::title;
use crate::store::{Index, Listed, Root, TaskDir, TaskSummary};
use crate::supervisor::children;

/// Rows up to which a list is compared with the files: damage since the index was built is told then.
const VERIFIED: usize = 200;

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

impl TaskQuery {
    /// What the index is asked: statuses as they were written, which claims to be alive may not hold.
    fn filter(&self) -> TaskFilter {
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

    fn wants(&self, status: TaskStatus) -> bool {
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
        let mut list = TaskList::default();
        for summary in index.tasks(&query.filter())? {
            if query.limit.is_some_and(|limit| list.tasks.len() >= limit) {
                list.more += 1;
                continue;
            }
            let view = self.checked_view(root, summary);
            list.tasks.extend(view.filter(|view| query.wants(view.status)));
        }
        list.damaged = self.known_damaged(root, &index, query.project.as_ref())?;
        self.verify_tasks(root, &mut list);
        Ok(list)
    }

    fn list_runs_of(&self, root: &Root, query: &TaskQuery) -> Result<RunList, ApiError> {
        let index = Index::open(root);
        let filter = RunFilter { project: query.project.clone(), ..RunFilter::default() };
        let mut runs: Vec<RunView> = index.runs(&filter)?.iter().map(RunView::from).collect();
        let more = cut(&mut runs, query.limit);
        let damaged = self.known_damaged(root, &index, query.project.as_ref())?;
        let mut list = RunList { runs, more, damaged };
        self.verify_runs(root, &mut list);
        Ok(list)
    }

    /// Everything about a task, its status checked against its lock.
    ///
    /// # Errors
    /// When its files cannot be read.
    pub fn detail(&self, task: &TaskDir) -> Result<TaskDetail, ApiError> {
        let state = task.state()?;
        let checked = self.check(task, state.as_ref())?;
        let spec = task.spec()?;
        let view = self.shown(task.root(), summary(task, &spec, state.as_ref()), checked);
        let mut detail = describe(task, &spec, state, checked, view);
        detail.children = child_views(task.root(), task)?;
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
        Ok(self.shown(task.root(), summary(task, &task.spec()?, state.as_ref()), checked))
    }

    /// Everything of the root that cannot be read, found by looking at every file.
    ///
    /// # Errors
    /// When the root itself cannot be read.
    pub fn damaged(&self) -> Result<Vec<DamagedView>, ApiError> {
        let Some(root) = self.existing_root() else { return Ok(Vec::new()) };
        let mut damaged = Vec::new();
        for id in root.projects()? {
            let project = root.project(&id)?;
            for task in project.tasks()? {
                let read = project.task(&task).map_err(ApiError::from).and_then(|task| {
                    self.view(&task)?;
                    runs(&task)
                });
                match read {
                    Ok((_, runs)) => damaged.extend(runs),
                    Err(error) => damaged.push(DamagedView {
                        name: format!("{id}/{task}"),
                        path: project.path().join(task.as_str()).display().to_string(),
                        reason: error.message,
                    }),
                }
            }
        }
        Ok(damaged)
    }

    /// The task of a summary with its checked status. Only what claims to be alive is looked at.
    fn checked_view(&self, root: &Root, summary: TaskSummary) -> Option<TaskView> {
        let checked = if summary.status.is_owned() && !root.is_foreign() {
            // One that is gone since, or damaged, is not shown as alive.
            let task = root.task(&summary.project, &summary.task).ok()?;
            self.check_claim(&task, summary.status).ok()?
        } else {
            Checked::of(summary.status)
        };
        Some(self.shown(root, summary, checked))
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

    /// What the index could not read when it was built, and still cannot be read.
    fn known_damaged(
        &self,
        root: &Root,
        index: &Index,
        project: Option<&ProjectId>,
    ) -> Result<Vec<DamagedView>, ApiError> {
        let names = index.damaged()?;
        let of_project = |name: &&String| project.is_none_or(|id| name.starts_with(&format!("{id}/")));
        Ok(names.iter().filter(of_project).filter_map(|name| self.damage_of(root, name)).collect())
    }

    /// What is wrong with `project/task` or `project/task/run`; none where it can be read.
    fn damage_of(&self, root: &Root, name: &str) -> Option<DamagedView> {
        let path = root.path().join(name).display().to_string();
        let mut parts = name.split('/');
        let (project, task, run) = (parts.next()?, parts.next()?, parts.next());
        let look = || -> Result<(), ApiError> {
            let task = root.task(&ProjectId::from_disk(project)?, &TaskId::from_disk(task)?)?;
            match run {
                Some(run) => task.run(&RunId::from_disk(run)?)?.info().map(drop)?,
                None => self.view(&task).map(drop)?,
            }
            Ok(())
        };
        // One that was removed since is no damage.
        let error = look().err().filter(|error| error.code != ErrorCode::NotFound)?;
        Some(DamagedView { name: name.to_owned(), path, reason: error.message })
    }

    /// Reads the files of a short list, so that damage since the index was built is told too.
    fn verify_tasks(&self, root: &Root, list: &mut TaskList) {
        if list.tasks.len() > VERIFIED {
            return;
        }
        list.tasks.retain(|task| {
            let damage = self.damage_of(root, &format!("{}/{}", task.project, task.task));
            let sound = damage.is_none();
            list.damaged.extend(damage.filter(|new| list.damaged.iter().all(|old| old.name != new.name)));
            sound
        });
    }

    /// As [`App::verify_tasks`].
    fn verify_runs(&self, root: &Root, list: &mut RunList) {
        if list.runs.len() > VERIFIED {
            return;
        }
        list.runs.retain(|run| {
            let damage = self.damage_of(root, &format!("{}/{}/{}", run.project, run.task, run.run));
            let sound = damage.is_none();
            list.damaged.extend(damage.filter(|new| list.damaged.iter().all(|old| old.name != new.name)));
            sound
        });
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

fn summary(task: &TaskDir, spec: &TaskSpec, state: Option<&TaskState>) -> TaskSummary {
    TaskSummary::new(spec, state, &title(&task.prompt().unwrap_or_default()))
}

fn describe(
    task: &TaskDir,
    spec: &TaskSpec,
    state: Option<TaskState>,
    checked: Checked,
    view: TaskView,
) -> TaskDetail {
    let state = state.unwrap_or_else(|| TaskState::first(spec));
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
