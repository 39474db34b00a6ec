//! Who calls, and from where: flags, environment, current folder.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::config::Sources;
use crate::environment;

/// What a face knows about its caller before anything is opened.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// The root that was named.
    pub root: Option<PathBuf>,
    /// The project that was named.
    pub project: Option<String>,
    /// The task that was named: an id, a slug, the end of an id, `project/task`.
    pub task: Option<String>,
    /// The configuration file that was named.
    pub config: Option<PathBuf>,
    /// The environment.
    pub env: BTreeMap<OsString, OsString>,
    /// The current folder; one that is gone has a path at which nothing is.
    pub cwd: PathBuf,
    /// In whose name it is done; else the calling run, else the user.
    pub by: Option<String>,
    /// Whether this process goes on afterwards: it keeps the index open, and must not supervise a task
    /// itself, not even for the time of a stop.
    pub lasting: bool,
    /// Whether it starts no agent: what is asked of a task without a supervisor is recorded, for whoever starts
    /// one, and a task that has ended stays ended.
    pub launches_nothing: bool,
}

impl Caller {
    /// The [environment](crate::environment) that counts and the current folder, nothing named.
    pub fn of_this_process() -> Self {
        let cwd = std::env::current_dir().unwrap_or_else(|_| folder_that_is_gone());
        Self { env: environment::current(), cwd, ..Self::default() }
    }

    /// A variable of the environment; none where it is unset or empty.
    pub fn variable(&self, name: &str) -> Option<&OsStr> {
        self.env.get(OsStr::new(name)).map(OsString::as_os_str).filter(|value| !value.is_empty())
    }

    /// A variable of the environment as text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.variable(name).and_then(OsStr::to_str)
    }

    /// Where the configuration is looked for. `env` is [`Caller::text`] as a function.
    pub fn sources<'a>(&'a self, env: &'a crate::config::Env<'a>) -> Sources<'a> {
        let home = self.variable("HOME").map_or(Path::new("/"), Path::new);
        Sources { flag: self.config.clone(), env, cwd: &self.cwd, home }
    }

    /// The run that calls, where an agent does: its root's path, and its project, task and run.
    pub fn run(&self) -> Option<CallingRun<'_>> {
        Some(CallingRun {
            root: Path::new(self.variable("JRUN_ROOT")?),
            project: self.text("JRUN_PROJECT_ID")?,
            task: self.text("JRUN_TASK_ID")?,
            run: self.text("JRUN_ID")?,
        })
    }
}

/// The run that an agent's call comes from.
#[derive(Debug, Clone, Copy)]
pub struct CallingRun<'a> {
    /// Path of its root.
    pub root: &'a Path,
    /// Its project.
    pub project: &'a str,
    /// Its task.
    pub task: &'a str,
    /// The run itself.
    pub run: &'a str,
}

/// Where the current folder was, in the kernel's words (`/src/old (deleted)`): nobody is taken elsewhere than
/// where they are, and who needs a folder is told which one is gone.
fn folder_that_is_gone() -> PathBuf {
    let told = std::fs::read_link("/proc/self/cwd").ok().filter(|path| path.is_absolute());
    told.unwrap_or_else(|| PathBuf::from("/proc/self/cwd (deleted)"))
}
