//! Server-Sent Events: the live streams of [`api::stream`](crate::api::stream) as a client of HTTP sees
//! them.
//!
//! Frames become events, their cursors the ids of these. What is large is sent as it was made once
//! for all clients. A quiet stream is told from a dead one by a comment every 15 seconds.

mod encode;
mod live;

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;

use super::auth::Identity;
use super::problem::Problem;
use super::state::Shared;
use crate::api::stream::{Session, Single};
use live::{Live, Source};

/// A stream of one topic.
pub fn single(shared: &Shared, identity: Identity, stream: Single) -> Response {
    respond(Live::new(shared, identity, Source::Single(Box::new(stream))))
}

/// A stream of several subscriptions.
pub fn session(shared: &Shared, identity: Identity, stream: Session) -> Response {
    respond(Live::new(shared, identity, Source::Session(Box::new(stream))))
}

/// Where a client wants to go on: the id of the last event it got, as an `EventSource` that reconnects
/// to the same address tells it, else what that address says.
///
/// # Errors
/// When the header is no text.
pub fn place(headers: &HeaderMap, after: Option<String>) -> Result<String, Problem> {
    let Some(last) = headers.get("last-event-id") else { return Ok(after.unwrap_or_default()) };
    let last = last.to_str().map_err(|_| {
        let status = axum::http::StatusCode::BAD_REQUEST;
        Problem::new(status, "usage", "Last-Event-ID is no id of an event")
            .with_hint("send the id of the last event as it came")
    })?;
    Ok(last.to_owned())
}

fn respond(live: Live) -> Response {
    let bytes = unfold(live, |mut live| async move {
        let bytes = live.next().await?;
        Some((Ok::<Bytes, Infallible>(bytes), live))
    });
    let mut response = Body::from_stream(bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Proxies that gather answers before they pass them on are told not to.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}
