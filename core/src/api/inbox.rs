//! Attention: the one list of what needs a person, and what a person did with its items.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::dto::{AttentionItem, AttentionKind, TaskView};
use super::next::{name, next_step};
use super::requests::Handle;
use super::tasks::TaskQuery;
use super::{ApiError, App, keep};
use crate::hex::hex;
use crate::model::task::OpenQuestion;
use crate::model::{ProjectId, TaskId, TaskState, TaskStatus, change};
use crate::store::{AttentionRecords, Names, Root};
use crate::supervisor::step::Concern;

/// What a person does with an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handling {
    /// It was looked at.
    Seen,
    /// It shall come back later.
    Snooze(Duration),
    /// It shall not come back.
    Archive,
}

impl From<Handle> for Handling {
    fn from(how: Handle) -> Self {
        match how {
            Handle::Seen {} => Handling::Seen,
            Handle::Snooze { seconds } => Handling::Snooze(Duration::from_secs(seconds)),
            Handle::Archive {} => Handling::Archive,
        }
    }
}

/// What needs a person.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Inbox {
    /// The longest wait first.
    pub items: Vec<AttentionItem>,
    /// When the next one comes back that was put off.
    pub next_at: Option<Timestamp>,
}

/// Statuses that can need a person.
const NEEDY: [TaskStatus; 5] = [
    TaskStatus::WaitingAnswer,
    TaskStatus::WaitingReview,
    TaskStatus::Interrupted,
    TaskStatus::Failed,
    TaskStatus::TimedOut,
];

impl App {
    /// What needs a person. `all`: also what was seen, snoozed or archived, and of tasks that were put away.
    ///
    /// # Errors
    /// When the root cannot be read.
    pub fn inbox(&self, all: bool) -> Result<Inbox, ApiError> {
        let project = self.named_project()?;
        let query = TaskQuery { project, statuses: NEEDY.to_vec(), ..TaskQuery::default() };
        let now = self.clock.now();
        let mut inbox = Inbox::default();
        // Nobody can recover what another system left: it is history, not a request.
        let foreign = self.existing_root().is_some_and(Root::is_foreign);
        let mut tasks = self.list(&query)?.tasks;
        tasks.retain(|task| !(foreign && task.status == TaskStatus::Interrupted));
        let names = if tasks.is_empty() { Names::default() } else { Names::of(self.roots_to_list()?) };
        for task in tasks {
            // Extra roots are only looked at: nobody waits for a person there.
            let Some(Ok((mut item, records))) = task.root.is_none().then(|| self.item(&names, &task)) else {
                continue;
            };
            let record = records.get(&item.id).cloned().unwrap_or_default();
            item.seen = record.seen_at.is_some();
            // A failure needs nobody any more once it was looked at; a question does until it is answered.
            let settled = item.seen && item.kind == AttentionKind::Failure;
            let is_wanted = record.archived_at.is_none() && !settled && !keep::is_away(&records);
            if all || (is_wanted && record.is_shown(now)) {
                inbox.items.push(item);
            } else if is_wanted {
                inbox.next_at = inbox.next_at.into_iter().chain(record.snoozed_until).min();
            }
        }
        inbox.items.sort_by_key(|item| item.since);
        Ok(inbox)
    }

    /// Records what a person did with an item.
    ///
    /// # Errors
    /// When there is no such item, or the record cannot be written.
    pub fn handle(&self, id: &str, handling: Handling) -> Result<AttentionItem, ApiError> {
        let item = self.inbox(true)?.items.into_iter().find(|item| item.id == id).ok_or_else(|| {
            ApiError::not_found(format_args!("nothing in the inbox has the id {id:?}"))
                .with_hint("`run-agent inbox --all` shows every item with its id")
        })?;
        let now = self.clock.now();
        let span = match handling {
            Handling::Snooze(span) => SignedDuration::try_from(span).map_err(ApiError::usage)?,
            _ => SignedDuration::ZERO,
        };
        let until = now.checked_add(span).map_err(ApiError::usage)?;
        let (project, task) = (ProjectId::from_disk(&item.project)?, TaskId::from_disk(&item.task)?);
        let root = self.root()?;
        root.attention().update(&project, &task, id, |record| match handling {
            Handling::Seen => record.seen_at = Some(now),
            Handling::Snooze(_) => record.snoozed_until = Some(until),
            Handling::Archive => record.archived_at = Some(now),
        })?;
        self.note(root, change::ATTENTION, &project, &task);
        Ok(item)
    }

