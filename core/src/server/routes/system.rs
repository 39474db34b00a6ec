//! The server itself: health, version, description, how the root stands.

use std::sync::OnceLock;

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::doctor::Finding;
use crate::api::overview::{Overview, QueueView};
use crate::api::recover::RecoveryView;
use crate::api::requests::Recover;
use crate::logs::Mask;
use crate::server::auth::Identity;
use crate::server::body;
use crate::server::pages::Ready;
use crate::server::problem::Problem;
use crate::server::reply::{self, tagged};
use crate::server::state::Shared;

/// Whether the server answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Alive {
    /// `ok`.
    status: &'static str,
}

/// Whether the server answers. Needs no token.
#[utoipa::path(get, path = "/health", tag = "system", responses((status = 200, body = Alive)))]
pub async fn health() -> Json<Alive> {
    Json(Alive { status: "ok" })
}

/// Which program answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Version {
    /// Its version.
    version: &'static str,
    /// Version of the API.
    api: &'static str,
}

/// Which program answers. Needs no token.
#[utoipa::path(get, path = "/version", tag = "system", responses((status = 200, body = Version)))]
pub async fn version() -> Json<Version> {
    Json(Version { version: env!("CARGO_PKG_VERSION"), api: "v1" })
}

/// This description. Needs no token.
#[utoipa::path(get, path = "/openapi.json", tag = "system",
    responses((status = 200, content_type = "application/json", body = serde_json::Value),
        (status = 304, description = "As the client has it")))]
pub async fn openapi(headers: HeaderMap) -> Result<Response, Problem> {
    static READY: OnceLock<Ready> = OnceLock::new();
    let ready = match READY.get() {
        Some(ready) => ready,
        None => {
            let made = reply::ready(&Mask::new(&[]), &crate::server::document())?;
            READY.get_or_init(|| made)
        }
    };
    Ok(reply::tagged_as(&headers, reply::JSON, &ready.tag, ready.body.clone()))
}

/// How the root stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct Status {
    #[serde(flatten)]
    root: Overview,
    /// The folder of all projects.
    path: String,
    /// Seconds since the server was started.
    uptime_seconds: u64,
    /// Version of the server.
    version: &'static str,
}

/// How the root stands: tasks by status, active runs, queue, sizes of buses, uptime.
#[utoipa::path(get, path = "/status", tag = "system", responses((status = 200, body = Status)))]
pub async fn status(State(shared): State<Shared>) -> Result<Json<Status>, Problem> {
    let root = shared.look(|app| app.overview()).await?;
    let (path, uptime_seconds) =
        (shared.root.path().display().to_string(), shared.metrics.uptime().as_secs());
    Ok(Json(Status { root, path, uptime_seconds, version: env!("CARGO_PKG_VERSION") }))
}

/// Counters and gauges for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "system",
    responses((status = 200, content_type = "text/plain", body = String)))]
pub async fn metrics(State(shared): State<Shared>) -> Result<Response, Problem> {
    let now = shared.look(|app| app.overview()).await?;
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], shared.metrics.page(&now)).into_response())
}

/// The queue for slots: who is at work, who waits.
#[utoipa::path(get, path = "/queue", tag = "system",
    responses((status = 200, body = QueueView), (status = 304, description = "As the client has it")))]
pub async fn queue(State(shared): State<Shared>, headers: HeaderMap) -> Result<Response, Problem> {
    tagged(&shared, &headers, &shared.look(|app| app.queue()).await?)
}

/// What was looked at, and how it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Findings {
    /// One for each thing.
    items: Vec<Finding>,
}

/// Looks at everything that a task needs, as `run-agent doctor` does. Changes nothing.
#[utoipa::path(get, path = "/doctor", tag = "system", responses((status = 200, body = Findings)))]
pub async fn doctor(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
) -> Result<Json<Findings>, Problem> {
    let items = shared.act(&identity, |app| Ok(app.diagnose())).await?;
    Ok(Json(Findings { items }))
}

/// Goes on after a crash, as `run-agent recover` does. Twice is as good as once.
#[utoipa::path(post, path = "/recover", tag = "system", request_body = Option<Recover>,
    responses((status = 200, body = RecoveryView)))]
pub async fn recover(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    how: Option<body::Json<Recover>>,
) -> Result<Json<RecoveryView>, Problem> {
    shared.may_start()?;
    let assume_dead = how.is_some_and(|how| how.0.assume_dead);
    let done = shared.act(&identity, move |app| app.recover(assume_dead)).await?;
    Ok(Json(done.into()))
}
