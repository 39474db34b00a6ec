//! What happens on a root, as it happens: the news of its journal.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ApiError, App};
use crate::logs::watch::{Watch, Watcher};
use crate::model::ProjectId;
use crate::store::{
    Journal, JournalCursor, JournalEntry, JournalFollower, JournalRead, RunSummary, TaskSummary,
};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct News {
    /// Where a reader stands that has seen it.
    pub cursor: String,
    /// `task.queued`, `run.started`, …
    pub what: String,
    /// When.
    pub at: Timestamp,
    /// The task, as its supervisor wrote it then.
    #[cfg_attr(feature = "server", schema(value_type = Object))]
    pub task: TaskSummary,
    /// The run that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "server", schema(value_type = Option<Object>))]
    pub run: Option<RunSummary>,
}

/// News in their order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct NewsPage {
    /// The news.
    pub items: Vec<News>,
    /// Where a reader stands that has seen them: `after` takes it.
    pub next: String,
    /// Whether the past is gone: what happened between `after` and `next` is not known any more, as the journal
    /// was made anew or old records were dropped. Read the lists again, then go on from `next`.
    #[serde(default)]
    pub resync: bool,
}

impl NewsPage {
    /// Whether there is nothing to tell.
    pub fn is_nothing(&self) -> bool {
        self.items.is_empty() && !self.resync
    }
}

/// A reader of the journal.
pub struct NewsFeed {
    follower: JournalFollower,
    project: Option<ProjectId>,
    watch: Watch,
}

impl App {
    /// The news after a place, or from now on; of one project, where one is named. What is not news (the records
    /// by which a lost journal was made anew) is left out.
    ///
    /// # Errors
    /// When there is no root or no such project, or for a place that is none.
    pub fn news(&self, after: Option<&str>) -> Result<NewsFeed, ApiError> {
        let project = self.named_project()?;
        let journal = Journal::open(self.root()?)?;
        let watch = Watcher::global().watch(&journal.path());
        let from = match after {
            None => journal.end()?,
            Some("") => None,
            Some(after) => Some(JournalCursor::parse(after)?),
        };
        Ok(NewsFeed { follower: journal.follow(from)?, project, watch })
    }
}

impl NewsFeed {
    /// What is new now.
    ///
    /// # Errors
    /// When the journal cannot be read; it can be asked again.
    pub fn poll(&mut self) -> Result<NewsPage, ApiError> {
        let read = self.follower.poll()?;
        Ok(self.page(read))
    }

    /// What is new; waits for it at most so long.
    ///
    /// # Errors
    /// As [`NewsFeed::poll`].
    pub fn wait(&mut self, limit: Duration) -> Result<NewsPage, ApiError> {
        let read = self.follower.wait(limit)?;
        Ok(self.page(read))
    }

    /// Resolves when there may be news.
    pub async fn changed(&self) {
        self.watch.changed().await;
    }

    fn page(&self, read: JournalRead) -> NewsPage {
        let (entries, resync) = match read {
            JournalRead::Entries(entries) => (entries, false),
            JournalRead::Resync(_) => (Vec::new(), true),
        };
        let is_wanted = |entry: &JournalEntry| {
            entry.is_news && self.project.as_ref().is_none_or(|project| *project == entry.record.task.project)
        };
        let items = entries.into_iter().filter(is_wanted).map(News::from).collect();
        let next = self.follower.cursor().map(|cursor| cursor.to_string()).unwrap_or_default();
        NewsPage { items, next, resync }
    }
}

impl From<JournalEntry> for News {
    fn from(entry: JournalEntry) -> Self {
        let JournalEntry { cursor, record, .. } = entry;
        Self {
            cursor: cursor.to_string(),
            what: record.kind,
            at: record.at,
            task: record.task,
            run: record.run,
        }
    }
}
