//! A delivery: one event for one webhook, from its feeding to its end.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::MessageId;
use crate::store::{JournalEntry, RunSummary, TaskSummary};

/// Attempts that are kept of a delivery.
const KEPT: usize = 50;
/// Characters that are kept of a text that an agent wrote.
const LONGEST_TEXT: usize = 8_000;

/// One event for one webhook: a file of the outbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// Version of this format.
    pub version: u32,
    /// Id of the journal's record, and of everything that is sent of it.
    pub id: MessageId,
    /// What happened: the journal's word.
    pub event: String,
    /// When it happened.
    pub at: Timestamp,
    /// The task as the journal told it.
    pub task: TaskSummary,
    /// The run that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunSummary>,
    /// How far it is.
    pub state: DeliveryState,
    /// Why nobody tries any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_up: Option<String>,
    /// Failures in a row since it was fed or replayed.
    #[serde(default)]
    pub failures: u32,
    /// When the first of them was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Timestamp>,
    /// When it is tried again; absent: at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Timestamp>,
    /// Whether the receiver refused this one delivery, so that it holds up none behind it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub refused: bool,
    /// The last attempts, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Attempt>,
    /// Fields of newer versions, kept as they came.
    #[serde(flatten)]
    pub extra: BTreeMap<String, serde_json::Value>,
}

/// How far a delivery is. Also the name of the folder that its file lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// To be sent, or to be tried again.
    Waiting,
    /// Accepted.
    Delivered,
    /// Given up.
    Failed,
}

impl DeliveryState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Delivered, Self::Failed];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}

/// One attempt to deliver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When it began.
    pub at: Timestamp,
    /// Milliseconds that it took.
    pub took_ms: u64,
    /// The status of the answer, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What was wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Delivery {
    /// The version that is written.
    pub const VERSION: u32 = 1;

    /// A new one.
    pub(super) fn new(entry: &JournalEntry, event: &str) -> Self {
        let mut task = entry.record.task.clone();
        if let Some(question) = &mut task.question {
            cut(&mut question.text);
            question.choices.iter_mut().chain(&mut question.default).for_each(cut);
        }
        if let Some(error) = &mut task.error {
            cut(&mut error.message);
        }
        Self {
            version: Self::VERSION,
            id: entry.cursor.id,
            event: event.to_owned(),
            at: entry.record.at,
            task,
            run: entry.record.run.clone(),
            state: DeliveryState::Waiting,
            given_up: None,
            failures: 0,
            failing_since: None,
            next_at: None,
            refused: false,
            attempts: Vec::new(),
            extra: BTreeMap::new(),
        }
    }

    /// Whether it is to be sent now.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        self.next_at.is_none_or(|at| at <= now)
    }

    /// Adds an attempt.
    pub(super) fn note(&mut self, attempt: Attempt) {
        self.attempts.push(attempt);
        let surplus = self.attempts.len().saturating_sub(KEPT);
        self.attempts.drain(..surplus);
    }

    /// Gives it up.
    pub(super) fn give_up(&mut self, why: String) {
        self.state = DeliveryState::Failed;
        self.given_up = Some(why);
        self.next_at = None;
    }

    /// Makes it new again, with the same id. What was tried is kept.
    pub(super) fn reopen(&mut self) {
        self.state = DeliveryState::Waiting;
        (self.given_up, self.next_at, self.failing_since) = (None, None, None);
        (self.failures, self.refused) = (0, false);
    }
}

/// A file of the outbox and a message to a phone hold no essay.
fn cut(text: &mut String) {
    if let Some((at, _)) = text.char_indices().nth(LONGEST_TEXT) {
        text.truncate(at);
        text.push('…');
    }
}
