//! Files of a task, attachments among them, and how it stands to others.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::{Extension, Json};
use serde::Deserialize;
use utoipa::IntoParams;

use super::projects::OfProject;
use super::run_files::Files;
use super::tasks::OfTask;
use crate::api::relations::{Relations, TreeView};
use crate::model::Link;
use crate::server::auth::Identity;
use crate::server::body::{Octets, Path, Query};
use crate::server::download;
use crate::server::problem::Problem;
use crate::server::reply::tagged;
use crate::server::state::Shared;

/// What a task waits for, and what waits for it. A token of one task is told of that task and those below it alone.
#[utoipa::path(get, path = "/projects/{project}/tasks/{task}/dependencies", tag = "tasks", params(OfTask),
    responses((status = 200, body = Relations), (status = 304, description = "As the client has it")))]
pub async fn dependencies(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(of): Path<OfTask>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let own = identity.own_task();
    tagged(&shared, &headers, &shared.look(move |app| app.relations_within(&of.open(app)?, &own)).await?)
}

/// A task with its runs and all the tasks that they started.
#[utoipa::path(get, path = "/projects/{project}/tasks/{task}/tree", tag = "tasks", params(OfTask),
    responses((status = 200, body = TreeView), (status = 304, description = "As the client has it")))]
pub async fn tree(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(of): Path<OfTask>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let own = identity.own_task();
    tagged(&shared, &headers, &shared.look(move |app| app.tree_within(&of.open(app)?, &own)).await?)
}

/// The files of a task that are shown: what was asked, its state, attachments. A token of one task is shown none
/// that names others.
#[utoipa::path(get, path = "/projects/{project}/tasks/{task}/files", tag = "tasks", params(OfTask),
    responses((status = 200, body = Files)))]
pub async fn files(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(of): Path<OfTask>,
) -> Result<Json<Files>, Problem> {
    let own = identity.own_task();
    let items = shared.look(move |app| app.task_files(&of.open(app)?, &own)).await?;
    Ok(Json(Files { items }))
}

/// A file of a task, as a path names it.
#[derive(Debug, Clone, Deserialize)]
pub struct OfTaskFile {
    #[serde(flatten)]
    task: OfTask,
    name: String,
}

/// A file of a task, whole or in part. Known secrets are masked byte for byte.
#[utoipa::path(get, path = "/projects/{project}/tasks/{task}/files/{name}", tag = "tasks",
    params(("Range" = Option<String>, Header, description = "`bytes=0-99`, `bytes=100-` or `bytes=-100`")),
    responses((status = 200, content((String = "text/plain"), (String = "application/octet-stream"))),
        (status = 206, content((String = "text/plain"), (String = "application/octet-stream")))))]
pub async fn file(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(of): Path<OfTaskFile>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (name, own) = (of.name.clone(), identity.own_task());
    let file = shared.look(move |app| app.task_file(&of.task.open(app)?, &of.name, &own)).await?;
    download::answer(&headers, file, &name)
}

/// How an attachment is called.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Attachment {
    /// Its own name.
    name: String,
}

/// Puts a file of at most 20 MiB beside a task's bus. What it answers goes into the `links` of a message, or the
/// `attachments` of `tell`.
#[utoipa::path(post, path = "/projects/{project}/tasks/{task}/attachments", tag = "tasks",
    params(OfTask, Attachment), request_body(content = String, content_type = "application/octet-stream"),
    responses((status = 201, body = Link)))]
pub async fn attach(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(of): Path<OfTask>,
    Query(called): Query<Attachment>,
    Octets(body): Octets,
) -> Result<(StatusCode, Json<Link>), Problem> {
    let link =
        shared.act(&identity, move |app| app.bus_of_task(&of.open(app)?).attach_bytes(&called.name, &body));
    Ok((StatusCode::CREATED, Json(link.await?)))
}

/// As for a task, beside the bus of a project.
#[utoipa::path(post, path = "/projects/{project}/attachments", tag = "projects",
    params(OfProject, Attachment), request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Link)))]
pub async fn attach_to_project(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(of): Path<OfProject>,
    Query(called): Query<Attachment>,
    Octets(body): Octets,
) -> Result<(StatusCode, Json<Link>), Problem> {
    let id = of.id()?;
    let link = shared.act(&identity, move |app| app.bus_of_project(&id)?.attach_bytes(&called.name, &body));
    Ok((StatusCode::CREATED, Json(link.await?)))
}
