//! A server's problem (RFC 9457) as the error that it was there: the same code, words and hint.

use reqwest::StatusCode;
use serde::Deserialize;

use super::address::Address;
use crate::api::{ApiError, ErrorCode};

#[derive(Deserialize)]
struct Problem {
    code: String,
    detail: String,
    hint: Option<String>,
}

/// The error that an answer tells of.
pub fn error_of(status: StatusCode, body: &[u8], address: &Address) -> ApiError {
    let Ok(problem) = serde_json::from_slice::<Problem>(body) else { return foreign(address) };
    let code = ErrorCode::parse(&problem.code).unwrap_or_else(|| by_status(status));
    ApiError { hint: problem.hint, ..ApiError::new(code, problem.detail) }
}

/// The code of what only the HTTP face refuses.
fn by_status(status: StatusCode) -> ErrorCode {
    match status.as_u16() {
        401 => ErrorCode::Unauthorized,
        403 => ErrorCode::Forbidden,
        404 => ErrorCode::NotFound,
        429 => ErrorCode::Locked,
        400..=499 => ErrorCode::Usage,
        _ => ErrorCode::Io,
    }
}

/// What is said of an answer that no server of ours gives.
pub fn foreign(address: &Address) -> ApiError {
    let words = format_args!("what answers at {address} is no server of Conductor Loop");
    ApiError::new(ErrorCode::Unreachable, words)
        .with_hint("`run-agent serve` says its address when it starts")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_comes_back_as_it_was() {
        let address = Address::parse("localhost:1").expect("an address");
        for code in ErrorCode::all() {
            let body = format!(r#"{{"code":"{code}","detail":"a","hint":"b","title":"c","status":1}}"#);
            let error = error_of(StatusCode::IM_A_TEAPOT, body.as_bytes(), &address);
            assert_eq!(error, ApiError::new(code, "a").with_hint("b"));
        }
        let other = br#"{"code":"unsupported_media_type","detail":"a"}"#;
        let code = |status, body: &[u8]| error_of(status, body, &address).code;
        assert_eq!(code(StatusCode::UNSUPPORTED_MEDIA_TYPE, other), ErrorCode::Usage);
        assert_eq!(code(StatusCode::NOT_FOUND, b"<html>"), ErrorCode::Unreachable);
    }
}
