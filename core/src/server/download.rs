//! Files as answers: whole or in part, read as the client takes them.

use std::ops::Range;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use super::problem::Problem;
use crate::api::files::{MaskedFile, is_text};

/// A file, or the part of it that is asked for.
///
/// # Errors
/// For a part that the file does not have.
pub fn answer(headers: &HeaderMap, file: MaskedFile, name: &str) -> Result<Response, Problem> {
    let length = file.len();
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok()).and_then(parse);
    match range {
        None => Ok(whole(file, 0..length, name)),
        Some(range) => Ok(partial(file, range.of(length).ok_or_else(|| outside(length))?, name)),
    }
}

/// A file from a byte on; nothing where that is its end.
pub fn from(begin: u64, file: MaskedFile, name: &str) -> Response {
    let part = begin.min(file.len())..file.len();
    partial(file, part, name)
}

fn partial(file: MaskedFile, part: Range<u64>, name: &str) -> Response {
    let length = file.len();
    let place = match part.is_empty() {
        true => format!("bytes */{length}"),
        false => format!("bytes {}-{}/{length}", part.start, part.end - 1),
    };
    let mut response = whole(file, part, name);
    *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    set(&mut response, header::CONTENT_RANGE, place);
    response
}

fn whole(file: MaskedFile, part: Range<u64>, name: &str) -> Response {
    let size = part.end - part.start;
    let mut response = Body::from_stream(pieces(file, part)).into_response();
    set(&mut response, header::CONTENT_LENGTH, size.to_string());
    set(&mut response, header::ACCEPT_RANGES, "bytes".to_owned());
    set(&mut response, header::CACHE_CONTROL, "private, no-cache".to_owned());
    // What an agent wrote is never a page of this server.
    set(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned());
    set(&mut response, header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'".to_owned());
    let kind = if is_text(name) { "text/plain; charset=utf-8" } else { "application/octet-stream" };
    set(&mut response, header::CONTENT_TYPE, kind.to_owned());
    if !is_text(name) {
        set(&mut response, header::CONTENT_DISPOSITION, "attachment".to_owned());
    }
    response
}

fn set(response: &mut Response, name: header::HeaderName, value: String) {
    if let Ok(value) = HeaderValue::from_str(&value) {
        response.headers_mut().insert(name, value);
    }
}

fn outside(length: u64) -> Problem {
    let detail = format!("the file has {length} bytes, and none of the range that was asked for");
    Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, "range_not_satisfiable", detail)
}

/// The pieces of a part, each read when the one before was taken.
fn pieces(file: MaskedFile, part: Range<u64>) -> impl stream::Stream<Item = std::io::Result<Bytes>> {
    let file = Arc::new(file);
    stream::try_unfold(part, move |part| {
        let file = file.clone();
        async move {
            if part.is_empty() {
                return Ok(None);
            }
            let wanted = part.clone();
            let read = tokio::task::spawn_blocking(move || file.part(wanted)).await;
            let piece = read.unwrap_or_else(|_| Err(std::io::ErrorKind::Interrupted.into()))?;
            if piece.is_empty() {
                // Cut off while it was read: fewer bytes than were promised end the connection.
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            let rest = part.start + piece.len() as u64..part.end;
            Ok(Some((Bytes::from(piece), rest)))
        }
    })
}

/// A range as it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    From(u64, Option<u64>),
    Last(u64),
}

/// One range of bytes. Anything else is not understood, and then the whole is the answer (RFC 9110, 14.2).
fn parse(text: &str) -> Option<Asked> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    match (first.trim(), last.trim()) {
        ("", last) => last.parse().ok().map(Asked::Last),
        (first, "") => first.parse().ok().map(|first| Asked::From(first, None)),
        (first, last) => {
            let (first, last) = (first.parse().ok()?, last.parse().ok()?);
            (first <= last).then_some(Asked::From(first, Some(last)))
        }
    }
}

impl Asked {
    /// The bytes of a file of this length; none where it has none of them.
    fn of(self, length: u64) -> Option<Range<u64>> {
        let range = match self {
            Asked::From(first, last) => first..last.map_or(length, |last| last.saturating_add(1).min(length)),
            Asked::Last(count) => length.saturating_sub(count)..length,
        };
        (range.start < range.end).then_some(range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_those_of_the_standard() {
        for (text, part) in [
            ("bytes=0-0", Some(0..1)),
            ("bytes=5-", Some(5..10)),
            ("bytes=-3", Some(7..10)),
            ("bytes=-99", Some(0..10)),
            ("bytes=8-99", Some(8..10)),
            ("bytes=10-", None),
            ("bytes=-0", None),
            ("bytes=0-18446744073709551615", Some(0..10)),
        ] {
            assert_eq!(parse(text).expect("a range").of(10), part, "{text}");
        }
        for text in ["bytes=", "bytes=a-b", "bytes=5-2", "bytes=0-1,3-4", "lines=1-2", "bytes=-"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
