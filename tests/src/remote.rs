//! Requests as another host makes them: over TLS, to the holder of one certificate alone.

use std::time::Duration;

use conductor_core::pinned;
use serde_json::Value;

use crate::alone::run_async;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Status and body of the answer; else why there is none. `address`: `https://host:port#fingerprint=…`.
///
/// # Errors
/// When the connection fails, TLS included.
///
/// # Panics
/// When the address names no certificate.
pub fn ask(
    address: &str,
    token: Option<&str>,
    (method, path): (&str, &str),
    body: Option<&Value>,
) -> Result<(u16, String), String> {
    ask_within(PATIENCE, address, token, (method, path), body)
}

/// As [`ask`], with less patience.
///
/// # Errors
/// As [`ask`], and when there is no whole answer in time.
///
/// # Panics
/// As [`ask`].
pub fn ask_within(
    patience: Duration,
    address: &str,
    token: Option<&str>,
    (method, path): (&str, &str),
    body: Option<&Value>,
) -> Result<(u16, String), String> {
    let (url, fingerprint) = pinned::split(address).expect("an address");
    assert!(fingerprint.is_some(), "{address} names no certificate");
    let client = pinned::client(fingerprint).timeout(patience).build().map_err(|error| said(&error))?;
    let method = method.parse().expect("a method");
    let mut request = client.request(method, format!("{}{path}", url.trim_end_matches('/')));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    if let Some(body) = body {
        request = request.json(body);
    }
    run_async(async {
        let answer = request.send().await.map_err(|error| said(&error))?;
        let status = answer.status().as_u16();
        Ok((status, answer.text().await.map_err(|error| said(&error))?))
    })
}

/// An event of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The cursor behind it.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// Its data.
    pub data: String,
}

/// Reads a stream until `each` has enough; why it broke where it did before, silence for `quiet` included.
///
/// # Errors
/// When it broke, or could not be opened.
///
/// # Panics
/// When the address names no certificate.
pub fn events(
    quiet: Duration,
    address: &str,
    token: &str,
    path: &str,
    mut each: impl FnMut(Event) -> bool,
) -> Result<(), String> {
    let (url, fingerprint) = pinned::split(address).expect("an address");
    let client = pinned::client(fingerprint).connect_timeout(quiet).read_timeout(quiet).build();
    let client = client.map_err(|error| said(&error))?;
    run_async(async {
        let request = client.get(format!("{}{path}", url.trim_end_matches('/'))).bearer_auth(token);
        let answer = request.send().await.and_then(|answer| answer.error_for_status());
        let mut answer = answer.map_err(|error| said(&error))?;
        let mut text = String::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| said(&error))? {
            text.push_str(std::str::from_utf8(&chunk).map_err(|error| said(&error))?);
            while let Some((event, rest)) = text.split_once("\n\n") {
                let (event, rest) = (parse(event), rest.to_owned());
                text = rest;
                if event.is_some_and(&mut each) {
                    return Ok(());
                }
            }
        }
        Err("the stream ended".to_owned())
    })
}

/// An event of one line of data; none where it is a sign of life.
fn parse(text: &str) -> Option<Event> {
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
    Some(Event { id: field("id: ")?, kind: field("event: ")?, data: field("data: ")? })
}

/// The words of an error and of its causes.
fn said(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
