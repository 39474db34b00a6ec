//! Messages as faces read and post them: pages, one by its id, and what belongs to one.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::messages::OpenBus;
use super::once::OnceKey;
use super::page::PageRequest;
use super::{ApiError, App};
use crate::bus::{Bus, Once, Query};
use crate::logs::Mask;
use crate::model::{Cursor, Message, MessageId, MessageKind, NewMessage, ProjectId};
use crate::store::{ProjectDir, RunDir, TaskDir};
use crate::supervisor::intent::bus_settings;

/// Messages of a thread at most.
const THREAD: usize = 1000;

/// Which messages of a bus.
#[derive(Debug, Clone, Default)]
pub struct MessageQuery {
    /// After this id or cursor; absent: from the beginning.
    pub after: Option<String>,
    /// The last so many instead.
    pub last: Option<usize>,
    /// At most so many.
    pub limit: Option<usize>,
    /// Of one of these types.
    pub kinds: Vec<String>,
    /// Posted by this run.
    pub run: Option<String>,
    /// That follow from this message.
    pub parent: Option<String>,
    /// Of this task, on a bus of a project.
    pub task: Option<String>,
    /// That refer to this address.
    pub link: Option<String>,
    /// That have these values.
    pub meta: Vec<(String, String)>,
    /// Appended at this time or later.
    pub since: Option<Timestamp>,
}

/// Messages in the order of the bus.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct MessagePage {
    /// The messages.
    pub items: Vec<Message>,
    /// Where a reader stands that has read them: `after` takes it, also when nothing more is there yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A message that was posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PostedView {
    /// Its id.
    pub msg_id: String,
    /// The file of the bus.
    pub bus: String,
}

impl App {
    /// The bus of a task.
    pub fn bus_of_task(&self, task: &TaskDir) -> OpenBus {
        let bus = Bus::task(task).with_settings(bus_settings(self.config()));
        OpenBus { bus, folder: task.dir().clone(), root: task.root().clone() }
    }

    /// The bus of a project.
    ///
    /// # Errors
    /// When there is no such project.
    pub fn bus_of_project(&self, id: &ProjectId) -> Result<OpenBus, ApiError> {
        Ok(self.open_bus_of(&self.root()?.project(id)?))
    }

    pub(super) fn open_bus_of(&self, project: &ProjectDir) -> OpenBus {
        let bus = Bus::project(project).with_settings(bus_settings(self.config()));
        OpenBus { bus, folder: project.dir().clone(), root: project.root().clone() }
    }

    /// Messages of a bus, known secrets masked.
    ///
    /// # Errors
    /// When it cannot be read, or what is asked makes no sense.
    pub fn messages(&self, open: &OpenBus, query: &MessageQuery) -> Result<MessagePage, ApiError> {
        if query.after.is_some() && query.last.is_some() {
            return Err(ApiError::usage("after and last cannot be asked together").with_hint("leave one out"));
        }
        let limit = PageRequest { cursor: None, limit: query.last.or(query.limit) }.size()?;
        let asked = Query {
            last: query.last.map(|_| limit),
            limit: query.last.is_none().then_some(limit),
            kinds: query.kinds.iter().map(|kind| MessageKind::from(kind.as_str())).collect(),
            parent: query.parent.clone(),
            run: query.run.clone(),
            task: query.task.clone(),
            link: query.link.clone(),
            meta: query.meta.clone(),
            since_time: query.since,
            ..Query::default()
        };
        let found = match &query.after {
            Some(after) => open.after(after, &asked)?,
            None => open.bus.read(&asked)?,
        };
        let next = found.last().map(|last| last.cursor.to_string()).or_else(|| query.after.clone());
        let mask = Mask::new(&self.secrets());
        Ok(MessagePage { next, items: found.into_iter().map(|message| masked(message, &mask)).collect() })
    }

    /// A message, what it follows from, and what follows from it, in the order of the bus.
    ///
    /// # Errors
    /// When there is no such message.
    pub fn thread(&self, open: &OpenBus, id: MessageId) -> Result<MessagePage, ApiError> {
        let missing = || ApiError::not_found(format_args!("no message {id}"));
        let start = open.bus.get(id)?.ok_or_else(missing)?;
        let mut known: BTreeSet<MessageId> = BTreeSet::new();
        let mut thread = Vec::new();
        let mut above = vec![start];
        while let Some(message) = above.pop() {
            let Some(id) = message.id() else { continue };
            if !known.insert(id) || known.len() > THREAD {
                continue;
            }
            for parent in message.parents.iter().filter(|parent| parent.at.is_none()) {
                let Ok(parent) = MessageId::parse(&parent.msg_id) else { continue };
                above.extend(open.bus.get(parent)?);
            }
            thread.push(message);
        }
        if let Some(first) = known.first() {
            self.replies(open, Cursor::after(*first), &known, &mut thread)?;
        }
        thread.sort_by_key(|message| message.cursor);
        let mask = Mask::new(&self.secrets());
        Ok(MessagePage {
            next: None,
            items: thread.into_iter().map(|message| masked(message, &mask)).collect(),
        })
    }

