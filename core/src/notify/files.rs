//! The files of one webhook: `state/outbox/<name>/`.
//!
//! `feed.yaml` is written by who holds `feed.lock`, all else by who holds `send.lock`; only new files of
//! `waiting/` come from the feeding side. A delivery lies in the folder of its state: it is first written
//! where it is, then renamed, so that a crash leaves it in one place.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::delivery::{Delivery, DeliveryState};
use super::error::Result;
use crate::model::MessageId;
use crate::store::{Dir, JournalCursor, OfdLock, Root, StoreError, StoreErrorKind, optional, yaml};

const OUTBOX: &str = "outbox";
const FEED_FILE: &str = "feed.yaml";
const RECEIVER_FILE: &str = "receiver.yaml";
const FEED_LOCK: &str = "feed.lock";
const SEND_LOCK: &str = "send.lock";
const ENDING: &str = ".yaml";
/// How long another process may take to feed.
const FEED_PATIENCE: Duration = Duration::from_secs(5);
/// The newest deliveries that are kept after their end: so many that came in, so many that were given up.
const KEPT: usize = 200;

/// The folder of one webhook.
#[derive(Debug, Clone)]
pub(super) struct Files {
    dir: Dir,
}

/// `feed.yaml`: how far the journal was read for this webhook.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct FeedFile {
    /// Version of this format.
    pub version: u32,
    /// When it was used for the first time: nothing from before is sent.
    pub begun_at: Timestamp,
    /// The last record that was looked at; absent: none yet, since the journal was empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<JournalCursor>,
    /// When the journal had last lost what followed the cursor: events of before may be missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resynced_at: Option<Timestamp>,
    /// Fields of newer versions, kept as they came.
    #[serde(flatten)]
    pub extra: BTreeMap<String, serde_json::Value>,
}

/// `receiver.yaml`: what is known of who receives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct ReceiverFile {
    /// Version of this format.
    pub version: u32,
    /// When it last accepted something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<Timestamp>,
    /// When it answered that it is gone (410).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone_at: Option<Timestamp>,
    /// SHA-256 of the address that is gone: another one switches the webhook on again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone_url: Option<String>,
    /// Fields of newer versions, kept as they came.
    #[serde(flatten)]
    pub extra: BTreeMap<String, serde_json::Value>,
}

/// The version of both files that is written.
const VERSION: u32 = 1;

impl FeedFile {
    pub(super) fn begin(now: Timestamp, cursor: Option<JournalCursor>) -> Self {
        Self { version: VERSION, begun_at: now, cursor, resynced_at: None, extra: BTreeMap::new() }
    }
}

impl Default for ReceiverFile {
    fn default() -> Self {
        let (accepted_at, gone_at, gone_url) = (None, None, None);
        Self { version: VERSION, accepted_at, gone_at, gone_url, extra: BTreeMap::new() }
    }
}

impl Files {
    /// The folder of a webhook, made where it is missing.
    pub(super) fn make(root: &Root, name: &str) -> Result<Self> {
        Ok(Self { dir: root.state_dir(&format!("{OUTBOX}/{name}"))? })
    }

    /// The folder of a webhook; none where nothing was ever fed to it.
    pub(super) fn existing(root: &Root, name: &str) -> Result<Option<Self>> {
        let dir = root.dir().sub(format!(".conductor/state/{OUTBOX}/{name}"));
        Ok(optional(dir)?.map(|dir| Self { dir }))
    }

    /// The names of all webhooks that have a folder.
    pub(super) fn names(root: &Root) -> Result<Vec<String>> {
        let Some(outbox) = optional(root.dir().sub(format!(".conductor/state/{OUTBOX}")))? else {
            return Ok(Vec::new());
        };
        let folders = outbox.entries()?.into_iter().filter(|entry| entry.is_dir);
        Ok(folders.map(|entry| entry.name).collect())
    }

    /// Waits for the right to feed.
    pub(super) fn lock_feed(&self) -> Result<OfdLock> {
        Ok(OfdLock::acquire(&self.dir, FEED_LOCK, FEED_PATIENCE)?)
    }

    /// The right to send, where nobody has it.
    pub(super) fn try_lock_send(&self) -> Result<Option<OfdLock>> {
        Ok(OfdLock::try_acquire(&self.dir, SEND_LOCK)?)
    }

    /// Waits for the right to send.
    pub(super) fn lock_send(&self, patience: Duration) -> Result<OfdLock> {
        Ok(OfdLock::acquire(&self.dir, SEND_LOCK, patience)?)
    }

