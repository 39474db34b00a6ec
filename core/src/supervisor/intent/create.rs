//! `create`: a new task, checked as far as anything can be known before it starts, then written durably.

use std::path::{Path, PathBuf};

use jiff::{Timestamp, ToSpan};

use super::{IntentError, IntentErrorKind, agent_check};
use crate::clock::Clock;
use crate::config::Config;
use crate::model::task::{Continuation, OnDependencyFailure};
use crate::model::{Access, Limits, ProjectId, RunId, TaskId, TaskSpec, Workflow};
use crate::store::{Journal, JournalRecord, Root, StoreError, StoreErrorKind, summary};
use crate::supervisor::{children, depend};

/// Tasks of one prompt in one second are told apart by the seconds that follow.
const SECONDS: i64 = 600;

/// A task that is asked for.
#[derive(Debug, Clone)]
pub struct NewTask {
    /// Its project; made when it is not there.
    pub project: ProjectId,
    /// Source folder of a project that is made.
    pub source: PathBuf,
    /// Its name; absent: made from the time and the prompt.
    pub task: Option<TaskId>,
    /// What to do.
    pub prompt: String,
    /// Agent; absent: the project's, the default, or the selection's choice.
    pub agent: Option<String>,
    /// Model, where it is not the agent's.
    pub model: Option<String>,
    /// What the agent may do, where that is not the configured setting.
    pub access: Option<Access>,
    /// How it is worked on.
    pub workflow: Workflow,
    /// Whether iterations continue the agent's session.
    pub continuation: Continuation,
    /// Tasks that must be completed first: full names, or what names just one.
    pub depends_on: Vec<String>,
    /// What happens when one of them failed.
    pub on_dependency_failure: OnDependencyFailure,
    /// Whether one more iteration gathers what child tasks found.
    pub gather: bool,
    /// Working folder; absent: the project's source folder.
    pub cwd: Option<PathBuf>,
    /// Tasks that belong together.
    pub group: Option<String>,
    /// The run that starts it.
    pub parent_run: Option<RunId>,
    /// The task of that run, where it is known.
    pub parent_task: Option<(ProjectId, TaskId)>,
    /// Its limits.
    pub limits: Limits,
    /// The configuration file that was named; its supervisors read the same one.
    pub config: Option<PathBuf>,
    /// The request that makes it, where that must not make two.
    pub request_id: Option<String>,
}

impl NewTask {
    /// A loop with the configured limits and nothing else said.
    pub fn new(project: ProjectId, source: &Path, prompt: impl Into<String>, config: &Config) -> Self {
        Self {
            project,
            source: source.to_owned(),
            task: None,
            prompt: prompt.into(),
            agent: None,
            model: None,
            access: None,
            workflow: Workflow::Loop,
            continuation: Continuation::default(),
            depends_on: Vec::new(),
            on_dependency_failure: OnDependencyFailure::default(),
            gather: false,
            cwd: None,
            group: None,
            parent_run: None,
            parent_task: None,
            limits: config.defaults.limits(),
            config: None,
            request_id: None,
        }
    }
}

/// A task that was made. Nothing works on it before a supervisor is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// Its project.
    pub project: ProjectId,
    /// Its name.
    pub task: TaskId,
    /// What a person should know before it starts.
    pub warnings: Vec<String>,
}

/// Checks everything that can be known, then makes the task: named in `live/`, TASK.md and task.yaml on
/// disk. When it fails, nothing was written.
///
/// # Errors
/// For the first thing that would keep it from ever completing.
pub fn create(root: &Root, config: &Config, clock: &Clock, new: &NewTask) -> Result<Created, IntentError> {
    create_with(root, config, clock, new, |_| ())
}

/// As [`create`]; `checked` is called when nothing speaks against it any more and nothing was written yet.
///
/// # Errors
/// As [`create`].
pub fn create_with(
    root: &Root,
    config: &Config,
    clock: &Clock,
    new: &NewTask,
    checked: impl FnOnce(&TaskSpec),
) -> Result<Created, IntentError> {
    let draft = Draft { root, config, new, now: clock.now() };
    let task = draft.name();
    let failed = |kind| IntentError::new(root, &new.project, &task, kind);
    let (mut spec, mut warnings) = draft.spec(&task).map_err(failed)?;
    warnings.extend(same_folder(root, &spec).map_err(|error| failed(error.into()))?);
    checked(&spec);
    draft.write(&mut spec).map_err(failed)?;
    announce(root, &spec, &new.prompt);
    Ok(Created { project: spec.project_id, task: spec.task_id, warnings })
}

