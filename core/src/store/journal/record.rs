//! Records of the journal and places in it.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ulid::Ulid;

use super::error::{JournalError, Result};
use crate::model::{IdError, Message, MessageId, NewMessage, TaskSpec};
use crate::store::summary::{RunSummary, TaskSummary};

/// The first record of an epoch.
pub(super) const OPENED: &str = "journal.opened";
/// The first record of an epoch that was made from the files.
pub(super) const REBUILT: &str = "journal.rebuilt";
/// A task as it was found when the journal was made from the files.
pub(super) const TASK_REBUILT: &str = "task.rebuilt";
const EPOCH: &str = "epoch";
pub(super) const REVISION: &str = "revision";

/// One change: what happened, and the task (and run) as it is since.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JournalRecord {
    /// What happened: `task.running`, `run.started`, …
    #[serde(skip)]
    pub kind: String,
    /// When it happened.
    pub at: Timestamp,
    /// The task at the revision that the change made.
    pub task: TaskSummary,
    /// The run that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunSummary>,
}

/// A record as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct JournalEntry {
    /// Where a reader stands that has seen it.
    pub cursor: JournalCursor,
    /// The change.
    pub record: JournalRecord,
    /// Whether it is news; false for what a rebuild wrote, which is never announced.
    pub is_news: bool,
}

/// A place in the journal. Text form: `<epoch>-<ULID of the last record seen>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct JournalCursor {
    /// The epoch; another one means another journal.
    pub epoch: Ulid,
    /// The last record that was seen.
    pub id: MessageId,
}

impl JournalCursor {
    /// Takes the text form.
    ///
    /// # Errors
    /// When it is not of that form.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let wrong = || IdError {
            what: "journal cursor",
            value: text.chars().take(128).collect(),
            why: "must be two ULIDs joined by '-'",
        };
        let (epoch, id) = text.split_once('-').ok_or_else(wrong)?;
        let epoch = MessageId::parse(&format!("MSG-{epoch}")).map_err(|_| wrong())?.0;
        let id = MessageId::parse(&format!("MSG-{id}")).map_err(|_| wrong())?;
        Ok(Self { epoch, id })
    }

    /// The place after a record; none for what others wrote into the file.
    pub(super) fn of(message: &Message) -> Option<Self> {
        let epoch = message.meta.get(EPOCH)?.as_str()?;
        Some(Self { epoch: Ulid::from_string(epoch).ok()?, id: message.id()? })
    }
}

impl fmt::Display for JournalCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.epoch, self.id.0)
    }
}

impl Serialize for JournalCursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for JournalCursor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl JournalRecord {
    /// What a record says that tells of a task's deletion. Nothing of the task is there any more.
    pub const DELETED: &'static str = "task.deleted";

    /// What the journal tells first of a task: that it was asked for, and nobody has worked on it yet.
    pub fn first(spec: &TaskSpec, title: &str) -> Self {
        let task = TaskSummary::new(spec, None, title);
        Self { kind: format!("task.{}", task.status), at: spec.created_at, task, run: None }
    }

    pub(super) fn encode(&self, epoch: Ulid) -> Result<NewMessage> {
        let failed = |source| JournalError::Encode { task: self.task.task.clone(), source };
        let body = serde_json::to_string(self).map_err(failed)?;
        let mut message = opening(&self.kind, epoch, body).with_meta(REVISION, self.task.revision);
        message.project_id = Some(self.task.project.to_string());
        message.task_id = Some(self.task.task.to_string());
        message.run_id = self.run.as_ref().map(|run| run.run.to_string());
        Ok(message)
    }
}

/// A record that belongs to an epoch and to no task.
pub(super) fn opening(kind: &str, epoch: Ulid, body: impl Into<String>) -> NewMessage {
    NewMessage::new(kind, body).with_meta(EPOCH, epoch.to_string())
}

/// The entry of a message; none for what is no change: openings, and what others wrote.
pub(super) fn decode(message: &Message) -> Option<JournalEntry> {
    let cursor = JournalCursor::of(message)?;
    let mut record: JournalRecord = serde_json::from_str(&message.body).ok()?;
    record.kind = message.kind.as_str().to_owned();
    let is_news = record.kind != TASK_REBUILT;
    Some(JournalEntry { cursor, record, is_news })
}
