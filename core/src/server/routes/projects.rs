//! Projects.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::browse::ProjectView;
use crate::model::ProjectId;
use crate::server::body::Path;
use crate::server::problem::Problem;
use crate::server::reply::tagged;
use crate::server::state::Shared;

/// The project that a path names.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfProject {
    /// Project.
    #[param(value_type = String)]
    pub project: String,
}

impl OfProject {
    /// Its id.
    ///
    /// # Errors
    /// Where the name is none.
    pub fn id(&self) -> Result<ProjectId, Problem> {
        Ok(ProjectId::from_disk(&self.project).map_err(crate::api::ApiError::from)?)
    }
}

/// The projects of the root.
#[derive(Debug, Serialize, ToSchema)]
pub struct Projects {
    items: Vec<ProjectView>,
}

/// The projects, by name; one that cannot be read says why.
#[utoipa::path(get, path = "/projects", tag = "projects",
    responses((status = 200, body = Projects), (status = 304, description = "As the client has it")))]
pub async fn list(State(shared): State<Shared>, headers: HeaderMap) -> Result<Response, Problem> {
    let items = shared.look(|app| app.projects()).await?;
    tagged(&shared, &headers, &Projects { items })
}

/// One project.
#[utoipa::path(get, path = "/projects/{project}", tag = "projects", params(OfProject),
    responses((status = 200, body = ProjectView), (status = 304, description = "As the client has it")))]
pub async fn show(
    State(shared): State<Shared>,
    Path(of): Path<OfProject>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id = of.id()?;
    tagged(&shared, &headers, &shared.look(move |app| app.project_view(&id)).await?)
}
