//! From every module's errors to the one of the use cases: code, one line, hint.

use super::{ApiError, ErrorCode};
use crate::agent::AgentError;
use crate::bus::{BusError, BusErrorKind};
use crate::config::ConfigError;
use crate::model::IdError;
use crate::notify::NotifyError;
use crate::store::{JournalError, StoreError, StoreErrorKind};
use crate::supervisor::SuperviseError;
use crate::supervisor::binary::BinaryError;
use crate::supervisor::depend::{DependError, DependErrorKind};
use crate::supervisor::detach::DetachError;
use crate::supervisor::intent::{IntentError, IntentErrorKind as Kind};
use crate::supervisor::process::ProcessError;
use crate::supervisor::recover::RecoverError;

impl From<NotifyError> for ApiError {
    fn from(error: NotifyError) -> Self {
        match error {
            NotifyError::Store(error) => error.into(),
            NotifyError::Journal(error) => error.into(),
            NotifyError::Runtime(error) => ApiError::io("start what sends webhooks", &error),
        }
    }
}

impl From<IdError> for ApiError {
    fn from(error: IdError) -> Self {
        ApiError::usage(error).with_hint("`run-agent list` shows the names that are there")
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let (code, hint) = match &error.kind {
            StoreErrorKind::NotFound => {
                (ErrorCode::NotFound, Some("`run-agent list` shows what is there".to_owned()))
            }
            StoreErrorKind::AlreadyExists => {
                (ErrorCode::Conflict, Some("name another, or move what is there away".to_owned()))
            }
            StoreErrorKind::Yaml { .. }
            | StoreErrorKind::CutShort
            | StoreErrorKind::NotUtf8 { .. }
            | StoreErrorKind::TooLarge { .. }
            | StoreErrorKind::NotAFile
            | StoreErrorKind::Escapes => (ErrorCode::Damaged, Some(damage_hint(&error.path))),
            StoreErrorKind::NotAFolder | StoreErrorKind::Link => {
                (ErrorCode::Damaged, Some(damage_hint(&error.path)))
            }
            StoreErrorKind::NewerVersion { binary, .. } => {
                let program = binary.as_ref().map(|path| format!("use {}", path.display()));
                let none = || "no newer run-agent is in the root's .conductor/bin: install one".to_owned();
                (ErrorCode::NewerVersion, Some(program.unwrap_or_else(none)))
            }
            StoreErrorKind::ReadOnlyRoot => (
                ErrorCode::ReadOnly,
                Some("`run-agent migrate` makes it ours; until then it is only read".to_owned()),
            ),
            StoreErrorKind::RootFileLost => (
                ErrorCode::Damaged,
                Some("`run-agent recover` makes it anew; nothing else of the root is touched".to_owned()),
            ),
            StoreErrorKind::NotForeign => {
                (ErrorCode::Conflict, Some("only roots of another system are migrated".to_owned()))
            }
            StoreErrorKind::StillRunning { .. } | StoreErrorKind::Changing => (
                ErrorCode::Conflict,
                Some("end what works in it first, in the system that started it".to_owned()),
            ),
            StoreErrorKind::NotInitialised => (ErrorCode::NotFound, None),
            StoreErrorKind::Locked { .. } => {
                (ErrorCode::Locked, Some("try again; its holder ends it soon or is stuck".to_owned()))
            }
            StoreErrorKind::Name(_) => (ErrorCode::Usage, None),
            StoreErrorKind::Io { .. } | StoreErrorKind::Emit { .. } => (ErrorCode::Io, io_hint(&error)),
        };
        Self { hint, ..ApiError::new(code, &error) }
    }
}

