//! The API without a socket: for a face that lives in this process and is its person, the desktop's window.
//!
//! A request goes through the same router as one that came over a connection: routes, limits, masks, audit log and
//! problems are the same. What is about connections (names of hosts, origins, tokens) has nothing to say here.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tower::ServiceExt;

use super::auth::Identity;
use super::body::wrong;
use super::options::ServeOptions;
use super::peer::Peer;
use super::problem::Problem;
use super::routes;
use super::serve::{self, Post};
use super::state::Shared;
use crate::api::stream::{Composite, Place, Session, Topic};
use crate::api::{ApiError, App, Caller};

/// Bytes of an answer: more of a file is asked for in parts.
const LARGEST: usize = 64 << 20;

/// Headers that a request may bring. Others are about connections, or who asks.
const HEADERS: [&str; 5] = ["content-type", "idempotency-key", "if-none-match", "last-event-id", "range"];

/// A request.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: String,
    /// Path and query, from `/api/` on.
    pub path: String,
    /// Of `content-type`, `idempotency-key`, `if-none-match`, `last-event-id` and `range` those that are set.
    pub headers: BTreeMap<String, String>,
    /// Its body; empty: none.
    pub body: Vec<u8>,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Headers by their names in lower case; one that came twice is joined by commas.
    pub headers: BTreeMap<String, String>,
    /// The body; of 400 and above a problem of RFC 9457.
    pub body: Bytes,
}

/// The API of a root for this process. Cheap to clone.
#[derive(Clone)]
pub struct Local {
    router: Router,
    shared: Shared,
    /// What sends webhooks, until the last clone is dropped.
    courier: Arc<Post>,
}

impl Local {
    /// Opens the root that the caller means, made where it is missing. Webhooks are sent as long as this lives.
    ///
    /// # Errors
    /// When the configuration is wrong, or the root cannot be used.
    pub fn open(caller: Caller) -> Result<Self, ApiError> {
        let (app, root) = serve::open(caller)?;
        let courier = Arc::new(Post::new(&app, &root));
        let shared = Shared::new(app, root, ServeOptions::default(), Vec::new());
        Ok(Self { router: routes::router(shared.clone()), shared, courier })
    }

    /// Goes on with what a crash or an upgrade left without a supervisor, beside what else is asked. Needs a
    /// runtime.
    pub fn recover(&self) {
        serve::recover(&self.shared);
        tokio::spawn(serve::keep_learning(self.shared.clone(), Arc::downgrade(&self.courier)));
        tokio::spawn(serve::keep_vigil(self.shared.clone(), Arc::downgrade(&self.courier)));
    }

    /// Answers a request as the server does. Streams are opened by [`Local::session`].
    pub async fn ask(&self, ask: Ask) -> Answer {
        let response = match request(ask) {
            Ok(request) => self.router.clone().oneshot(request).await.into_response(),
            Err(problem) => problem.into_response(),
        };
        match whole(response).await {
            Ok(answer) => answer,
            Err(problem) => whole(problem.into_response()).await.unwrap_or_else(|_| nothing()),
        }
    }

    /// Opens a stream of several subscriptions, after the frame with the id `last`; empty: from nothing on. Needs
    /// a runtime.
    ///
    /// # Errors
    /// For an id that is none.
    pub async fn session(&self, last: &str) -> Result<Session, ApiError> {
        let resumed = if last.is_empty() { Composite::default() } else { Composite::decode(last)? };
        let streams = self.shared.streams.clone();
        blocking(move || Ok(streams.session(&Identity::desktop().name, resumed))).await
    }

    /// Adds a subscription to an open stream, after a place; empty: from the start.
    ///
    /// # Errors
    /// When there is no such stream, the name is taken, or what it is about is not there.
    pub async fn subscribe(
        &self,
        session: &str,
        name: String,
        topic: Topic,
        after: &str,
    ) -> Result<(), ApiError> {
        let control = self.shared.streams.control(session, &Identity::desktop().name)?;
        let place = Place::parse(&topic, after)?;
        blocking(move || control.add(&name, topic, place)).await
    }