    /// What follows from the known messages stands behind the first of them.
    fn replies(
        &self,
        open: &OpenBus,
        after: Cursor,
        above: &BTreeSet<MessageId>,
        thread: &mut Vec<Message>,
    ) -> Result<(), ApiError> {
        let mut known: HashSet<String> = above.iter().map(ToString::to_string).collect();
        for message in open.bus.messages(after)? {
            let message = message?;
            let follows = message.parents.iter().any(|parent| known.contains(&parent.msg_id));
            let id = message.msg_id.clone().filter(|id| follows && !known.contains(id));
            if let Some(id) = id {
                known.insert(id);
                thread.push(message);
            }
            if thread.len() >= THREAD {
                break;
            }
        }
        Ok(())
    }

    /// Posts a message; who posts it is said in `meta.by`, where a name is known. `run`: the run that does,
    /// where it is not the calling one. `sync`: returns only when it is on disk.
    ///
    /// # Errors
    /// When it has neither a text nor a link, the run is none of the bus's, or it cannot be appended.
    pub fn post(
        &self,
        open: &OpenBus,
        message: NewMessage,
        run: Option<&RunDir>,
        sync: bool,
    ) -> Result<PostedView, ApiError> {
        self.post_by(open, message, run, sync, None)
    }

    /// As [`App::post`], once for a key.
    ///
    /// # Errors
    /// As [`App::post`], and where the key was used for something else.
    pub fn post_once(
        &self,
        key: Option<&OnceKey>,
        open: &OpenBus,
        message: NewMessage,
        run: Option<&RunDir>,
        sync: bool,
    ) -> Result<PostedView, ApiError> {
        self.once(key, |once| self.post_by(open, message, run, sync, once.as_ref()))
    }

    fn post_by(
        &self,
        open: &OpenBus,
        mut message: NewMessage,
        run: Option<&RunDir>,
        sync: bool,
        once: Option<&Once>,
    ) -> Result<PostedView, ApiError> {
        if message.body.trim().is_empty() && message.links.is_empty() {
            return Err(ApiError::usage("the message has no text").with_hint("say it in `body`"));
        }
        match run {
            None => self.sign(&mut message),
            Some(run) => {
                message.run_id = Some(run.id().to_string());
                message.project_id = Some(run.project().to_string());
                message.task_id = Some(run.task().to_string());
            }
        }
        if let Some(by) = self.caller.by.as_ref().filter(|_| run.is_none()) {
            message = message.with_meta("by", by.clone());
        }
        let msg_id = match sync {
            true => open.bus.append_once_sync(message, once)?,
            false => open.bus.append_once(message, once)?,
        };
        Ok(PostedView { msg_id: msg_id.to_string(), bus: open.bus.path().display().to_string() })
    }
}

/// A message with known secrets hidden in all that whoever posted it chose.
fn masked(mut message: Message, mask: &Mask) -> Message {
    if mask.longest() == 0 {
        return message;
    }
    hide(&mut message.body, mask);
    for link in &mut message.links {
        hide(&mut link.url, mask);
        link.label.iter_mut().chain(&mut link.kind).for_each(|text| hide(text, mask));
    }
    for parent in &mut message.parents {
        parent.kind.iter_mut().for_each(|text| hide(text, mask));
        hide_map(&mut parent.meta, mask);
    }
    hide_map(&mut message.meta, mask);
    message
}

fn hide(text: &mut String, mask: &Mask) {
    let (shown, _) = mask.part(text.as_bytes());
    *text = String::from_utf8_lossy(&shown).into_owned();
}

fn hide_map(map: &mut BTreeMap<String, Value>, mask: &Mask) {
    let hidden = std::mem::take(map).into_iter().map(|(mut key, mut value)| {
        hide(&mut key, mask);
        hide_value(&mut value, mask);
        (key, value)
    });
    *map = hidden.collect();
}

fn hide_value(value: &mut Value, mask: &Mask) {
    match value {
        Value::String(text) => hide(text, mask),
        Value::Array(items) => items.iter_mut().for_each(|item| hide_value(item, mask)),
        Value::Object(map) => {
            let mut sorted = std::mem::take(map).into_iter().collect();
            hide_map(&mut sorted, mask);
            *map = sorted.into_iter().collect();
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
