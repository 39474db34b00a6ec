//! What a request must be before anybody asks who sends it: meant for this server, and not sent by a
//! page of somebody else.
//!
//! A page that rebinds its name to 127.0.0.1 is told by its `Host`, one that posts across origins by
//! `Origin` and `Sec-Fetch-Site`, and a form by its content type.

use std::collections::BTreeSet;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::body::not_json;
use super::peer::Peer;
use super::problem::Problem;
use super::state::Shared;

/// Names under which this server may be asked, and origins whose pages may ask it.
#[derive(Debug, Clone, Default)]
pub struct Allowed {
    hosts: BTreeSet<String>,
    origins: BTreeSet<String>,
}

impl Allowed {
    /// The names of this machine's loopback, `hosts` and `origins`.
    pub fn new(hosts: impl IntoIterator<Item = String>, origins: &[String]) -> Self {
        let own = ["localhost", "127.0.0.1", "[::1]"].map(str::to_owned);
        let origins = origins.iter().map(|origin| origin.trim_end_matches('/').to_ascii_lowercase());
        let hosts = own.into_iter().chain(hosts).map(|host| host.to_ascii_lowercase());
        Self { hosts: hosts.collect(), origins: origins.collect() }
    }

    fn knows_host(&self, authority: &str) -> bool {
        self.hosts.contains(&host_of(authority).to_ascii_lowercase())
    }

    /// Whether pages of this origin were allowed by name.
    pub fn knows_origin(&self, origin: &str) -> bool {
        self.origins.contains(&origin.to_ascii_lowercase())
    }
}

/// The name of an authority, without its port.
fn host_of(authority: &str) -> &str {
    match authority.rfind(']') {
        Some(end) => &authority[..=end],
        None => authority.split(':').next().unwrap_or(authority),
    }
}

/// Refuses what is not meant for this server, and what another site's page sends that was not allowed by name.
pub async fn guard(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    // Without a peer nobody knows where it came from.
    let Some(peer) = request.extensions().get::<Peer>().copied() else {
        return Problem::new(StatusCode::FORBIDDEN, "forbidden", "the request has no peer").into_response();
    };
    if let Err(problem) = check(&shared.allowed, peer, request.method(), request.uri(), request.headers()) {
        return problem.into_response();
    }
    let origin = request.headers().get(header::ORIGIN).cloned();
    let origin =
        origin.filter(|origin| origin.to_str().is_ok_and(|origin| shared.allowed.knows_origin(origin)));
    let Some(origin) = origin else { return next.run(request).await };
    let asks_first = request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = match asks_first && request.method() == Method::OPTIONS {
        true => (StatusCode::NO_CONTENT, PREFLIGHT).into_response(),
        false => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("etag, location, x-request-id"),
    );
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    response
}

/// What a browser is told that asks before it sends a page's request.
const PREFLIGHT: [(HeaderName, &str); 3] = [
    (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, DELETE"),
    (
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        "authorization, content-type, idempotency-key, if-none-match, last-event-id, range",
    ),
    (header::ACCESS_CONTROL_MAX_AGE, "600"),
];

fn check(
    allowed: &Allowed,
    peer: Peer,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<(), Problem> {
    // There is no host to be named, and no page of another origin, where nothing was sent.
    if peer == Peer::Within {
        return check_type(method, uri, headers);
    }
    let authority = authority(uri, headers)?;
    if peer != Peer::Unix && !allowed.knows_host(authority) && !peer.reached(host_of(authority)) {
        return Err(Problem::new(
            StatusCode::MISDIRECTED_REQUEST,
            "foreign_host",
            format_args!("this server is not {authority:?}"),
        )
        .with_hint("use its address, or add the name to api.allowed_hosts"));
    }
    check_origin(allowed, peer, authority, method, uri, headers)?;
    check_type(method, uri, headers)
}

fn authority<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Result<&'a str, Problem> {
    let missing = || Problem::new(StatusCode::BAD_REQUEST, "usage", "the request names no host");
    if headers.get_all(header::HOST).iter().count() > 1 {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "usage", "the request names two hosts"));
    }
    match uri.authority() {
        Some(authority) => Ok(authority.as_str()),
        None => headers.get(header::HOST).and_then(|host| host.to_str().ok()).ok_or_else(missing),
    }
}

