//! What a reader asks for.

use jiff::Timestamp;
use ulid::Ulid;

use crate::model::{Cursor, Message, MessageId, MessageKind};

use super::record;

/// Which messages to read. The default is all of them; every field narrows it down.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    /// Those after this place.
    pub after: Option<Cursor>,
    /// The last so many of those that match.
    pub last: Option<usize>,
    /// The first so many of those that match.
    pub limit: Option<usize>,
    /// Those of one of these types, in any case of letters; empty: of any.
    pub kinds: Vec<MessageKind>,
    /// Those that follow from the message with this id.
    pub parent: Option<String>,
    /// Those posted by this run.
    pub run: Option<String>,
    /// Those of this project.
    pub project: Option<String>,
    /// Those of this task, on a bus of a project.
    pub task: Option<String>,
    /// Those that refer to this address.
    pub link: Option<String>,
    /// Those with these values in `meta`; texts are compared without quotes.
    pub meta: Vec<(String, String)>,
    /// Those appended at this time or later. Text without a record has no time and is left out.
    pub since_time: Option<Timestamp>,
}

impl Query {
    /// The last `count` messages.
    pub fn last(count: usize) -> Self {
        Self { last: Some(count), ..Self::default() }
    }

    /// All messages after `cursor`.
    pub fn after(cursor: Cursor) -> Self {
        Self { after: Some(cursor), ..Self::default() }
    }

    /// Those of one type.
    #[must_use]
    pub fn kind(mut self, kind: &str) -> Self {
        self.kinds.push(kind.into());
        self
    }

    /// Whether a message is one of those asked for, wherever it stands.
    pub fn matches(&self, message: &Message) -> bool {
        let follows = |parent: &String| message.parents.iter().any(|one| one.msg_id == *parent);
        let refers = |link: &String| message.links.iter().any(|one| one.url == *link);
        let says = |(key, value): &(String, String)| {
            message.meta.get(key).is_some_and(|there| record::meta_text(there) == value.as_str())
        };
        (self.kinds.is_empty() || self.kinds.iter().any(|kind| kind.is_called(message.kind.as_str())))
            && self.parent.as_ref().is_none_or(follows)
            && self.run.as_ref().is_none_or(|run| message.run_id.as_ref() == Some(run))
            && self.project.as_ref().is_none_or(|project| message.project_id.as_ref() == Some(project))
            && self.task.as_ref().is_none_or(|task| message.task_id.as_ref() == Some(task))
            && self.link.as_ref().is_none_or(refers)
            && self.meta.iter().all(says)
            && self.since_time.is_none_or(|since| message.ts.is_some_and(|ts| ts >= since))
    }

    /// Where reading has to begin. An id is never older than the time of its message, so that a
    /// time can be searched for like an id.
    pub(super) fn begin(&self) -> Cursor {
        let by_time = self.since_time.map(|since| {
            let millisecond = since.as_millisecond().clamp(0, (1 << 48) - 1).cast_unsigned();
            let first = Ulid::from_parts(millisecond, 0);
            MessageId(Ulid(first.0.saturating_sub(1)))
        });
        let after = self.after.unwrap_or(Cursor::START);
        match by_time {
            Some(id) if after.last < Some(id) => Cursor::after(id),
            _ => after,
        }
    }
}