    pub(super) fn feed(&self) -> Result<Option<FeedFile>> {
        Ok(optional(yaml::read(&self.dir, FEED_FILE))?)
    }

    pub(super) fn write_feed(&self, file: &FeedFile) -> Result<()> {
        self.write(FEED_FILE, file.version, VERSION, file)
    }

    pub(super) fn receiver(&self) -> Result<ReceiverFile> {
        Ok(optional(yaml::read(&self.dir, RECEIVER_FILE))?.unwrap_or_default())
    }

    pub(super) fn write_receiver(&self, file: &ReceiverFile) -> Result<()> {
        self.write(RECEIVER_FILE, file.version, VERSION, file)
    }

    /// The ids in the folder of a state, oldest first.
    pub(super) fn ids(&self, state: DeliveryState) -> Result<Vec<MessageId>> {
        let Some(folder) = optional(self.dir.sub(state.as_str()))? else { return Ok(Vec::new()) };
        let entries = folder.entries()?.into_iter();
        let ids = entries.filter_map(|entry| MessageId::parse(entry.name.strip_suffix(ENDING)?).ok());
        Ok(ids.collect())
    }

    /// A delivery in the folder of a state; none where it is not there.
    pub(super) fn read(&self, state: DeliveryState, id: MessageId) -> Result<Option<Delivery>> {
        self.parse(&place(state, id))
    }

    /// A delivery, wherever it is.
    pub(super) fn find(&self, id: MessageId) -> Result<Option<Delivery>> {
        for state in DeliveryState::ALL {
            if let Some(found) = self.read(state, id)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Adds a new delivery, unless there is one of its id in any state; whether it was added.
    pub(super) fn add(&self, delivery: &Delivery) -> Result<bool> {
        for state in DeliveryState::ALL {
            if self.dir.exists(place(state, delivery.id))? {
                return Ok(false);
            }
        }
        self.dir.make_sub(DeliveryState::Waiting.as_str())?;
        let text = yaml::emit(delivery)?;
        Ok(self.dir.create_new(place(DeliveryState::Waiting, delivery.id), text.as_bytes())?)
    }

    /// Writes a delivery that lies in the folder of `from`, and moves it to that of its state.
    pub(super) fn save(&self, from: DeliveryState, delivery: &Delivery) -> Result<()> {
        self.write(&place(from, delivery.id), delivery.version, Delivery::VERSION, delivery)?;
        if delivery.state != from {
            self.settle(from, delivery)?;
        }
        Ok(())
    }

    /// Moves a delivery whose file says another state than that of the folder `from`.
    pub(super) fn settle(&self, from: DeliveryState, delivery: &Delivery) -> Result<()> {
        self.dir.make_sub(delivery.state.as_str())?;
        Ok(self.dir.rename(place(from, delivery.id), place(delivery.state, delivery.id))?)
    }

    /// Removes the oldest of those that were delivered, and of those that were given up. What the feeding side may
    /// come to again after a crash is kept: it would be new.
    pub(super) fn prune(&self) -> Result<()> {
        let fed_to = self.feed()?.and_then(|feed| feed.cursor).map(|cursor| cursor.id);
        for state in [DeliveryState::Delivered, DeliveryState::Failed] {
            let ids = self.ids(state)?;
            let surplus = ids.len().saturating_sub(KEPT);
            for id in ids.into_iter().take(surplus).filter(|id| fed_to.is_some_and(|fed_to| *id <= fed_to)) {
                self.dir.remove(place(state, id))?;
            }
        }
        Ok(())
    }

    fn parse<T: DeserializeOwned>(&self, rel: &str) -> Result<Option<T>> {
        let Some(text) = optional(self.dir.read_text(rel, yaml::MAX_BYTES))? else { return Ok(None) };
        Ok(Some(yaml::parse(&text, &self.dir.join(rel))?))
    }

    fn write<T: Serialize>(&self, rel: &str, found: u32, known: u32, value: &T) -> Result<()> {
        if found > known {
            let kind = StoreErrorKind::NewerVersion { found, known, binary: None };
            return Err(StoreError::new(self.dir.join(rel), kind).into());
        }
        Ok(self.dir.replace(rel, yaml::emit(value)?.as_bytes())?)
    }
}

fn place(state: DeliveryState, id: MessageId) -> String {
    format!("{}/{id}{ENDING}", state.as_str())
}
