//! Adding and dropping subscriptions from outside of the stream.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Semaphore, mpsc};
use ulid::Ulid;

use super::super::composite::{Composite, MAX_CURSOR, MAX_NAME, MAX_SUBSCRIPTIONS, is_name};
use super::{Place, Streams, Subscription, Topic};
use crate::api::ApiError;

/// Requests that a stream may be behind with.
const WAITING: usize = 2 * MAX_SUBSCRIPTIONS;
/// Parts of files that all subscriptions of a stream hold together at most.
const PARTS: usize = 2;

/// What a stream and those who change it share.
pub(in super::super) struct Shared {
    pub(super) id: String,
    owner: String,
    commands: mpsc::Sender<Command>,
    /// The subscriptions that are there or asked for, where they began.
    wanted: Mutex<Composite>,
    limit: Arc<Semaphore>,
}

/// A request to a stream.
pub(super) enum Command {
    Add { name: Arc<str>, topic: Topic, place: Place, subscription: Box<Subscription> },
    Drop { name: Arc<str> },
}

impl Shared {
    pub(super) fn new(owner: &str) -> (Arc<Self>, mpsc::Receiver<Command>) {
        let (commands, requests) = mpsc::channel(WAITING);
        let shared = Self {
            id: Ulid::generate().to_string(),
            owner: owner.to_owned(),
            commands,
            wanted: Mutex::default(),
            limit: Arc::new(Semaphore::new(PARTS)),
        };
        (Arc::new(shared), requests)
    }

    pub(in super::super) fn is_owned_by(&self, owner: &str) -> bool {
        self.owner == owner
    }

    /// Takes a name and opens what it is to stand for.
    pub(super) fn subscribe(
        &self,
        streams: &Streams,
        name: Arc<str>,
        topic: &Topic,
        place: Place,
    ) -> Result<Subscription, ApiError> {
        self.take_name(&name, topic, &place)?;
        let opened = streams.subscribe(topic, place, Some(Arc::clone(&self.limit)));
        if opened.is_err() {
            self.forget(&name);
        }
        opened
    }

    fn take_name(&self, name: &Arc<str>, topic: &Topic, place: &Place) -> Result<(), ApiError> {
        let mut wanted = self.wanted();
        if wanted.0.contains_key(name) {
            return Err(ApiError::conflict(format_args!("this stream has a subscription {name:?} already"))
                .with_hint("drop it first, or choose another name"));
        }
        wanted.0.insert(Arc::clone(name), (topic.clone(), place.clone()));
        if wanted.0.len() > MAX_SUBSCRIPTIONS || wanted.longest() > MAX_CURSOR {
            wanted.0.remove(name);
            return Err(ApiError::conflict("this stream has as many subscriptions as its cursor can name")
                .with_hint("drop some, or open another stream"));
        }
        Ok(())
    }

    /// Gives a name back, unless it stands for another subscription by now.
    pub(super) fn forget(&self, name: &Arc<str>) {
        let mut wanted = self.wanted();
        if wanted.0.get_key_value(name).is_some_and(|(taken, _)| Arc::ptr_eq(taken, name)) {
            wanted.0.remove(name);
        }
    }

    fn ask(&self, command: Command) -> Result<(), ApiError> {
        self.commands.try_send(command).map_err(|error| match error {
            TrySendError::Full(_) => ApiError::conflict("the client of this stream does not read it")
                .with_hint("read it, or open another one"),
            TrySendError::Closed(_) => ApiError::not_found("this stream is not open any more"),
        })
    }

    fn wanted(&self) -> MutexGuard<'_, Composite> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Changes what a stream is about.
pub struct Control {
    streams: Streams,
    shared: Arc<Shared>,
}

impl Control {
    pub(in super::super) fn new(streams: Streams, shared: Arc<Shared>) -> Self {
        Self { streams, shared }
    }

    /// The id of the stream.
    pub fn id(&self) -> &str {
        &self.shared.id
    }

    /// Adds a subscription from a place on, under a name that the client chooses. The stream tells
    /// `added` before anything of it. Blocks on the disk.
    ///
    /// # Errors
    /// When the name is taken or none, the stream is full, or what it is about is not there.
    pub fn add(&self, name: &str, topic: Topic, place: Place) -> Result<(), ApiError> {
        if !is_name(name) {
            return Err(ApiError::usage(format_args!(
                "the name of a subscription has 1 to {MAX_NAME} bytes and no control characters"
            )));
        }
        let name: Arc<str> = name.into();
        let subscription =
            Box::new(self.shared.subscribe(&self.streams, Arc::clone(&name), &topic, place.clone())?);
        let asked = self.shared.ask(Command::Add { name: Arc::clone(&name), topic, place, subscription });
        asked.inspect_err(|_| self.shared.forget(&name))
    }

    /// Drops a subscription. The stream tells `dropped` after the last frame of it.
    ///
    /// # Errors
    /// When there is none of that name, and where the client does not read the stream: then it is still there.
    pub fn drop(&self, name: &str) -> Result<(), ApiError> {
        let mut wanted = self.shared.wanted();
        let Some((name, _)) = wanted.0.get_key_value(name) else {
            return Err(ApiError::not_found(format_args!("this stream has no subscription {name:?}"))
                .with_hint("one that has ended is dropped by itself"));
        };
        let name = Arc::clone(name);
        self.shared.ask(Command::Drop { name: Arc::clone(&name) })?;
        wanted.0.remove(&name);
        Ok(())
    }
}
