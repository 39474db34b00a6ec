//! A bus behind a server.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use reqwest::Method;

use super::Remote;
use super::http::{Events, Request};
use crate::api::ApiError;
use crate::api::page::MOST;
use crate::api::requests::Post;
use crate::api::talk::{MessagePage, PostedView};
use crate::bus::Query;
use crate::host::{HostBus, MessageReader};
use crate::model::Message;

/// How long until a stream that ended is opened again.
const BREAK: Duration = Duration::from_millis(200);

pub struct RemoteBus<'a> {
    pub remote: &'a Remote,
    pub project: String,
    pub task: Option<String>,
}

impl RemoteBus<'_> {
    fn path<'b>(&'b self, what: &'b str) -> Vec<&'b str> {
        match &self.task {
            Some(task) => vec!["projects", &self.project, "tasks", task, what],
            None => vec!["projects", &self.project, what],
        }
    }

    fn request(&self) -> Request<'_> {
        self.remote.http.request(Method::GET, &self.path("messages"))
    }

    /// As [`RemoteBus::request`], for messages that a query wants.
    fn asked(&self, query: &Query) -> Request<'_> {
        let kinds: Vec<&str> = query.kinds.iter().map(|kind| kind.as_str()).collect();
        let meta: serde_json::Map<_, _> =
            query.meta.iter().map(|(key, value)| (key.clone(), value.clone().into())).collect();
        let meta = (!meta.is_empty()).then(|| serde_json::Value::from(meta));
        let request = self.request().query_if("type", (!kinds.is_empty()).then(|| kinds.join(",")));
        let request = request.query_if("run", query.run.as_ref()).query_if("parent", query.parent.as_ref());
        let request = request.query_if("link", query.link.as_ref()).query_if("meta", meta);
        request.query_if("since", query.since_time)
    }

    /// All that is asked for, page by page.
    fn pages(&self, query: &Query, since: Option<&str>) -> Result<Vec<Message>, ApiError> {
        let mut found = Vec::new();
        let mut after = since.map(str::to_owned);
        loop {
            let left = query.limit.filter(|_| query.last.is_none()).map(|limit| limit - found.len());
            let size = left.unwrap_or(MOST).min(MOST);
            if size == 0 {
                return Ok(found);
            }
            let request = self.asked(query).query("limit", size).query_if("after", after.as_ref());
            let page: MessagePage = request.answer()?;
            let is_last = page.items.len() < size;
            found.extend(page.items);
            if is_last {
                return Ok(found);
            }
            after = page.next;
        }
    }
}

impl HostBus for RemoteBus<'_> {
    fn post(&self, post: Post, files: &[PathBuf]) -> Result<PostedView, ApiError> {
        let mut links = post.links.clone();
        links.extend(self.remote.attach(&self.path("attachments"), files)?);
        let run = self.remote.calling.as_ref().and_then(|calling| calling.run.clone());
        self.remote.http.post_once(&self.path("messages"), &Post { links, run, ..post })
    }

    fn read(&self, query: &Query, since: Option<&str>) -> Result<Vec<Message>, ApiError> {
        if let (Some(last @ 1..=MOST), None, None) = (query.last, since, query.limit) {
            let page: MessagePage = self.asked(query).query("last", last).answer()?;
            return Ok(page.items);
        }
        let mut found = if query.last == Some(0) { Vec::new() } else { self.pages(query, since)? };
        if let Some(last) = query.last {
            found.drain(..found.len().saturating_sub(last));
        }
        found.truncate(query.limit.unwrap_or(usize::MAX));
        Ok(found)
    }

    fn follow(&self, query: &Query, since: Option<&str>) -> Result<Box<dyn MessageReader + '_>, ApiError> {
        // The place is taken before what is there is read: what comes in between is shown once, by the follower.
        let end: MessagePage = self.request().query("last", 1).answer()?;
        let mut there = if query.last == Some(0) { Vec::new() } else { self.read(query, since)? };
        let last = end.items.last().map(|message| message.cursor);
        there.retain(|message| last.is_some_and(|last| message.cursor <= last));
        let (there, after) = (Some(there), end.next);
        Ok(Box::new(RemoteMessages { bus: self, there, after, events: None, query: query.clone() }))
    }
}

struct RemoteMessages<'a> {
    bus: &'a RemoteBus<'a>,
    /// What is there already.
    there: Option<Vec<Message>>,
    /// The place behind what was handed out; a stream that breaks is opened again there.
    after: Option<String>,
    events: Option<Events>,
    query: Query,
}

impl RemoteMessages<'_> {
    /// The next message; none where the time is over or the stream ended.
    fn look(&mut self, limit: Duration) -> Result<Option<Message>, ApiError> {
        let http = &self.bus.remote.http;
        if self.events.is_none() {
            let request = http.request(Method::GET, &[&self.bus.path("messages")[..], &["stream"]].concat());
            self.events = Some(request.query_if("after", self.after.as_ref()).events()?);
        }
        let Some(events) = &mut self.events else { return Ok(None) };
        let Ok(event) = http.next(events, limit) else { return Ok(None) };
        match event {
            Some(event) if event.event == "message" => {
                let message = serde_json::from_str(&event.data).map_err(|_| http.foreign())?;
                self.after = Some(event.id);
                Ok(Some(message))
            }
            Some(event) if event.event == "problem" => Err(http.told(&event.data)),
            Some(event) if event.event != "end" => Ok(None),
            _ => {
                self.events = None;
                std::thread::sleep(BREAK.min(limit));
                Ok(None)
            }
        }
    }
}

impl MessageReader for RemoteMessages<'_> {
    fn next(&mut self, limit: Duration) -> Result<Vec<Message>, ApiError> {
        if let Some(there) = self.there.take() {
            return Ok(there);
        }
        let until = Instant::now() + limit;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let found = self.look(left)?.filter(|message| self.query.matches(message));
            if found.is_some() || left.is_zero() {
                return Ok(found.into_iter().collect());
            }
        }
    }
}