/// What helps against damage: some files can be made anew from others.
fn damage_hint(path: &std::path::Path) -> String {
    match path.file_name().and_then(|name| name.to_str()) {
        Some("state.yaml" | "run-info.yaml") => {
            "`run-agent recover` makes it anew from what else is known; `run-agent stop` works all the same"
        }
        Some("task.yaml") => {
            "nothing else says what was asked: put the file back; `run-agent stop` works all the same"
        }
        Some("live") if path.ends_with(".conductor/state/live") => {
            "`run-agent recover` makes it anew by looking at every task"
        }
        _ => "`run-agent doctor` lists what is damaged",
    }
    .to_owned()
}

/// What helps against the system's refusals that a person can do something about.
fn io_hint(error: &StoreError) -> Option<String> {
    match rustix::io::Errno::from_raw_os_error(error.errno()?) {
        rustix::io::Errno::NOSPC => Some("the disk is full: make room, nothing is lost".to_owned()),
        rustix::io::Errno::ACCESS | rustix::io::Errno::PERM => {
            Some("it belongs to another user: name a root of your own with --root".to_owned())
        }
        rustix::io::Errno::ROFS => Some("the file system is mounted read-only".to_owned()),
        _ => None,
    }
}

impl From<ConfigError> for ApiError {
    fn from(error: ConfigError) -> Self {
        Self { hint: error.hint(), ..ApiError::new(ErrorCode::Config, &error) }
    }
}

impl From<ProcessError> for ApiError {
    fn from(error: ProcessError) -> Self {
        ApiError::new(ErrorCode::Io, error)
    }
}

impl From<BusError> for ApiError {
    fn from(error: BusError) -> Self {
        let (code, hint) = match &error.kind {
            BusErrorKind::Foreign => (ErrorCode::ReadOnly, Some("`run-agent migrate` makes it ours")),
            BusErrorKind::Locked { .. } => (ErrorCode::Locked, Some("try again")),
            BusErrorKind::IdsExhausted | BusErrorKind::NotKept => {
                (ErrorCode::Damaged, Some("`run-agent bus verify` says what is wrong with it"))
            }
            BusErrorKind::NotAFile => {
                (ErrorCode::Damaged, Some("move it away: the next message begins the bus anew"))
            }
            BusErrorKind::BadType(_) => (ErrorCode::Usage, Some("types are words such as PROGRESS or FACT")),
            BusErrorKind::TooLarge { .. } => {
                (ErrorCode::Usage, Some("`--attach FILE` copies a file beside the bus"))
            }
            _ => (ErrorCode::Io, Some("`run-agent bus verify` says what is wrong with it")),
        };
        let hint = hint.map(str::to_owned);
        Self { hint, ..ApiError::new(code, &error) }
    }
}

impl From<AgentError> for ApiError {
    fn from(error: AgentError) -> Self {
        Self { hint: error.kind.hint(), ..ApiError::new(ErrorCode::Agent, &error) }
    }
}

impl From<DetachError> for ApiError {
    fn from(error: DetachError) -> Self {
        ApiError::new(ErrorCode::Io, format_args!("failed to start a supervisor for {error}"))
            .with_hint("`run-agent doctor` looks for what keeps it from starting")
    }
}

impl From<BinaryError> for ApiError {
    fn from(error: BinaryError) -> Self {
        ApiError::new(ErrorCode::Io, error).with_hint("`run-agent doctor` checks the root")
    }
}

impl From<DependError> for ApiError {
    fn from(error: DependError) -> Self {
        let code = match error.kind {
            DependErrorKind::Unknown => ErrorCode::NotFound,
            _ => ErrorCode::Usage,
        };
        ApiError::new(code, &error).with_hint("`run-agent list` shows the tasks that can be named")
    }
}