    /// The item of a task that needs a person, with what was done with it and with the task.
    fn item(&self, names: &Names, view: &TaskView) -> Result<(AttentionItem, AttentionRecords), ApiError> {
        let (project, task) = (ProjectId::from_disk(&view.project)?, TaskId::from_disk(&view.task)?);
        let root = self.root()?;
        let state = root.task(&project, &task)?.state()?;
        let item = match state.as_ref().and_then(|state| state.question.as_ref()) {
            Some(question) if view.status == TaskStatus::WaitingAnswer => {
                of_question(root, names, view, question)
            }
            _ => of_status(root, names, view, state.as_ref()),
        };
        // A damaged record of what was seen hides nobody's question.
        Ok((item, root.attention().of_task(&project, &task).unwrap_or_default()))
    }
}

/// What a question is about: the agent's own, or one that its supervisor asks.
fn kind_of(question: &OpenQuestion) -> AttentionKind {
    match Concern::of(question) {
        Some(Concern::Limit(_)) => AttentionKind::Limit,
        Some(Concern::NoChange) => AttentionKind::Stuck,
        Some(Concern::Children) | None => AttentionKind::Question,
    }
}

fn of_question(root: &Root, names: &Names, view: &TaskView, question: &OpenQuestion) -> AttentionItem {
    let kind = kind_of(question);
    let hint = next_step(root, names, view, None).unwrap_or_default();
    AttentionItem {
        text: question.text.clone(),
        choices: question.choices.clone(),
        default: question.default.clone(),
        default_at: question.default_at,
        question: Some(question.msg_id),
        since: question.asked_at,
        ..item(view, kind, &question.msg_id.to_string(), hint)
    }
}

fn of_status(root: &Root, names: &Names, view: &TaskView, state: Option<&TaskState>) -> AttentionItem {
    let look = || format!("run-agent status {}", name(names, view));
    let (kind, hint) = match view.status {
        TaskStatus::WaitingReview => (AttentionKind::Review, look()),
        TaskStatus::Interrupted => {
            (AttentionKind::Interrupted, next_step(root, names, view, None).unwrap_or_else(look))
        }
        _ => (AttentionKind::Failure, look()),
    };
    // The same failure is the same item; the next one, after a resume, is another.
    let moment = state.and_then(|state| state.ended_at).map(|at| at.to_string()).unwrap_or_default();
    let error = state.and_then(|state| state.error.as_ref()).map(|error| error.message.clone());
    let text = error.or_else(|| view.reason.clone()).unwrap_or_else(|| view.title.clone());
    AttentionItem { text, ..item(view, kind, &moment, hint) }
}

fn item(view: &TaskView, kind: AttentionKind, what: &str, hint: String) -> AttentionItem {
    AttentionItem {
        id: id(view, kind, what),
        kind,
        project: view.project.clone(),
        task: view.task.clone(),
        text: String::new(),
        choices: Vec::new(),
        default: None,
        default_at: None,
        question: None,
        since: view.ended_at.or(view.updated_at).or(view.created_at).unwrap_or_default(),
        hint,
        seen: false,
    }
}

/// Short enough to type, the same in every face: a word and 8 hexadecimal digits.
fn id(view: &TaskView, kind: AttentionKind, what: &str) -> String {
    let text = format!("{}/{}/{}/{what}", view.project, view.task, kind.as_str());
    let digits = hex(&Sha256::digest(text.as_bytes())[..4]);
    format!("{}-{digits}", kind.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::MessageId;
    use crate::supervisor::limits::Limit;

    #[test]
    fn what_a_supervisor_asks_is_told_from_what_an_agent_asks() {
        let question = |about: Option<Concern>| OpenQuestion {
            msg_id: MessageId(ulid::Ulid::generate()),
            text: "?".to_owned(),
            choices: Vec::new(),
            default: None,
            default_at: None,
            asked_at: jiff::Timestamp::UNIX_EPOCH,
            about: about.map(|concern| concern.as_str().to_owned()),
        };
        for (about, kind) in [
            (Some(Concern::Limit(Limit::Tokens)), AttentionKind::Limit),
            (Some(Concern::Limit(Limit::Cost)), AttentionKind::Limit),
            (Some(Concern::NoChange), AttentionKind::Stuck),
            (Some(Concern::Children), AttentionKind::Question),
            (None, AttentionKind::Question),
        ] {
            assert_eq!(kind_of(&question(about)), kind, "{about:?}");
        }
    }
}
