//! Who asks: the token of a request, checked against the list of tokens as it is now.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use tokio::sync::Semaphore;

use super::peer::Peer;
use super::problem::Problem;
use super::state::Shared;
use crate::api::ApiError;
use crate::model::{ProjectId, TaskId};
use crate::store::tokens::{Scope, Token, Tokens};

/// Who asks; an extension of each request that was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Name of the token; of a face in this process, its own.
    pub name: String,
    /// What it allows.
    pub scope: Scope,
    /// When it was made: another one may have its name later.
    pub since: Timestamp,
    /// Whether it is a face in this process, which needs no token.
    pub is_within: bool,
}

impl Identity {
    /// The desktop's own window: the person at the machine, who may do everything.
    pub fn desktop() -> Self {
        Self { name: "desktop".to_owned(), scope: Scope::Full, since: Timestamp::UNIX_EPOCH, is_within: true }
    }

    /// In whose name something is done, as records say it.
    pub fn who(&self) -> String {
        if self.is_within { self.name.clone() } else { format!("token {}", self.name) }
    }

    /// The one task that the token is of; none where it is of all.
    pub fn own_task(&self) -> Option<(ProjectId, TaskId)> {
        match &self.scope {
            Scope::Task { project, task } => Some((project.clone(), task.clone())),
            Scope::Full | Scope::Read => None,
        }
    }
}

/// The tokens, read again when their file changes: a token that was taken back opens nothing from then on.
#[derive(Debug)]
pub struct TokenBook {
    tokens: Tokens,
    read: RwLock<Option<Page>>,
}

#[derive(Debug)]
struct Page {
    stamp: crate::store::FileStamp,
    tokens: Arc<Vec<Token>>,
}

impl TokenBook {
    /// The tokens of a root.
    pub fn new(tokens: Tokens) -> Self {
        Self { tokens, read: RwLock::default() }
    }

    /// Whose this token is; none where it is nobody's.
    ///
    /// # Errors
    /// When the list cannot be read: then nobody is let in.
    pub fn identify(&self, presented: &str) -> Result<Option<Identity>, ApiError> {
        let found = |token: &Token| Identity {
            name: token.name.clone(),
            scope: token.scope.clone(),
            since: token.created_at,
            is_within: false,
        };
        Ok(Token::find(&self.current()?, presented).map(found))
    }

    /// Whether the token of one who was let in is still there and allows the same.
    pub fn holds(&self, identity: &Identity) -> bool {
        let is_it = |token: &Token| {
            token.name == identity.name && token.scope == identity.scope && token.created_at == identity.since
        };
        identity.is_within || self.current().is_ok_and(|tokens| tokens.iter().any(is_it))
    }

    fn current(&self) -> Result<Arc<Vec<Token>>, ApiError> {
        let stamp = self.tokens.stamp();
        let known = self.read.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(page) = known.as_ref().filter(|page| Some(page.stamp) == stamp) {
            return Ok(page.tokens.clone());
        }
        drop(known);
        let tokens = Arc::new(self.tokens.list()?);
        let page = stamp.map(|stamp| Page { stamp, tokens: tokens.clone() });
        *self.read.write().unwrap_or_else(PoisonError::into_inner) = page;
        Ok(tokens)
    }
}

/// Wrong tokens by address: each is answered later than the one before. A right one is not touched by it.
#[derive(Debug)]
pub struct Failures {
    seen: Mutex<HashMap<IpAddr, (u32, Instant)>>,
    waiting: Semaphore,
}

impl Failures {
    /// Answers that are held back at once; more of them are told to come again.
    const WAITING: usize = 64;
    /// Addresses that are remembered.
    const ADDRESSES: usize = 4096;
    /// After so long without a wrong token all is forgotten.
    const FORGET: Duration = Duration::from_secs(600);
    const FIRST: Duration = Duration::from_millis(50);
    const LONGEST: Duration = Duration::from_secs(5);

    /// None so far.
    pub fn new() -> Self {
        Self { seen: Mutex::default(), waiting: Semaphore::new(Self::WAITING) }
    }

    /// Counts one; how long to hold its answer back.
    fn count(&self, ip: Option<IpAddr>, now: Instant) -> Duration {
        let Some(ip) = ip else { return Self::FIRST };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= Self::ADDRESSES {
            seen.retain(|_, (_, last)| now.duration_since(*last) < Self::FORGET);
        }
        if seen.len() >= Self::ADDRESSES && !seen.contains_key(&ip) {
            return Self::LONGEST;
        }
        let (count, last) = seen.entry(ip).or_insert((0, now));
        *count = if now.duration_since(*last) < Self::FORGET { *count + 1 } else { 1 };
        *last = now;
        Self::FIRST.saturating_mul(1 << (*count - 1).min(10)).min(Self::LONGEST)
    }

