//! What every backend does, and the words in which it speaks.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use secrecy::SecretString;

use super::{AgentKind, AgentSettings, Fold, Identity};
use crate::model::{Access, EventKind, FailureClass};

/// The variables of a process.
pub type Env = BTreeMap<OsString, OsString>;

/// One kind of agent: how it is found, started, read, judged and continued.
///
/// Backends hold no state: what an agent said is in a [`Fold`], what it was given in a [`Start`].
pub trait Backend: Send + Sync {
    /// Which kind this is.
    fn kind(&self) -> AgentKind;

    /// Looks for the agent on this machine: path, version, logged in or not. Starts short-lived
    /// processes of the agent at most; never reaches out to a network by itself.
    fn detect(&self, settings: &AgentSettings, env: &Env) -> Detection;

    /// The whole command that starts one run.
    ///
    /// # Errors
    /// When the program is not there, a token is needed and missing, or the agent cannot do what is asked.
    fn command(&self, start: &Start<'_>) -> Result<CommandSpec, AgentError>;

    /// What one line of the agent's standard output means (the line end is not part of it). Pure; a line
    /// that is not understood becomes [`EventKind::Raw`], so nothing is ever dropped.
    fn parse(&self, line: &[u8]) -> Parsed;

    /// What the beginning of a line means that is too long to be kept whole, of which `left_out` bytes
    /// are not given. One event, as nobody reads the line again.
    fn parse_beginning(&self, head: &[u8], _left_out: u64) -> Parsed {
        Parsed::raw(head)
    }

    /// The command with which a person continues the session by hand, in the task's working folder.
    fn interactive(&self, settings: &AgentSettings, session: &str) -> Option<Vec<String>>;

    /// Whether it went well, from all that is known: events, exit and the end of its standard error. The
    /// exit code alone is never believed.
    fn judge(&self, fold: &Fold, exit: &Exit, stderr_tail: &str) -> Verdict;

    /// Whether a session can be continued. Where not, what it calls its session is only told.
    fn has_sessions(&self) -> bool {
        true
    }

    /// Whether the usage that it reports counts the whole session and not only this run.
    fn reports_session_usage(&self) -> bool {
        false
    }
}

/// All that is needed to start one run.
#[derive(Clone, Copy)]
pub struct Start<'a> {
    /// The agent's settings.
    pub settings: &'a AgentSettings,
    /// Its token, where one is configured or in the environment.
    pub token: Option<&'a SecretString>,
    /// What it may do.
    pub access: Access,
    /// Model for this run; absent: the configured one, else the agent's own default.
    pub model: Option<&'a str>,
    /// Session to continue.
    pub resume: Option<&'a str>,
    /// Id for a session that begins (a UUID, see [`super::new_session`]), where the agent takes one.
    pub new_session: Option<&'a str>,
    /// The prompt, as it stands in `prompt.md`.
    pub prompt: &'a str,
    /// Working folder, absolute.
    pub cwd: &'a Path,
    /// Folder of the task, absolute.
    pub task_folder: &'a Path,
    /// Folder of the run, absolute; holds `prompt.md`.
    pub run_folder: &'a Path,
    /// Absolute path of `run-agent`.
    pub cli: &'a Path,
    /// Which run this is; becomes the `JRUN_*` variables.
    pub identity: Identity<'a>,
    /// The supervisor's own environment.
    pub base_env: &'a Env,
}

/// Where the agent's standard input comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StdinFrom {
    /// `prompt.md`.
    Prompt,
    /// Nothing: it ends at once.
    Null,
}

/// A command that is ready to be started.
#[derive(Clone)]
pub struct CommandSpec {
    /// The program, absolute.
    pub program: PathBuf,
    /// Its arguments; never hold a token.
    pub args: Vec<OsString>,
    /// Its complete environment.
    pub env: Env,
    /// Its standard input.
    pub stdin: StdinFrom,
    /// The command line for people and files, quoted for a shell; never holds a token or the prompt.
    pub display: String,
}

/// What was found of an agent on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detection {
    /// The program; absent when it was not found.
    pub path: Option<PathBuf>,
    /// The version that it reports.
    pub version: Option<String>,
    /// Whether it can reach its model.
    pub login: Login,
}

