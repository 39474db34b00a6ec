//! What a person sees of the outbox, and does with it: states, single deliveries, trying and replaying.

use std::time::Duration;

use jiff::Timestamp;

use super::body::{Event, TEST};
use super::delivery::{Delivery, DeliveryState};
use super::error::Result;
use super::files::{FeedFile, Files, ReceiverFile};
use super::outbox::{Outbox, block_on};
use super::post::{Poster, Reply};
use crate::config::Webhook;
use crate::model::MessageId;
use crate::store::{Journal, StoreError};

/// How long another process may send before a person who wants something is told that it does.
const PATIENCE: Duration = Duration::from_secs(30);

/// One webhook and how its deliveries stand.
#[derive(Debug, Clone)]
pub struct WebhookState {
    /// Its name.
    pub name: String,
    /// Its settings; none where it is no longer configured.
    pub settings: Option<Webhook>,
    /// Whether anything goes there.
    pub switch: Switch,
    /// When the receiver last accepted something.
    pub accepted_at: Option<Timestamp>,
    /// Deliveries that wait.
    pub waiting: usize,
    /// Deliveries that were given up.
    pub failed: usize,
    /// Files that cannot be read.
    pub damaged: Vec<String>,
    /// The first that waits.
    pub first: Option<Delivery>,
    /// When the journal had last lost what followed: events from before may be missing.
    pub resynced_at: Option<Timestamp>,
}

/// Whether anything goes to a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// It is used.
    On,
    /// The receiver said that it is gone (410).
    Off,
    /// It was never fed: the next task begins it.
    Unused,
    /// It is no longer configured; nobody sends what is left.
    Removed,
}

impl WebhookState {
    /// One that was never fed.
    pub fn unused(name: &str, settings: &Webhook) -> Self {
        Self::blank(name, Some(settings))
    }

    fn blank(name: &str, settings: Option<&Webhook>) -> Self {
        Self {
            name: name.to_owned(),
            settings: settings.cloned(),
            switch: if settings.is_some() { Switch::Unused } else { Switch::Removed },
            accepted_at: None,
            waiting: 0,
            failed: 0,
            damaged: Vec::new(),
            first: None,
            resynced_at: None,
        }
    }
}

impl Outbox {
    /// How all webhooks stand: those that are configured, then those that were.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    pub fn states(&self) -> Result<Vec<WebhookState>> {
        let configured = self.hooks.iter().map(|hook| hook.name.clone());
        let removed = Files::names(&self.root)?.into_iter().filter(|name| self.hook(name).is_none());
        configured.chain(removed).map(|name| self.state(&name)).collect()
    }

    fn state(&self, name: &str) -> Result<WebhookState> {
        let hook = self.hook(name);
        let mut state = WebhookState::blank(name, hook.map(|hook| &hook.settings));
        let Some(files) = Files::existing(&self.root, name)? else { return Ok(state) };
        let feed = readable(files.feed(), &mut state.damaged)?.flatten();
        let receiver: ReceiverFile = readable(files.receiver(), &mut state.damaged)?.unwrap_or_default();
        if let Some(hook) = hook.filter(|_| feed.is_some()) {
            state.switch = if hook.is_gone(&receiver) { Switch::Off } else { Switch::On };
        }
        state.resynced_at = feed.and_then(|feed| feed.resynced_at);
        state.accepted_at = receiver.accepted_at;
        state.failed = files.ids(DeliveryState::Failed)?.len();
        for id in files.ids(DeliveryState::Waiting)? {
            let read = readable(files.read(DeliveryState::Waiting, id), &mut state.damaged)?.flatten();
            let Some(delivery) = read.filter(|delivery| delivery.state == DeliveryState::Waiting) else {
                continue;
            };
            state.waiting += 1;
            state.first.get_or_insert(delivery);
        }
        Ok(state)
    }

    /// The deliveries of an event, with the names of their webhooks.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn find(&self, id: MessageId) -> Result<Vec<(String, Delivery)>> {
        let mut found = Vec::new();
        for name in Files::names(&self.root)? {
            let Some(files) = Files::existing(&self.root, &name)? else { continue };
            found.extend(files.find(id)?.map(|delivery| (name.clone(), delivery)));
        }
        Ok(found)
    }

    /// The deliveries that were given up, oldest first, with the names of their webhooks. Damaged files
    /// are passed over.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    pub fn failed(&self) -> Result<Vec<(String, Delivery)>> {
        let mut found = Vec::new();
        for hook in &self.hooks {
            let Some(files) = Files::existing(&self.root, &hook.name)? else { continue };
            let ids = files.ids(DeliveryState::Failed)?.into_iter();
            let read = ids.filter_map(|id| files.read(DeliveryState::Failed, id).ok().flatten());
            found.extend(read.map(|delivery| (hook.name.clone(), delivery)));
        }
        Ok(found)
    }

    /// Makes a delivery wait to be sent at once, with the same id; whether it was there.
    ///
    /// # Errors
    /// When another process sends for too long, or the file cannot be written.
    pub fn replay(&self, name: &str, id: MessageId) -> Result<bool> {
        let Some(files) = Files::existing(&self.root, name)? else { return Ok(false) };
        let _lock = files.lock_send(PATIENCE)?;
        for from in DeliveryState::ALL {
            if let Some(mut delivery) = files.read(from, id)? {
                delivery.reopen();
                files.save(from, &delivery)?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Sends a test to a webhook; none where there is none of this name. One that was gone and accepts it
    /// is on again, from now on.
    ///
    /// # Errors
    /// When it was gone and that cannot be noted. What the receiver answers is no error.
    pub fn test(&self, name: &str) -> Result<Option<Reply>> {
        let Some(hook) = self.hook(name) else { return Ok(None) };
        let at = self.clock.now();
        let id = format!("TEST-{}", ulid::Ulid::generate());
        let event = Event { id, word: TEST, at, about: None };
        let reply = block_on(async {
            match Poster::new(&hook.settings, self.public_url(), self.mask()) {
                Ok(poster) => poster.post(&event, at).await,
                Err(error) => Reply::unsent(at, &error),
            }
        })?;
        if reply.is_accepted() {
            self.switch_on(name, at)?;
        }
        Ok(Some(reply))
    }

    fn switch_on(&self, name: &str, now: Timestamp) -> Result<()> {
        let Some(files) = Files::existing(&self.root, name)? else { return Ok(()) };
        let mut receiver = files.receiver()?;
        if receiver.gone_at.is_none() {
            return Ok(());
        }
        let _sending = files.lock_send(PATIENCE)?;
        let _feeding = files.lock_feed()?;
        let end = Journal::open(&self.root)?.end()?;
        let feed = files.feed()?.map(|feed| FeedFile { cursor: end, ..feed });
        files.write_feed(&feed.unwrap_or_else(|| FeedFile::begin(now, end)))?;
        (receiver.gone_at, receiver.gone_url) = (None, None);
        files.write_receiver(&receiver)
    }
}

/// What could be read; a damaged file is named.
fn readable<T>(read: Result<T>, damaged: &mut Vec<String>) -> Result<Option<T>> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(super::NotifyError::Store(error)) if StoreError::is_damage(&error) => {
            damaged.push(error.to_string());
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