/// A task in the making.
struct Draft<'a> {
    root: &'a Root,
    config: &'a Config,
    new: &'a NewTask,
    now: Timestamp,
}

impl Draft<'_> {
    /// The name that was asked for, else one of this second or a later one that is free.
    fn name(&self) -> TaskId {
        let made = |second| TaskId::generate(self.later(second), &self.new.prompt);
        let free = |task: &TaskId| self.exists(task).is_ok_and(|exists| !exists);
        let name = self.new.task.clone().or_else(|| (0..SECONDS).map(made).find(free));
        name.unwrap_or_else(|| made(0))
    }

    fn later(&self, seconds: i64) -> Timestamp {
        self.now.saturating_add(seconds.seconds()).unwrap_or(Timestamp::MAX)
    }

    /// Checks what is asked and what it needs.
    fn spec(&self, task: &TaskId) -> Result<(TaskSpec, Vec<String>), IntentErrorKind> {
        let new = self.new;
        self.root.writable()?;
        ProjectId::new(new.project.as_str())?;
        TaskId::new(task.as_str())?;
        if new.prompt.trim().is_empty() {
            return Err(IntentErrorKind::Invalid { what: "prompt", why: "is empty" });
        }
        if self.exists(task)? {
            return Err(IntentErrorKind::Exists);
        }
        let cwd = self.folder()?;
        let agent = agent_check::meant(self.config, &new.project, new.agent.as_deref())?;
        let mut warnings = Vec::new();
        for name in self.candidates(agent.as_deref()) {
            warnings.extend(agent_check::check(self.config, name)?);
        }
        let mut spec = TaskSpec {
            agent,
            model: new.model.clone(),
            access: new.access,
            workflow: new.workflow,
            continuation: new.continuation,
            depends_on: self.dependencies()?,
            on_dependency_failure: new.on_dependency_failure,
            gather: new.gather,
            group: new.group.clone(),
            limits: new.limits.clone(),
            config: new.config.as_ref().map(|path| path.display().to_string()),
            request_id: new.request_id.clone(),
            ..TaskSpec::new(new.project.clone(), task.clone(), self.now, cwd)
        };
        self.descend(&mut spec)?;
        depend::check_new(self.root, &spec)?;
        Ok((spec, warnings))
    }

    /// The agents that may have to work on it.
    fn candidates<'a>(&'a self, agent: Option<&'a str>) -> Vec<&'a str> {
        match (agent, &self.config.selection) {
            (Some(agent), _) => vec![agent],
            (None, Some(selection)) => selection.agents.iter().map(String::as_str).collect(),
            (None, None) => Vec::new(),
        }
    }

    fn exists(&self, task: &TaskId) -> Result<bool, StoreError> {
        match self.root.task(&self.new.project, task) {
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The working folder: absolute, there, and a folder.
    fn folder(&self) -> Result<String, IntentErrorKind> {
        let known = self.root.project(&self.new.project).and_then(|project| project.source());
        let path = match (&self.new.cwd, known) {
            (Some(path), _) => path.clone(),
            (None, Ok(Some(source))) => source,
            (None, _) => self.new.source.clone(),
        };
        let failed = |source| IntentErrorKind::Folder { path: path.clone(), source };
        let absolute = std::path::absolute(&path).map_err(failed)?;
        let meta = std::fs::metadata(&absolute).map_err(failed)?;
        if !meta.is_dir() {
            return Err(failed(std::io::ErrorKind::NotADirectory.into()));
        }
        let text = absolute.to_str().ok_or_else(|| failed(std::io::ErrorKind::InvalidFilename.into()))?;
        Ok(text.to_owned())
    }

    /// Full names of the tasks it depends on. What names no task stays as it is, for the check to name it.
    fn dependencies(&self) -> Result<Vec<String>, StoreError> {
        self.new.depends_on.iter().map(|name| self.dependency(name)).collect()
    }

    fn dependency(&self, name: &str) -> Result<String, StoreError> {
        if let Ok((project, task)) = depend::locate(&self.new.project, name)
            && self.root.task(&project, &task).is_ok()
        {
            return Ok(name.to_owned());
        }
        let mut found = self.root.find_task(name)?;
        if found.iter().any(|(project, _)| *project == self.new.project) {
            found.retain(|(project, _)| *project == self.new.project);
        }
        Ok(match found.as_slice() {
            [(project, task)] if *project == self.new.project => task.to_string(),
            [(project, task)] => format!("{project}/{task}"),
            _ => name.to_owned(),
        })
    }

    /// Puts the task below its parent. How deep it may be is what the topmost said.
    fn descend(&self, spec: &mut TaskSpec) -> Result<(), IntentErrorKind> {
        let Some(run) = &self.new.parent_run else { return Ok(()) };
        let unknown = || IntentErrorKind::UnknownParent(run.to_string());
        let (project, task) = match &self.new.parent_task {
            Some(parent) => parent.clone(),
            None => parent_of(self.root, run)?.ok_or_else(unknown)?,
        };
        let parent = self.root.task(&project, &task).map_err(|_| unknown())?.spec()?;
        spec.parent_run_id = Some(run.clone());
        spec.parent_task = Some(format!("{project}/{task}"));
        spec.depth = parent.depth + 1;
        spec.limits.depth = parent.limits.depth;
        if spec.depth > spec.limits.depth {
            return Err(IntentErrorKind::TooDeep { depth: spec.depth, allowed: spec.limits.depth });
        }
        Ok(())
    }

    /// Writes it: that it lives, then the task. A name of our making that another process has just
    /// taken is moved on.
    fn write(&self, spec: &mut TaskSpec) -> Result<(), IntentErrorKind> {
        let new = self.new;
        loop {
            let project = self.root.create_project(&spec.project_id, &new.source)?;
            match project.create_live_task(spec, &new.prompt) {
                Err(StoreError { kind: StoreErrorKind::AlreadyExists, .. }) => {}
                made => return made.map(|_| crate::faults::step("create.task")).map_err(Into::into),
            }
            let next = self.name();
            if new.task.is_some() || self.exists(&next)? {
                return Err(IntentErrorKind::Exists);
            }
            spec.task_id = next;
        }
    }
}

/// Tells the journal, so that lists show it whatever becomes of its supervisor. Where that fails, whoever
/// takes the task first does it.
fn announce(root: &Root, spec: &TaskSpec, prompt: &str) {
    let first = JournalRecord::first(spec, &summary::title(prompt));
    if let Err(error) = Journal::open(root).and_then(|journal| journal.ensure(&first)) {
        tracing::warn!(%error, "the journal does not know of a new task yet");
    }
}

/// The task that a run belongs to: a live one nearly always.
fn parent_of(root: &Root, run: &RunId) -> Result<Option<(ProjectId, TaskId)>, StoreError> {
    let has =
        |project: &ProjectId, task: &TaskId| root.task(project, task).is_ok_and(|task| task.run(run).is_ok());
    if let Some(found) = root.live_list()?.into_iter().find(|(project, task)| has(project, task)) {
        return Ok(Some(found));
    }
    for project in root.projects()? {
        let mut tasks = root.project(&project)?.tasks()?.into_iter();
        if let Some(task) = tasks.find(|task| has(&project, task)) {
            return Ok(Some((project, task)));
        }
    }
    Ok(None)
}

/// How the warning begins that names other tasks of the folder.
pub const SAME_FOLDER: &str = "works in the same folder as";

fn same_folder(root: &Root, spec: &TaskSpec) -> Result<Option<String>, StoreError> {
    let others = children::same_folder(root, spec)?;
    // A parent that waits for its children in one folder is how delegation works.
    let parent = spec.parent_task.as_deref();
    let names = others.into_iter().map(|(project, task)| format!("{project}/{task}"));
    let names: Vec<String> = names.filter(|name| Some(name.as_str()) != parent).collect();
    Ok((!names.is_empty()).then(|| format!("{SAME_FOLDER} {}", names.join(", "))))
}
