//! Pages of lists that are asked for again and again, kept while nothing in them can have changed.
//!
//! A page is kept only where nothing in it claims to be alive: what does is checked against its lock each
//! time. It holds until the journal grows, a change comes through this server, or a second has gone: then
//! the files themselves are looked at again, as for every list.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Bytes;

use crate::api::dto::{RunView, TaskView};
use crate::api::page::Page;
use crate::store::FileStamp;

/// How long a page may be kept.
const KEPT: Duration = Duration::from_secs(1);
/// Pages that are kept at once.
const MOST: usize = 256;

/// A page as it is sent.
#[derive(Debug, Clone)]
pub struct Ready {
    /// Its JSON.
    pub body: Bytes,
    /// Its tag.
    pub tag: String,
}

#[derive(Debug)]
struct Kept {
    ready: Ready,
    journal: Option<FileStamp>,
    made: Instant,
}

/// The pages of a server, by what was asked.
#[derive(Debug, Default)]
pub struct Pages(Mutex<HashMap<String, Kept>>);

impl Pages {
    /// The page for what is asked, where it still holds.
    pub fn get(&self, asked: &str, journal: Option<FileStamp>) -> Option<Ready> {
        let pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = pages.get(asked).filter(|kept| kept.journal == journal && kept.made.elapsed() < KEPT);
        kept.map(|kept| kept.ready.clone())
    }

    /// Keeps a page that was made of what was there at `made`.
    pub fn keep(&self, asked: String, journal: Option<FileStamp>, made: Instant, ready: Ready) {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.len() >= MOST {
            pages.retain(|_, kept| kept.made.elapsed() < KEPT);
        }
        if pages.len() < MOST {
            pages.insert(asked, Kept { ready, journal, made });
        }
    }

    /// Forgets all: something was changed.
    pub fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// What knows whether it can change without the journal telling of it.
pub trait Settled {
    /// Whether nothing in it claims to be alive.
    fn is_settled(&self) -> bool;
}

impl Settled for Page<TaskView> {
    fn is_settled(&self) -> bool {
        // One that is interrupted may be taken up without a word in the journal yet.
        self.items.iter().all(|task| task.status.is_ended())
    }
}

impl Settled for Page<RunView> {
    fn is_settled(&self) -> bool {
        self.items.iter().all(|run| run.owned.is_none())
    }
}
