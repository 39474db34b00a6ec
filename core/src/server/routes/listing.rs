//! Lists in one piece, as the command line shows them: with what is damaged, and how much was left out.

use axum::extract::State;
use axum::response::Response;
use axum::{Extension, Json};
use serde::Deserialize;
use utoipa::IntoParams;

use super::list::words;
use crate::api::messages::BusView;
use crate::api::tasks::{RunList, TaskList, TaskQuery};
use crate::model::TaskStatus;
use crate::server::auth::Identity;
use crate::server::body::Query;
use crate::server::problem::Problem;
use crate::server::reply::hidden;
use crate::server::state::{Named, Shared};

/// Which tasks or runs.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Listing {
    /// Only of this project, which must be there.
    project: Option<String>,
    /// Only tasks in these statuses, separated by commas.
    status: Option<String>,
    /// Only tasks that have not ended.
    active: bool,
    /// Items at most; all where it is absent.
    limit: Option<usize>,
}

impl Listing {
    fn parts(self) -> Result<(Named, TaskQuery), Problem> {
        let statuses = words::<TaskStatus>("status", self.status.as_deref())?;
        let query = TaskQuery { project: None, statuses, active: self.active, limit: self.limit };
        Ok((Named { project: self.project, ..Named::default() }, query))
    }
}

/// Tasks in one list, the newest first; archived ones and those of other roots among them.
#[utoipa::path(get, path = "/listing/tasks", tag = "tasks", params(Listing),
    responses((status = 200, body = TaskList)))]
pub async fn tasks(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Query(asked): Query<Listing>,
) -> Result<Response, Problem> {
    let (named, query) = asked.parts()?;
    let list = shared.act_named(&identity, named, move |app| {
        app.list(&TaskQuery { project: app.named_project()?, ..query })
    });
    hidden(&shared, &list.await?)
}

/// Runs in one list, the newest first.
#[utoipa::path(get, path = "/listing/runs", tag = "runs", params(Listing),
    responses((status = 200, body = RunList)))]
pub async fn runs(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Query(asked): Query<Listing>,
) -> Result<Response, Problem> {
    let (named, query) = asked.parts()?;
    let list = shared.act_named(&identity, named, move |app| {
        app.list_runs(&TaskQuery { project: app.named_project()?, ..query })
    });
    hidden(&shared, &list.await?)
}

/// Which buses.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BusList {
    /// Only of this project, which must be there.
    project: Option<String>,
}

/// The buses of projects and tasks, with their files.
#[utoipa::path(get, path = "/listing/buses", tag = "messages", params(BusList),
    responses((status = 200, body = Vec<BusView>)))]
pub async fn buses(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Query(asked): Query<BusList>,
) -> Result<Json<Vec<BusView>>, Problem> {
    let named = Named { project: asked.project, ..Named::default() };
    Ok(Json(shared.act_named(&identity, named, |app| app.buses()).await?))
}
