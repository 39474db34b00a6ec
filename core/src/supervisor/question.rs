//! Questions of a task and their answers, as its bus has them.

use std::time::Duration;

use jiff::Timestamp;

use super::account::later;
use super::error::SuperviseError;
use super::notice;
use super::step::Concern;
use crate::bus::{Bus, Query};
use crate::model::task::OpenQuestion;
use crate::model::{Cursor, Message, MessageId, MessageKind, RunId};

/// What a run asked.
pub(super) struct Asked {
    /// Its last question that nobody answered.
    pub open: Option<OpenQuestion>,
    /// Its last question was answered, after it stopped waiting for it: the answer is still to be told.
    pub answered: bool,
}

/// What a run asked, among the messages after `since`.
pub(super) fn asked_by(bus: &Bus, run: &RunId, since: Cursor) -> Result<Asked, SuperviseError> {
    let query = Query { run: Some(run.to_string()), ..Query::after(since) }.kind(MessageKind::QUESTION);
    let last = bus.read(&query)?.into_iter().rev().find(|message| !notice::is_supervisors(message));
    let Some(question) = last.as_ref().and_then(open_question) else {
        return Ok(Asked { open: None, answered: false });
    };
    let answered = reply(bus, question.msg_id)?.is_some();
    // Who waits for the answer on the spot has it by now.
    let waited = last.is_some_and(|message| message.meta.contains_key("wait"));
    Ok(Asked { answered: answered && !waited, open: (!answered).then_some(question) })
}

/// The answer to a question; the first counts.
pub(super) fn reply(bus: &Bus, question: MessageId) -> Result<Option<String>, SuperviseError> {
    let query = Query {
        parent: Some(question.to_string()),
        limit: Some(1),
        ..Query::after(Cursor::after(question)).kind(MessageKind::ANSWER)
    };
    Ok(bus.read(&query)?.pop().map(|answer| answer.body))
}

/// Posts a supervisor's question, or finds the one that a dead supervisor posted and did not record.
pub(super) fn ask(bus: &Bus, concern: Concern, text: &str) -> Result<OpenQuestion, SuperviseError> {
    let query = Query::last(1).kind(MessageKind::QUESTION);
    let posted = bus.read(&query)?.into_iter().find(|message| {
        let about = message.meta.get("about").and_then(|about| about.as_str());
        notice::is_supervisors(message) && about == Some(concern.as_str())
    });
    if let Some(open) = posted.as_ref().and_then(open_question)
        && reply(bus, open.msg_id)?.is_none()
    {
        return Ok(open);
    }
    let id = bus.append(&notice::question(concern.as_str(), text, concern.choices()))?;
    Ok(OpenQuestion {
        msg_id: id,
        text: text.to_owned(),
        choices: concern.choices().iter().map(|choice| (*choice).to_owned()).collect(),
        default: None,
        default_at: None,
        asked_at: Timestamp::now(),
        about: Some(concern.as_str().to_owned()),
    })
}

/// Reads a QUESTION. One that names a default without a time waits for a person all the same.
fn open_question(message: &Message) -> Option<OpenQuestion> {
    let text = |key: &str| message.meta.get(key).and_then(|value| value.as_str()).map(str::to_owned);
    let asked_at = message.ts.unwrap_or_else(Timestamp::now);
    let after = message.meta.get("after").and_then(seconds).map(|after| later(asked_at, after));
    let at = text("default_at").and_then(|at| at.parse().ok());
    Some(OpenQuestion {
        msg_id: message.id()?,
        text: message.body.clone(),
        choices: choices(message),
        default: text("default"),
        default_at: at.or(after),
        asked_at,
        about: text("about"),
    })
}

fn choices(message: &Message) -> Vec<String> {
    match message.meta.get("choices") {
        Some(serde_json::Value::Array(choices)) => {
            choices.iter().filter_map(|choice| choice.as_str()).map(str::to_owned).collect()
        }
        Some(serde_json::Value::String(choice)) => vec![choice.clone()],
        _ => Vec::new(),
    }
}

/// A number of seconds, as a number or as text.
fn seconds(value: &serde_json::Value) -> Option<Duration> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok()).map(Duration::from_secs)
}
