//! Requests to a server: sent, sent again while it is not ready, and answered.

use std::cell::{Cell, RefCell};
use std::error::Error;
use std::pin::Pin;
use std::time::{Duration, Instant};

use eventsource_stream::{Event, EventStreamError, Eventsource};
use futures_util::{Stream, StreamExt};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, Response, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::runtime::Runtime;
use tokio::time::error::Elapsed;

use super::address::Address;
use super::problem::{error_of, foreign};
use super::ready::Patience;
use crate::api::{ApiError, ErrorCode};
use crate::pinned;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a server may be silent within an answer; a stop of many tasks takes its time.
const SILENCE: Duration = Duration::from_secs(300);
/// After so long without an acknowledgement a connection is given up: its link was cut.
const LINK: Duration = Duration::from_secs(20);
/// How long the token of a server that has just started is looked for.
const TOKEN: Duration = Duration::from_secs(2);

/// What to do about a change whose answer did not come.
const MAY_BE_DONE: &str = "it may have been carried out: look before you send it again";

/// How a client gets its token.
pub struct Tokens {
    /// The one that was given.
    pub given: Option<SecretString>,
    /// Looks for that of a server of this machine.
    pub find: Box<dyn Fn() -> Option<SecretString>>,
}

/// The way to a server.
pub struct Http {
    runtime: Runtime,
    client: reqwest::Client,
    address: Address,
    tokens: Tokens,
    found: RefCell<Option<SecretString>>,
    patience: Duration,
    waiting: Box<dyn Fn(&str)>,
    has_said: Cell<bool>,
}

/// A request in the making.
pub struct Request<'a> {
    http: &'a Http,
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
    /// Whether it may be sent again though the server may have carried it out.
    again: bool,
}

/// An answer that is no error.
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

/// Events as they come.
pub struct Events(Pin<Box<dyn Stream<Item = Result<Event, EventStreamError<reqwest::Error>>>>>);

impl Http {
    /// The way to this address. `waiting` is told once that the server does not answer yet, and is waited for
    /// at most for `patience` each time.
    ///
    /// # Errors
    /// When the system gives no means.
    pub fn new(
        address: Address,
        tokens: Tokens,
        patience: Duration,
        waiting: Box<dyn Fn(&str)>,
    ) -> Result<Self, ApiError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| ApiError::io("start the client", &error))?;
        let mut builder = pinned::client(address.fingerprint)
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .tcp_keepalive(LINK / 2)
            .tcp_keepalive_interval(LINK / 4)
            .tcp_keepalive_retries(2)
            .tcp_user_timeout(LINK)
            .redirect(reqwest::redirect::Policy::none());
        if let Some(socket) = &address.socket {
            builder = builder.unix_socket(socket.clone());
        }
        if address.is_here() {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|error| {
            ApiError::new(ErrorCode::Io, format_args!("failed to start the client: {}", causes(&error)))
        })?;
        let (found, has_said) = (RefCell::default(), Cell::new(false));
        Ok(Self { runtime, client, address, tokens, found, patience, waiting, has_said })
    }

    /// A request; `path` below `/api/v1`, each part as it is.
    pub fn request(&self, method: Method, path: &[&str]) -> Request<'_> {
        let mut url = self.address.base.clone();
        if let Ok(mut parts) = url.path_segments_mut() {
            parts.pop_if_empty().extend(["api", "v1"]).extend(path);
        }
        let again = method == Method::GET;
        Request { http: self, method, url, headers: HeaderMap::new(), body: None, again }
    }

    /// The answer to a GET as JSON.
    ///
    /// # Errors
    /// What the server says, or that none answers.
    pub fn get<T: DeserializeOwned>(&self, path: &[&str]) -> Result<T, ApiError> {
        self.request(Method::GET, path).answer()
    }

    /// The answer to a POST of JSON as JSON.
    ///
    /// # Errors
    /// As [`Http::get`].
    pub fn post<T: DeserializeOwned>(&self, path: &[&str], body: &impl Serialize) -> Result<T, ApiError> {
        self.request(Method::POST, path).json(body).answer()
    }

    /// As [`Http::post`], carried out once however often it is sent.
    ///
    /// # Errors
    /// As [`Http::get`].
    pub fn post_once<T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &impl Serialize,
    ) -> Result<T, ApiError> {
        let key = ulid::Ulid::generate().to_string();
        self.request(Method::POST, path).json(body).once(&key).answer()
    }

    /// The next event; `None` at the end of the stream and where it broke.
    ///
    /// # Errors
    /// [`Elapsed`] where none came in time; nothing is lost then.
    pub fn next(&self, events: &mut Events, limit: Duration) -> Result<Option<Event>, Elapsed> {
        let next = async { tokio::time::timeout(limit, events.0.next()).await };
        self.runtime.block_on(next).map(|event| event.and_then(Result::ok))
    }

    /// What is said of an answer that no server of ours gives.
    pub fn foreign(&self) -> ApiError {
        foreign(&self.address)
    }

    /// The error that a stream ended with.
    pub fn told(&self, data: &str) -> ApiError {
        serde_json::from_str(data).unwrap_or_else(|_| self.foreign())
    }

    fn token(&self) -> Option<SecretString> {
        if let Some(given) = &self.tokens.given {
            return Some(given.clone());
        }
        let mut found = self.found.borrow_mut();
        if found.is_none() {
            *found = (self.tokens.find)();
        }
        found.clone()
    }

    fn say_once(&self) {
        if !self.has_said.replace(true) {
            (self.waiting)(&format!("waits for the server at {}…", self.address));
        }
    }

    fn unreachable(&self, why: &str, waited: bool) -> ApiError {
        let waited = match waited && !self.patience.is_zero() {
            true => format!("; waited {} s", self.patience.as_secs()),
            false => String::new(),
        };
        let words = format_args!("no server answers at {}: {why}{waited}", self.address);
        ApiError::new(ErrorCode::Unreachable, words)
            .with_hint("`run-agent serve` starts one; --server names another, --server-wait waits longer")
    }
}

