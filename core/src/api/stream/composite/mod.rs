//! The cursor of a stream of several subscriptions: all that resumes it, in one short opaque text.
//!
//! It names each subscription, what it is about and where its reader stands, so that a client needs
//! to keep nothing else and a server nothing at all. Every frame carries the whole of it: only then
//! does the last frame that arrived resume the stream without repeating one. Ids of projects, tasks
//! and runs stand in it once, which keeps 24 subscriptions near a kilobyte. Its length is bounded,
//! as it travels in a header: what would go beyond is refused when a subscription is added.
//!
//! The form, in base64 for addresses: version, the words, the subscriptions, CRC-32C of what stands
//! before. Numbers are LEB128, words and names a length and UTF-8.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::place::{LogPlace, Mark, Place};
use super::topic::{LogStream, Topic};
use crate::api::ApiError;
use crate::model::{Cursor, MessageId, ProjectId, RunId, TaskId};
use crate::store::JournalCursor;

mod bytes;

use bytes::{Reader, Writer};

/// Bytes of the longest cursor.
pub const MAX_CURSOR: usize = 12 << 10;
/// Subscriptions of one stream at most.
pub const MAX_SUBSCRIPTIONS: usize = 128;
/// Bytes of the longest name of a subscription.
pub const MAX_NAME: usize = 64;

const VERSION: u8 = 1;

/// The subscriptions of a stream by their names, and where the reader of each stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Composite(pub BTreeMap<Arc<str>, (Topic, Place)>);

impl Composite {
    /// Its text form.
    pub fn encode(&self) -> String {
        let mut out = Writer::new();
        for (name, (topic, place)) in &self.0 {
            out.text(name);
            write_topic(topic, &mut out);
            write_place(place, &mut out);
        }
        let mut all = vec![VERSION];
        all.extend(out.finish(self.0.len()));
        let sum = crc32c::crc32c(&all);
        all.extend(sum.to_le_bytes());
        URL_SAFE_NO_PAD.encode(all)
    }

    /// Takes the text form.
    ///
    /// # Errors
    /// When it is none.
    pub fn decode(text: &str) -> Result<Self, ApiError> {
        decode(text).ok_or_else(|| {
            ApiError::usage("this is no cursor of a stream")
                .with_hint("give back the id of the last frame as it came; without one, a stream begins anew")
        })
    }

    /// Bytes that its text form can grow to as its readers go on.
    pub fn longest(&self) -> usize {
        // The longest form of a place is that of the journal: two ids and a sign.
        const PLACE: usize = 33;
        self.encode().len() + (self.0.len() * PLACE * 4).div_ceil(3)
    }
}

/// Whether a client may call a subscription that.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= MAX_NAME && !name.contains(char::is_control)
}

fn decode(text: &str) -> Option<Composite> {
    let all = Some(text).filter(|text| text.len() <= MAX_CURSOR)?;
    let all = URL_SAFE_NO_PAD.decode(all).ok()?;
    let (content, sum) = all.split_last_chunk::<4>()?;
    if crc32c::crc32c(content) != u32::from_le_bytes(*sum) {
        return None;
    }
    let (version, content) = content.split_first()?;
    let mut from = Reader::new(content).filter(|_| *version == VERSION)?;
    let count = from.size().filter(|count| *count <= MAX_SUBSCRIPTIONS)?;
    let mut all = BTreeMap::new();
    for _ in 0..count {
        let name: Arc<str> = from.text().filter(|name| is_name(name))?.into();
        let topic = read_topic(&mut from)?;
        let place = read_place(&topic, &mut from)?;
        all.insert(name, (topic, place));
    }
    (from.is_empty() && all.len() == count).then_some(Composite(all))
}

fn write_topic(topic: &Topic, out: &mut Writer) {
    match topic {
        Topic::Events { project, task } => {
            out.byte(0);
            out.word_if(project.as_ref().map(ProjectId::as_str));
            out.word_if(task.as_ref().map(TaskId::as_str));
        }
        Topic::Messages { project, task } => {
            out.byte(1);
            out.word_if(Some(project.as_str()));
            out.word_if(task.as_ref().map(TaskId::as_str));
        }
        Topic::Log { project, task, run, stream } => {
            out.byte(match stream {
                LogStream::Stdout => 2,
                LogStream::Stderr => 3,
                LogStream::Events => 4,
            });
            out.word_if(Some(project.as_str()));
            out.word_if(Some(task.as_str()));
            out.word_if(Some(run.as_str()));
        }
    }
}

fn read_topic(from: &mut Reader<'_>) -> Option<Topic> {
    let kind = from.byte()?;
    let project = from.word_if()?.map(ProjectId::from_disk).transpose().ok()?;
    let task = from.word_if()?.map(TaskId::from_disk).transpose().ok()?;
    let stream = match kind {
        0 => return Some(Topic::Events { project, task }),
        1 => return Some(Topic::Messages { project: project?, task }),
        2 => LogStream::Stdout,
        3 => LogStream::Stderr,
        4 => LogStream::Events,
        _ => return None,
    };
    let run = RunId::from_disk(from.word_if()??).ok()?;
    Some(Topic::Log { project: project?, task: task?, run, stream })
}

fn write_place(place: &Place, out: &mut Writer) {
    match place {
        Place::Events(at) => {
            out.byte(u8::from(at.is_some()));
            if let Some(at) = at {
                out.ulid(at.epoch);
                out.ulid(at.id.0);
            }
        }
        Place::Messages(at) => {
            out.byte(u8::from(at.last.is_some()));
            if let Some(id) = at.last {
                out.ulid(id.0);
            }
            out.number(at.text);
        }
        Place::Log(at) => {
            out.byte(u8::from(at.mark.is_some()));
            if let Some(mark) = at.mark {
                out.fixed(mark.file);
                out.fixed(mark.content);
            }
            out.number(at.offset);
        }
    }
}

fn read_place(topic: &Topic, from: &mut Reader<'_>) -> Option<Place> {
    let has = match from.byte()? {
        0 => false,
        1 => true,
        _ => return None,
    };
    Some(match topic {
        Topic::Events { .. } if has => {
            Place::Events(Some(JournalCursor { epoch: from.ulid()?, id: MessageId(from.ulid()?) }))
        }
        Topic::Events { .. } => Place::Events(None),
        Topic::Messages { .. } => {
            let last = if has { Some(MessageId(from.ulid()?)) } else { None };
            Place::Messages(Cursor { last, text: from.number()? })
        }
        Topic::Log { .. } => {
            let mark = if has { Some(Mark { file: from.fixed()?, content: from.fixed()? }) } else { None };
            Place::Log(LogPlace { offset: from.number()?, mark, file: None })
        }
    })
}

#[cfg(test)]
mod tests;