    /// Drops a subscription.
    ///
    /// # Errors
    /// When there is no such stream, or none of that name on it.
    pub fn unsubscribe(&self, session: &str, name: &str) -> Result<(), ApiError> {
        self.shared.streams.control(session, &Identity::desktop().name)?.drop(name)
    }

    /// Looks at something, on a thread that may block.
    ///
    /// # Errors
    /// What the use case says.
    pub async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&App) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let shared = self.shared.clone();
        blocking(move || look(&shared.app())).await
    }

    /// Does something in the name of the desktop, with the configuration as it is now.
    ///
    /// # Errors
    /// What the use case says, and where the configuration is wrong.
    pub async fn act<T: Send + 'static>(
        &self,
        act: impl FnOnce(&App) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let caller = self.shared.caller_for(&Identity::desktop());
        blocking(move || act(&App::open(caller)?)).await
    }

    /// Whether this is a clone of the other.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.courier, &other.courier)
    }

    /// Ends all streams; each tells it.
    pub fn close(&self) {
        self.shared.streams.close();
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(ApiError::io("finish what was asked", &std::io::Error::other(error))))
}

fn request(ask: Ask) -> Result<Request<Body>, Problem> {
    if !ask.path.starts_with("/api/") {
        return Err(wrong("a path begins with /api/"));
    }
    let method = Method::from_bytes(ask.method.as_bytes()).map_err(|_| wrong("this is no method"))?;
    let mut request = Request::builder().method(method).uri(&ask.path);
    for (name, value) in &ask.headers {
        if !HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
            return Err(wrong(format_args!("the header {name:?} means nothing here")));
        }
        request = request.header(name, value);
    }
    if !ask.body.is_empty() {
        request = request.header(header::CONTENT_LENGTH, ask.body.len());
    }
    let mut request = request.body(Body::from(ask.body)).map_err(|_| wrong("path or header is malformed"))?;
    request.extensions_mut().insert(Peer::Within);
    Ok(request)
}

/// The answer with its whole body.
async fn whole(response: Response) -> Result<Answer, Problem> {
    let (parts, body) = response.into_parts();
    let headers = plain(&parts.headers);
    if headers.get("content-type").is_some_and(|kind| kind.starts_with("text/event-stream")) {
        return Err(wrong("a stream has no whole answer").with_hint("open it as a stream"));
    }
    let body = to_bytes(body, LARGEST).await.map_err(|_| {
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large", "the answer has more than 64 MiB")
            .with_hint("ask for a part of it with the header Range")
    })?;
    Ok(Answer { status: parts.status.as_u16(), headers, body })
}

fn plain(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut plain = BTreeMap::<String, String>::new();
    for (name, value) in headers {
        let Ok(value) = value.to_str() else { continue };
        let joined = plain.entry(name.as_str().to_owned()).or_default();
        if !joined.is_empty() {
            joined.push_str(", ");
        }
        joined.push_str(value);
    }
    plain
}

