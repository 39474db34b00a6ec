//! Agents.

use axum::extract::State;
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::agents::AgentView;
use crate::server::auth::Identity;
use crate::server::problem::Problem;
use crate::server::state::Shared;

/// The agents that can be named.
#[derive(Debug, Serialize, ToSchema)]
pub struct Agents {
    items: Vec<AgentView>,
}

/// Every agent that can be named, with its program, version and login, as found now.
#[utoipa::path(get, path = "/agents", tag = "agents", responses((status = 200, body = Agents)))]
pub async fn list(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
) -> Result<Json<Agents>, Problem> {
    let items = shared.act(&identity, |app| Ok(app.agents())).await?;
    Ok(Json(Agents { items }))
}