impl Detection {
    /// An agent that is not there, and what to do about it.
    pub fn missing(hint: impl Into<String>) -> Self {
        Self { path: None, version: None, login: Login::No(hint.into()) }
    }
}

/// Whether an agent can reach its model, as far as can be told without asking it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    /// Yes, and how: a variable, a file of its own.
    Yes(String),
    /// No, and what to do about it.
    No(String),
    /// It cannot be told.
    Unknown,
}

/// What one line of output means.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parsed {
    /// When the agent says it happened.
    pub ts: Option<Timestamp>,
    /// The events; empty for lines that say nothing (blank lines, echoes of the prompt).
    pub events: Vec<EventKind>,
}

impl Parsed {
    /// Bytes of a line that is not understood that are kept in its event; the log has all of it.
    pub const RAW_MAX: usize = 64 * 1024;

    /// A line that is not understood, as it came.
    pub fn raw(line: &[u8]) -> Self {
        let kept = &line[..line.len().min(Self::RAW_MAX)];
        Self { ts: None, events: vec![EventKind::Raw { line: String::from_utf8_lossy(kept).into_owned() }] }
    }
}

impl From<EventKind> for Parsed {
    fn from(event: EventKind) -> Self {
        Self { ts: None, events: vec![event] }
    }
}

/// How an agent's process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exit {
    /// Its exit code.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// Whether its end was seen; an adopted process may end unseen.
    pub known: bool,
}

impl Exit {
    /// It exited by itself.
    pub fn code(code: i32) -> Self {
        Self { code: Some(code), signal: None, known: true }
    }

    /// A signal ended it.
    pub fn signal(signal: i32) -> Self {
        Self { code: None, signal: Some(signal), known: true }
    }

    /// Nobody saw how it ended.
    pub fn unknown() -> Self {
        Self { code: None, signal: None, known: false }
    }
}

/// Whether a run went well, and if not, what that means for what comes next.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Whether it did.
    pub ok: bool,
    /// What sort of failure it was; absent when it went well.
    pub class: Option<FailureClass>,
    /// What went wrong, one line; for a good run, what is worth knowing all the same.
    pub summary: Option<String>,
}

impl Verdict {
    /// It went well.
    pub fn good() -> Self {
        Self { ok: true, class: None, summary: None }
    }

    /// It failed.
    pub fn bad(class: FailureClass, summary: impl Into<String>) -> Self {
        Self { ok: false, class: Some(class), summary: Some(summary.into()) }
    }
}

/// Why an agent cannot be started: which one, and what is wrong.
#[derive(Debug, thiserror::Error)]
#[error("agent {agent}: {kind}")]
pub struct AgentError {
    /// Its name in the configuration.
    pub agent: String,
    /// What is wrong.
    #[source]
    pub kind: AgentErrorKind,
}

/// What is wrong with starting an agent.
#[derive(Debug, thiserror::Error)]
pub enum AgentErrorKind {
    /// The program is nowhere on the path, or is not executable.
    #[error("program {program:?} was not found")]
    Missing {
        /// What was looked for.
        program: String,
        /// How to get it.
        hint: String,
    },
    /// It needs a token and has none.
    #[error("no token is configured")]
    NoToken {
        /// Variables that are looked at.
        variables: String,
    },
    /// The prompt does not fit into an argument.
    #[error("the prompt of {bytes} bytes is too long for an argument (at most {max})")]
    PromptTooLong {
        /// Its size.
        bytes: usize,
        /// What fits.
        max: usize,
    },
    /// The configuration gives no command.
    #[error("no command is configured")]
    NoCommand,
    /// Something of its start could not be written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl AgentErrorKind {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            AgentErrorKind::Missing { hint, .. } => Some(hint.clone()),
            AgentErrorKind::NoToken { variables } => {
                Some(format!("set {variables}, or token_file in the configuration"))
            }
            AgentErrorKind::PromptTooLong { .. } => {
                Some("give it by stdin or file: `prompt: stdin`".to_owned())
            }
            AgentErrorKind::NoCommand => Some("set `command: [program, argument]`".to_owned()),
            AgentErrorKind::Io { .. } => Some("`run-agent doctor` looks at agents and folders".to_owned()),
        }
    }
}
