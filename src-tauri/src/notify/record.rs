//! What was told of a root (`announced.json` in the folder of the state): durable, so that a restart tells nothing twice.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::About;

/// How long an item is remembered that is no longer there: one that was put off comes back.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);

/// What was told of all roots, by their paths.
pub type Records = BTreeMap<String, Record>;

/// What was told of one root.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// The place in the journal up to which completed tasks were noted; absent: never looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// When each item was told of, or settled without.
    pub announced: BTreeMap<String, Timestamp>,
    /// Tasks that were completed and not told of yet.
    pub completed: Vec<Completed>,
    /// Fields of newer versions, kept as they came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A task that was completed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completed {
    /// Its project.
    pub project: String,
    /// The task.
    pub task: String,
    /// The first line of its prompt.
    pub title: String,
}

impl Record {
    /// Takes back that something was told: it could not be.
    pub fn untold(&mut self, about: About) {
        match about {
            About::Items(ids) => self.announced.retain(|id, _| !ids.contains(id)),
            About::Completed(tasks) => drop(self.completed.splice(..0, tasks)),
            About::App => {}
        }
    }

    /// Forgets items that are long gone.
    pub fn tidy(&mut self, is_there: impl Fn(&str) -> bool, now: Timestamp) {
        self.announced.retain(|id, at| is_there(id) || now.duration_since(*at) < KEPT);
    }
}
