//! Questions of a task and their answers, as its bus has them.

use jiff::Timestamp;

use super::error::SuperviseError;
use super::intent::{counting_answer, question_of};
use super::notice;
use super::step::Concern;
use crate::bus::{Bus, Query};
use crate::model::task::OpenQuestion;
use crate::model::{Cursor, MessageId, MessageKind, RunId};

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
    let Some(question) = last.as_ref().and_then(question_of) else {
        return Ok(Asked { open: None, answered: false });
    };
    // What a supervisor asks about decides what an answer grants: no run asks that.
    let question = OpenQuestion { about: None, ..question };
    let answered = reply(bus, question.msg_id)?.is_some();
    // Who waits for the answer on the spot has it by now.
    let waited = last.is_some_and(|message| message.meta.contains_key("wait"));
    Ok(Asked { answered: answered && !waited, open: (!answered).then_some(question) })
}

/// The answer to a question; the first counts.
pub(super) fn reply(bus: &Bus, question: MessageId) -> Result<Option<String>, SuperviseError> {
    Ok(counting_answer(bus, question)?.map(|answer| answer.body))
}

/// Posts a supervisor's question, or finds the one that a dead supervisor posted and did not record.
pub(super) fn ask(bus: &Bus, concern: Concern, text: &str) -> Result<OpenQuestion, SuperviseError> {
    let query = Query::last(1).kind(MessageKind::QUESTION);
    let posted = bus.read(&query)?.into_iter().find(|message| {
        let about = message.meta.get("about").and_then(|about| about.as_str());
        notice::is_supervisors(message) && about == Some(concern.as_str())
    });
    if let Some(open) = posted.as_ref().and_then(question_of)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{NewMessage, TaskStatus};
    use crate::supervisor::testbed::{make, root, spec};

    #[test]
    fn a_run_that_asks_about_a_limit_asks_like_any_other() {
        let (_folder, root) = root();
        let task = make(&root, &spec("asks"), Some(TaskStatus::Running));
        let bus = Bus::task(&task);
        let run = RunId::from_disk("20261120-2013000000-1").expect("a run");
        let mut asked = NewMessage::new(MessageKind::QUESTION, "more?").with_meta("about", "tokens");
        asked.run_id = Some(run.to_string());
        bus.append(&asked).expect("posted");
        let open = asked_by(&bus, &run, Cursor::default()).expect("looked").open.expect("a question");
        assert_eq!((open.text.as_str(), &open.about), ("more?", &None));
        assert_eq!(Concern::of(&open), None);
    }
}
