//! The dashboard at `/`, as it was built when this program was; where it was not, a page that says so.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use rust_embed::{Embed, EmbeddedFile};
use tower_http::set_header::SetResponseHeaderLayer;

use super::problem::Problem;
use super::state::Shared;
use crate::hex::hex;

/// The built dashboard, with a `.br` and a `.gz` beside what is worth it. A debug build reads it when it is asked.
#[derive(Embed)]
#[folder = "../ui/dist"]
#[allow_missing = true]
struct Dashboard;

const PAGE: &str = "index.html";
/// What has a hash of its content in its name.
const ASSETS: &str = "assets/";
const NOT_BUILT: &str = include_str!("page.html");
/// Nothing from elsewhere, nothing inline, no frames.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
    font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'none'; base-uri 'none'; \
    frame-ancestors 'none'";
/// That page has its style in itself.
const NOT_BUILT_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; connect-src 'self'; \
    form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// Everything that is not the API.
pub fn router() -> Router<Shared> {
    let set = |name, value| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    Router::new()
        .route("/", get(show))
        .fallback(show)
        .layer(set(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(set(header::REFERRER_POLICY, "no-referrer"))
        .layer(set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
}

/// A file by its name; every other path is one of the dashboard's own and gets its page.
async fn show(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if method != Method::GET && method != Method::HEAD {
        return not_found(uri).await;
    }
    if Dashboard::get(PAGE).is_none() {
        return if path.is_empty() { not_built() } else { not_found(uri).await };
    }
    match Dashboard::get(path) {
        Some(_) if path.starts_with('.') => not_found(uri).await,
        Some(file) => send(path, file, &headers),
        None if path.starts_with(ASSETS) => not_found(uri).await,
        None => Dashboard::get(PAGE).map_or_else(not_built, |page| send(PAGE, page, &headers)),
    }
}

fn not_built() -> Response {
    ([(header::CONTENT_SECURITY_POLICY, NOT_BUILT_POLICY)], Html(NOT_BUILT)).into_response()
}

/// What has a hash in its name is kept for ever; all else is asked for each time, by its tag.
fn send(name: &str, plain: EmbeddedFile, headers: &HeaderMap) -> Response {
    let kind = plain.metadata.mimetype().to_owned();
    let (encoding, file) = smallest(name, plain, headers);
    let tag = format!("\"{}\"", hex(&file.metadata.sha256_hash()[..16]));
    let keep = if name.starts_with(ASSETS) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = headers.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok()).unwrap_or_default();
    let is_known = known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag);
    let always = [
        (header::ETAG, tag),
        (header::CACHE_CONTROL, keep.to_owned()),
        (header::VARY, "accept-encoding".to_owned()),
    ];
    if is_known {
        return (StatusCode::NOT_MODIFIED, always).into_response();
    }
    let mut answer = (always, [(header::CONTENT_TYPE, kind)], Body::from(file.data)).into_response();
    if let Some(encoding) = encoding {
        answer.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    answer
}

/// The smallest form of a file that is asked for.
fn smallest(name: &str, plain: EmbeddedFile, headers: &HeaderMap) -> (Option<&'static str>, EmbeddedFile) {
    for (encoding, ending) in [("br", "br"), ("gzip", "gz")] {
        if accepts(headers, encoding)
            && let Some(file) = Dashboard::get(&format!("{name}.{ending}"))
        {
            return (Some(encoding), file);
        }
    }
    (None, plain)
}

/// Whether an encoding is asked for, and not with a weight of nothing.
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let asked = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    asked.flat_map(|value| value.split(',')).any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, ""));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.trim().parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case(encoding) && weight != Some(0.0)
    })
}

/// A path that nothing answers to.
pub async fn not_found(uri: Uri) -> Response {
    let detail = format!("nothing is at {}", uri.path());
    Problem::new(StatusCode::NOT_FOUND, "not_found", detail)
        .with_hint("/api/v1/openapi.json describes what there is")
        .into_response()
}
