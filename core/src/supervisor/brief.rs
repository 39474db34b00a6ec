//! What the agent is told: the prompt of a run, with what happened since the last one.

use super::drive::Driver;
use super::error::SuperviseError;
use super::launch::Plan;
use super::notice;
use crate::agent::prompt::{self, Answered, LastRun, PromptInput};
use crate::bus::Query;
use crate::model::{EndReason, Message, MessageId, MessageKind, Owed, RunInfo};
use crate::store::{Open, RunDir, RunFile};

/// The end of the last run's output that is told to the next.
const TAIL: u64 = 8 * 1024;

/// The last run, in words.
struct Before {
    info: RunInfo,
    ended: String,
    tail: String,
}

/// A question of the agent and its answer.
struct Reply {
    question: String,
    answer: String,
    is_default: bool,
}

impl Driver<'_> {
    /// The prompt of a run, and the messages that it carries. Notes in the run's record how far the bus
    /// was read.
    pub(super) fn prompt(
        &self,
        dir: &RunDir,
        plan: &Plan,
        info: &mut RunInfo,
    ) -> Result<(String, Vec<Message>), SuperviseError> {
        let (spec, task) = (self.owned.spec(), self.owned.task());
        let text = task.prompt()?;
        let (messages, reply) = self.unread(info)?;
        let before = self.before()?;
        let notes = self.notes(plan, before.as_ref())?;
        let input = PromptInput {
            spec,
            task_prompt: &text,
            agent: &plan.settings.name,
            kind: plan.settings.kind,
            access: plan.access,
            iteration: plan.iteration,
            cli: &self.desk.cli,
            task_folder: task.path(),
            run_folder: dir.path(),
            cwd: std::path::Path::new(&spec.cwd),
            continues: plan.resume.is_some(),
            last: before.as_ref().filter(|_| plan.resume.is_none()).map(Before::as_last),
            messages: &messages,
            answer: reply.as_ref().map(|reply| Answered {
                question: &reply.question,
                answer: &reply.answer,
                is_default: reply.is_default,
            }),
            learnings: None,
            notes: &notes,
        };
        Ok((prompt::compose(&input), messages))
    }

    /// What the bus has for the agent since the last prompt that a run took note of; an answer to the
    /// task's own question apart from the rest.
    fn unread(&self, info: &mut RunInfo) -> Result<(Vec<Message>, Option<Reply>), SuperviseError> {
        let since = self.owned.state().read_to;
        info.read_to = Some(since);
        let (mut messages, mut reply) = (Vec::new(), None);
        for message in self.bus.read(&Query::after(since))? {
            info.read_to = Some(message.cursor);
            if message.kind.is(MessageKind::ANSWER)
                && let Some(answered) = self.answered(&message)?
            {
                reply = Some(answered);
            } else if notice::is_for_agent(&message, &self.owned.spec().task_id) {
                messages.push(message);
            }
        }
        Ok((messages, reply))
    }

    fn answered(&self, answer: &Message) -> Result<Option<Reply>, SuperviseError> {
        let parent = answer.parents.iter().find(|parent| parent.kind.as_deref() == Some("answers"));
        let Some(id) = parent.and_then(|parent| MessageId::parse(&parent.msg_id).ok()) else {
            return Ok(None);
        };
        Ok(self.bus.get(id)?.map(|question| Reply {
            question: question.body,
            answer: answer.body.clone(),
            is_default: answer.meta.contains_key("default"),
        }))
    }

    fn before(&self) -> Result<Option<Before>, SuperviseError> {
        let Some(last) = &self.owned.state().last_run else { return Ok(None) };
        let dir = self.owned.task().run(last)?;
        let Ok(info) = dir.info() else { return Ok(None) };
        let why = info.error_summary.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
        let tail = [RunFile::Output, RunFile::Stderr, RunFile::Stdout]
            .into_iter()
            .map(|file| tail(&dir, file))
            .find(|text| !text.trim().is_empty());
        Ok(Some(Before { ended: format!("{}{why}", info.status), tail: tail.unwrap_or_default(), info }))
    }

    /// What the agent has to know about this turn in particular.
    fn notes(&self, plan: &Plan, before: Option<&Before>) -> Result<Vec<String>, SuperviseError> {
        let mut notes = Vec::new();
        let interrupted = before.is_some_and(|before| before.info.end_reason == Some(EndReason::Interrupted));
        if interrupted && plan.resume.is_some() {
            notes.push("A person interrupted your turn; read the new messages and go on.".to_owned());
        }
        if plan.owed == Some(Owed::Gather) {
            notes.push(self.gathering()?);
        }
        Ok(notes)
    }

    fn gathering(&self) -> Result<String, SuperviseError> {
        let spec = self.owned.spec();
        let children = super::children::all(self.owned.root(), &spec.project_id, &spec.task_id)?;
        let lines: Vec<_> = children
            .iter()
            .map(|child| {
                let folder = self.owned.root().path().join(child.project.as_str()).join(child.task.as_str());
                format!("- {} ({}): {}", child.task, child.status.words(), folder.display())
            })
            .collect();
        Ok(format!(
            "You said that the task is done while child tasks were at work. They have ended. Look at what they \
             found, bring it together, then finish again:\n\n{}",
            lines.join("\n")
        ))
    }
}

impl Before {
    fn as_last(&self) -> LastRun<'_> {
        LastRun {
            run_id: self.info.run_id.as_str(),
            iteration: self.info.iteration.unwrap_or(0),
            ended: &self.ended,
            output_tail: &self.tail,
        }
    }
}

/// The end of a file, in text; empty where there is none.
fn tail(dir: &RunDir, file: RunFile) -> String {
    use std::io::{Read, Seek, SeekFrom};
    let Ok(mut opened) = dir.open(file, Open::Read) else { return String::new() };
    let start = opened.metadata().map_or(0, |meta| meta.len().saturating_sub(TAIL));
    let mut bytes = Vec::new();
    let read = opened.seek(SeekFrom::Start(start)).and_then(|_| opened.take(TAIL).read_to_end(&mut bytes));
    if read.is_err() {
        return String::new();
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    // Whole lines where it was cut.
    match text.split_once('\n') {
        Some((_, rest)) if start > 0 => rest.to_owned(),
        _ => text,
    }
}
