//! The changes of state that a journal holds, as frames.

use std::sync::Arc;

use serde::Serialize;

use super::feed::Source;
use super::frame::{Batch, EventView, FrameKind, Item, Json};
use super::place::Place;
use super::readers::Readers;
use crate::api::ApiError;
use crate::logs::LiveMask;
use crate::logs::watch::{Watch, Watcher};
use crate::store::journal::JournalFollower;
use crate::store::{Journal, JournalCursor, JournalEntry, JournalRead};

/// The journal of a root. The reader that stands at its end is kept.
pub(super) struct JournalSource {
    journal: Journal,
    mask: LiveMask,
    readers: Readers<JournalFollower>,
}

impl JournalSource {
    pub(super) fn new(journal: Journal, mask: LiveMask) -> Self {
        Self { journal, mask, readers: Readers::default() }
    }

    fn item(&self, entry: JournalEntry) -> Item {
        let about = Arc::new((entry.record.task.project.clone(), entry.record.task.task.clone()));
        let place = Place::Events(Some(entry.cursor));
        let data = Json::masked(&EventView::from(entry), &self.mask.get());
        Item { about: Some(about), ..Item::new(FrameKind::Event, data, place) }
    }
}

impl Source for JournalSource {
    fn read(&self, from: &Place) -> Result<Batch, ApiError> {
        let Place::Events(at) = *from else { return Ok(Batch::nothing(from.clone())) };
        let (mut follower, was_kept) = match self.readers.take(|one| one.cursor() == at) {
            Some(kept) => (kept, true),
            None => (self.journal.follow(at)?, false),
        };
        let items: Vec<Item> = match follower.poll()? {
            JournalRead::Entries(entries) => entries.into_iter().map(|entry| self.item(entry)).collect(),
            JournalRead::Resync(after) => vec![resync(after)],
        };
        let place = Place::Events(follower.cursor());
        self.readers.keep(follower, was_kept || items.is_empty());
        Ok(Batch { items, ..Batch::nothing(place) })
    }

    fn watches(&self) -> Vec<Watch> {
        vec![Watcher::global().watch(&self.journal.path())]
    }
}

/// Tells to read the lists anew; the stream goes on after them.
fn resync(after: Option<JournalCursor>) -> Item {
    #[derive(Serialize)]
    struct Resync {
        after: Option<JournalCursor>,
    }
    Item::new(FrameKind::Resync, Json::of(&Resync { after }), Place::Events(after))
}
