//! Starting a supervisor that belongs to nobody: its own session, its own scope where systemd offers
//! one, and nothing in its environment that makes it look like a process of the run that started it.
//!
//! The new process is `run-agent __supervise …` from the root's `bin/`. It tells through a pipe that it
//! owns the task, or why not, so that whoever started it returns with the truth.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use serde::{Deserialize, Serialize};

use super::binary::{self, BinaryError};
use super::process::SUPERVISOR_MARKER;
use crate::agent::SERVICE_MARKS;
use crate::environment;
use crate::model::{ProjectId, TaskId};
use crate::store::{Open, Root, StoreError};

/// The hidden command that a supervisor is started with.
pub const COMMAND: &str = "__supervise";
/// What a supervisor without a terminal has to say beside its files: a panic, a refused system call.
pub const LOG: &str = "supervisor.log";

/// How long a new supervisor may take to own its task, on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// Variables of a run that its child tasks' supervisors must not inherit.
const RUN_VARIABLES: &str = "JRUN_";
/// Where a server is; true for every process of the root.
const SERVER_VARIABLE: &str = "JRUN_CONDUCTOR_URL";

/// A supervisor that was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Started {
    /// Its process id; of the one that was there already, where it says so.
    pub pid: Option<i32>,
    /// Whether the task had a supervisor already.
    pub already: bool,
}

/// How to start a supervisor.
#[derive(Debug, Clone, Default)]
pub struct StartOptions {
    /// Variables to set for it, beside those of the environment.
    pub env: Vec<(OsString, OsString)>,
    /// Runs of another machine or pid namespace count as dead.
    pub assume_dead: bool,
}

/// Why no supervisor was started: of which task, and what happened.
#[derive(Debug, thiserror::Error)]
#[error("supervisor of {project}/{task}: {kind}")]
pub struct DetachError {
    /// The task's project.
    pub project: ProjectId,
    /// The task.
    pub task: TaskId,
    /// What happened.
    #[source]
    pub kind: Box<DetachErrorKind>,
}

/// What kept a supervisor from owning its task.
#[derive(Debug, thiserror::Error)]
pub enum DetachErrorKind {
    /// It says so itself.
    #[error("{0}")]
    Refused(String),
    /// It ended without a word.
    #[error("ended before it owned the task; see {}", .0.display())]
    Died(PathBuf),
    /// It could not be started.
    #[error("cannot start {}: {source}", program.display())]
    Spawn {
        /// The program.
        program: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Its first word could not be read.
    #[error("cannot read its answer: {0}")]
    Answer(io::Error),
    /// The program could not be placed.
    #[error(transparent)]
    Binary(#[from] BinaryError),
    /// Its log could not be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a new supervisor says on the pipe, one line each.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Word {
    /// It owns the task.
    Owns(i32),
    /// The task has a supervisor already.
    Held(Option<i32>),
    /// It will not own the task.
    Refused(String),
}

/// Starts a supervisor and returns when it owns the task. One that is there already is as good. `env`:
/// variables to set for it, beside those of the environment.
///
/// # Errors
/// When it cannot be started, refuses the task, or ends before it owned it.
pub fn start(
    root: &Root,
    project: &ProjectId,
    task: &TaskId,
    env: &[(OsString, OsString)],
) -> Result<Started, DetachError> {
    start_with(root, project, task, &StartOptions { env: env.to_vec(), ..StartOptions::default() })
}

/// [`start`], with everything that can be said.
///
/// # Errors
/// As [`start`].
pub fn start_with(
    root: &Root,
    project: &ProjectId,
    task: &TaskId,
    options: &StartOptions,
) -> Result<Started, DetachError> {
    let failed = |kind| DetachError { project: project.clone(), task: task.clone(), kind: Box::new(kind) };
    let start = || -> Result<Started, DetachErrorKind> {
        let launch = Launch::new(root, project, task, options)?;
        if systemd_answers() {
            match launch.run(launch.in_scope()) {
                // A manager that answers may still refuse a scope; it is a plain process then.
                Err(DetachErrorKind::Died(_) | DetachErrorKind::Spawn { .. }) => {}
                answer => return answer,
            }
        }
        launch.run(launch.plain())
    };
    start().map_err(failed)
}

/// Whether this process carries the marker of a run: then it must not supervise a task itself, lest it
/// end with that run. It starts a supervisor and follows it.
pub fn is_inside_run() -> bool {
    std::env::var_os(super::process::RUN_MARKER).is_some_and(|run| !run.is_empty())
}

/// What a supervisor is started with.
struct Launch<'a> {
    program: PathBuf,
    arguments: Vec<OsString>,
    env: &'a [(OsString, OsString)],
    marker: String,
    log: PathBuf,
    log_file: std::fs::File,
}

impl<'a> Launch<'a> {
    fn new(
        root: &Root,
        project: &ProjectId,
        task: &TaskId,
        options: &'a StartOptions,
    ) -> Result<Self, DetachErrorKind> {
        let program = binary::place(root)?;
        let folder = root.task(project, task)?;
        let words: [&OsStr; 7] = [
            COMMAND.as_ref(),
            "--root".as_ref(),
            root.path().as_os_str(),
            "--project".as_ref(),
            project.as_str().as_ref(),
            "--task".as_ref(),
            task.as_str().as_ref(),
        ];
        let mut arguments: Vec<OsString> = words.map(OsStr::to_owned).into();
        arguments.extend(options.assume_dead.then(|| OsString::from("--assume-dead")));
        Ok(Self {
            program,
            arguments,
            env: &options.env,
            marker: format!("{project}/{task}"),
            log: folder.dir().join(LOG),
            log_file: folder.dir().open_file(LOG, Open::Append)?,
        })
    }

