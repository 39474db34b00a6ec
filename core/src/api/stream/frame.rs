//! What a stream consists of.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::place::Place;
use crate::api::dto::{RunView, TaskView};
use crate::api::live::Checked;
use crate::logs::Mask;
use crate::model::{ProjectId, TaskId, TaskStatus, change};
use crate::store::{JournalCursor, JournalEntry};

/// What a frame tells. The words are those of SSE's `event:` field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FrameKind {
    /// A change of state: an [`EventView`].
    Event,
    /// A message of a bus.
    Message,
    /// Bytes of a log: `{offset, text}`, or `{offset, base64}` where they are not UTF-8.
    Log,
    /// A log was cut off or replaced, what was told of it no longer holds: `{offset, reason}`.
    Reset,
    /// The past is gone: `{after}`. What is there is to be read anew.
    Resync,
    /// There will be no more: `{reason}`.
    End,
    /// A subscription failed and is no more: `{code, message, hint}`.
    Problem,
    /// A stream of several subscriptions is open: `{session}`.
    Session,
    /// A subscription was added.
    Added,
    /// A subscription was dropped.
    Dropped,
}

impl FrameKind {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            FrameKind::Event => "event",
            FrameKind::Message => "message",
            FrameKind::Log => "log",
            FrameKind::Reset => "reset",
            FrameKind::Resync => "resync",
            FrameKind::End => "end",
            FrameKind::Problem => "problem",
            FrameKind::Session => "session",
            FrameKind::Added => "added",
            FrameKind::Dropped => "dropped",
        }
    }
}

/// A JSON document on one line, shared by all to whom it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Json(Arc<String>);

impl Json {
    /// The document of a value whose serialisation cannot fail.
    pub(super) fn of(value: &impl Serialize) -> Self {
        Self::from(serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned()))
    }

    /// As [`Json::of`], known secrets hidden.
    pub(super) fn masked(value: &impl Serialize, mask: &Mask) -> Self {
        let plain = serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned());
        match mask.part(plain.as_bytes()).0 {
            std::borrow::Cow::Borrowed(_) => Self::from(plain),
            std::borrow::Cow::Owned(hidden) => Self::from(String::from_utf8_lossy(&hidden).into_owned()),
        }
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self(Arc::new(text))
    }
}

impl AsRef<[u8]> for Json {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// One frame of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The subscription it is of; none in a stream of one, and for what concerns the stream as a whole.
    pub subscription: Option<Arc<str>>,
    /// What it tells.
    pub kind: FrameKind,
    /// Its content.
    pub data: Json,
    /// What resumes the stream exactly after this frame.
    pub cursor: String,
}

/// A part of what a source holds, before it is known whom it goes to.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) kind: FrameKind,
    pub(super) data: Json,
    /// Where a reader stands that has seen it.
    pub(super) place: Place,
    /// Whose change it is, for those who want only some.
    pub(super) about: Option<Arc<(ProjectId, TaskId)>>,
}

impl Item {
    pub(super) fn new(kind: FrameKind, data: Json, place: Place) -> Self {
        Self { kind, data, place, about: None }
    }
}

/// What one read of a source gave.
#[derive(Debug)]
pub(super) struct Batch {
    /// In order.
    pub(super) items: Vec<Item>,
    /// Where a reader stands that has seen them all.
    pub(super) place: Place,
    /// Reading again gives more then, though nothing changes.
    pub(super) again: Option<Duration>,
    /// Whether there will be no more.
    pub(super) is_end: bool,
}

impl Batch {
    /// One that ends where it stands.
    pub(super) fn nothing(place: Place) -> Self {
        Self { items: Vec::new(), place, again: None, is_end: false }
    }

    /// Whether a reader has to wait for a change.
    pub(super) fn is_nothing(&self) -> bool {
        self.items.is_empty() && !self.is_end
    }

    /// Whether what was read before no longer holds.
    pub(super) fn begins_anew(&self) -> bool {
        self.items.iter().any(|item| matches!(item.kind, FrameKind::Reset | FrameKind::Resync))
    }
}

/// A change of state as clients see it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EventView {
    /// Where a reader stands that has seen it; `after` takes it.
    pub cursor: JournalCursor,
    /// What happened: `task.running`, `run.started`, …
    pub kind: String,
    /// When.
    pub at: Timestamp,
    /// Whether it is news; false for what was found when a lost journal was made anew.
    pub news: bool,
    /// Revision of the task's state since.
    pub revision: u64,
    /// The task as its supervisor wrote it then; whether that supervisor lives was not checked. Where the change is
    /// that it is gone, the task is `interrupted`.
    pub task: TaskView,
    /// The run that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<RunView>,
}

impl From<JournalEntry> for EventView {
    fn from(entry: JournalEntry) -> Self {
        let JournalEntry { cursor, record, is_news } = entry;
        let revision = record.task.revision;
        let status = match record.kind.as_str() {
            change::INTERRUPTED => TaskStatus::Interrupted,
            _ => record.task.status,
        };
        Self {
            cursor,
            kind: record.kind,
            at: record.at,
            news: is_news,
            revision,
            task: TaskView::new(record.task, Checked::of(status)),
            run: record.run.map(RunView::from),
        }
    }
}

/// Why a stream or a subscription ended.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum EndReason {
    /// What it is about has ended and was told whole.
    Ended,
    /// The server goes away; whoever comes next has the rest.
    Shutdown,
}

/// The content of a frame `end`.
pub(super) fn end_data(reason: EndReason) -> Json {
    #[derive(Serialize)]
    struct End {
        reason: EndReason,
    }
    Json::of(&End { reason })
}
