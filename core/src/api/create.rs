//! Making a task: where it belongs, what it may use, what it is allowed to.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{ApiError, App, ErrorCode};
use crate::config::units::whole_seconds;
use crate::model::task::Continuation;
use crate::model::task::OnDependencyFailure;
use crate::model::{Access, Limits, ProjectId, RunId, TaskId, TaskSpec, TaskStatus, Workflow};
use crate::store::{OfdLock, Root, TaskDir};
use crate::supervisor::detach;
use crate::supervisor::intent::{self, NewTask};

/// Numbers that are tried for a project whose name another folder has.
const TWINS: std::ops::Range<u32> = 2..1000;

/// What a face knows of a task that is asked for. What is absent comes from the configuration.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// What to do; absent only where a task is named that is there.
    pub prompt: Option<String>,
    /// How it is worked on.
    pub workflow: Workflow,
    /// Agent.
    pub agent: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// What the agent may do.
    pub access: Option<Access>,
    /// Working folder.
    pub cwd: Option<PathBuf>,
    /// Tasks that must be completed first.
    pub depends_on: Vec<String>,
    /// What happens when one of them failed.
    pub on_dependency_failure: OnDependencyFailure,
    /// The run that starts it, where it is not the calling one.
    pub parent_run: Option<String>,
    /// The task of that run, where it is known already.
    pub parent_task: Option<(ProjectId, TaskId)>,
    /// Group.
    pub group: Option<String>,
    /// Whether turns continue the agent's session.
    pub continuation: Continuation,
    /// Whether one more turn gathers what child tasks found.
    pub gather: bool,
    /// Limits.
    pub limits: WantedLimits,
    /// The request that makes it, where that must not make two.
    pub request_id: Option<String>,
}

/// Limits that differ from the configured ones.
#[derive(Debug, Clone, Copy, Default)]
pub struct WantedLimits {
    /// Runs after the first.
    pub restarts: Option<u32>,
    /// Failed runs in a row.
    pub failures: Option<u32>,
    /// Time without a sign of life; zero: no limit.
    pub idle: Option<Duration>,
    /// Time of work; zero: no limit.
    pub wall: Option<Duration>,
    /// Tokens.
    pub tokens: Option<u64>,
    /// US dollars.
    pub cost_usd: Option<f64>,
}

/// A task that is ready to be supervised.
#[derive(Debug)]
pub struct Ready {
    /// Its folder.
    pub task: TaskDir,
    /// What a person should know before it starts.
    pub warnings: Vec<String>,
}

impl App {
    /// Makes the task that is asked for; or takes up one that is named, there, and without a supervisor.
    ///
    /// # Errors
    /// For the first thing that would keep it from ever completing; then nothing was written.
    pub fn prepare(&self, wanted: Wanted) -> Result<Ready, ApiError> {
        self.prepare_with(wanted, |_, _| ())
    }

    /// As [`App::prepare`]. For a new task `checked` is called when nothing speaks against it any more and
    /// nothing of it was written yet.
    ///
    /// # Errors
    /// As [`App::prepare`].
    pub fn prepare_with(
        &self,
        wanted: Wanted,
        checked: impl FnOnce(&Root, &TaskSpec),
    ) -> Result<Ready, ApiError> {
        let root = self.writable_root()?;
        let Some(prompt) = wanted.prompt.clone() else { return self.take_up() };
        let home = self.project_for_task(root, wanted.cwd.as_deref())?;
        let new = self.new_task(&home, wanted, prompt)?;
        let checked = |spec: &TaskSpec| checked(root, spec);
        let created = intent::create_with(root, self.config(), &self.clock, &new, checked)?;
        Ok(Ready { task: root.task(&created.project, &created.task)?, warnings: created.warnings })
    }

    /// Starts a supervisor of its own for a task and returns when it owns it.
    ///
    /// # Errors
    /// When it does not come to own it.
    pub fn detach(&self, task: &TaskDir) -> Result<(), ApiError> {
        detach::start(task.root(), task.project(), task.id(), &[])?;
        Ok(())
    }

    fn take_up(&self) -> Result<Ready, ApiError> {
        let Some(name) = self.caller.task.as_deref() else {
            return Err(ApiError::usage("nothing is said about what to do")
                .with_hint("run-agent task \"Fix the failing test\"; --prompt-file reads it from a file"));
        };
        let task = self.named_task(name)?;
        let status = self.view(&task)?.status;
        let name = || task.shortest_name();
        let refuse = |hint: String| {
            Err(ApiError::conflict(format_args!("task {} is {}", task.id(), status.words())).with_hint(hint))
        };
        match status {
            TaskStatus::Interrupted => Ok(Ready { warnings: Vec::new(), task }),
            status if status.is_ended() => refuse(format!(
                "`run-agent resume {0}` goes on with it; `run-agent tell {0} \"…\"` follows up",
                name()
            )),
            _ => refuse(format!("`run-agent watch {}` follows it", name())),
        }
    }