    fn plain(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments);
        self.environment(&mut command);
        command
    }

    /// The process becomes the supervisor itself, so that pid, pipe and environment are as in [`Launch::plain`].
    fn in_scope(&self) -> Command {
        let mut command = Command::new("systemd-run");
        command.args(["--user", "--scope", "--quiet", "--collect", "--"]);
        command.arg(&self.program).args(&self.arguments);
        self.environment(&mut command);
        command
    }

    fn environment(&self, command: &mut Command) {
        let is_ours = |name: &OsString| {
            let name = name.to_string_lossy();
            let is_of_a_run = name.starts_with(RUN_VARIABLES) && name != SERVER_VARIABLE;
            !is_of_a_run && !SERVICE_MARKS.contains(&&*name)
        };
        command.env_clear().envs(environment::current().into_iter().filter(|(name, _)| is_ours(name)));
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command.env(SUPERVISOR_MARKER, &self.marker);
    }

    /// Starts the command and reads what it says until it owns the task or will not.
    fn run(&self, mut command: Command) -> Result<Started, DetachErrorKind> {
        let spawn = |source| DetachErrorKind::Spawn { program: self.program.clone(), source };
        let log = self.log_file.try_clone().map_err(spawn)?;
        command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().map_err(spawn)?;
        let pipe = child.stdout.take().expect("standard output is piped");
        let answer = self.listen(pipe);
        crate::faults::step("detach.owned");
        match &answer {
            Ok(Started { already: false, .. }) => reap_later(child),
            // One that will not own the task is about to end; one that is stuck must not own it later.
            _ => drop(child.kill().and_then(|()| child.wait())),
        }
        answer
    }

    /// Reads its words until one says how it went. The pipe ends when the process does.
    fn listen(&self, pipe: ChildStdout) -> Result<Started, DetachErrorKind> {
        let mut words = BufReader::new(pipe);
        let mut line = String::new();
        loop {
            line.clear();
            wait_readable(words.get_ref()).map_err(DetachErrorKind::Answer)?;
            if words.read_line(&mut line).map_err(DetachErrorKind::Answer)? == 0 {
                return Err(DetachErrorKind::Died(self.log.clone()));
            }
            match serde_json::from_str(&line) {
                Ok(Word::Owns(pid)) => return Ok(Started { pid: Some(pid), already: false }),
                Ok(Word::Held(pid)) => return Ok(Started { pid, already: true }),
                Ok(Word::Refused(why)) => return Err(DetachErrorKind::Refused(why)),
                Err(_) => {}
            }
        }
    }
}

/// Waits until there is something to read, or the end. A supervisor that says nothing is stuck.
fn wait_readable(pipe: &ChildStdout) -> io::Result<()> {
    let mut fds = [PollFd::new(pipe, PollFlags::IN)];
    let patience = Timespec { tv_sec: PATIENCE.as_secs().cast_signed(), tv_nsec: 0 };
    match rustix::io::retry_on_intr(|| poll(&mut fds, Some(&patience)))? {
        0 => Err(io::ErrorKind::TimedOut.into()),
        _ => Ok(()),
    }
}

/// A supervisor outlives a command; in a server it would stay a zombie when it ends before the server.
fn reap_later(mut child: Child) {
    let reaper = std::thread::Builder::new().name("reap".to_owned()).stack_size(64 << 10);
    // Without a thread it is a zombie until this process ends, which harms nobody.
    let _ = reaper.spawn(move || drop(child.wait()));
}

/// Whether the user's service manager listens; one that is merely installed does not count.
pub fn systemd_answers() -> bool {
    let Some(runtime) = std::env::var_os("XDG_RUNTIME_DIR") else { return false };
    UnixStream::connect(Path::new(&runtime).join("systemd/private")).is_ok()
}
