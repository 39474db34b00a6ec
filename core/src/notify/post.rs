//! One request to a receiver: to the address that was checked, no further, and not for long.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url, redirect};
use secrecy::ExposeSecret;

use super::address::Resolver;
use super::body::{self, Body, Event};
use super::sign;
use crate::causes::{chain, innermost};
use crate::config::Webhook;
use crate::logs::Mask;

/// Bytes of an answer that are read: why something was refused stands in the first.
const ANSWER: usize = 1024;
/// Characters of it that are kept.
const WORDS: usize = 200;

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// When it was made.
    pub at: Timestamp,
    /// How long it took.
    pub took: Duration,
    /// The status of the answer; none where there was no answer.
    pub status: Option<u16>,
    /// What was wrong; none where it was accepted.
    pub error: Option<String>,
    /// How long the receiver wants to be left alone.
    pub retry_after: Option<Duration>,
}

impl Reply {
    /// Of a request that could not be made.
    pub(super) fn unsent(at: Timestamp, error: &reqwest::Error) -> Self {
        Self { at, took: Duration::ZERO, status: None, error: Some(chain(error)), retry_after: None }
    }

    /// Whether the receiver has it.
    pub fn is_accepted(&self) -> bool {
        self.error.is_none()
    }

    /// Whether the receiver wants nothing any more.
    pub fn is_gone(&self) -> bool {
        self.status == Some(410)
    }

    /// Whether it is this very request that the receiver does not take.
    pub(super) fn is_refusal(&self) -> bool {
        matches!(self.status, Some(400 | 406 | 413 | 415 | 422))
    }
}

/// Who posts to one webhook.
pub(super) struct Poster<'a> {
    client: Client,
    webhook: &'a Webhook,
    mask: &'a Mask,
    public_url: Option<&'a str>,
}

impl<'a> Poster<'a> {
    pub(super) fn new(
        webhook: &'a Webhook,
        public_url: Option<&'a str>,
        mask: &'a Mask,
    ) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .dns_resolver(Resolver { allow_private: webhook.allow_private })
            // A proxy would look up the name itself, and lead elsewhere than was checked.
            .no_proxy()
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .timeout(webhook.timeout)
            .user_agent(concat!("conductor-loop/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client, webhook, mask, public_url })
    }

    /// Where the pages of tasks begin.
    pub(super) fn public_url(&self) -> Option<&'a str> {
        self.public_url
    }

    /// Posts an event. Never fails: what went wrong is in the reply.
    pub(super) async fn post(&self, event: &Event<'_>, now: Timestamp) -> Reply {
        let began = Instant::now();
        let answered = self.answered(event, now).await;
        let mut reply =
            Reply { at: now, took: began.elapsed(), status: None, error: None, retry_after: None };
        match answered {
            Ok(response) => self.judge(response, now, &mut reply).await,
            Err(error) => reply.error = Some(self.masked(&error)),
        }
        reply.took = began.elapsed();
        reply
    }

    async fn answered(&self, event: &Event<'_>, now: Timestamp) -> Result<Response, String> {
        let mut url = Url::parse(self.webhook.url.expose_secret()).map_err(|error| error.to_string())?;
        Resolver { allow_private: self.webhook.allow_private }
            .check(&url)
            .map_err(|error| error.to_string())?;
        let body = body::render(event, self.webhook.format, &mut url);
        let text = self.mask.apply(body.text.as_bytes());
        let headers = self.headers(event, &body, &text, now)?;
        let sent = self.client.post(url).headers(headers).body(text).send().await;
        sent.map_err(|error| self.words_of(error))
    }

    /// The headers of the Standard Webhooks specification, the older system's, and those of the format.
    fn headers(
        &self,
        event: &Event<'_>,
        body: &Body,
        text: &[u8],
        now: Timestamp,
    ) -> Result<HeaderMap, String> {
        let seconds = now.as_second();
        let mut headers = vec![
            (CONTENT_TYPE.as_str(), body.content_type.to_owned()),
            ("webhook-id", event.id.clone()),
            ("webhook-timestamp", seconds.to_string()),
        ];
        if let Some(key) = self.webhook.signing_key().map_err(|error| format!("its secret: {error}"))? {
            headers.push(("webhook-signature", sign::standard(&key.bytes, &event.id, seconds, text)));
            headers.push(("x-conductor-signature", sign::plain(key.text.expose_secret(), text)));
        }
        let of_format = body.headers.iter().map(|(name, value)| (*name, self.masked(value)));
        let mut map = HeaderMap::new();
        for (name, value) in headers.into_iter().chain(of_format) {
            let value = HeaderValue::from_str(&value).map_err(|error| format!("header {name}: {error}"))?;
            map.insert(HeaderName::from_static(name), value);
        }
        Ok(map)
    }

    async fn judge(&self, response: Response, now: Timestamp, reply: &mut Reply) {
        let status = response.status();
        reply.status = Some(status.as_u16());
        if status.is_success() {
            return;
        }
        reply.retry_after =
            response.headers().get(RETRY_AFTER).and_then(|value| wish(value.to_str().ok()?, now));
        let name = status.canonical_reason().unwrap_or("no success");
        let mut error = format!("answered {} {name}", status.as_u16());
        if status.is_redirection() {
            error.push_str("; redirects are not followed");
        }
        let words = if status == StatusCode::GONE { String::new() } else { beginning(response).await };
        if !words.is_empty() {
            error.push_str(&format!(": {}", self.masked(&words)));
        }
        reply.error = Some(error);
    }

    /// What went wrong, without the address, which may hold a key.
    fn words_of(&self, error: reqwest::Error) -> String {
        if error.is_timeout() {
            let limit = crate::config::units::format_duration(self.webhook.timeout);
            return format!("no answer within {limit}");
        }
        let what = if error.is_connect() { "cannot connect: " } else { "" };
        format!("{what}{}", innermost(&error.without_url()))
    }

    fn masked(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.mask.apply(text.as_bytes())).into_owned()
    }
}

/// `Retry-After`: seconds, or a date.
fn wish(value: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = jiff::fmt::rfc2822::parse(value.trim()).ok()?.timestamp();
    Duration::try_from(at.duration_since(now)).ok()
}

/// The first words of an answer, on one line.
async fn beginning(mut response: Response) -> String {
    let mut bytes = Vec::new();
    while bytes.len() < ANSWER
        && let Ok(Some(chunk)) = response.chunk().await
    {
        bytes.extend_from_slice(&chunk[..chunk.len().min(ANSWER - bytes.len())]);
    }
    let text = String::from_utf8_lossy(&bytes);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().filter(|c| !c.is_control()).take(WORDS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_seconds_or_a_date() {
        let now: Timestamp = "2026-11-20T20:13:00Z".parse().expect("a time");
        assert_eq!(wish("120", now), Some(Duration::from_secs(120)));
        assert_eq!(wish("Fri, 20 Nov 2026 20:14:30 GMT", now), Some(Duration::from_secs(90)));
        assert_eq!(wish("Fri, 20 Nov 2026 20:12:00 GMT", now), None, "it is over");
        assert_eq!(wish("soon", now), None);
    }
}