/// Why a try failed.
enum Failed {
    /// Trying again may help. It may have been carried out, where it was sent.
    Yet { why: String, sent: bool },
    /// It does not.
    Ever(ApiError),
}

impl Request<'_> {
    /// Adds a parameter.
    #[must_use]
    pub fn query(mut self, name: &str, value: impl ToString) -> Self {
        self.url.query_pairs_mut().append_pair(name, &value.to_string());
        self
    }

    /// Adds a parameter where there is a value.
    #[must_use]
    pub fn query_if(self, name: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    /// Adds a body of JSON.
    #[must_use]
    pub fn json(mut self, body: &impl Serialize) -> Self {
        self.body = Some(serde_json::to_vec(body).unwrap_or_default());
        self.header("content-type", "application/json")
    }

    /// Adds a body of bytes.
    #[must_use]
    pub fn bytes(mut self, body: Vec<u8>) -> Self {
        self.body = Some(body);
        self.header("content-type", "application/octet-stream")
    }

    /// Names it, so that it is carried out once however often it is sent.
    #[must_use]
    pub fn once(mut self, key: &str) -> Self {
        self.again = true;
        self.header("idempotency-key", key)
    }

    /// The answer as JSON.
    ///
    /// # Errors
    /// As [`Http::get`].
    pub fn answer<T: DeserializeOwned>(self) -> Result<T, ApiError> {
        let address = self.http.address.clone();
        let answer = self.send()?;
        serde_json::from_slice(&answer.body).map_err(|_| foreign(&address))
    }

    /// Sends it, again and again while the server is not ready.
    ///
    /// # Errors
    /// As [`Http::get`].
    pub fn send(self) -> Result<Answer, ApiError> {
        self.persist(async |began| {
            let response = self.respond(began).await?;
            let (status, headers) = (response.status(), response.headers().clone());
            match response.bytes().await {
                Ok(body) => Ok(Answer { status, headers, body: body.into() }),
                Err(error) => Err(self.failed(&error)),
            }
        })
    }

    /// Sends it as [`Request::send`]; the answer is a stream of events.
    ///
    /// # Errors
    /// As [`Http::get`].
    pub fn events(self) -> Result<Events, ApiError> {
        let response = self.persist(async |began| self.respond(began).await)?;
        Ok(Events(Box::pin(response.bytes_stream().eventsource())))
    }

    /// Tries until it is answered, or waiting for the server is of no use.
    fn persist<T>(&self, try_once: impl AsyncFn(Instant) -> Result<T, Failed>) -> Result<T, ApiError> {
        let (http, began) = (self.http, Instant::now());
        let mut may_be_done = false;
        // From the first failure on: an answer may have been long in coming before.
        let mut patience = None;
        loop {
            let why = match http.runtime.block_on(try_once(began)) {
                Ok(answer) => return Ok(answer),
                Err(Failed::Ever(error)) => return Err(error),
                Err(Failed::Yet { why, sent }) => {
                    may_be_done |= sent && self.method != Method::GET;
                    why
                }
            };
            let now = Instant::now();
            let patience = patience.get_or_insert_with(|| Patience::new(http.patience, now));
            let Some(pause) = patience.pause(now) else {
                let error = http.unreachable(&why, true);
                return Err(if may_be_done { error.with_hint(MAY_BE_DONE) } else { error });
            };
            http.say_once();
            std::thread::sleep(pause);
        }
    }

    /// The answer to one try, where it is no error; its body is not read yet.
    async fn respond(&self, began: Instant) -> Result<Response, Failed> {
        let token = self.http.token();
        let mut request = self.http.client.request(self.method.clone(), self.url.clone());
        request = request.headers(self.headers.clone());
        if let Some(token) = &token {
            request = request.header(AUTHORIZATION, format!("Bearer {}", token.expose_secret()));
        }
        if let Some(body) = &self.body {
            request = request.body(body.clone());
        }
        let response = request.send().await.map_err(|error| self.failed(&error))?;
        let (status, address) = (response.status(), &self.http.address);
        let is_ours = response.headers().contains_key("x-request-id");
        match status {
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT
                if !is_ours || status == StatusCode::SERVICE_UNAVAILABLE =>
            {
                Err(Failed::Yet { why: format!("status {}", status.as_u16()), sent: false })
            }
            _ if !is_ours => Err(Failed::Ever(foreign(address))),
            // It has just started and not said yet that it is that of this machine's root.
            StatusCode::UNAUTHORIZED if token.is_none() && address.is_here() && began.elapsed() < TOKEN => {
                Err(Failed::Yet { why: "it asks for a token".to_owned(), sent: false })
            }
            StatusCode::UNAUTHORIZED if token.is_none() => Err(Failed::Ever(no_token(address))),
            status if status.is_success() => Ok(response),
            status if is_problem(response.headers()) => {
                let body = response.bytes().await.map_err(|error| self.failed(&error))?;
                Err(Failed::Ever(error_of(status, &body, address)))
            }
            _ => Err(Failed::Ever(foreign(address))),
        }
    }

    fn failed(&self, error: &reqwest::Error) -> Failed {
        let why = causes(error);
        let is_passing = is_passing(error) || error.is_timeout();
        if is_passing && (error.is_connect() || self.again) {
            return Failed::Yet { why, sent: !error.is_connect() };
        }
        if is_passing {
            let words = format_args!("the connection to {} broke: {why}", self.http.address);
            return Failed::Ever(ApiError::new(ErrorCode::Unreachable, words).with_hint(MAY_BE_DONE));
        }
        if error.is_connect() {
            return Failed::Ever(self.http.unreachable(&why, false));
        }
        Failed::Ever(foreign(&self.http.address))
    }
}

