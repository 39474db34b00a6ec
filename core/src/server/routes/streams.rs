//! Live streams (Server-Sent Events).
//!
//! Each begins with what is there after the place that a client names, and goes on with what comes. The
//! id of an event resumes exactly after it.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::projects::OfProject;
use super::runs::OfRun;
use super::tasks::OfTask;
use crate::api::ApiError;
use crate::api::stream::{Composite, LogStream, Place, Topic};
use crate::model::{ProjectId, TaskId};
use crate::server::auth::Identity;
use crate::server::body::{self, Path, Query};
use crate::server::problem::Problem;
use crate::server::reply::NoChange;
use crate::server::sse;
use crate::server::state::Shared;

/// Where a stream goes on.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct After {
    /// The id of the last event; the header `Last-Event-ID` comes before it. Without either, from the start.
    after: Option<String>,
}

/// Which changes of state to tell.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Events {
    /// Only of this project.
    project: Option<String>,
    /// Only of the task of this name, in the project.
    task: Option<String>,
    /// The id of the last event; the header `Last-Event-ID` comes before it. Without either, from the start.
    after: Option<String>,
}

/// Changes of state of tasks and runs, live. `resync` says that the place is gone: the lists are to be read
/// again.
#[utoipa::path(get, path = "/events", tag = "streams", params(Events),
    responses((status = 200, content_type = "text/event-stream", body = String)))]
pub async fn events(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Query(asked): Query<Events>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let project = asked.project.as_deref().map(ProjectId::from_disk).transpose().map_err(ApiError::from)?;
    let task = asked.task.as_deref().map(TaskId::from_disk).transpose().map_err(ApiError::from)?;
    open(&shared, identity, sse::place(&headers, asked.after)?, Topic::Events { project, task }).await
}

/// Messages of a task's bus, live. It never ends, as a task can be opened again.
#[utoipa::path(get, path = "/projects/{project}/tasks/{task}/messages/stream", tag = "streams",
    params(OfTask, After), responses((status = 200, content_type = "text/event-stream", body = String)))]
pub async fn task_messages(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(of): Path<OfTask>,
    Query(asked): Query<After>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let project = ProjectId::from_disk(&of.project).map_err(ApiError::from)?;
    let task = Some(TaskId::from_disk(&of.task).map_err(ApiError::from)?);
    open(&shared, identity, sse::place(&headers, asked.after)?, Topic::Messages { project, task }).await
}

/// Messages of a project's own bus, live.
#[utoipa::path(get, path = "/projects/{project}/messages/stream", tag = "streams",
    params(OfProject, After), responses((status = 200, content_type = "text/event-stream", body = String)))]
pub async fn project_messages(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(of): Path<OfProject>,
    Query(asked): Query<After>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let project = ProjectId::from_disk(&of.project).map_err(ApiError::from)?;
    open(&shared, identity, sse::place(&headers, asked.after)?, Topic::Messages { project, task: None }).await
}

/// Which log, and where to begin.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Log {
    /// `stdout` (without this), `stderr` or `events`.
    #[param(value_type = Option<LogStream>)]
    stream: Option<LogStream>,
    /// The byte to begin with, where neither `after` nor `Last-Event-ID` says where.
    from: Option<u64>,
    /// The id of the last event; the header `Last-Event-ID` comes before it.
    after: Option<String>,
}

/// The bytes of a run's log, live: `{offset, text}`, or `{offset, base64}` where they are not UTF-8. Known
/// secrets are masked byte for byte. `reset` says that the log was cut off or replaced, `end` that the run
/// has ended and all was told.
#[utoipa::path(get, path = "/logs", tag = "streams",
    params(("run" = String, Path, description = "Run"), Log),
    responses((status = 200, content_type = "text/event-stream", body = String)))]
pub async fn log(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(of): Path<OfRun>,
    Query(asked): Query<Log>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let from = asked.after.or_else(|| asked.from.map(|from| from.to_string()));
    let place = sse::place(&headers, from)?;
    let stream = asked.stream.unwrap_or(LogStream::Stdout);
    let topic = shared.look(move |app| Ok(Topic::log(&of.open(app)?, stream))).await?;
    open(&shared, identity, place, topic).await
}

async fn open(shared: &Shared, identity: Identity, place: String, topic: Topic) -> Result<Response, Problem> {
    let streams = shared.streams.clone();
    let opened =
        tokio::task::spawn_blocking(move || streams.single(&topic, Place::parse(&topic, &place)?)).await??;
    Ok(sse::single(shared, identity, opened))
}

/// Several subscriptions on one stream. Its first event tells its id, by which subscriptions are added and
/// dropped; each event says of which it is. `Last-Event-ID` opens them all again.
#[utoipa::path(get, path = "/stream", tag = "streams", params(After),
    responses((status = 200, content_type = "text/event-stream", body = String)))]
pub async fn session(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Query(asked): Query<After>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let place = sse::place(&headers, asked.after)?;
    let resumed = if place.is_empty() { Composite::default() } else { Composite::decode(&place)? };
    let (streams, owner) = (shared.streams.clone(), identity.name.clone());
    let opened = tokio::task::spawn_blocking(move || streams.session(&owner, resumed)).await?;
    Ok(sse::session(&shared, identity, opened))
}

/// A subscription to be added to a stream.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSubscription {
    /// A name that the client chooses: 1 to 64 bytes.
    name: String,
    /// What it is about.
    topic: Topic,
    /// Where it begins: an id of an event of such a stream of its own, or of a log a number of bytes.
    after: Option<String>,
}

/// A subscription that was added.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Subscribed {
    /// Its name.
    name: String,
}

/// Adds a subscription to an open stream, which tells `added` before anything of it.
#[utoipa::path(post, path = "/stream/{session}/subscriptions", tag = "streams", request_body = NewSubscription,
    responses((status = 201, body = Subscribed)))]
pub async fn subscribe(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(session): Path<String>,
    body::Json(new): body::Json<NewSubscription>,
) -> Result<Response, Problem> {
    let control = shared.streams.control(&session, &identity.name)?;
    let NewSubscription { name, topic, after } = new;
    let place = Place::parse(&topic, after.as_deref().unwrap_or_default())?;
    let subscribed = Subscribed { name: name.clone() };
    tokio::task::spawn_blocking(move || control.add(&name, topic, place)).await??;
    Ok((StatusCode::CREATED, Extension(NoChange), Json(subscribed)).into_response())
}

/// Drops a subscription from an open stream, which tells `dropped` after the last event of it.
#[utoipa::path(delete, path = "/stream/{session}/subscriptions/{name}", tag = "streams",
    responses((status = 204, description = "Dropped")))]
pub async fn unsubscribe(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path((session, name)): Path<(String, String)>,
) -> Result<Response, Problem> {
    shared.streams.control(&session, &identity.name)?.drop(&name)?;
    Ok((StatusCode::NO_CONTENT, Extension(NoChange)).into_response())
}
