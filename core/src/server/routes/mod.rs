//! The routes, grouped by what a token must allow.

mod agents;
mod attention;
mod changes;
mod follow;
mod keep;
mod list;
mod listing;
mod messages;
mod names;
mod projects;
mod run_files;
mod runs;
mod session;
mod streams;
mod system;
mod task_actions;
mod task_files;
mod tasks;
mod wait;

use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::{Router, response::IntoResponse};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::timeout::RequestBodyTimeoutLayer;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

use super::problem::Problem;
use super::state::Shared;
use super::{access, audit, auth, guard, page, reply};

/// Bytes of a body, where a route does not say otherwise.
const BODY: usize = 1 << 20;

/// Bytes of an attachment.
const ATTACHMENT: usize = 20 << 20;

/// How long a client may say nothing in the midst of a body.
const SILENCE: Duration = Duration::from_secs(15);

/// Everything that the server answers.
pub fn router(shared: Shared) -> Router {
    let api = Router::from(api(&shared)).method_not_allowed_fallback(wrong_method);
    let compression = SizeAbove::new(1024).and(NotForContentType::SSE).and(NotForContentType::IMAGES);
    Router::new()
        .merge(api)
        .merge(page::router())
        .layer(CompressionLayer::new().compress_when(compression))
        .layer(DefaultBodyLimit::max(BODY))
        .layer(RequestBodyTimeoutLayer::new(SILENCE))
        .layer(from_fn_with_state(shared.clone(), guard::guard))
        .layer(from_fn_with_state(shared.clone(), audit::record))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(shared.clone(), reply::observe))
        .with_state(shared)
}

/// The API as it is described: without what lets requests in.
pub fn described() -> OpenApiRouter<Shared> {
    let known = reading().merge(changing()).merge(task_reading()).merge(task_changing()).merge(knowing());
    OpenApiRouter::new().nest(PREFIX, open().merge(known))
}

/// Where the API is.
const PREFIX: &str = "/api/v1";

fn api(shared: &Shared) -> OpenApiRouter<Shared> {
    let known = OpenApiRouter::new()
        .merge(reading().route_layer(from_fn(access::reads)))
        .merge(changing().route_layer(from_fn(access::changes)))
        .merge(task_reading().route_layer(from_fn_with_state(shared.clone(), access::task_reads)))
        .merge(task_changing().route_layer(from_fn_with_state(shared.clone(), access::task_changes)))
        .merge(knowing())
        .route_layer(from_fn_with_state(shared.clone(), auth::authenticate));
    OpenApiRouter::new()
        .nest(PREFIX, open().merge(known))
        .route("/api/{*rest}", axum::routing::any(page::not_found))
}

/// What needs no token.
fn open() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(system::health))
        .routes(routes!(system::version))
        .routes(routes!(system::openapi))
        .routes(routes!(session::redeem))
}

/// What every token may ask, each for what it may know.
fn knowing() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(names::task))
}

/// What every token may look at that is not of one task.
fn reading() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(system::status))
        .routes(routes!(system::metrics))
        .routes(routes!(system::queue))
        .routes(routes!(system::doctor))
        .routes(routes!(agents::list))
        .routes(routes!(projects::list))
        .routes(routes!(projects::show))
        .routes(routes!(messages::of_project))
        .routes(routes!(tasks::list))
        .routes(routes!(runs::list))
        .routes(routes!(listing::tasks))
        .routes(routes!(listing::runs))
        .routes(routes!(listing::buses))
        .routes(routes!(names::project))
        .routes(routes!(follow::news))
        .routes(routes!(attention::list))
        .routes(routes!(streams::events))
        .routes(routes!(streams::project_messages))
        .routes(routes!(streams::session))
        .routes(routes!(streams::subscribe))
        .routes(routes!(streams::unsubscribe))
}

/// What full tokens may do.
fn changing() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(session::issue))
        .routes(routes!(system::recover))
        .routes(routes!(tasks::create))
        .routes(routes!(tasks::demo))
        .routes(routes!(keep::delete))
        .routes(routes!(keep::collect))
        .routes(routes!(keep::config))
        .routes(routes!(keep::folders))
        .routes(routes!(keep::tokens, keep::add_token))
        .routes(routes!(keep::revoke_token))
        .routes(routes!(messages::post_to_project))
        .routes(routes!(task_files::attach_to_project).layer(DefaultBodyLimit::max(ATTACHMENT)))
        .routes(routes!(attention::handle))
        .routes(routes!(task_actions::archive))
}

/// What may be looked at of one task.
fn task_reading() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(tasks::show))
        .routes(routes!(task_files::dependencies))
        .routes(routes!(task_files::tree))
        .routes(routes!(task_files::files))
        .routes(routes!(changes::changes))
        .routes(routes!(changes::patch))
        .routes(routes!(task_files::file))
        .routes(routes!(messages::of_task))
        .routes(routes!(messages::thread))
        .routes(routes!(streams::task_messages))
        .routes(routes!(task_actions::answer_to))
        .routes(routes!(names::run))
        .routes(routes!(follow::moments))
        .nest("/runs/{run}", of_run())
        .nest(LONG_RUN, of_run())
}

/// A run by its whole path; `/runs/{run}` is short for it.
const LONG_RUN: &str = "/projects/{project}/tasks/{task}/runs/{run}";

fn of_run() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(runs::show))
        .routes(routes!(run_files::files))
        .routes(routes!(run_files::file))
        .routes(routes!(run_files::output))
        .routes(routes!(run_files::events))
        .routes(routes!(streams::log))
}

/// What may be done for one task.
fn task_changing() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(task_actions::stop))
        .routes(routes!(task_actions::pause))
        .routes(routes!(task_actions::resume))
        .routes(routes!(task_actions::done))
        .routes(routes!(task_actions::tell))
        .routes(routes!(task_actions::ask))
        .routes(routes!(task_actions::answer))
        .routes(routes!(messages::post_to_task))
        .routes(routes!(tasks::create_child))
        .routes(routes!(task_files::attach).layer(DefaultBodyLimit::max(ATTACHMENT)))
}

async fn wrong_method(request: axum::extract::Request) -> impl IntoResponse {
    let detail = format!("{} is no method of {}", request.method(), request.uri().path());
    Problem::new(axum::http::StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
}

/// A defect of ours is told as one, and its place is logged.
fn panicked(panic: Box<dyn std::any::Any + Send>) -> axum::response::Response {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    tracing::error!(text, "a request failed by a defect of the server");
    Problem::new(axum::http::StatusCode::INTERNAL_SERVER_ERROR, "io", "the server failed at this request")
        .with_hint("its log says where; please report it")
        .into_response()
}
