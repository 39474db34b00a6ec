//! The dashboard's files at `/`; until it is built, a page that says so.

use axum::Router;
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use tower_http::services::{ServeDir, ServeFile};
use tower_http::set_header::SetResponseHeaderLayer;

use super::problem::Problem;
use super::state::Shared;

const NOT_BUILT: &str = include_str!("page.html");
/// Nothing from elsewhere, nothing inline but by our own hash-free files, no frames.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
    font-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// Everything that is not the API.
pub fn router(shared: &Shared) -> Router<Shared> {
    let router = match &shared.options.dashboard {
        Some(folder) => dashboard(folder),
        None => Router::new().route("/", get(async || Html(NOT_BUILT))).fallback(not_found),
    };
    let set = |name, value| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    router
        .layer(set(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(set(header::REFERRER_POLICY, "no-referrer"))
        .layer(set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
}

/// Files by their names; every other path is one of the page's own and gets the page. Names of assets hold
/// a hash of what is in them, so they are kept for ever; the page itself is asked for each time.
fn dashboard(folder: &std::path::Path) -> Router<Shared> {
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    let assets = ServeDir::new(folder.join("assets")).precompressed_br().precompressed_gzip();
    let assets = Router::new()
        .fallback_service(assets)
        .layer(SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, forever));
    let page = ServeFile::new(folder.join("index.html")).precompressed_br().precompressed_gzip();
    let files = ServeDir::new(folder).precompressed_br().precompressed_gzip().fallback(page);
    let each_time =
        SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Router::new()
        .nest("/assets", assets)
        .fallback_service(tower::ServiceBuilder::new().layer(each_time).service(files))
}

/// A path that nothing answers to.
pub async fn not_found(uri: Uri) -> Response {
    let detail = format!("nothing is at {}", uri.path());
    Problem::new(StatusCode::NOT_FOUND, "not_found", detail)
        .with_hint("/api/v1/openapi.json describes what there is")
        .into_response()
}
