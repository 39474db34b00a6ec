//! The audit log (`state/audit.jsonl`): one line for every change that was asked for over HTTP or in the
//! desktop's window, append-only.
//!
//! Who, what, when and with which result; no bodies, and so no secrets.

use std::borrow::Cow;
use std::io::Write;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
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
/// Bytes of a path that are written down.
const LONGEST_PATH: usize = 512;
/// Lines for requests of nobody known, in [`WINDOW`]: whoever can connect could fill the disk with them.
const STRANGERS: u32 = 60;
const WINDOW: Duration = Duration::from_secs(60);

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
    /// The face in this process that asked; absent for what came over a connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    face: Option<&'a str>,
    peer: String,
    method: &'a str,
    path: Cow<'a, str>,
    status: u16,
    /// Requests of nobody known that came before this line and have none.
    #[serde(skip_serializing_if = "is_zero")]
    left_out: u32,
    /// The code of the error.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// The log of a root.
#[derive(Debug)]
pub struct Audit {
    /// None for a root that is not ours: nothing is changed there.
    folder: Option<Dir>,
    /// One line at a time of this process; those of others are whole because each is one write.
    turn: Mutex<()>,
    strangers: Mutex<Strangers>,
}

/// What was written of requests of nobody known.
#[derive(Debug, Default)]
struct Strangers {
    since: Option<Instant>,
    written: u32,
    left_out: u32,
}

impl Strangers {
    /// Whether one more may be written; counts it.
    fn admit(&mut self, now: Instant) -> bool {
        if self.since.is_none_or(|since| now.duration_since(since) >= WINDOW) {
            (self.since, self.written) = (Some(now), 0);
        }
        let is_admitted = self.written < STRANGERS;
        if is_admitted {
            self.written += 1;
        } else {
            self.left_out = self.left_out.saturating_add(1);
        }
        is_admitted
    }
}

impl Audit {
    /// The log in this folder.
    pub fn new(folder: Option<Dir>) -> Self {
        Self { folder, turn: Mutex::new(()), strangers: Mutex::default() }
    }

    fn strangers(&self) -> std::sync::MutexGuard<'_, Strangers> {
        self.strangers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn append(&self, line: &Line<'_>) -> Result<(), Box<dyn std::error::Error>> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if folder.meta(FILE)?.is_some_and(|meta| meta.len >= LARGEST) {
            folder.rename(FILE, format!("audit.{}.jsonl", line.at.as_millisecond()))?;
        }
        Ok(folder.open_file(FILE, Open::Append)?.write_all(&text)?)
    }
}

/// Writes down every request that may change something, whatever comes of it. It is carried out to its end whether
/// its client waits for it or not, so that what was changed stands in the log.
pub async fn record(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return next.run(request).await;
    }
    let carried_out = shared.changes.clone().spawn(carry_out(shared, request, next));
    match carried_out.await {
        Ok(response) => response,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => {
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "stopping", "the server ends").into_response()
            }
        },
    }
}

async fn carry_out(shared: Shared, request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let peer = request.extensions().get::<Peer>().map(ToString::to_string).unwrap_or_default();
    let id = request.extensions().get::<RequestId>().cloned().unwrap_or_default();
    let response = next.run(request).await;
    if response.extensions().get::<NoChange>().is_some() {
        return response;
    }
    let identity = response.extensions().get::<Identity>().cloned();
    let (status, code) =
        (response.status().as_u16(), response.extensions().get::<Problem>().map(Problem::code));
    if identity.is_some() {
        shared.pages.forget();
    } else if !shared.audit.strangers().admit(Instant::now()) {
        return response;
    }
    let (of_token, face) = match identity {
        Some(identity) if identity.is_within => (None, Some(identity.name)),
        identity => (identity, None),
    };
    let write = move || {
        let line = Line {
            at: shared.app().clock.now(),
            request_id: &id.0,
            token: of_token.as_ref().map(|identity| identity.name.as_str()),
            scope: of_token.as_ref().map(|identity| identity.scope.to_string()),
            face: face.as_deref(),
            peer,
            method: method.as_str(),
            path: shortened(&path),
            status,
            left_out: std::mem::take(&mut shared.audit.strangers().left_out),
            code,
        };
        if let Err(error) = shared.audit.append(&line) {
            tracing::error!(%error, request = id.0, "the audit log cannot be written");
        }
    };
    if let Err(error) = tokio::task::spawn_blocking(write).await {
        tracing::error!(%error, "the audit log was not written");
    }
    response
}

fn shortened(path: &str) -> Cow<'_, str> {
    if path.len() <= LONGEST_PATH {
        return path.into();
    }
    let cut = (0..=LONGEST_PATH).rev().find(|&at| path.is_char_boundary(at)).unwrap_or_default();
    format!("{}…", &path[..cut]).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_fill_a_minute_and_are_counted_then() {
        let (mut strangers, now) = (Strangers::default(), Instant::now());
        let admitted = (0..STRANGERS + 5).filter(|_| strangers.admit(now)).count();
        assert_eq!((admitted, strangers.left_out), (STRANGERS as usize, 5));
        assert!(strangers.admit(now + WINDOW));
    }

    #[test]
    fn a_long_path_is_cut_between_characters() {
        let long = "/é".repeat(LONGEST_PATH);
        assert!(shortened(&long).len() <= LONGEST_PATH + 3 && shortened(&long).ends_with('…'));
        assert_eq!(shortened("/api"), "/api");
    }
}
