//! Keeping the root tidy, and what a person may ask of this machine.

use std::path::PathBuf;

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::tasks::OfTask;
use crate::api::folders::FolderView;
use crate::api::requests::{Allows, PageToken, WantedToken};
use crate::api::settings::SettingsView;
use crate::api::tidy::{GarbageReport, USUAL_DAYS};
use crate::api::tokens::{TokenView, WantedScope};
use crate::model::{ProjectId, TaskId};
use crate::server::auth::Identity;
use crate::server::body::{self, Path, Query};
use crate::server::problem::Problem;
use crate::server::state::Shared;

/// Deletes a task that has ended, with all that is in its folder.
#[utoipa::path(delete, path = "/projects/{project}/tasks/{task}", tag = "tasks", params(OfTask),
    responses((status = 204, description = "It is gone")))]
pub async fn delete(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(of): Path<OfTask>,
) -> Result<StatusCode, Problem> {
    shared.act(&identity, move |app| app.delete(&of.open(app)?)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What to collect.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Collect {
    /// Delete nothing, say what would be; true where it is absent.
    dry_run: bool,
    /// Archived tasks that ended so many days ago, or longer.
    days: u32,
}

impl Default for Collect {
    fn default() -> Self {
        Self { dry_run: true, days: USUAL_DAYS }
    }
}

/// Finds what nobody needs any more, and deletes it where that is asked for: archived tasks that ended long ago,
/// copies of the program that no task names.
#[utoipa::path(post, path = "/gc", tag = "system", request_body = Option<Collect>,
    responses((status = 200, body = GarbageReport)))]
pub async fn collect(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    how: Option<body::Json<Collect>>,
) -> Result<Json<GarbageReport>, Problem> {
    let how = how.map(|how| how.0).unwrap_or_default();
    Ok(Json(shared.act(&identity, move |app| app.collect_garbage(how.dry_run, how.days)).await?))
}

/// The configuration in force, with where each value came from. Secrets are absent.
#[utoipa::path(get, path = "/config", tag = "system", responses((status = 200, body = SettingsView)))]
pub async fn config(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
) -> Result<Json<SettingsView>, Problem> {
    Ok(Json(shared.act(&identity, |app| Ok(app.settings())).await?))
}

/// Which folder.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Folder {
    /// Absolute; absent: the user's own.
    #[param(value_type = Option<String>)]
    path: Option<PathBuf>,
    /// Whether hidden folders are listed too.
    hidden: bool,
}

/// The folders in a folder of this machine, for choosing where a task works.
#[utoipa::path(get, path = "/fs/dirs", tag = "system", params(Folder), responses((status = 200, body = FolderView)))]
pub async fn folders(
    State(shared): State<Shared>,
    Query(asked): Query<Folder>,
) -> Result<Json<FolderView>, Problem> {
    Ok(Json(shared.look(move |app| app.folder(asked.path.as_deref(), asked.hidden)).await?))
}

/// The tokens.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenList {
    items: Vec<TokenView>,
}

/// The tokens, without what is secret of them.
#[utoipa::path(get, path = "/tokens", tag = "tokens", responses((status = 200, body = TokenList)))]
pub async fn tokens(State(shared): State<Shared>) -> Result<Json<TokenList>, Problem> {
    let items = shared.look(|app| app.tokens()).await?;
    Ok(Json(TokenList { items }))
}

/// Makes a token. It is told here and nowhere else.
#[utoipa::path(post, path = "/tokens", tag = "tokens", request_body = WantedToken,
    responses((status = 201, body = PageToken)))]
pub async fn add_token(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    body::Json(wanted): body::Json<WantedToken>,
) -> Result<(StatusCode, Json<PageToken>), Problem> {
    let made = shared.act(&identity, move |app| {
        let scope = match wanted.allows {
            Allows::Full => WantedScope::Full,
            Allows::Read => WantedScope::Read,
            Allows::Task { project, task } => {
                WantedScope::Task(app.task_at(&ProjectId::from_disk(&project)?, &TaskId::from_disk(&task)?)?)
            }
        };
        let token = app.add_token(&wanted.name, scope)?.expose_secret().to_owned();
        Ok(PageToken { token, name: wanted.name })
    });
    Ok((StatusCode::CREATED, Json(made.await?)))
}

/// Takes a token back: it opens nothing from then on.
#[utoipa::path(delete, path = "/tokens/{name}", tag = "tokens",
    params(("name" = String, Path, description = "Its name")), responses((status = 204, description = "Done")))]
pub async fn revoke_token(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    shared.act(&identity, move |app| app.revoke_token(&name)).await?;
    Ok(StatusCode::NO_CONTENT)
}
