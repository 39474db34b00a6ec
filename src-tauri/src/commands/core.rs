//! The one command through which the page asks the core.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use conductor_core::server::{self, Ask};
use serde::Serialize;
use serde_json::Value;
use tauri::State;

use crate::door::Door;
use crate::refusal::Refusal;

/// What came of a request, as over HTTP.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Answer {
    /// The HTTP status; from 400 on `body` is a problem of `docs/api.md`.
    pub status: u16,
    /// Headers by their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body, where it is UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub body: Option<String>,
    /// The body, where it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub base64: Option<String>,
}

/// Asks the core, as over HTTP: `body` is JSON, `base64` are bytes.
#[tauri::command]
pub async fn ask(
    door: State<'_, Door>,
    method: String,
    path: String,
    headers: Option<BTreeMap<String, String>>,
    body: Option<Value>,
    base64: Option<String>,
) -> Result<Answer, Refusal> {
    let changes = !matches!(method.as_str(), "GET" | "HEAD");
    let ask = request(method, path, headers.unwrap_or_default(), body, base64)?;
    let answer = door.local().await?.ask(ask).await;
    if changes {
        // What the journal tells is seen a moment later; a root of another system has none.
        door.nudge();
    }
    Ok(answer.into())
}

fn request(
    method: String,
    path: String,
    mut headers: BTreeMap<String, String>,
    body: Option<Value>,
    base64: Option<String>,
) -> Result<Ask, Refusal> {
    let (kind, body) = match (body, base64) {
        (Some(_), Some(_)) => return Err(Refusal::usage("a request has one body: `body` or `base64`")),
        (Some(body), None) => ("application/json", body.to_string().into_bytes()),
        (None, Some(base64)) => {
            let bytes =
                STANDARD.decode(base64).map_err(|error| Refusal::usage(format_args!("`base64`: {error}")))?;
            ("application/octet-stream", bytes)
        }
        (None, None) => return Ok(Ask { method, path, headers, body: Vec::new() }),
    };
    headers.entry("content-type".to_owned()).or_insert_with(|| kind.to_owned());
    Ok(Ask { method, path, headers, body })
}

impl From<server::Answer> for Answer {
    fn from(answer: server::Answer) -> Self {
        let server::Answer { status, headers, body } = answer;
        match String::from_utf8(body.into()) {
            Ok(text) => Self { status, headers, body: Some(text), base64: None },
            Err(error) => {
                Self { status, headers, body: None, base64: Some(STANDARD.encode(error.as_bytes())) }
            }
        }
    }
}
