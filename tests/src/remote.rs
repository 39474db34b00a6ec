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

/// The words of an error and of its causes.
fn said(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
