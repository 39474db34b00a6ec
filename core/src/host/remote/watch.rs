//! What happens behind a server: asked for again and again, each time from where the last answer ended, so
//! that a connection that is cut loses and repeats nothing.

use std::time::{Duration, Instant};

use reqwest::Method;

use super::Remote;
use super::task::RemoteTask;
use crate::api::ApiError;
use crate::api::feed::{Moment, MomentPage};
use crate::api::news::NewsPage;
use crate::api::requests::LONGEST_POLL;
use crate::host::{MomentReader, NewsReader};

/// How long one request waits for something to tell.
const WAIT: Duration = Duration::from_secs(1);

pub struct RemoteMoments<'a> {
    task: &'a RemoteTask<'a>,
    history: bool,
    after: Option<String>,
    wait: Duration,
}

impl<'a> RemoteMoments<'a> {
    pub fn new(task: &'a RemoteTask<'a>, history: bool) -> Self {
        Self { task, history, after: None, wait: Duration::ZERO }
    }
}

impl MomentReader for RemoteMoments<'_> {
    fn poll(&mut self) -> Result<Vec<Moment>, ApiError> {
        let request = self.task.remote.http.request(Method::GET, &self.task.path(&["moments"]));
        let request = match &self.after {
            Some(after) => request.query("after", after),
            None => request.query("history", self.history),
        };
        let page: MomentPage = request.query("wait", self.wait.as_secs()).answer()?;
        self.after = Some(page.next);
        Ok(page.items)
    }

    fn wait(&mut self, deadline: Option<Instant>) {
        let left = deadline.map_or(WAIT, |deadline| deadline.saturating_duration_since(Instant::now()));
        if left < WAIT {
            std::thread::sleep(left);
        }
        // The server waits, by whole seconds.
        self.wait = left.min(WAIT);
    }
}

pub struct RemoteNews<'a> {
    remote: &'a Remote,
    after: String,
}

impl<'a> RemoteNews<'a> {
    /// From now on.
    pub fn begin(remote: &'a Remote) -> Result<Self, ApiError> {
        let request = remote.http.request(Method::GET, &["news"]);
        let page: NewsPage = request.query_if("project", remote.project.as_ref()).answer()?;
        Ok(Self { remote, after: page.next })
    }
}

impl NewsReader for RemoteNews<'_> {
    fn next(&mut self, limit: Duration) -> Result<NewsPage, ApiError> {
        if limit < WAIT {
            std::thread::sleep(limit);
        }
        let request = self.remote.http.request(Method::GET, &["news"]).query("after", &self.after);
        let request = request.query_if("project", self.remote.project.as_ref());
        let page: NewsPage = request.query("wait", limit.as_secs().min(LONGEST_POLL)).answer()?;
        self.after.clone_from(&page.next);
        Ok(page)
    }
}
