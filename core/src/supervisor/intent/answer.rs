//! `answer`: a person's word to an open question.
//!
//! Of several answers (two people, or a person and the default's time) the first in the bus counts, for
//! everybody who reads it, without any lock.

use super::{IntentError, IntentErrorKind, Target, Who, question_of};
use crate::bus::{Bus, BusError, Query};
use crate::model::task::OpenQuestion;
use crate::model::{Cursor, Message, MessageId, MessageKind, NewMessage, Parent};

/// Open questions are looked for among so many of the last ones.
const LAST: usize = 64;

/// An answer.
#[derive(Debug, Clone)]
pub struct AnswerRequest {
    /// Who answers.
    pub who: Who,
    /// The question that is meant; else the open one.
    pub question: Option<MessageId>,
    /// The answer, or the number of a choice, from 1.
    pub text: String,
}

/// An answer that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerOutcome {
    /// The question.
    pub question: MessageId,
    /// The ANSWER.
    pub answer: MessageId,
    /// Its text.
    pub text: String,
}

impl AnswerOutcome {
    pub(super) fn of(question: MessageId, message: &Message) -> Option<Self> {
        Some(Self { question, answer: message.id()?, text: message.body.clone() })
    }
}

/// Answers a question; the task goes on with it.
///
/// # Errors
/// [`IntentErrorKind::NoQuestion`] when none is open, [`IntentErrorKind::Answered`] when another answer
/// came first.
pub fn answer(target: &Target<'_>, request: &AnswerRequest) -> Result<AnswerOutcome, IntentError> {
    let task = target.open()?;
    target.not_ended(&task)?;
    let bus = target.bus(&task);
    let question = find(&bus, request.question).map_err(|error| target.failed(error))?;
    let question = question.ok_or_else(|| target.failed(IntentErrorKind::NoQuestion))?;
    let text = chosen(&question, &request.text).map_err(|kind| target.failed(kind))?;
    let mut message =
        NewMessage::new(MessageKind::ANSWER, text).with_parent(Parent::answers(question.msg_id));
    if let Some(by) = &request.who.by {
        message = message.with_meta("by", by.clone());
    }
    let outcome = post(&bus, &question, &message).map_err(|kind| target.failed(kind))?;
    target.wake(&task)?;
    target.ensure_supervisor(&task)?;
    Ok(outcome)
}

/// The answer that counts: the first one that stands in the bus.
///
/// # Errors
/// When the bus cannot be read.
pub fn counting_answer(bus: &Bus, question: MessageId) -> Result<Option<Message>, BusError> {
    let query = Query {
        parent: Some(question.to_string()),
        limit: Some(1),
        ..Query::after(Cursor::after(question)).kind(MessageKind::ANSWER)
    };
    Ok(bus.read(&query)?.into_iter().next())
}

/// The newest question that nobody has answered.
///
/// # Errors
/// When the bus cannot be read.
pub fn open_question(bus: &Bus) -> Result<Option<OpenQuestion>, BusError> {
    let asked = bus.read(&Query::last(LAST).kind(MessageKind::QUESTION))?;
    for question in asked.iter().rev().filter_map(question_of) {
        if counting_answer(bus, question.msg_id)?.is_none() {
            return Ok(Some(question));
        }
    }
    Ok(None)
}

fn find(bus: &Bus, named: Option<MessageId>) -> Result<Option<OpenQuestion>, BusError> {
    match named {
        None => open_question(bus),
        Some(id) => Ok(bus.get(id)?.as_ref().and_then(question_of)),
    }
}

/// Appends an answer and looks whether it is the one that counts.
fn post(bus: &Bus, question: &OpenQuestion, message: &NewMessage) -> Result<AnswerOutcome, IntentErrorKind> {
    let id = question.msg_id;
    let answered = |first: Message| IntentErrorKind::Answered { question: id, answer: first.body };
    // Looked at before, so that an answer that comes late leaves no trace on the bus.
    if let Some(first) = counting_answer(bus, id)? {
        return Err(answered(first));
    }
    crate::faults::step("answer.post");
    let own = bus.append(message)?;
    match counting_answer(bus, id)? {
        Some(first) if first.id() != Some(own) => Err(answered(first)),
        _ => Ok(AnswerOutcome { question: id, answer: own, text: message.body.clone() }),
    }
}

