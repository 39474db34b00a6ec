//! A bus of this process's root.

use std::path::PathBuf;
use std::time::Duration;

use crate::api::messages::OpenBus;
use crate::api::requests::Post;
use crate::api::talk::PostedView;
use crate::api::{ApiError, App};
use crate::bus::{Follower, Query};
use crate::host::{HostBus, MessageReader};
use crate::model::Message;

pub struct LocalBus<'a> {
    pub app: &'a App,
    pub open: OpenBus,
}

impl HostBus for LocalBus<'_> {
    fn post(&self, post: Post, files: &[PathBuf]) -> Result<PostedView, ApiError> {
        let (sync, bus) = (post.sync, &self.open.bus);
        let mut message = post.message();
        self.app.sign(&mut message);
        for file in files {
            self.open.attach(file, &mut message)?;
        }
        let msg_id = if sync { bus.append_sync(&message)? } else { bus.append(&message)? };
        Ok(PostedView { msg_id: msg_id.to_string(), bus: bus.path().display().to_string() })
    }

    fn read(&self, query: &Query, since: Option<&str>) -> Result<Vec<Message>, ApiError> {
        match since {
            Some(since) => self.open.after(since, query),
            None => Ok(self.open.bus.read(query)?),
        }
    }

    fn follow(&self, query: &Query, since: Option<&str>) -> Result<Box<dyn MessageReader + '_>, ApiError> {
        // The place is taken before what is there is read: what comes in between is shown once, by the follower.
        let end = self.open.bus.end()?;
        let mut there = if query.last == Some(0) { Vec::new() } else { self.read(query, since)? };
        there.retain(|message| message.cursor <= end);
        let follower = self.open.bus.follow(end)?;
        Ok(Box::new(LocalMessages { there: Some(there), follower, query: query.clone() }))
    }
}

struct LocalMessages {
    /// What is there already.
    there: Option<Vec<Message>>,
    follower: Follower,
    query: Query,
}

impl MessageReader for LocalMessages {
    fn next(&mut self, limit: Duration) -> Result<Vec<Message>, ApiError> {
        if let Some(there) = self.there.take() {
            return Ok(there);
        }
        let mut found = self.follower.wait(limit)?;
        found.retain(|message| self.query.matches(message));
        Ok(found)
    }
}
