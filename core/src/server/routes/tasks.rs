//! Tasks: lists, details, making one.

use std::path::PathBuf;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::list::words;
use crate::api::create::{Wanted, WantedLimits};
use crate::api::dto::{TaskDetail, TaskView};
use crate::api::once::OnceKey;
use crate::api::page::{Page, PageRequest};
use crate::api::tasks::TaskQuery;
use crate::api::{ApiError, App};
use crate::model::task::{Continuation, OnDependencyFailure};
use crate::model::{Access, ProjectId, TaskId, TaskStatus, Workflow};
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

/// Everything about a task.
#[utoipa::path(get, path = "/projects/{project}/tasks/{task}", tag = "tasks", params(OfTask),
    responses((status = 200, body = TaskDetail), (status = 304, description = "As the client has it")))]
pub async fn show(
    State(shared): State<Shared>,
    Path(of): Path<OfTask>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    tagged(&headers, &shared.look(move |app| app.detail(&of.open(app)?)).await?)
}

/// A task that is asked for. What is absent comes from the configuration.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewTask {
    /// What to do.
    pub prompt: String,
    /// Its project; absent: that of the folder, made where it is new.
    pub project: Option<String>,
    /// Its name, or words to make one of; absent: made of the prompt.
    pub task: Option<String>,
    /// `loop` until it is done, or `once`.
    pub workflow: Workflow,
    /// Agent.
    pub agent: Option<String>,
    /// Model.
    pub model: Option<String>,
    /// What the agent may do.
    pub access: Option<Access>,
    /// Folder that it works in, absolute; absent: the project's.
    #[schema(value_type = Option<String>)]
    pub cwd: Option<PathBuf>,
    /// Tasks that must be completed first.
    pub depends_on: Vec<String>,
    /// What happens when one of them failed.
    pub on_dependency_failure: OnDependencyFailure,
    /// Name of a group.
    pub group: Option<String>,
    /// Whether turns continue the agent's session.
    pub continuation: Continuation,
    /// Whether one more turn gathers what child tasks found.
    pub gather: bool,
    /// Limits that differ from the configured ones.
    pub limits: NewLimits,
}

/// Limits that differ from the configured ones.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewLimits {
    /// Runs after the first.
    pub max_restarts: Option<u32>,
    /// Failed runs in a row.
    pub max_failures: Option<u32>,
    /// Seconds without a sign of life; 0: no limit.
    pub idle_seconds: Option<u64>,
    /// Seconds of work; 0: no limit.
    pub wall_seconds: Option<u64>,
    /// Tokens.
    pub tokens: Option<u64>,
    /// US dollars.
    #[schema(minimum = 0.0)]
    pub cost_usd: Option<f64>,
}

impl NewTask {
    fn wanted(self) -> Result<Wanted, ApiError> {
        let limits = self.limits;
        if limits.cost_usd.is_some_and(|sum| !sum.is_finite() || sum < 0.0) {
            return Err(ApiError::usage("limits.cost_usd is no sum of US dollars").with_hint("write 2.50"));
        }
        Ok(Wanted {
            prompt: Some(self.prompt),
            workflow: self.workflow,
            agent: self.agent,
            model: self.model,
            access: self.access,
            cwd: self.cwd,
            depends_on: self.depends_on,
            on_dependency_failure: self.on_dependency_failure,
            parent_run: None,
            request_id: None,
            group: self.group,
            continuation: self.continuation,
            gather: self.gather,
            limits: WantedLimits {
                restarts: limits.max_restarts,
                failures: limits.max_failures,
                idle: limits.idle_seconds.map(Duration::from_secs),
                wall: limits.wall_seconds.map(Duration::from_secs),
                tokens: limits.tokens,
                cost_usd: limits.cost_usd,
            },
        })
    }
}

/// A task that was made and has a supervisor.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CreatedTask {
    /// Its project.
    pub project: String,
    /// The task.
    pub task: String,
    /// What a person should know.
    pub warnings: Vec<String>,
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
    let key = headers.get("idempotency-key").map(|key| key.to_str().unwrap_or_default());
    let key = key.map(|key| OnceKey::new(&identity.name, key, &new)).transpose()?;
    let named = Named { project: new.project.clone(), task: new.task.clone(), folder: new.cwd.clone() };
    let created = shared.act_named(&identity, named, move |app| {
        let ready = app.start_once(key.as_ref(), new.wanted()?)?;
        let (project, task) = (ready.task.project().to_string(), ready.task.id().to_string());
        Ok(CreatedTask { project, task, warnings: ready.warnings })
    });
    let created = created.await?;
    let place = format!("/api/v1/projects/{}/tasks/{}", created.project, created.task);
    let mut response = (StatusCode::CREATED, Json(created)).into_response();
    if let Ok(place) = HeaderValue::from_str(&place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}
