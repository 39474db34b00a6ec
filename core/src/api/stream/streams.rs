//! All live streams of a process: what is watched, by whom, and the way in.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::{Semaphore, watch};

use super::bus::BusSource;
use super::composite::Composite;
use super::feed::{Feed, Source};
use super::journal::JournalSource;
use super::log::LogSource;
use super::place::Place;
use super::session::{Control, Session, Shared};
use super::single::Single;
use super::subscription::Subscription;
use super::topic::Topic;
use crate::api::ApiError;
use crate::bus::Bus;
use crate::logs::LiveMask;
use crate::store::{Journal, Root, StoreError};

/// The live streams of a process. Cheap to clone; all clones share what they read. Subscriptions are
/// opened within a runtime, which has to live as long as they do; opening blocks on the disk.
#[derive(Clone)]
pub struct Streams(Arc<Inner>);

struct Inner {
    roots: Vec<Root>,
    mask: LiveMask,
    /// By the file that is read. One that nobody watches any more is gone.
    feeds: Mutex<HashMap<PathBuf, Weak<Feed>>>,
    sessions: Mutex<HashMap<String, Arc<Shared>>>,
    closing: watch::Sender<bool>,
}

impl Streams {
    /// The streams of these roots, hidden in all of them what is known to be secret when it is read. Changes of
    /// state are those of the first root.
    pub fn new(roots: Vec<Root>, mask: LiveMask) -> Self {
        Self(Arc::new(Inner {
            roots,
            mask,
            feeds: Mutex::default(),
            sessions: Mutex::default(),
            closing: watch::Sender::new(false),
        }))
    }

    /// A stream of one topic from a place on.
    ///
    /// # Errors
    /// When what it is about is not there or cannot be opened.
    pub fn single(&self, topic: &Topic, place: Place) -> Result<Single, ApiError> {
        let subscription = self.subscribe(topic, place, None)?;
        Ok(Single::new(subscription, self.0.closing.subscribe()))
    }

    /// A stream of several subscriptions, those of `resumed` to begin with. Only its `owner` may add and
    /// drop some.
    pub fn session(&self, owner: &str, resumed: Composite) -> Session {
        Session::open(self, owner, resumed, self.0.closing.subscribe())
    }

    /// What adds and drops the subscriptions of a stream.
    ///
    /// # Errors
    /// When there is no such stream of this owner.
    pub fn control(&self, session: &str, owner: &str) -> Result<Control, ApiError> {
        let shared = self.sessions().get(session).filter(|shared| shared.is_owned_by(owner)).cloned();
        let shared = shared.ok_or_else(|| {
            ApiError::not_found("no stream with this id is open")
                .with_hint("its first frame tells the id, which holds until the stream breaks")
        })?;
        Ok(Control::new(self.clone(), shared))
    }

    /// Ends all streams, those that are opened later as well.
    pub fn close(&self) {
        self.0.closing.send_replace(true);
    }

    /// How many files are read at the moment.
    pub fn watched(&self) -> usize {
        self.feeds().values().filter(|feed| feed.strong_count() > 0).count()
    }

    pub(super) fn subscribe(
        &self,
        topic: &Topic,
        place: Place,
        limit: Option<Arc<Semaphore>>,
    ) -> Result<Subscription, ApiError> {
        let (path, source) = self.source(topic)?;
        let mut feeds = self.feeds();
        let feed = feeds.get(&path).and_then(Weak::upgrade).unwrap_or_else(|| {
            let feed = Arc::new(Feed::new(source));
            feeds.retain(|_, feed| feed.strong_count() > 0);
            feeds.insert(path, Arc::downgrade(&feed));
            feed
        });
        Ok(Subscription::new(feed, topic, place, limit))
    }

    pub(super) fn sessions(&self) -> MutexGuard<'_, HashMap<String, Arc<Shared>>> {
        self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a topic is read from, and the file by which it is known.
    fn source(&self, topic: &Topic) -> Result<(PathBuf, Arc<dyn Source>), ApiError> {
        let mask = self.0.mask.clone();
        Ok(match topic {
            Topic::Events { .. } => {
                let journal = Journal::open(self.first_root()?)?;
                (journal.path(), Arc::new(JournalSource::new(journal, mask)))
            }
            Topic::Messages { project, task } => {
                let bus = match task {
                    Some(task) => Bus::task(&self.find(|root| root.task(project, task))?),
                    None => Bus::project(&self.find(|root| root.project(project))?),
                };
                (bus.path(), Arc::new(BusSource::new(bus, mask)))
            }
            Topic::Log { project, task, run, stream } => {
                let run = self.find(|root| root.task(project, task)?.run(run))?;
                (run.file_path(stream.file()), Arc::new(LogSource::new(run, *stream, mask)))
            }
        })
    }

    fn first_root(&self) -> Result<&Root, ApiError> {
        self.0.roots.first().ok_or_else(|| ApiError::not_found("there is no root"))
    }

    /// What the first of the roots has that has it.
    fn find<T>(&self, open: impl Fn(&Root) -> Result<T, StoreError>) -> Result<T, ApiError> {
        let mut found = open(self.first_root()?);
        for root in &self.0.roots[1..] {
            match found {
                Err(error) if error.is_not_found() => found = open(root),
                _ => break,
            }
        }
        Ok(found?)
    }

    fn feeds(&self) -> MutexGuard<'_, HashMap<PathBuf, Weak<Feed>>> {
        self.0.feeds.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
