//! What every answer has: an id of its request, a line in the log, and for what is polled a tag.

use std::borrow::Cow;
use std::time::Instant;

use axum::body::Bytes;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};
use ulid::Ulid;

use super::auth::Identity;
use super::pages::Ready;
use super::problem::Problem;
use super::state::Shared;
use crate::hex::hex;
use crate::logs::Mask;

const REQUEST_ID: &str = "x-request-id";

/// The id of a request: in its answer, the server's log and the audit log.
#[derive(Debug, Clone, Default)]
pub struct RequestId(pub String);

/// Says of an answer that nothing was changed, whatever the method of its request: the audit log is about
/// changes.
#[derive(Debug, Clone, Copy)]
pub struct NoChange;

/// Gives a request its id; logs and counts its answer.
pub async fn observe(State(shared): State<Shared>, mut request: Request, next: Next) -> Response {
    let id = Ulid::generate().to_string();
    request.extensions_mut().insert(RequestId(id.clone()));
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let began = Instant::now();
    let mut response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), began.elapsed());
    shared.metrics.answered(&method, route.as_deref().unwrap_or("none"), status, took);
    let token = response.extensions().get::<Identity>().map(|identity| identity.name.as_str());
    let problem = response.extensions().get::<Problem>();
    let milliseconds = took.as_secs_f64() * 1e3;
    if status >= 500 {
        let detail = problem.map(Problem::detail);
        tracing::error!(id, %method, path, status, token, detail, milliseconds, "failed");
    } else {
        tracing::info!(id, %method, path, status, token, milliseconds, "answered");
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// The content type of most answers.
pub const JSON: &str = "application/json";

/// JSON with a tag, known secrets hidden; without a body where the client has it already.
///
/// # Errors
/// When it cannot be put into JSON.
pub fn tagged(shared: &Shared, headers: &HeaderMap, value: &impl Serialize) -> Result<Response, Problem> {
    let ready = ready(&shared.mask(), value)?;
    Ok(tagged_as(headers, JSON, &ready.tag, ready.body))
}

/// A value as it is sent, known secrets hidden.
///
/// # Errors
/// When it cannot be put into JSON.
pub fn ready(mask: &Mask, value: &impl Serialize) -> Result<Ready, Problem> {
    let body = masked(mask, value)?;
    let tag = format!("\"{}\"", hex(&Sha256::digest(&body)[..12]));
    Ok(Ready { body: body.into(), tag })
}

/// JSON in which known secrets are hidden.
///
/// # Errors
/// When it cannot be put into JSON.
pub fn hidden(shared: &Shared, value: &impl Serialize) -> Result<Response, Problem> {
    let body = masked(&shared.mask(), value)?;
    Ok(([(header::CONTENT_TYPE, JSON), (header::CACHE_CONTROL, "no-store")], body).into_response())
}

fn masked(mask: &Mask, value: &impl Serialize) -> Result<Vec<u8>, Problem> {
    let plain = serde_json::to_vec(value).map_err(|error| {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "io", format_args!("no JSON: {error}"))
    })?;
    Ok(match mask.part(&plain).0 {
        Cow::Borrowed(_) => plain,
        Cow::Owned(hidden) => hidden,
    })
}

/// As [`tagged`], for bytes that are there, and their tag.
pub fn tagged_as(headers: &HeaderMap, kind: &'static str, tag: &str, body: Bytes) -> Response {
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = known.flat_map(|value| value.split(',')).map(|tag| tag.trim().trim_start_matches("W/"));
    let is_known = tags.any(|known| known == tag || known == "*");
    let mut response = if is_known { StatusCode::NOT_MODIFIED.into_response() } else { body.into_response() };
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if let Ok(tag) = HeaderValue::from_str(tag) {
        answer.insert(header::ETAG, tag);
    }
    response
}