    /// Holds the answer to a wrong token back.
    async fn slow_down(&self, ip: Option<IpAddr>) -> Problem {
        let delay = self.count(ip, Instant::now());
        match self.waiting.try_acquire() {
            Ok(_place) => tokio::time::sleep(delay).await,
            Err(_) => {
                let many = "too many wrong tokens at once";
                return Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", many);
            }
        }
        Problem::unauthorized("this token is not known here: it is wrong, or was taken back")
    }
}

/// Lets in who brings a token that is known, and says who it is.
pub async fn authenticate(State(shared): State<Shared>, mut request: Request, next: Next) -> Response {
    let presented = bearer(request.headers()).map(|token| token.map(str::to_owned));
    let peer = request.extensions().get::<Peer>().copied();
    let identity = match peer {
        Some(Peer::Within) => Ok(Identity::desktop()),
        _ => identity(&shared, presented, peer.as_ref().and_then(Peer::ip)).await,
    };
    match identity {
        Ok(identity) => {
            request.extensions_mut().insert(identity.clone());
            let mut response = next.run(request).await;
            response.extensions_mut().insert(identity);
            response
        }
        Err(problem) => problem.into_response(),
    }
}

async fn identity(
    shared: &Shared,
    presented: Result<Option<String>, Problem>,
    ip: Option<IpAddr>,
) -> Result<Identity, Problem> {
    let token = presented?.ok_or_else(|| Problem::unauthorized("the request brings no token"))?;
    match shared.tokens.identify(&token)? {
        Some(identity) => Ok(identity),
        None => {
            shared.metrics.refused_token();
            Err(shared.failures.slow_down(ip).await)
        }
    }
}

/// The token of `Authorization: Bearer`. An address must not hold one: it stands in logs and histories.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return match headers.contains_key(header::AUTHORIZATION) {
            true => Err(Problem::unauthorized("the request brings two tokens")),
            false => Ok(None),
        };
    };
    let text = HeaderValue::to_str(value).ok().and_then(|text| text.split_once(' '));
    match text {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token.trim())),
        _ => Err(Problem::unauthorized("only the scheme Bearer is known")),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn failing_gets_slower_and_is_forgotten() {
        let (failures, now) = (Failures::new(), Instant::now());
        let (one, other) = (Some([10, 0, 0, 1].into()), Some([10, 0, 0, 2].into()));
        let delays: Vec<_> = (0..9).map(|_| failures.count(one, now).as_millis()).collect();
        assert_eq!(delays, [50, 100, 200, 400, 800, 1600, 3200, 5000, 5000]);
        assert_eq!(failures.count(other, now).as_millis(), 50);
        assert_eq!(failures.count(one, now + Failures::FORGET).as_millis(), 50);
    }

    #[test]
    fn a_token_that_was_replaced_under_its_name_holds_no_more() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = crate::store::Root::open_or_init(folder.path()).expect("a root");
        let (tokens, book) = (root.tokens(), TokenBook::new(root.tokens()));
        let now = |second| Timestamp::from_second(second).expect("a time");
        let lost = tokens.add("phone", Scope::Read, now(1)).expect("a token");
        let identity = book.identify(lost.expose_secret()).expect("a list").expect("an identity");
        assert!(book.holds(&identity));
        tokens.revoke("phone").expect("taken back");
        tokens.add("phone", Scope::Read, now(2)).expect("a token");
        assert!(!book.holds(&identity));
    }

    #[test]
    fn a_token_stands_in_one_header_alone() {
        let headers = |values: &[&'static str]| {
            let name = || header::AUTHORIZATION;
            values.iter().map(|value| (name(), HeaderValue::from_static(value))).collect::<HeaderMap>()
        };
        assert_eq!(bearer(&headers(&["Bearer abc"])).expect("a token"), Some("abc"));
        assert_eq!(bearer(&headers(&["bearer  abc"])).expect("a token"), Some("abc"));
        assert_eq!(bearer(&headers(&[])).expect("none"), None);
        for bad in [&["Basic abc"][..], &["abc"], &["Bearer a", "Bearer b"]] {
            assert!(bearer(&headers(bad)).is_err(), "{bad:?}");
        }
    }
}