fn is_problem(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/problem+json"))
}

fn no_token(address: &Address) -> ApiError {
    ApiError::new(ErrorCode::Unauthorized, format_args!("the server at {address} asks for a token"))
        .with_hint(
            "set CONDUCTOR_TOKEN or name a file with --token-file; `run-agent token add` makes one there",
        )
}

/// Whether a try failed for what passes: nobody listens yet, or whoever did has just gone.
fn is_passing(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            use std::io::ErrorKind::{
                BrokenPipe, ConnectionAborted, ConnectionRefused, ConnectionReset, HostUnreachable,
                NetworkUnreachable, NotConnected, NotFound, TimedOut, UnexpectedEof,
            };
            return matches!(
                error.kind(),
                ConnectionRefused
                    | ConnectionReset
                    | ConnectionAborted
                    | BrokenPipe
                    | NotConnected
                    | NotFound
                    | TimedOut
                    | UnexpectedEof
                    | HostUnreachable
                    | NetworkUnreachable
            );
        }
        // What hyper says has no type here.
        if error.to_string().starts_with("connection closed before message completed") {
            return true;
        }
        cause = error.source();
    }
    error.is_body()
}

/// The innermost cause, in the system's words.
fn causes(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    match cause.downcast_ref::<std::io::Error>() {
        Some(error) => crate::api::system_words(error),
        None => cause.to_string(),
    }
}
