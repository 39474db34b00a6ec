//! The audit log (`state/audit.jsonl`): one line for every change that was asked for over HTTP, append-only.
//!
//! Who, what, when and with which result; no bodies, and so no secrets.

use std::io::Write;
use std::sync::Mutex;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;

use super::auth::Identity;
use super::peer::Peer;
use super::problem::Problem;
use super::reply::{NoChange, RequestId};
use super::state::Shared;
use crate::store::{Dir, Open};

const FILE: &str = "audit.jsonl";
/// Size at which the log is set aside under a name with the time; none is ever removed by us.
const LARGEST: u64 = 64 << 20;

/// One line of the log.
#[derive(Debug, Serialize)]
struct Line<'a> {
    at: Timestamp,
    request_id: &'a str,
    /// Name of the token; absent where none was known.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    peer: String,
    method: &'a str,
    path: &'a str,
    status: u16,
    /// The code of the error.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
}

/// The log of a root.
#[derive(Debug)]
pub struct Audit {
    /// None for a root that is not ours: nothing is changed there.
    folder: Option<Dir>,
    /// One line at a time of this process; those of others are whole because each is one write.
    turn: Mutex<()>,
}

impl Audit {
    /// The log in this folder.
    pub fn new(folder: Option<Dir>) -> Self {
        Self { folder, turn: Mutex::new(()) }
    }

    fn append(&self, line: &Line<'_>) -> Result<(), Box<dyn std::error::Error>> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        let _turn = self.turn.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if folder.meta(FILE)?.is_some_and(|meta| meta.len >= LARGEST) {
            folder.rename(FILE, format!("audit.{}.jsonl", line.at.as_millisecond()))?;
        }
        Ok(folder.open_file(FILE, Open::Append)?.write_all(&text)?)
    }
}

/// Writes down every request that may change something, whatever comes of it.
pub async fn record(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return next.run(request).await;
    }
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let peer = request.extensions().get::<Peer>().map(ToString::to_string).unwrap_or_default();
    let id = request.extensions().get::<RequestId>().cloned().unwrap_or_default();
    let response = next.run(request).await;
    if response.extensions().get::<NoChange>().is_some() {
        return response;
    }
    shared.pages.forget();
    let identity = response.extensions().get::<Identity>();
    let line = Line {
        at: shared.app.clock.now(),
        request_id: &id.0,
        token: identity.map(|identity| identity.name.as_str()),
        scope: identity.map(|identity| identity.scope.to_string()),
        peer,
        method: method.as_str(),
        path: &path,
        status: response.status().as_u16(),
        code: response.extensions().get::<Problem>().map(Problem::code),
    };
    if let Err(error) = shared.audit.append(&line) {
        tracing::error!(%error, request = id.0, "the audit log cannot be written");
    }
    response
}