fn check_origin(
    allowed: &Allowed,
    peer: Peer,
    authority: &str,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<(), Problem> {
    let foreign = |who: &str| {
        Problem::new(
            StatusCode::FORBIDDEN,
            "foreign_origin",
            format_args!("pages of {who} may not ask this server"),
        )
        .with_hint("add the origin to api.allowed_origins, if you trust its pages with your agents")
    };
    let origins = headers.get_all(header::ORIGIN);
    if let Some(origin) = origins.iter().next() {
        let origin = origin.to_str().unwrap_or("null");
        let own = format!("{}://{authority}", peer.scheme());
        if origin.eq_ignore_ascii_case(&own) || (origin != "null" && allowed.knows_origin(origin)) {
            return Ok(());
        }
        return Err(foreign(origin));
    }
    let site = headers.get("sec-fetch-site").and_then(|site| site.to_str().ok());
    let is_own = matches!(site, None | Some("same-origin" | "none"));
    // A link on another site may lead to the page, which has no token then; to nothing else.
    let is_page = method == Method::GET && !uri.path().starts_with("/api/");
    if is_own || is_page { Ok(()) } else { Err(foreign("another site")) }
}

/// A form and a page's plain text need no consent of the browser across origins; JSON does.
fn check_type(method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
    let changes = !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    let has_body =
        headers.contains_key(header::TRANSFER_ENCODING) || length.is_some_and(|length| length != "0");
    let kind = headers.get(header::CONTENT_TYPE).map(|kind| kind.to_str().unwrap_or_default());
    if !changes || (!has_body && kind.is_none()) {
        return Ok(());
    }
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_file = uri.path().ends_with("/attachments") && kind == "application/octet-stream";
    if kind == "application/json" || is_file { Ok(()) } else { Err(not_json()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: Method, path: &str, headers: &[(&'static str, &str)]) -> Result<(), &'static str> {
        let allowed = Allowed::new(["box.local".to_owned()], &["https://my.example".to_owned()]);
        let peer = Peer::Tcp { address: ([10, 0, 0, 1], 9).into(), own: [10, 0, 0, 7].into(), tls: false };
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                (name.parse().expect("a name"), HeaderValue::from_str(value).expect("a value"))
            })
            .collect();
        let uri = path.parse().expect("a path");
        check(&allowed, peer, &method, &uri, &headers).map_err(|problem| problem.code())
    }

    const TASKS: &str = "/api/v1/tasks";

    #[test]
    fn only_names_of_this_server_are_answered() {
        for host in
            ["127.0.0.1:14355", "localhost", "LOCALHOST:1", "[::1]:14355", "box.local:80", "10.0.0.7:14355"]
        {
            assert_eq!(asked(Method::GET, TASKS, &[("host", host)]), Ok(()), "{host}");
        }
        for host in [
            "evil.example",
            "127.0.0.1.evil.example",
            "127.0.0.2",
            "10.0.0.8",
            "",
            "localhost.evil.example:14355",
        ] {
            assert_eq!(asked(Method::GET, TASKS, &[("host", host)]), Err("foreign_host"), "{host}");
        }
        assert_eq!(asked(Method::GET, TASKS, &[]), Err("usage"));
    }

    #[test]
    fn pages_of_other_origins_are_refused() {
        let host = ("host", "localhost:14355");
        for origin in ["http://localhost:14355", "https://my.example"] {
            assert_eq!(asked(Method::POST, TASKS, &[host, ("origin", origin)]), Ok(()), "{origin}");
        }
        let others = [
            "null",
            "http://localhost:3000",
            "https://localhost:14355",
            "https://evil.example",
            "http://127.0.0.1:14355",
        ];
        for origin in others {
            assert_eq!(
                asked(Method::GET, TASKS, &[host, ("origin", origin)]),
                Err("foreign_origin"),
                "{origin}"
            );
        }
        for (site, path, answer) in [
            ("same-origin", TASKS, Ok(())),
            ("none", TASKS, Ok(())),
            ("cross-site", TASKS, Err("foreign_origin")),
            ("same-site", TASKS, Err("foreign_origin")),
            ("cross-site", "/", Ok(())),
        ] {
            assert_eq!(asked(Method::GET, path, &[host, ("sec-fetch-site", site)]), answer, "{site} {path}");
        }
    }

    #[test]
    fn changes_are_json() {
        let host = ("host", "localhost");
        let post = |headers: &[(&'static str, &str)], path: &str| {
            asked(Method::POST, path, &[&[host], headers].concat())
        };
        assert_eq!(post(&[], TASKS), Ok(()));
        assert_eq!(
            post(&[("content-length", "2"), ("content-type", "application/json; charset=utf-8")], TASKS),
            Ok(())
        );
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "application/octet-stream",
        ] {
            let answer = post(&[("content-length", "2"), ("content-type", kind)], TASKS);
            assert_eq!(answer, Err("unsupported_media_type"), "{kind}");
        }
        assert_eq!(post(&[("content-length", "2")], TASKS), Err("unsupported_media_type"));
        let file = [("content-length", "2"), ("content-type", "application/octet-stream")];
        assert_eq!(post(&file, "/api/v1/projects/p/tasks/t/attachments"), Ok(()));
    }
}
