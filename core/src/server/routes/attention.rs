//! What needs a person.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::{Extension, Json};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::dto::AttentionItem;
use crate::api::inbox::Inbox;
use crate::api::requests::Handle;
use crate::server::auth::Identity;
use crate::server::body::{self, Path, Query};
use crate::server::problem::Problem;
use crate::server::reply::tagged;
use crate::server::state::{Named, Shared};

/// Which items to list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AttentionList {
    /// Also what was seen, snoozed or archived.
    all: bool,
    /// Only of this project, which must be there.
    project: Option<String>,
}

/// What needs a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct Attention {
    /// The longest wait first.
    items: Vec<AttentionItem>,
    /// When the next one comes back that was put off.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_at: Option<Timestamp>,
}

/// What needs a person: open questions, limits, reviews, failures. The longest wait first.
#[utoipa::path(get, path = "/attention", tag = "attention", params(AttentionList),
    responses((status = 200, body = Attention), (status = 304, description = "As the client has it")))]
pub async fn list(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Query(asked): Query<AttentionList>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let named = Named { project: asked.project, ..Named::default() };
    let Inbox { items, next_at } =
        shared.act_named(&identity, named, move |app| app.inbox(asked.all)).await?;
    tagged(&shared, &headers, &Attention { items, next_at })
}

/// Records what a person did with an item: seen, snoozed, archived. All faces show the same.
#[utoipa::path(post, path = "/attention/{id}", tag = "attention", request_body = Handle,
    params(("id" = String, Path, description = "Id of the item")), responses((status = 200, body = AttentionItem)))]
pub async fn handle(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(id): Path<String>,
    body::Json(how): body::Json<Handle>,
) -> Result<Json<AttentionItem>, Problem> {
    Ok(Json(shared.act(&identity, move |app| app.handle(&id, how.into())).await?))
}