impl From<IntentError> for ApiError {
    fn from(error: IntentError) -> Self {
        let words = error.to_string();
        let name = error.name;
        let (code, hint) = match *error.kind {
            Kind::Store(source) => return whole(source, words),
            Kind::Bus(source) => return whole(source, words),
            Kind::Config(source) => return source.into(),
            Kind::Agent(source) => return source.into(),
            Kind::Detach(source) => return source.into(),
            Kind::Depend(source) => return whole(source, words),
            Kind::Name(source) => return whole(source, words),
            Kind::Process(source) => return whole(source, words),
            Kind::NotFound => (ErrorCode::NotFound, "`run-agent list` shows the tasks".to_owned()),
            Kind::Exists => (ErrorCode::Conflict, format!("`run-agent tell {name} \"…\"` follows it up")),
            Kind::Ended(_) => (ErrorCode::Conflict, format!("`run-agent resume {name}` goes on with it")),
            Kind::Status { .. } => {
                (ErrorCode::Conflict, format!("`run-agent status {name}` shows where it stands"))
            }
            Kind::NoQuestion => {
                (ErrorCode::Conflict, format!("`run-agent tell {name} \"…\"` says something unasked"))
            }
            Kind::Answered { .. } => {
                (ErrorCode::Conflict, format!("`run-agent tell {name} \"…\"` adds to it"))
            }
            Kind::NoSessions(_) => (
                ErrorCode::Conflict,
                format!(
                    "`run-agent pause {name} --after-turn` pauses it, so that you can work in its folder"
                ),
            ),
            Kind::NotYet(_) => {
                (ErrorCode::Conflict, format!("`run-agent watch {name}` shows when it happens"))
            }
            // The task is not there: its name would say nothing.
            Kind::Folder { path, source } => {
                return ApiError::io(format_args!("work in {}", path.display()), &source)
                    .with_hint("--cwd names a folder that is there");
            }
            Kind::Invalid { what, why } => {
                let hint = match why {
                    "is empty" => "write it in quotes; where `-` stands for it, it is read from the input",
                    _ => "`run-agent ask --help` shows what it takes",
                };
                return ApiError::usage(format_args!("the {what} {why}")).with_hint(hint);
            }
            kind @ Kind::NoChoice { .. } => {
                return ApiError::usage(kind).with_hint("answer with one of these numbers, or in words");
            }
            kind @ Kind::UnknownParent(_) => {
                return ApiError::not_found(kind).with_hint("`run-agent list --runs` shows the runs");
            }
            kind @ Kind::TooDeep { .. } => {
                return ApiError::conflict(kind).with_hint("do it in this task instead");
            }
            kind @ Kind::AgentMissing { .. } => {
                return ApiError::new(ErrorCode::Agent, kind)
                    .with_hint("`run-agent agents` shows what can be used here");
            }
            Kind::Take(_) => (ErrorCode::Locked, format!("`run-agent status {name}` says who owns it")),
            Kind::Record(_) | Kind::Binary(_) | Kind::Supervise(_) => {
                (ErrorCode::Io, "`run-agent doctor` looks for what is wrong; nothing is lost".to_owned())
            }
        };
        ApiError::new(code, words).with_hint(hint)
    }
}

/// Code and hint of the cause, with the words of the whole.
fn whole(source: impl Into<ApiError>, words: String) -> ApiError {
    ApiError { message: words, ..source.into() }
}

impl From<SuperviseError> for ApiError {
    fn from(error: SuperviseError) -> Self {
        let code = if error.is_held() { ErrorCode::Locked } else { ErrorCode::Io };
        let hint = match error {
            SuperviseError::Removed { .. } => "what it did in its working folder is there; ask for it anew",
            _ => "nothing is lost: `run-agent recover` goes on with it",
        };
        ApiError::new(code, format_args!("failed to supervise the task: {error}")).with_hint(hint)
    }
}

impl From<RecoverError> for ApiError {
    fn from(error: RecoverError) -> Self {
        match error {
            RecoverError::Store(source) => source.into(),
        }
    }
}

impl From<JournalError> for ApiError {
    fn from(error: JournalError) -> Self {
        ApiError::new(ErrorCode::Io, format_args!("failed to read the journal: {error}"))
            .with_hint("it is made again from the files when it is deleted: `run-agent doctor` looks at it")
    }
}
