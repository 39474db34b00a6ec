//! What a run left: its files, its events, its output.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::runs::OfRun;
use crate::api::files::{EventPage, FileView, OutputView};
use crate::api::page::PageRequest;
use crate::api::{ApiError, App};
use crate::server::body::{Path, Query};
use crate::server::download;
use crate::server::problem::Problem;
use crate::server::reply::tagged;
use crate::server::state::Shared;

/// The files of a run or a task.
#[derive(Debug, Serialize, ToSchema)]
pub struct Files {
    /// By name.
    pub items: Vec<FileView>,
}

/// The files of a run.
#[utoipa::path(get, path = "/files", tag = "runs", responses((status = 200, body = Files)))]
pub async fn files(State(shared): State<Shared>, Path(of): Path<OfRun>) -> Result<Json<Files>, Problem> {
    let items = shared.look(move |app| app.run_files(&of.open(app)?)).await?;
    Ok(Json(Files { items }))
}

/// A file of a run, as a path names it.
#[derive(Debug, Clone, Deserialize)]
pub struct OfFile {
    #[serde(flatten)]
    run: OfRun,
    name: String,
}

/// Which part of a file.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Part {
    /// Its last lines, so many; instead of a range.
    tail: Option<usize>,
}

/// A file of a run, whole or in part (`Range: bytes=…`). Known secrets are masked byte for byte, so that
/// positions stay what they are.
#[utoipa::path(get, path = "/files/{name}", tag = "runs",
    params(Part, ("Range" = Option<String>, Header, description = "`bytes=0-99`, `bytes=100-` or `bytes=-100`")),
    responses((status = 200, content((String = "text/plain"), (String = "application/octet-stream"))),
        (status = 206, content((String = "text/plain"), (String = "application/octet-stream")))))]
pub async fn file(
    State(shared): State<Shared>,
    Path(of): Path<OfFile>,
    Query(part): Query<Part>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let name = of.name.clone();
    let look = move |app: &App| {
        let file = app.run_file(&of.run.open(app)?, &of.name)?;
        let begin = part.tail.map(|count| file.last_lines(count)).transpose();
        Ok((begin.map_err(|error| ApiError::io("look for the last lines", &error))?, file))
    };
    match shared.look(look).await? {
        (Some(begin), file) => Ok(download::from(begin, file, &name)),
        (None, file) => download::answer(&headers, file, &name),
    }
}

/// What a run's agent made of it: `output.md`.
#[utoipa::path(get, path = "/output", tag = "runs",
    responses((status = 200, body = OutputView), (status = 304, description = "As the client has it")))]
pub async fn output(
    State(shared): State<Shared>,
    Path(of): Path<OfRun>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    tagged(&shared, &headers, &shared.look(move |app| app.run_output(&of.open(app)?)).await?)
}

/// Which events.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Events {
    /// What the last page gave as `next`.
    after: u64,
    /// Items at most: 1 to 500, else 50.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<usize>,
}

/// What a run's agent reported, in one form for all agents.
#[utoipa::path(get, path = "/events", tag = "runs", params(Events), responses((status = 200, body = EventPage)))]
pub async fn events(
    State(shared): State<Shared>,
    Path(of): Path<OfRun>,
    Query(asked): Query<Events>,
) -> Result<Json<EventPage>, Problem> {
    let limit = PageRequest { cursor: None, limit: asked.limit }.size()?;
    let page = shared.look(move |app| app.run_events(&of.open(app)?, asked.after, limit)).await?;
    Ok(Json(page))
}
