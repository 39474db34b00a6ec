//! What a service says when it refuses a request, as one line.

use serde_json::Value;

use crate::agent::failure::one_line;

/// The status and the reason that stands in the body: JSON in three shapes, or a page of HTML.
pub(super) fn describe(status: u16, body: &str) -> String {
    let name = match status {
        400 => " Bad Request",
        401 => " Unauthorized",
        402 => " Payment Required",
        403 => " Forbidden",
        404 => " Not Found",
        429 => " Too Many Requests",
        500 => " Internal Server Error",
        503 => " Service Unavailable",
        _ => "",
    };
    let reason = reason(body);
    if reason.is_empty() {
        format!("{status}{name}")
    } else {
        format!("{status}{name}: {}", one_line(&reason))
    }
}

/// The reason in a body.
pub(super) fn reason(body: &str) -> String {
    match serde_json::from_str::<Value>(body) {
        Ok(value) => from_json(&value),
        Err(_) => without_tags(body),
    }
}

/// `{"error": {"message", "type"}}`, `{"code": "words", "error": "words"}`, `{"detail": "words"}`.
pub(super) fn from_json(value: &Value) -> String {
    let word = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    match value.get("error") {
        Some(Value::String(text)) => match word(value, "code") {
            Some(code) => format!("{text} ({code})"),
            None => text.clone(),
        },
        Some(error @ Value::Object(_)) => match (word(error, "message"), word(error, "type")) {
            (Some(message), Some(kind)) => format!("{message} ({kind})"),
            (message, kind) => message.or(kind).unwrap_or_else(|| error.to_string()),
        },
        _ => word(value, "detail").or_else(|| word(value, "message")).unwrap_or_else(|| value.to_string()),
    }
}

fn without_tags(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars().take(4096) {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            c if !inside => text.push(c),
            _ => {}
        }
    }
    one_line(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_of_refusal_is_told_in_one_line() {
        for (status, body, expected) in [
            (
                401,
                "<html>\r\n<head><title>401 Authorization Required</title></head></html>",
                "401 Unauthorized: 401 Authorization Required",
            ),
            (
                429,
                r#"{"error": {"message": "Request rate limit exceeded", "type": "request_rate_limit_exceeded"}}"#,
                "429 Too Many Requests: Request rate limit exceeded (request_rate_limit_exceeded)",
            ),
            (
                400,
                r#"{"code": "Client specified an invalid argument", "error": "Incorrect API key provided: te***ey."}"#,
                "400 Bad Request: Incorrect API key provided: te***ey. (Client specified an invalid argument)",
            ),
            (500, "", "500 Internal Server Error"),
            (422, r#"{"detail": "no"}"#, "422: no"),
        ] {
            assert_eq!(describe(status, body), expected);
        }
    }
}
