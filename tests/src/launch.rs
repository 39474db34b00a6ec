//! Launches through the exec gate, as a supervisor makes them, without a supervisor.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use conductor_core::model::RunId;
use conductor_core::supervisor::process::{GateError, Gated, GatedLaunch, ProcessId, RUN_MARKER, Tree, gate};

use crate::env::{TestEnv, wait_for};
use crate::processes::MARKER;

/// One run: its id, its folder, its script.
#[derive(Debug)]
pub struct Launch {
    /// The run.
    pub run: RunId,
    folder: PathBuf,
    exe: PathBuf,
    /// The program; the fake agent unless changed.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Its environment.
    pub env: BTreeMap<OsString, OsString>,
    /// Its working folder.
    pub cwd: PathBuf,
}

impl Launch {
    /// A run of the fake agent with this script.
    ///
    /// # Panics
    /// When its folder cannot be made.
    pub fn new(env: &TestEnv, script: &str) -> Self {
        let run = RunId::generate();
        let folder = env.path().join(run.as_str());
        fs::create_dir_all(&folder).expect("the run's folder");
        fs::write(folder.join("prompt.md"), script).expect("the prompt");
        let bus = folder.join("TASK-MESSAGE-BUS.md");
        let variables = [
            (RUN_MARKER, run.as_str().into()),
            ("JRUN_TASK_FOLDER", folder.clone().into_os_string()),
            ("JRUN_RUN_FOLDER", folder.clone().into_os_string()),
            ("JRUN_MESSAGE_BUS", bus.into_os_string()),
            ("FAKE_AGENT", env.fake_agent().into()),
            ("PATH", std::env::var_os("PATH").unwrap_or_default()),
            (MARKER, env.marker().into()),
        ];
        Self {
            run,
            folder,
            exe: env.run_agent().to_owned(),
            program: env.fake_agent().to_owned(),
            args: Vec::new(),
            env: variables.into_iter().map(|(name, value)| (name.into(), value)).collect(),
            cwd: env.work(),
        }
    }

    /// A run of a line of shell.
    ///
    /// # Panics
    /// As [`Launch::new`].
    pub fn shell(env: &TestEnv, line: &str) -> Self {
        let mut launch = Self::new(env, "");
        launch.program = "/bin/sh".into();
        launch.args = ["-c", line].map(OsString::from).into();
        launch
    }

    /// With another binary as the gate.
    #[must_use]
    pub fn through(mut self, exe: &Path) -> Self {
        self.exe = exe.to_owned();
        self
    }

    /// Puts it behind the gate.
    ///
    /// # Errors
    /// As [`gate::start`] and [`Gate::prepare`](conductor_core::supervisor::process::Gate::prepare).
    ///
    /// # Panics
    /// When its files cannot be opened.
    pub fn spawn(&self) -> Result<Gated, GateError> {
        let append = |name: &str| {
            File::options().append(true).create(true).open(self.folder.join(name)).expect("a log file")
        };
        gate::start(&self.exe, &self.run)?.prepare(GatedLaunch {
            program: &self.program,
            args: &self.args,
            env: &self.env,
            cwd: &self.cwd,
            stdin: File::open(self.folder.join("prompt.md")).expect("the prompt"),
            stdout: append("agent-stdout.txt"),
            stderr: append("agent-stderr.txt"),
            nice: 5,
            oom_score_adj: 300,
            cgroup: None,
        })
    }

    /// Lets it begin.
    ///
    /// # Panics
    /// When it does not.
    #[track_caller]
    pub fn start(&self) -> ProcessId {
        let gated = self.spawn().unwrap_or_else(|error| panic!("{error}"));
        gated.release().unwrap_or_else(|error| panic!("{error}")).id()
    }

    /// Its processes, told as little as possible.
    pub fn tree(&self) -> Tree {
        Tree::of_run(&self.run, None)
    }

    /// What it printed so far.
    pub fn stdout(&self) -> String {
        self.read("agent-stdout.txt")
    }

    /// A file of its folder; empty where there is none.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join(name)).unwrap_or_default()
    }

    /// A path in its folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Waits until it has said this.
    ///
    /// # Panics
    /// When it does not in time.
    pub fn wait_for(&self, text: &str) {
        wait_for(text, || self.stdout().contains(text).then_some(()));
    }
}
