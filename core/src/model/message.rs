//! Messages: what agents and people exchange on the bus.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ids::{Cursor, MessageId};

/// The type of a message: an open word in capitals, with well-known ones.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct MessageKind(pub String);

macro_rules! well_known {
    ($($(#[$doc:meta])* $name:ident = $word:literal),* $(,)?) => {
        impl MessageKind {
            $($(#[$doc])* pub const $name: &'static str = $word;)*
        }
    };
}

well_known! {
    /// A person's word to the agent.
    USER = "USER",
    /// How far the work is.
    PROGRESS = "PROGRESS",
    /// Something found out.
    FACT = "FACT",
    /// Something decided.
    DECISION = "DECISION",
    /// Asked of a person.
    QUESTION = "QUESTION",
    /// The answer to a question; its parent has the kind `answers`.
    ANSWER = "ANSWER",
    /// A reviewer's word.
    REVIEW = "REVIEW",
    /// Something failed.
    ERROR = "ERROR",
    /// Anything else worth saying.
    INFO = "INFO",
    /// Something to be looked at later.
    ISSUE = "ISSUE",
    /// A run began.
    RUN_START = "RUN_START",
    /// A run ended.
    RUN_STOP = "RUN_STOP",
    /// A run died.
    RUN_CRASH = "RUN_CRASH",
    /// A task ended; on its project's bus, once.
    TASK_DONE = "TASK_DONE",
}

impl MessageKind {
    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the word `word`.
    pub fn is(&self, word: &str) -> bool {
        self.0 == word
    }

    /// Whether a person who writes `word`, in capitals or not, means this one.
    pub fn is_called(&self, word: &str) -> bool {
        self.0.eq_ignore_ascii_case(word)
    }
}

impl From<&str> for MessageKind {
    fn from(word: &str) -> Self {
        Self(word.to_owned())
    }
}

impl std::fmt::Display for MessageKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A message that this one follows from. Read also from a bare id, as the seed system wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(from = "ParentOnDisk")]
pub struct Parent {
    /// Id of the parent as written there (foreign buses have ids of other forms).
    pub msg_id: String,
    /// What the parent is to this message: `answers`, `follows`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Where the parent stands when it is on another bus: `project` or `project/task`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Anything else about the relation.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub meta: BTreeMap<String, serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ParentOnDisk {
    Id(String),
    Full {
        msg_id: String,
        #[serde(default)]
        kind: Option<String>,
        #[serde(default)]
        at: Option<String>,
        #[serde(default)]
        meta: BTreeMap<String, serde_json::Value>,
    },
}

impl From<ParentOnDisk> for Parent {
    fn from(parent: ParentOnDisk) -> Self {
        match parent {
            ParentOnDisk::Id(msg_id) => Self { msg_id, kind: None, at: None, meta: BTreeMap::new() },
            ParentOnDisk::Full { msg_id, kind, at, meta } => Self { msg_id, kind, at, meta },
        }
    }
}

impl Parent {
    /// The relation of an answer to its question.
    pub fn answers(id: MessageId) -> Self {
        Self { msg_id: id.to_string(), kind: Some("answers".to_owned()), at: None, meta: BTreeMap::new() }
    }
}

/// Something outside that a message refers to: a file, a commit, an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Link {
    /// The address; a relative one is a file beside the bus.
    pub url: String,
    /// What a person reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What it is: `attachment`, `commit`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// A message to be appended. Id and time are given by the bus, under its lock.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NewMessage {
    /// The type; empty is refused.
    #[serde(rename = "type")]
    pub kind: MessageKind,
    /// The project it belongs to; the bus fills it in where it is absent.
    pub project_id: Option<String>,
    /// The task it belongs to.
    pub task_id: Option<String>,
    /// The run that posts it.
    pub run_id: Option<String>,
    /// An issue it belongs to.
    pub issue_id: Option<String>,
    /// What it follows from.
    pub parents: Vec<Parent>,
    /// What it refers to.
    pub links: Vec<Link>,
    /// Anything else, one value a key.
    pub meta: BTreeMap<String, serde_json::Value>,
    /// The text; UTF-8, at most 16 MiB.
    pub body: String,
}

impl NewMessage {
    /// A message of a type with a body and nothing else.
    pub fn new(kind: &str, body: impl Into<String>) -> Self {
        Self { kind: kind.into(), body: body.into(), ..Self::default() }
    }

    /// Adds a parent.
    #[must_use]
    pub fn with_parent(mut self, parent: Parent) -> Self {
        self.parents.push(parent);
        self
    }

    /// Sets one value of `meta`.
    #[must_use]
    pub fn with_meta(mut self, key: &str, value: impl Into<serde_json::Value>) -> Self {
        self.meta.insert(key.to_owned(), value.into());
        self
    }

    /// Names the run that posts it.
    #[must_use]
    pub fn with_run(mut self, run: impl ToString) -> Self {
        self.run_id = Some(run.to_string());
        self
    }
}

/// A message as it was read from a bus.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Message {
    /// Its id: `MSG-<ULID>`, a seed system's id, or absent for text without a record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub msg_id: Option<String>,
    /// Where a reader stands that has read this message; `since` takes it.
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub cursor: Cursor,
    /// When it was appended; absent for text without a record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ts: Option<Timestamp>,
    /// Its type; INFO for text without a record.
    #[serde(rename = "type")]
    pub kind: MessageKind,
    /// The project it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_id: Option<String>,
    /// The task it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_id: Option<String>,
    /// The run that posted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,
    /// An issue it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issue_id: Option<String>,
    /// What it follows from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parents: Vec<Parent>,
    /// What it refers to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// Anything else.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub meta: BTreeMap<String, serde_json::Value>,
    /// The text, byte for byte as it was appended.
    pub body: String,
    /// Whether this is text that stands in the file without a record (`echo >>`, older tools).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub plain: bool,
}

impl Message {
    /// The id, where the message is a record of our format.
    pub fn id(&self) -> Option<MessageId> {
        self.msg_id.as_deref().and_then(|id| MessageId::parse(id).ok())
    }
}