    fn new_task(&self, home: &Home, wanted: Wanted, prompt: String) -> Result<NewTask, ApiError> {
        let calling = self.caller.run();
        let new = NewTask::new(home.project.clone(), &home.source, prompt, self.config());
        let parent_run = wanted.parent_run.as_deref().or(calling.map(|run| run.run));
        let own_parent = wanted.parent_run.is_none();
        let parent_task = match (wanted.parent_task, calling.filter(|_| own_parent)) {
            (None, Some(run)) => Some((ProjectId::from_disk(run.project)?, TaskId::from_disk(run.task)?)),
            (known, _) => known,
        };
        let here = calling.map(|_| self.caller.cwd.clone());
        Ok(NewTask {
            task: self.caller.task.as_deref().map(|name| self.task_name(name)).transpose()?,
            agent: wanted.agent,
            model: wanted.model,
            access: wanted.access,
            workflow: wanted.workflow,
            continuation: wanted.continuation,
            depends_on: wanted.depends_on,
            on_dependency_failure: wanted.on_dependency_failure,
            gather: wanted.gather,
            cwd: wanted.cwd.map(|cwd| self.caller.cwd.join(cwd)).or(here),
            group: wanted.group,
            parent_run: parent_run.map(RunId::from_disk).transpose()?,
            parent_task,
            limits: wanted.limits.over(new.limits.clone()),
            config: self.named_config(),
            request_id: wanted.request_id,
            ..new
        })
    }

    /// A full name as it is; anything else is the slug of a name made now.
    fn task_name(&self, name: &str) -> Result<TaskId, ApiError> {
        if name.starts_with("task-") {
            Ok(TaskId::new(name)?)
        } else if name.contains(['/', '\\']) || name.chars().any(char::is_control) || name.trim().is_empty() {
            Err(ApiError::usage(format_args!("{name:?} is no name of a task"))
                .with_hint("a few words such as fix-login; --project names the project"))
        } else {
            Ok(TaskId::generate(self.clock.now(), name))
        }
    }

    /// The project that is meant; else that of the folder, to be made where it is new.
    fn project_for_task(&self, root: &Root, cwd: Option<&Path>) -> Result<Home, ApiError> {
        let folder = cwd.map_or_else(|| self.caller.cwd.clone(), |cwd| self.caller.cwd.join(cwd));
        let source = source_folder(&folder);
        if let Some(name) = &self.caller.project {
            return Ok(Home::known(ProjectId::new(name)?, source));
        }
        if let Some(project) = self.project_id()? {
            return Ok(Home::known(project, source));
        }
        if let Some(project) = super::project_of_source(root, &source)? {
            return Ok(Home::known(project, source));
        }
        let lock = root.lock_projects()?;
        // Another task in the same folder may have been faster.
        if let Some(project) = super::project_of_source(root, &source)? {
            return Ok(Home::known(project, source));
        }
        let name = source.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let project = free_project(root, ProjectId::slugged(&name))?;
        Ok(Home { project, source, _making: Some(lock) })
    }

    /// The configuration file that was named, absolute: its supervisors read the same one.
    fn named_config(&self) -> Option<PathBuf> {
        let named = self.caller.config.clone();
        let variable = || self.caller.variable("CONDUCTOR_CONFIG").map(PathBuf::from);
        named.or_else(variable).map(|path| self.caller.cwd.join(path))
    }
}

/// Where a new task belongs.
struct Home {
    project: ProjectId,
    /// The folder that its agents work in.
    source: PathBuf,
    /// While its project is not made yet: others wait, and find it.
    _making: Option<OfdLock>,
}

impl Home {
    fn known(project: ProjectId, source: PathBuf) -> Self {
        Self { project, source, _making: None }
    }
}

impl WantedLimits {
    fn over(self, usual: Limits) -> Limits {
        Limits {
            max_restarts: self.restarts.unwrap_or(usual.max_restarts),
            max_failures: self.failures.unwrap_or(usual.max_failures),
            idle_seconds: self.idle.map_or(usual.idle_seconds, whole_seconds),
            wall_seconds: self.wall.map_or(usual.wall_seconds, whole_seconds),
            tokens: self.tokens.or(usual.tokens),
            cost_usd: self.cost_usd.or(usual.cost_usd),
            ..usual
        }
    }
}

/// The git repository around a folder, else the folder.
fn source_folder(folder: &Path) -> PathBuf {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let repository = folder.ancestors().find(|path| path.join(".git").exists());
    repository.map_or_else(|| folder.clone(), Path::to_owned)
}

/// The name, or the name with a number where another folder's project has it.
fn free_project(root: &Root, name: ProjectId) -> Result<ProjectId, ApiError> {
    let is_free = |id: &ProjectId| root.project(id).is_err_and(|error| error.is_not_found());
    if is_free(&name) {
        return Ok(name);
    }
    let numbered = TWINS.map(|number| ProjectId::new(&format!("{name}-{number}")));
    numbered.filter_map(Result::ok).find(is_free).ok_or_else(|| {
        ApiError::new(ErrorCode::Conflict, format_args!("project {name} exists for another folder"))
            .with_hint("name a project with --project")
    })
}
