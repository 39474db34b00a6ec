//! Tasks: lists, details, making one.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::list::words;
use crate::api::create::Ready;
use crate::api::dto::{TaskDetail, TaskView};
use crate::api::once::OnceKey;
use crate::api::page::{Page, PageRequest};
use crate::api::requests::{CreatedTask, NewDemo, NewTask};
use crate::api::tasks::TaskQuery;
use crate::api::{ApiError, App};
use crate::model::{ProjectId, TaskId, TaskStatus};
use crate::server::auth::Identity;
use crate::server::body::{self, Path, Query};
use crate::server::problem::Problem;
use crate::server::reply::tagged;
use crate::server::state::{Named, Shared};
use crate::store::TaskDir;

/// The task that a path names.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfTask {
    /// Project.
    pub project: String,
    /// Task: its whole name.
    pub task: String,
}

impl OfTask {
    /// Its names.
    pub fn names(&self) -> (&str, &str) {
        (&self.project, &self.task)
    }

    /// The task, open.
    ///
    /// # Errors
    /// When it is not there.
    pub fn open(&self, app: &App) -> Result<TaskDir, ApiError> {
        app.task_at(&ProjectId::from_disk(&self.project)?, &TaskId::from_disk(&self.task)?)
    }
}

/// Which tasks to list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TaskList {
    /// Only of this project.
    project: Option<String>,
    /// Only in these statuses, separated by commas.
    status: Option<String>,
    /// Only those that have not ended.
    active: bool,
    /// Those that were archived, instead of those that were not.
    archived: bool,
    /// What the last page gave as `next`.
    cursor: Option<String>,
    /// Items at most: 1 to 500, else 50.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<usize>,
}

/// Tasks, the newest first, each with its status checked against its lock.
#[utoipa::path(get, path = "/tasks", tag = "tasks", params(TaskList),
    responses((status = 200, body = Page<TaskView>), (status = 304, description = "As the client has it")))]
pub async fn list(
    State(shared): State<Shared>,
    Query(asked): Query<TaskList>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = TaskQuery {
        project: asked.project.as_deref().map(ProjectId::from_disk).transpose().map_err(ApiError::from)?,
        statuses: words::<TaskStatus>("status", asked.status.as_deref())?,
        active: asked.active,
        limit: None,
    };
    let page = PageRequest { cursor: asked.cursor, limit: asked.limit };
    shared.page(&uri, &headers, move |app| app.task_page(&query, asked.archived, &page)).await
}

/// Everything about a task. A token of one task is told of that task and those below it alone.
#[utoipa::path(get, path = "/projects/{project}/tasks/{task}", tag = "tasks", params(OfTask),
    responses((status = 200, body = TaskDetail), (status = 304, description = "As the client has it")))]
pub async fn show(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(of): Path<OfTask>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let own = identity.own_task();
    tagged(&shared, &headers, &shared.look(move |app| app.detail_within(&of.open(app)?, &own)).await?)
}

/// Makes a task and starts its supervisor, which goes on without this server. With `Idempotency-Key` the
/// same request, sent again, makes no second task.
#[utoipa::path(post, path = "/tasks", tag = "tasks", request_body = NewTask,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; kept for a day")),
    responses((status = 201, body = CreatedTask)))]
pub async fn create(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    headers: HeaderMap,
    body::Json(new): body::Json<NewTask>,
) -> Result<Response, Problem> {
    shared.may_start()?;
    let key = once(&identity, &headers, &new)?;
    let (project, task) = (new.project.clone(), new.task.clone());
    let named = Named { project, task, folder: new.folder.clone().or(new.cwd.clone()), ..Named::default() };
    let made = shared.act_named(&identity, named, move |app| app.start_once(key.as_ref(), new.wanted()?));
    Ok(created(made.await?))
}

/// Makes and starts the demo: a scripted agent in a scratch git repository and a project of its own, without a key or
/// a network. With `Idempotency-Key` the same request, sent again, makes no second task.
#[utoipa::path(post, path = "/demo", tag = "tasks", request_body = Option<NewDemo>,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; kept for a day")),
    responses((status = 201, body = CreatedTask)))]
pub async fn demo(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    headers: HeaderMap,
    demo: Option<body::Json<NewDemo>>,
) -> Result<Response, Problem> {
    shared.may_start()?;
    let demo = demo.map(|demo| demo.0).unwrap_or_default();
    let key = once(&identity, &headers, &("demo", demo))?;
    let made = shared.act(&identity, move |app| app.start_demo(key.as_ref(), demo));
    Ok(created(made.await?))
}

/// Makes a child of a task: in its project and folder, with no more access and no higher limits than it has.
/// `parent_run` is one of its runs, the last where it is absent. A token of one task names in `depends_on` that task
/// and those below it alone, and the child by words.
#[utoipa::path(post, path = "/projects/{project}/tasks/{task}/children", tag = "tasks", request_body = NewTask,
    params(OfTask, ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; kept for a day")),
    responses((status = 201, body = CreatedTask)))]
pub async fn create_child(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(of): Path<OfTask>,
    headers: HeaderMap,
    body::Json(new): body::Json<NewTask>,
) -> Result<Response, Problem> {
    shared.may_start()?;
    let key = once(&identity, &headers, &(&of.project, &of.task, &new))?;
    let named = Named { project: Some(of.project.clone()), task: new.task.clone(), ..Named::default() };
    let own = identity.own_task();
    let made = shared.act_named(&identity, named, move |app| {
        let ready = app.start_once(key.as_ref(), app.delegated(&of.open(app)?, new, &own)?)?;
        Ok(Ready { warnings: app.warnings_within(ready.warnings, &own), ..ready })
    });
    Ok(created(made.await?))
}

/// The key by which a request is carried out once.
pub(super) fn once(
    identity: &Identity,
    headers: &HeaderMap,
    asked: &impl Serialize,
) -> Result<Option<OnceKey>, Problem> {
    let key = headers.get("idempotency-key").map(|key| key.to_str().unwrap_or_default());
    Ok(key.map(|key| OnceKey::new(&identity.name, key, asked)).transpose()?)
}

fn created(ready: Ready) -> Response {
    let (project, task) = (ready.task.project().to_string(), ready.task.id().to_string());
    let place = format!("/api/v1/projects/{project}/tasks/{task}");
    let mut response =
        (StatusCode::CREATED, Json(CreatedTask { project, task, warnings: ready.warnings })).into_response();
    if let Ok(place) = HeaderValue::from_str(&place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    response
}
