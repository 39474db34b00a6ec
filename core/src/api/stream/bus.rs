//! The messages of a bus as frames.

use serde::Serialize;

use super::feed::Source;
use super::frame::{Batch, FrameKind, Item, Json};
use super::place::Place;
use super::readers::Readers;
use crate::api::ApiError;
use crate::bus::{Bus, Follower};
use crate::logs::LiveMask;
use crate::logs::watch::{Watch, Watcher};
use crate::model::{Cursor, Message};

/// Bytes of messages that are read at once; one that is larger is read alone.
const PART: usize = 128 << 10;

/// A bus. The reader that stands at its end is kept, so that what comes is read without a search.
pub(super) struct BusSource {
    bus: Bus,
    mask: LiveMask,
    readers: Readers<Follower>,
}

impl BusSource {
    pub(super) fn new(bus: Bus, mask: LiveMask) -> Self {
        Self { bus, mask, readers: Readers::default() }
    }

    /// A reader that stands at a place; none where that is no place of this bus (any more).
    fn open(&self, from: Cursor) -> Result<Option<Follower>, ApiError> {
        let is_known = match from.last {
            Some(id) => self.bus.get(id)?.is_some(),
            None => true,
        };
        Ok(is_known.then(|| self.bus.follow(from)).transpose()?)
    }

    fn item(&self, message: &Message) -> Item {
        let data = Json::masked(message, &self.mask.get());
        Item::new(FrameKind::Message, data, Place::Messages(message.cursor))
    }
}

impl Source for BusSource {
    fn read(&self, from: &Place) -> Result<Batch, ApiError> {
        let Place::Messages(from) = *from else { return Ok(Batch::nothing(from.clone())) };
        let (follower, was_kept) = match self.readers.take(|one| one.cursor() == from) {
            Some(kept) => (Some(kept), true),
            None => (self.open(from)?, false),
        };
        let Some(mut follower) = follower else { return Ok(resync()) };
        let items: Vec<Item> = follower.poll_up_to(PART)?.iter().map(|one| self.item(one)).collect();
        let (place, again) = (Place::Messages(follower.cursor()), follower.until_quiet());
        self.readers.keep(follower, was_kept || items.is_empty());
        Ok(Batch { items, place, again, is_end: false })
    }

    fn watches(&self) -> Vec<Watch> {
        vec![Watcher::global().watch(&self.bus.path())]
    }
}

/// Tells that the place is gone: everything that is there follows.
fn resync() -> Batch {
    #[derive(Serialize)]
    struct Resync {
        after: Option<Cursor>,
    }
    let place = Place::Messages(Cursor::START);
    let data = Json::of(&Resync { after: None });
    Batch { items: vec![Item::new(FrameKind::Resync, data, place.clone())], ..Batch::nothing(place) }
}
