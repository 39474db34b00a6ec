//! What a task changed in its working folder.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::tasks::OfTask;
use crate::api::changes::{ChangesView, PatchView, Wanted};
use crate::server::body::{Path, Query};
use crate::server::problem::Problem;
use crate::server::reply::tagged;
use crate::server::state::Shared;

/// Commits and files that a task changed since its first run began, until now or until it ended. Where nothing
/// can be shown, `unavailable` says why.
#[utoipa::path(get, path = "/projects/{project}/tasks/{task}/changes", tag = "tasks", params(OfTask),
    responses((status = 200, body = ChangesView), (status = 304, description = "As the client has it")))]
pub async fn changes(
    State(shared): State<Shared>,
    Path(of): Path<OfTask>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    tagged(&shared, &headers, &shared.look(move |app| app.changes(&of.open(app)?)).await?)
}

/// Which lines.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Lines {
    /// Of this file, or of the files in this folder, as the changes name it; else of all.
    path: Option<String>,
    /// Lines around each that changed: 0 to 10000, else 3.
    #[param(minimum = 0, maximum = 10000)]
    context: Option<u32>,
}

/// The lines that a task changed, as a unified diff of at most 4 MiB. Known secrets are masked.
#[utoipa::path(get, path = "/projects/{project}/tasks/{task}/changes/patch", tag = "tasks", params(OfTask, Lines),
    responses((status = 200, body = PatchView), (status = 304, description = "As the client has it")))]
pub async fn patch(
    State(shared): State<Shared>,
    Path(of): Path<OfTask>,
    Query(Lines { path, context }): Query<Lines>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let wanted = Wanted { path, context };
    tagged(&shared, &headers, &shared.look(move |app| app.patch(&of.open(app)?, &wanted)).await?)
}
