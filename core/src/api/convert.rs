//! From every module's errors to the one of the use cases: code, one line, hint.

use super::{ApiError, ErrorCode};
use crate::bus::{BusError, BusErrorKind};
use crate::config::ConfigError;
use crate::model::IdError;
use crate::store::{StoreError, StoreErrorKind};
use crate::supervisor::process::ProcessError;

impl From<IdError> for ApiError {
    fn from(error: IdError) -> Self {
        ApiError::usage(error)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let (code, hint) = match &error.kind {
            StoreErrorKind::NotFound => (ErrorCode::NotFound, None),
            StoreErrorKind::AlreadyExists => (ErrorCode::Conflict, None),
            StoreErrorKind::Yaml { .. }
            | StoreErrorKind::NotUtf8 { .. }
            | StoreErrorKind::TooLarge { .. } => {
                (ErrorCode::Damaged, Some("`run-agent doctor` lists what is damaged".to_owned()))
            }
            StoreErrorKind::NotAFile | StoreErrorKind::NotAFolder | StoreErrorKind::Escapes => {
                (ErrorCode::Damaged, None)
            }
            StoreErrorKind::NewerVersion { binary, .. } => {
                (ErrorCode::NewerVersion, binary.as_ref().map(|path| format!("use {}", path.display())))
            }
            StoreErrorKind::ReadOnlyRoot => (
                ErrorCode::ReadOnly,
                Some("`run-agent migrate` makes it ours; until then it is only read".to_owned()),
            ),
            StoreErrorKind::NotForeign => (ErrorCode::Conflict, None),
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
            BusErrorKind::BadType(_) => (ErrorCode::Usage, Some("types are words such as PROGRESS or FACT")),
            BusErrorKind::TooLarge { .. } => {
                (ErrorCode::Usage, Some("`--attach FILE` copies a file beside the bus"))
            }
            _ => (ErrorCode::Io, None),
        };
        let hint = hint.map(str::to_owned);
        Self { hint, ..ApiError::new(code, &error) }
    }
}
