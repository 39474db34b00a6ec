//! What is posted: everything as JSON for programs, or a few words for a person in a chat.

mod json;
mod words;

use jiff::Timestamp;
use reqwest::Url;
use serde_json::json;

use super::delivery::Delivery;
use crate::config::WebhookFormat;
use crate::store::{RunSummary, TaskSummary};

const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";
/// The word of an event that only tries a webhook.
pub(super) const TEST: &str = "webhook.test";

/// What happened, as it is told.
#[derive(Debug, Clone)]
pub(super) struct Event<'a> {
    pub id: String,
    pub word: &'a str,
    pub at: Timestamp,
    /// None for a test.
    pub about: Option<About<'a>>,
}

/// The task that an event is about.
#[derive(Debug, Clone)]
pub(super) struct About<'a> {
    pub task: &'a TaskSummary,
    pub run: Option<&'a RunSummary>,
    /// The task's page, where the server's address is configured.
    pub url: Option<Url>,
}

/// What is posted.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Body {
    pub content_type: &'static str,
    /// Headers that belong to the format.
    pub headers: Vec<(&'static str, String)>,
    pub text: String,
}

impl<'a> Event<'a> {
    pub(super) fn of(delivery: &'a Delivery, public_url: Option<&str>) -> Self {
        let task = &delivery.task;
        let about = About { task, run: delivery.run.as_ref(), url: page(public_url, task) };
        Self { id: delivery.id.to_string(), word: &delivery.event, at: delivery.at, about: Some(about) }
    }
}

/// The page of a task.
fn page(base: Option<&str>, task: &TaskSummary) -> Option<Url> {
    let mut url = Url::parse(base?).ok()?;
    let parts = ["p", task.project.as_str(), "t", task.task.as_str()];
    url.path_segments_mut().ok()?.pop_if_empty().extend(parts);
    Some(url)
}

/// Writes an event in a format. `to`: where it goes; what the format takes from the address is taken off.
pub(super) fn render(event: &Event<'_>, format: WebhookFormat, to: &mut Url) -> Body {
    let posted = |document: serde_json::Value| Body {
        content_type: JSON,
        headers: Vec::new(),
        text: document.to_string(),
    };
    let words = words::of(event);
    match format {
        WebhookFormat::Json => Body { content_type: JSON, headers: Vec::new(), text: json::document(event) },
        WebhookFormat::Slack => posted(json!({ "text": slack(&words) })),
        WebhookFormat::Telegram => {
            let text = [Some(words.text()), words.url.clone()].into_iter().flatten().collect::<Vec<_>>();
            let chat = take_parameter(to, "chat_id");
            posted(json!({
                "chat_id": chat,
                "text": text.join("\n"),
                "link_preview_options": { "is_disabled": true },
            }))
        }
        WebhookFormat::Ntfy => ntfy(&words),
    }
}

/// Slack's own marks for a link, and its three escapes.
fn slack(words: &words::Words) -> String {
    let escaped = words.text().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    match &words.url {
        Some(url) => format!("{escaped}\n<{url}|{}>", words.link),
        None => escaped,
    }
}

/// A topic of ntfy takes the text as it is, and the rest in headers.
fn ntfy(words: &words::Words) -> Body {
    let mut headers = vec![("title", header_text(&words.title)), ("tags", words.tag.to_owned())];
    headers.extend(words.url.iter().map(|url| ("click", url.clone())));
    headers.extend(words.is_urgent.then(|| ("priority", "high".to_owned())));
    // A message without a text would be called "triggered".
    let text = if words.lines.is_empty() { words.title.clone() } else { words.lines.join("\n") };
    Body { content_type: TEXT, headers, text }
}

/// A text that may stand in a header (RFC 2047 where it is not plain).
fn header_text(text: &str) -> String {
    use base64::Engine;
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.is_ascii() {
        return line;
    }
    format!("=?UTF-8?B?{}?=", base64::engine::general_purpose::STANDARD.encode(line))
}

/// Takes a parameter out of an address.
fn take_parameter(url: &mut Url, name: &str) -> Option<String> {
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let (taken, left): (Vec<_>, Vec<_>) = pairs.into_iter().partition(|(key, _)| key == name);
    url.set_query(None);
    if !left.is_empty() {
        url.query_pairs_mut().extend_pairs(left);
    }
    taken.into_iter().next().map(|(_, value)| value)
}

#[cfg(test)]
mod tests;