/// The text of an answer: that of a choice where its number is given.
fn chosen(question: &OpenQuestion, text: &str) -> Result<String, IntentErrorKind> {
    let text = text.trim();
    if text.is_empty() {
        return Err(IntentErrorKind::Invalid { what: "answer", why: "is empty" });
    }
    let is_choice = question.choices.iter().any(|choice| choice == text);
    // A number is meant as that of a choice; where there is none of it, it is a slip and not an answer.
    match text.parse::<usize>().ok().filter(|_| !is_choice && !question.choices.is_empty()) {
        None => Ok(text.to_owned()),
        Some(number) => number
            .checked_sub(1)
            .and_then(|index| question.choices.get(index).cloned())
            .ok_or_else(|| IntentErrorKind::NoChoice { number, choices: question.choices.clone() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Dir;

    fn ask(bus: &Bus, choices: &[&str]) -> OpenQuestion {
        let message = NewMessage::new(MessageKind::QUESTION, "which?").with_meta("choices", choices.to_vec());
        let id = bus.append(&message).expect("a question");
        question_of(&bus.get(id).expect("a bus").expect("it")).expect("a question")
    }

    fn reply(question: &OpenQuestion, text: &str) -> NewMessage {
        NewMessage::new(MessageKind::ANSWER, text).with_parent(Parent::answers(question.msg_id))
    }

    fn bus(folder: &tempfile::TempDir) -> Bus {
        Bus::open(&Dir::open(folder.path()).expect("a folder"), "TASK-MESSAGE-BUS")
    }

    #[test]
    fn exactly_one_of_many_answers_counts_for_everybody() {
        let folder = tempfile::tempdir().expect("a folder");
        let question = ask(&bus(&folder), &[]);
        let outcomes: Vec<_> = std::thread::scope(|scope| {
            let answer = |n: usize| {
                let (folder, question) = (&folder, &question);
                move || post(&bus(folder), question, &reply(question, &format!("answer {n}")))
            };
            let threads: Vec<_> = (0..8).map(|n| scope.spawn(answer(n))).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
        });
        let counting: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
        assert_eq!(counting.len(), 1, "{outcomes:?}");
        for outcome in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
            let IntentErrorKind::Answered { answer, .. } = outcome else { panic!("{outcome}") };
            assert_eq!(answer, &counting[0].text);
        }
        let first = counting_answer(&bus(&folder), question.msg_id).expect("a bus").expect("an answer");
        assert_eq!(first.id(), Some(counting[0].answer));
    }

    #[test]
    fn the_newest_question_without_an_answer_is_open() {
        let folder = tempfile::tempdir().expect("a folder");
        let bus = bus(&folder);
        assert_eq!(open_question(&bus).expect("a bus"), None);
        let (first, second) = (ask(&bus, &[]), ask(&bus, &[]));
        assert_eq!(open_question(&bus).expect("a bus").as_ref(), Some(&second));
        post(&bus, &second, &reply(&second, "yes")).expect("the answer");
        assert_eq!(open_question(&bus).expect("a bus").as_ref(), Some(&first));
        let late = post(&bus, &second, &reply(&second, "no")).expect_err("too late");
        assert!(matches!(late, IntentErrorKind::Answered { answer, .. } if answer == "yes"));
        post(&bus, &first, &reply(&first, "yes")).expect("the answer");
        assert_eq!(open_question(&bus).expect("a bus"), None);
    }

    #[test]
    fn a_choice_can_be_named_by_its_number_and_any_text_is_an_answer() {
        let folder = tempfile::tempdir().expect("a folder");
        let question = ask(&bus(&folder), &["18", "20"]);
        let text = |answer| chosen(&question, answer).expect("an answer");
        assert_eq!(
            ["1", "2", "18", " neither ", "3 of them"].map(text),
            ["18", "20", "18", "neither", "3 of them"]
        );
        for slip in ["  ", "0", "3"] {
            assert!(chosen(&question, slip).is_err(), "{slip:?}");
        }
        let free = ask(&bus(&folder), &[]);
        assert_eq!(chosen(&free, "3").expect("an answer"), "3");
    }
}
