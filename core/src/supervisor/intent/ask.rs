//! `ask`: an agent's question to a person.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{AnswerOutcome, IntentError, IntentErrorKind, Target, counting_answer};
use crate::bus::Once;
use crate::model::task::OpenQuestion;
use crate::model::{Message, MessageId, MessageKind, NewMessage, RunId};

/// A question.
#[derive(Debug, Clone, Default)]
pub struct AskRequest {
    /// Its text.
    pub text: String,
    /// Answers to choose from.
    pub choices: Vec<String>,
    /// What is answered when nobody does.
    pub default: Option<String>,
    /// When the default takes effect.
    pub after: Option<Duration>,
    /// The run that asks.
    pub run: Option<RunId>,
    /// Wait so long for the answer.
    pub wait: Option<Duration>,
    /// Wait here no longer than this: whoever asks waits on by [`answer_to`].
    pub hold: Option<Duration>,
    /// The request that asks, where it may come again.
    pub once: Option<Once>,
}

/// A question that was asked.
#[derive(Debug, Clone, PartialEq)]
pub struct AskOutcome {
    /// The QUESTION.
    pub question: MessageId,
    /// The answer, where it came in time. Without one the agent is to end its turn.
    pub answer: Option<AnswerOutcome>,
}

impl AskOutcome {
    /// What tells the agent to do when there is no answer yet.
    pub const END_YOUR_TURN: &'static str = "The question was posted. End your turn now: the task waits for the answer without you, and your \
         session goes on with it.";
}

/// Posts a question, and waits for its answer where that was asked for. The task's supervisor makes it
/// the open question when the turn ends.
///
/// # Errors
/// [`IntentErrorKind::Ended`] for a task that has ended, [`IntentErrorKind::Invalid`] for an empty question
/// or a default that would never take effect.
pub fn ask(target: &Target<'_>, request: &AskRequest) -> Result<AskOutcome, IntentError> {
    let task = target.open()?;
    check(request).map_err(|kind| target.failed(kind))?;
    target.not_ended(&task)?;
    let bus = target.bus(&task);
    let message = question(request, target.clock.now());
    let appended = bus.append_once(message, request.once.as_ref());
    let question = appended.map_err(|error| target.failed(error))?;
    crate::faults::step("ask.posted");
    target.wake(&task)?;
    match request.wait {
        None => Ok(AskOutcome { question, answer: None }),
        Some(limit) => answer_to(target, question, request.hold.map_or(limit, |hold| hold.min(limit))),
    }
}

/// Waits for the answer to a question, at most so long.
///
/// # Errors
/// When there is no such task, or its bus cannot be read.
pub fn answer_to(
    target: &Target<'_>,
    question: MessageId,
    limit: Duration,
) -> Result<AskOutcome, IntentError> {
    let task = target.open()?;
    let bus = target.bus(&task);
    let answer = target.wait_for(&task, limit, || {
        let found = counting_answer(&bus, question).map_err(|error| target.failed(error))?;
        Ok(found.and_then(|message| AnswerOutcome::of(question, &message)))
    })?;
    Ok(AskOutcome { question, answer })
}

/// The question that a QUESTION asks; none for other messages.
pub fn question_of(message: &Message) -> Option<OpenQuestion> {
    let msg_id = message.id().filter(|_| message.kind.is(MessageKind::QUESTION))?;
    let text = |key: &str| message.meta.get(key).and_then(serde_json::Value::as_str);
    let choices = message.meta.get("choices").and_then(serde_json::Value::as_array);
    let asked_at = message.ts?;
    Some(OpenQuestion {
        msg_id,
        text: message.body.clone(),
        choices: choices
            .into_iter()
            .flatten()
            .filter_map(|choice| Some(choice.as_str()?.to_owned()))
            .collect(),
        default: text("default").map(str::to_owned),
        default_at: text("default_at").and_then(|time| time.parse().ok()),
        asked_at,
        about: text("about").map(str::to_owned),
    })
}

fn question(request: &AskRequest, now: Timestamp) -> NewMessage {
    let mut message = NewMessage::new(MessageKind::QUESTION, request.text.trim());
    message.run_id = request.run.as_ref().map(RunId::to_string);
    if !request.choices.is_empty() {
        message = message.with_meta("choices", request.choices.clone());
    }
    if let Some(wait) = request.wait {
        // Who waits has the answer by itself: the supervisor need not tell it again.
        message = message.with_meta("wait", wait.as_secs());
    }
    if let (Some(default), Some(after)) = (&request.default, request.after) {
        let after = SignedDuration::try_from(after).unwrap_or(SignedDuration::MAX);
        let at = now.saturating_add(after).unwrap_or(Timestamp::MAX);
        message = message.with_meta("default", default.clone()).with_meta("default_at", at.to_string());
    }
    message
}

fn check(request: &AskRequest) -> Result<(), IntentErrorKind> {
    let invalid = |what, why| Err(IntentErrorKind::Invalid { what, why });
    match (&request.default, request.after) {
        _ if request.text.trim().is_empty() => invalid("question", "is empty"),
        (Some(_), None) => invalid("default", "needs a time after which it takes effect"),
        (None, Some(_)) => invalid("time", "is of no use without a default"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::Bus;
    use crate::store::Dir;

    #[test]
    fn a_question_reads_back_as_it_was_asked() {
        let folder = tempfile::tempdir().expect("a folder");
        let bus = Bus::open(&Dir::open(folder.path()).expect("a folder"), "TASK-MESSAGE-BUS");
        let now: Timestamp = "2026-11-20T20:13:00Z".parse().expect("a time");
        let request = AskRequest {
            text: "Drop Node 18?\n".to_owned(),
            choices: vec!["yes".to_owned(), "no, \"never\"".to_owned()],
            default: Some("no".to_owned()),
            after: Some(Duration::from_secs(1800)),
            ..AskRequest::default()
        };
        let id = bus.append(&question(&request, now)).expect("a message");
        let read = bus.get(id).expect("a bus").expect("the message");
        let question = question_of(&read).expect("a question");
        assert_eq!((question.text.as_str(), &question.choices), ("Drop Node 18?", &request.choices));
        assert_eq!(question.default, request.default);
        assert_eq!(question.default_at, Some("2026-11-20T20:43:00Z".parse().expect("a time")));
        let plain = bus.append(&NewMessage::new(MessageKind::INFO, "?")).expect("a message");
        assert_eq!(question_of(&bus.get(plain).expect("a bus").expect("the message")), None);
    }

    #[test]
    fn a_default_needs_its_time_and_a_time_its_default() {
        let ask = |default: Option<&str>, after| AskRequest {
            text: "?".to_owned(),
            default: default.map(str::to_owned),
            after,
            ..AskRequest::default()
        };
        assert!(check(&ask(Some("a"), None)).is_err());
        assert!(check(&ask(None, Some(Duration::ZERO))).is_err());
        assert!(check(&ask(Some("a"), Some(Duration::ZERO))).is_ok());
        assert!(check(&AskRequest { text: " \n".to_owned(), ..ask(None, None) }).is_err());
    }
}
