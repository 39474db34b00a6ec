//! What needs a person.

use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::dto::AttentionItem;
use crate::api::inbox::Handling;
use crate::server::auth::Identity;
use crate::server::body::{self, Path, Query};
use crate::server::problem::Problem;
use crate::server::reply::tagged;
use crate::server::state::Shared;

/// Which items to list.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AttentionList {
    /// Also what was seen, snoozed or archived.
    all: bool,
}

/// What needs a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct Attention {
    /// The longest wait first.
    items: Vec<AttentionItem>,
}

/// What needs a person: open questions, limits, reviews, failures. The longest wait first.
#[utoipa::path(get, path = "/attention", tag = "attention", params(AttentionList),
    responses((status = 200, body = Attention), (status = 304, description = "As the client has it")))]
pub async fn list(
    State(shared): State<Shared>,
    Query(asked): Query<AttentionList>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let items = shared.look(move |app| app.inbox(asked.all)).await?;
    tagged(&headers, &Attention { items })
}

/// What a person does with an item.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Handle {
    /// It was looked at.
    Seen {},
    /// It shall come back after so many seconds.
    Snooze {
        /// Seconds.
        seconds: u64,
    },
    /// It shall not come back.
    Archive {},
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
    let how = match how {
        Handle::Seen {} => Handling::Seen,
        Handle::Snooze { seconds } => Handling::Snooze(Duration::from_secs(seconds)),
        Handle::Archive {} => Handling::Archive,
    };
    Ok(Json(shared.act(&identity, move |app| app.handle(&id, how)).await?))
}
