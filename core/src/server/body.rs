//! What a request brings: path, query and body, each with an error that names what is wrong.

use axum::body::Bytes;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequest, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::problem::Problem;

/// Values of the path.
#[derive(Debug, Clone)]
pub struct Path<T>(pub T);

/// Values of the query. Unknown ones are refused by name.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

/// A body of JSON. Unknown fields are refused by name.
#[derive(Debug, Clone)]
pub struct Json<T>(pub T);

/// A request that is wrong in itself.
pub fn wrong(detail: impl ToString) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "usage", detail)
        .with_hint("/api/v1/openapi.json describes every request")
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(path) => Ok(Self(path.0)),
            Err(PathRejection::FailedToDeserializePathParams(error)) => Err(wrong(error.body_text())),
            Err(error) => Err(wrong(error.body_text())),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        query.map(|query| Self(query.0)).map_err(|error: QueryRejection| wrong(error.body_text()))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Octets(bytes) = Octets::from_request(request, state).await?;
        parse(&bytes)
    }
}

/// An object of JSON. Its type is checked for every request before its body is read.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<Json<T>, Problem> {
    // A list would be taken for the values of fields in their order, which nobody promised.
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(wrong("the body must be an object"));
    }
    axum::Json::from_bytes(bytes).map(|json| Json(json.0)).map_err(|error| wrong(plain(&error.body_text())))
}

/// What is wrong in a body, in words for who sent it: the value's place, and what it must be.
fn plain(text: &str) -> String {
    let text =
        text.strip_prefix("Failed to deserialize the JSON body into the target type: ").unwrap_or(text);
    let text = text.rsplit_once(" at line ").map_or(text, |(said, _)| said);
    let number = || {
        let (at, rest) = text.split_once(": invalid ")?;
        let (found, wanted) = rest.split_once(", expected ")?;
        let range = match wanted {
            "u32" => "a whole number from 0 to 4294967295",
            "u64" | "usize" => "a whole number from 0 on",
            _ => return None,
        };
        let value = match found.split_once('`') {
            Some((_, value)) => value.trim_end_matches('`'),
            None => &found[found.find('"')?..],
        };
        Some(format!("{at}: {value} is not {range}"))
    };
    number().unwrap_or_else(|| text.to_owned())
}

/// A body of bytes.
#[derive(Debug, Clone)]
pub struct Octets(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Octets {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match Bytes::from_request(request, state).await {
            Ok(bytes) => Ok(Self(bytes)),
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(too_large()),
            Err(error) => Err(wrong(error.body_text())),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> OptionalFromRequest<S> for Json<T> {
    type Rejection = Problem;

    /// None for a request without a body, or with `null`.
    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Problem> {
        let Octets(bytes) = Octets::from_request(request, state).await?;
        let is_absent = matches!(bytes.trim_ascii(), b"" | b"null");
        if is_absent { Ok(None) } else { parse(&bytes).map(Some) }
    }
}

/// The answer to a body of another type.
pub fn not_json() -> Problem {
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "the body must be JSON")
        .with_hint("send `Content-Type: application/json`")
}

/// The answer to a body that is too large.
pub fn too_large() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the body is larger than this request may be")
        .with_hint("1 MiB, or 20 MiB for an attachment, is the limit")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Wanted {
        days: u32,
    }

    #[test]
    fn what_is_no_number_is_told_in_plain_words() {
        for (body, words) in [
            (r#"{ "days": -1 }"#, "days: -1 is not a whole number from 0 to 4294967295"),
            (r#"{ "days": 3.7 }"#, "days: 3.7 is not a whole number from 0 to 4294967295"),
            (r#"{ "days": 99999999999 }"#, "days: 99999999999 is not a whole number from 0 to 4294967295"),
            (r#"{ "days": "two words" }"#, r#"days: "two words" is not a whole number from 0 to 4294967295"#),
            (r#"{ "days": true }"#, "days: true is not a whole number from 0 to 4294967295"),
            (r#"{ "colour": 1 }"#, "colour: unknown field `colour`, expected `days`"),
        ] {
            let problem = parse::<Wanted>(body.as_bytes()).expect_err("wrong");
            assert_eq!(problem.detail(), words, "{body}");
        }
    }

    #[test]
    fn a_body_is_an_object_and_what_is_wrong_in_it_is_named() {
        assert_eq!(parse::<Wanted>(b" {\"days\": 3}").expect("an object").0, Wanted { days: 3 });
        for (text, named) in [
            ("[]", "an object"),
            ("[3]", "an object"),
            ("\"days\"", "an object"),
            ("", "an object"),
            ("{\"days\": \"x\"}", "days"),
            ("{\"hours\": 3}", "hours"),
            ("{", "EOF"),
        ] {
            let problem = parse::<Wanted>(text.as_bytes()).expect_err(text);
            assert!(problem.detail().contains(named), "{text}: {}", problem.detail());
        }
    }
}
