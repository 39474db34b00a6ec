//! Runs.

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::list::words;
use crate::api::browse::RunQuery;
use crate::api::dto::RunView;
use crate::api::page::{Page, PageRequest};
use crate::api::{ApiError, App};
use crate::model::{ProjectId, RunId, RunStatus, TaskId};
use crate::server::body::{Path, Query};
use crate::server::problem::Problem;
use crate::server::reply::tagged;
use crate::server::state::Shared;
use crate::store::RunDir;

/// The run that a path names, by itself or below its task.
#[derive(Debug, Clone, Deserialize)]
pub struct OfRun {
    /// Its project, in the long form.
    pub project: Option<String>,
    /// Its task, in the long form.
    pub task: Option<String>,
    /// The run.
    pub run: String,
}

impl OfRun {
    /// The run, open.
    ///
    /// # Errors
    /// When it is not there.
    pub fn open(&self, app: &App) -> Result<RunDir, ApiError> {
        let run = RunId::from_disk(&self.run)?;
        match (&self.project, &self.task) {
            (Some(project), Some(task)) => {
                let task = app.task_at(&ProjectId::from_disk(project)?, &TaskId::from_disk(task)?)?;
                Ok(task.run(&run)?)
            }
            _ => app.run_dir(&run),
        }
    }
}

/// Which runs to list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RunList {
    /// Only of this project.
    project: Option<String>,
    /// Only of the task of this name.
    task: Option<String>,
    /// Only in these statuses, separated by commas.
    status: Option<String>,
    /// What the last page gave as `next`.
    cursor: Option<String>,
    /// Items at most: 1 to 500, else 50.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<usize>,
}

/// Runs, the newest first. One that claims to be at work says whether its supervisor lives.
#[utoipa::path(get, path = "/runs", tag = "runs", params(RunList),
    responses((status = 200, body = Page<RunView>), (status = 304, description = "As the client has it")))]
pub async fn list(
    State(shared): State<Shared>,
    Query(asked): Query<RunList>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = RunQuery {
        project: asked.project.as_deref().map(ProjectId::from_disk).transpose().map_err(ApiError::from)?,
        task: asked.task.as_deref().map(TaskId::from_disk).transpose().map_err(ApiError::from)?,
        statuses: words::<RunStatus>("status", asked.status.as_deref())?,
    };
    let page = PageRequest { cursor: asked.cursor, limit: asked.limit };
    shared.page(&uri, &headers, move |app| app.run_page(&query, &page)).await
}

/// One run.
#[utoipa::path(get, path = "", tag = "runs", params(("run" = String, Path, description = "Run")),
    responses((status = 200, body = RunView), (status = 304, description = "As the client has it")))]
pub async fn show(
    State(shared): State<Shared>,
    Path(of): Path<OfRun>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    tagged(&shared, &headers, &shared.look(move |app| app.run_view(&of.open(app)?)).await?)
}
