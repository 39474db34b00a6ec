//! Why a command was not carried out, as the page is told it.

use conductor_core::api::{ApiError, ErrorCode};
use serde::Serialize;

/// Why a command was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Refusal {
    /// What the page branches on: a code of `docs/api.md`.
    pub code: &'static str,
    /// What, where and why; one line.
    pub message: String,
    /// What to do about it; one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub hint: Option<String>,
}

impl Refusal {
    /// A request that is wrong in itself.
    pub fn usage(message: impl ToString) -> Self {
        Self::new(ErrorCode::Usage, message)
    }

    /// A program that is needed and not here.
    pub fn missing(message: impl ToString, hint: &str) -> Self {
        Self { hint: Some(hint.to_owned()), ..Self::new(ErrorCode::Missing, message) }
    }

    /// The operating system refused to do `what`.
    pub fn io(what: impl std::fmt::Display, error: &std::io::Error) -> Self {
        ApiError::io(what, error).into()
    }

    fn new(code: ErrorCode, message: impl ToString) -> Self {
        Self { code: code.as_str(), message: message.to_string(), hint: None }
    }
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self { hint: error.hint, ..Self::new(error.code, error.message) }
    }
}
