//! Tasks made and supervised through the library: what tests between the modules and the command line use.

use std::ffi::OsString;
use std::path::Path;

use conductor_core::clock::Clock;
use conductor_core::config::{Config, Sources};
use conductor_core::model::{ProjectId, TaskState, TaskStatus};
use conductor_core::store::{Holder, Root, TaskDir};
use conductor_core::supervisor::detach::{self, StartOptions, Started};
use conductor_core::supervisor::intent::{self, NewTask, Target};

use crate::env::{TestEnv, wait_for};

/// A root with a configuration, and supervisors that belong to the test's world.
#[derive(Debug)]
pub struct Tasks {
    /// The world.
    pub env: TestEnv,
    /// Its root.
    pub root: Root,
    /// Its configuration.
    pub config: Config,
    clock: Clock,
}

impl Tasks {
    /// A root whose configuration has `more` (YAML of other sections).
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn new(more: &str) -> Self {
        let env = TestEnv::new();
        env.configure(more);
        let root = Root::open_or_init(&env.root()).expect("a root");
        let home = env.home();
        let sources =
            Sources { flag: Some(env.config_path()), env: &|_| None, cwd: Path::new("/"), home: &home };
        let config = Config::load(&sources).expect("a configuration").config;
        Self { env, root, config, clock: Clock::system() }
    }

    /// What is asked of the scripted agent in the project `demo`.
    pub fn wanted(&self, prompt: &str) -> NewTask {
        let project = ProjectId::new("demo").expect("a project");
        let mut new = NewTask::new(project, &self.env.work(), prompt, &self.config);
        new.config = Some(self.env.config_path());
        new
    }

    /// Makes a task.
    ///
    /// # Panics
    /// When it is refused.
    pub fn make(&self, new: &NewTask) -> TaskDir {
        let created = intent::create(&self.root, &self.config, &self.clock, new).expect("a task");
        self.root.task(&created.project, &created.task).expect("the task")
    }

    /// Starts a supervisor of this world for a task.
    ///
    /// # Panics
    /// When it does not come to own the task.
    pub fn start(&self, task: &TaskDir) -> Started {
        self.start_with(task, StartOptions::default()).expect("a supervisor")
    }

    /// Starts a supervisor with more variables or other options.
    ///
    /// # Errors
    /// When it does not come to own the task.
    pub fn start_with(
        &self,
        task: &TaskDir,
        mut options: StartOptions,
    ) -> Result<Started, Box<detach::DetachErrorKind>> {
        let world = self.env.command("true", &[""; 0]);
        let set = world.get_envs().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())));
        let mut env: Vec<(OsString, OsString)> = set.collect();
        env.append(&mut options.env);
        let options = StartOptions { env, ..options };
        let started = detach::start_with(&self.root, task.project(), task.id(), &options);
        started.map_err(|error| error.kind)
    }

    /// The task as something is asked of it.
    pub fn target<'a>(&'a self, task: &'a TaskDir) -> Target<'a> {
        Target {
            root: &self.root,
            config: &self.config,
            clock: &self.clock,
            project: task.project(),
            task: task.id(),
            lasting: false,
            launches_nothing: false,
        }
    }

    /// Waits until a task is in a status, and returns its state.
    ///
    /// # Panics
    /// When it ends in another one, or does not come to it.
    pub fn wait_status(&self, task: &TaskDir, status: TaskStatus) -> TaskState {
        wait_for(&format!("{} to be {status}", task.id()), || {
            let state = task.state().expect("a state")?;
            let wrong = state.status.is_ended() && state.status != status;
            assert!(!wrong, "{}: {:#?}", task.id(), state);
            (state.status == status).then_some(state)
        })
    }

    /// Waits until a task's supervisor has left.
    ///
    /// # Panics
    /// When it does not leave.
    pub fn wait_left(&self, task: &TaskDir) {
        wait_for("the supervisor to leave", || (!task.is_supervised().expect("a look")).then_some(()));
    }

    /// The supervisor of a task.
    ///
    /// # Panics
    /// When it has none.
    pub fn holder(&self, task: &TaskDir) -> Holder {
        task.supervisor().expect("a look").expect("a supervisor")
    }

    /// Kills a task's supervisor and waits until its lock is free.
    ///
    /// # Panics
    /// When it has none.
    pub fn kill_supervisor(&self, task: &TaskDir) {
        let pid = rustix::process::Pid::from_raw(self.holder(task).pid).expect("a pid");
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("a kill");
        self.wait_left(task);
    }
}
