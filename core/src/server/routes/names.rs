//! Which project, task or run a client means.

use std::path::PathBuf;

use axum::extract::State;
use axum::{Extension, Json};
use serde::Deserialize;
use utoipa::IntoParams;

use super::tasks::OfTask;
use crate::api::dto::RunView;
use crate::api::names::Meant;
use crate::api::run_of;
use crate::server::auth::Identity;
use crate::server::body::{Path, Query};
use crate::server::problem::Problem;
use crate::server::state::{Named, Shared};
use crate::store::tokens::Scope;

/// What a client knows.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Hints {
    /// A task's id, slug or the end of its id; `project/task` where several projects have one.
    name: Option<String>,
    /// The project that is named.
    project: Option<String>,
    /// The folder that the client is in, where it is on the server's machine. Left out of account for a token
    /// that is not full.
    #[param(value_type = Option<String>)]
    folder: Option<PathBuf>,
    /// The task whose run calls: `project/task`.
    calling: Option<String>,
}

impl Hints {
    /// Folders of this machine are for full tokens: the configuration in them is read.
    fn named(self, identity: &Identity) -> Named {
        let folder = self.folder.filter(|_| identity.scope == Scope::Full);
        Named { project: self.project, folder, calling: self.calling, task: None }
    }
}

/// The task that is meant; none where neither a name nor a calling run nor a folder means one. For a token of
/// one task that task where no name is said, and no other but its children.
#[utoipa::path(get, path = "/resolve/task", tag = "tasks", params(Hints), responses((status = 200, body = Meant)))]
pub async fn task(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Query(hints): Query<Hints>,
) -> Result<Json<Meant>, Problem> {
    let (own, name) = (identity.own_task(), hints.name.clone());
    let below = hints.name.clone().or_else(|| hints.calling.clone());
    let found = shared.act_named(&identity, hints.named(&identity), move |app| match own {
        Some((project, task)) => app.task_below((&project, &task), below.as_deref()).map(Some),
        None => app.task_if_meant(name.as_deref()),
    });
    Ok(Json(found.await?.as_ref().map(Meant::task).unwrap_or_default()))
}

/// The project that is meant; none where none is, which means all of them. One that is named must be there.
#[utoipa::path(get, path = "/resolve/project", tag = "projects", params(Hints),
    responses((status = 200, body = Meant)))]
pub async fn project(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Query(hints): Query<Hints>,
) -> Result<Json<Meant>, Problem> {
    let found = shared.act_named(&identity, hints.named(&identity), |app| app.project_to_list());
    Ok(Json(Meant { project: found.await?.map(|id| id.to_string()), task: None }))
}

/// Which run.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RunName {
    /// Its id or the end of it; absent: the last one.
    name: Option<String>,
}

/// The run of a task that is meant.
#[utoipa::path(get, path = "/projects/{project}/tasks/{task}/run", tag = "runs", params(OfTask, RunName),
    responses((status = 200, body = RunView)))]
pub async fn run(
    State(shared): State<Shared>,
    Path(of): Path<OfTask>,
    Query(asked): Query<RunName>,
) -> Result<Json<RunView>, Problem> {
    let look = move |app: &crate::api::App| {
        let run = run_of(&of.open(app)?, asked.name.as_deref())?;
        app.run_view(&run)
    };
    Ok(Json(shared.look(look).await?))
}
