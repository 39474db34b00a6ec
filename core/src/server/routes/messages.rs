//! The buses of tasks and projects.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::{Extension, Json};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

use super::projects::OfProject;
use super::tasks::{OfTask, once};
use crate::api::ApiError;
use crate::api::requests::Post;
use crate::api::talk::{MessagePage, MessageQuery, PostedView};
use crate::model::{MessageId, MessageKind};
use crate::server::access;
use crate::server::auth::Identity;
use crate::server::body::{self, Path, Query};
use crate::server::problem::Problem;
use crate::server::state::Shared;

/// Which messages.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Messages {
    /// After this id or cursor; absent: from the beginning.
    after: Option<String>,
    /// The last so many instead: 1 to 500.
    #[param(minimum = 1, maximum = 500)]
    last: Option<usize>,
    /// Items at most: 1 to 500, else 50.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<usize>,
    /// Only of these types, separated by commas.
    #[serde(rename = "type")]
    #[param(rename = "type")]
    kind: Option<String>,
    /// Only those posted by this run.
    run: Option<String>,
    /// Only those that follow from this message.
    parent: Option<String>,
    /// On the bus of a project: only those of this task.
    task: Option<String>,
    /// Only those appended at this time or later.
    since: Option<Timestamp>,
    /// Only those that refer to this address.
    link: Option<String>,
    /// Only those with these values: a JSON object of texts.
    meta: Option<String>,
}

impl Messages {
    fn query(self) -> Result<MessageQuery, ApiError> {
        let meta: BTreeMap<String, String> = serde_json::from_str(self.meta.as_deref().unwrap_or("{}"))
            .map_err(|error| {
                ApiError::usage(format_args!("meta: {error}")).with_hint("write {\"key\":\"value\"}")
            })?;
        let kinds = self.kind.as_deref().unwrap_or_default().split(',').map(str::trim);
        Ok(MessageQuery {
            kinds: kinds.filter(|kind| !kind.is_empty()).map(str::to_owned).collect(),
            after: self.after,
            last: self.last,
            limit: self.limit,
            run: self.run,
            parent: self.parent,
            task: self.task,
            since: self.since,
            link: self.link,
            meta: meta.into_iter().collect(),
        })
    }
}

/// Messages of a task's bus, from a cursor or the last ones.
#[utoipa::path(get, path = "/projects/{project}/tasks/{task}/messages", tag = "messages",
    params(OfTask, Messages), responses((status = 200, body = MessagePage)))]
pub async fn of_task(
    State(shared): State<Shared>,
    Path(of): Path<OfTask>,
    Query(asked): Query<Messages>,
) -> Result<Json<MessagePage>, Problem> {
    let query = asked.query()?;
    Ok(Json(shared.look(move |app| app.messages(&app.bus_of_task(&of.open(app)?), &query)).await?))
}

/// Messages of a project's bus.
#[utoipa::path(get, path = "/projects/{project}/messages", tag = "messages", params(OfProject, Messages),
    responses((status = 200, body = MessagePage)))]
pub async fn of_project(
    State(shared): State<Shared>,
    Path(of): Path<OfProject>,
    Query(asked): Query<Messages>,
) -> Result<Json<MessagePage>, Problem> {
    let (id, query) = (of.id()?, asked.query()?);
    Ok(Json(shared.look(move |app| app.messages(&app.bus_of_project(&id)?, &query)).await?))
}

/// A message of a task's bus, as a path names it.
#[derive(Debug, Clone, Deserialize)]
pub struct OfMessage {
    #[serde(flatten)]
    task: OfTask,
    id: String,
}

/// A message, what it follows from, and what follows from it.
#[utoipa::path(get, path = "/projects/{project}/tasks/{task}/messages/{id}/thread", tag = "messages",
    responses((status = 200, body = MessagePage)))]
pub async fn thread(
    State(shared): State<Shared>,
    Path(of): Path<OfMessage>,
) -> Result<Json<MessagePage>, Problem> {
    let thread = shared.look(move |app| {
        let id = MessageId::parse(&of.id)?;
        app.thread(&app.bus_of_task(&of.task.open(app)?), id)
    });
    Ok(Json(thread.await?))
}

/// Posts a message on a task's bus. A token of this very task posts no ANSWER there. With
/// `Idempotency-Key` the same request, sent again, posts no second one.
#[utoipa::path(post, path = "/projects/{project}/tasks/{task}/messages", tag = "messages",
    params(OfTask, ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; kept for a day")),
    request_body = Post, responses((status = 201, body = PostedView)))]
pub async fn post_to_task(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(of): Path<OfTask>,
    headers: HeaderMap,
    body::Json(post): body::Json<Post>,
) -> Result<(StatusCode, Json<PostedView>), Problem> {
    if MessageKind::from(post.kind.as_str()).is_called(MessageKind::ANSWER) {
        access::decides(&identity, of.names(), "answer for")?;
    }
    access::speaks_for_itself(&identity, &post.meta)?;
    let key = once(&identity, &headers, &("post", of.names(), &post))?;
    let own = identity.own_task();
    let posted = shared.act(&identity, move |app| {
        let (bus, run) = (app.bus_of_task(&of.open(app)?), app.run_that_acts(post.run.as_deref(), own)?);
        let sync = post.sync;
        app.post_once(key.as_ref(), &bus, post.message(), run.as_ref(), sync)
    });
    Ok((StatusCode::CREATED, Json(posted.await?)))
}

/// Posts a message on a project's bus. With `Idempotency-Key` the same request, sent again, posts no second one.
#[utoipa::path(post, path = "/projects/{project}/messages", tag = "messages",
    params(OfProject, ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; kept for a day")),
    request_body = Post, responses((status = 201, body = PostedView)))]
pub async fn post_to_project(
    State(shared): State<Shared>,
    Extension(identity): Extension<Identity>,
    Path(of): Path<OfProject>,
    headers: HeaderMap,
    body::Json(post): body::Json<Post>,
) -> Result<(StatusCode, Json<PostedView>), Problem> {
    access::speaks_for_itself(&identity, &post.meta)?;
    let (id, key) = (of.id()?, once(&identity, &headers, &("post", &of.project, &post))?);
    let posted = shared.act(&identity, move |app| {
        let bus = app.bus_of_project(&id)?;
        app.root()?.writable().map_err(ApiError::from)?;
        let (run, sync) = (app.run_that_acts(post.run.as_deref(), None)?, post.sync);
        app.post_once(key.as_ref(), &bus, post.message(), run.as_ref(), sync)
    });
    Ok((StatusCode::CREATED, Json(posted.await?)))
}