fn nothing() -> Answer {
    Answer { status: 500, headers: BTreeMap::new(), body: Bytes::new() }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn local(folder: &std::path::Path) -> Local {
        let env = [("HOME", folder), ("PATH", "/usr/bin:/bin".as_ref())];
        let env = env.map(|(name, value)| (name.into(), value.as_os_str().to_owned()));
        let root = Some(folder.join("root"));
        let caller = Caller { root, env: env.into(), cwd: folder.to_owned(), ..Caller::default() };
        Local::open(caller).expect("a root")
    }

    fn asked(method: &str, path: &str, body: &str) -> Ask {
        let kind = ("content-type".to_owned(), "application/json".to_owned());
        let headers = (!body.is_empty()).then_some(kind).into_iter().collect();
        Ask { method: method.to_owned(), path: path.to_owned(), headers, body: body.into() }
    }

    fn code(answer: &Answer) -> String {
        let problem: Value = serde_json::from_slice(&answer.body).expect("a problem");
        problem["code"].as_str().expect("a code").to_owned()
    }

    #[tokio::test]
    async fn it_answers_as_the_server_and_needs_no_token() {
        let folder = tempfile::tempdir().expect("a folder");
        let local = local(folder.path());
        let tasks = local.ask(asked("GET", "/api/v1/tasks?limit=5", "")).await;
        assert_eq!(tasks.status, 200);
        assert!(tasks.headers.contains_key("etag") && tasks.headers.contains_key("x-request-id"));
        let wrong = local.ask(asked("POST", "/api/v1/tasks", "{\"prompt\": \"x\", \"colour\": 1}")).await;
        assert_eq!((wrong.status, code(&wrong).as_str()), (400, "usage"));
        let missing = local.ask(asked("GET", "/api/v1/projects/none", "")).await;
        assert_eq!((missing.status, code(&missing).as_str()), (404, "not_found"));
        let form = Ask { headers: BTreeMap::new(), ..asked("POST", "/api/v1/tasks", "prompt=x") };
        assert_eq!(code(&local.ask(form).await), "unsupported_media_type");
    }

    #[tokio::test]
    async fn changes_are_written_down_as_the_desktops() {
        let folder = tempfile::tempdir().expect("a folder");
        let local = local(folder.path());
        let added =
            local.ask(asked("POST", "/api/v1/tokens", "{\"name\": \"phone\", \"allows\": \"read\"}")).await;
        assert_eq!(added.status, 201, "{}", String::from_utf8_lossy(&added.body));
        let log = std::fs::read_to_string(folder.path().join("root/.conductor/state/audit.jsonl"));
        let line: Value = serde_json::from_str(log.expect("a log").trim()).expect("one line");
        assert_eq!((&line["face"], &line["peer"]), (&"desktop".into(), &"within".into()));
        assert!(line.get("token").is_none(), "{line}");
    }

    #[tokio::test]
    async fn what_is_no_request_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let local = local(folder.path());
        let cookie = ("cookie".to_owned(), "a=b".to_owned());
        for ask in [
            asked("GET", "/", ""),
            asked("GET", "http://elsewhere/api/v1/tasks", ""),
            asked("NO METHOD", "/api/v1/tasks", ""),
            asked("GET", "/api/v1/tasks with spaces", ""),
            asked("GET", "/api/v1/stream", ""),
            Ask { headers: [cookie].into(), ..asked("GET", "/api/v1/tasks", "") },
        ] {
            let answer = local.ask(ask.clone()).await;
            assert_eq!((answer.status, code(&answer).as_str()), (400, "usage"), "{ask:?}");
        }
    }

    #[tokio::test]
    async fn a_stream_is_opened_told_and_closed() {
        let folder = tempfile::tempdir().expect("a folder");
        let local = local(folder.path());
        let mut stream = local.session("").await.expect("a stream");
        let first = stream.next().await.expect("its id");
        let id: Value = serde_json::from_str(first.data.as_str()).expect("JSON");
        let id = id["session"].as_str().expect("an id").to_owned();
        let topic = Topic::Events { project: None, task: None };
        local.subscribe(&id, "all".to_owned(), topic.clone(), "").await.expect("added");
        assert_eq!(stream.next().await.expect("a word").kind.as_str(), "added");
        local.unsubscribe(&id, "all").expect("dropped");
        assert_eq!(stream.next().await.expect("a word").kind.as_str(), "dropped");
        assert!(local.subscribe("another", "all".to_owned(), topic, "").await.is_err());
        local.close();
        assert_eq!(stream.next().await.expect("a word").kind.as_str(), "end");
    }
}
