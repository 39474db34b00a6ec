//! Slots: how many agents and gates are at work at once, over all processes on a root.
//!
//! A slot is a lock file `slot-<n>` in `run/slots/` that names its run. It is free when its lock is
//! free, no process of that run lives, and nobody borrows it. A child of a running task may borrow its
//! parent's slot, one at a time: the file `lent-<run>` beside it, locked and freed like a slot, and
//! itself lent on to the child's own children, so that nesting cannot deadlock. Slots are given under
//! the queue's gate, first come first served. Must not know what a run does with its slot.

mod floor;
#[cfg(test)]
mod tests;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use self::floor::Floor;
use super::process::ProcessError;
use super::queue::{self, GATE, GATE_WAIT, Ticket};
use crate::logs::watch::Watcher;
use crate::model::{ProjectId, RunId, TaskId};
use crate::store::{Dir, OfdLock, Root, StoreError};

/// How long a waiter sleeps at most before it looks again: a supervisor that was killed rings no bell.
const LOOK: Duration = Duration::from_secs(2);

/// Who wants a slot.
#[derive(Debug, Clone)]
pub struct SlotRequest {
    /// The run that will hold it.
    pub run: RunId,
    /// Its project.
    pub project: ProjectId,
    /// Its task.
    pub task: TaskId,
    /// The task that started its task, whose slot it may borrow: `project/task`.
    pub parent_task: Option<String>,
    /// How many may be at work at once.
    pub max_running: u32,
}

/// A held slot. Dropped without [`Slot::release`] it counts as busy until no process of its run lives.
#[derive(Debug)]
pub struct Slot {
    floor: Dir,
    lock: OfdLock,
    occupant: Occupant,
}

/// Why a slot could not be had or looked at.
#[derive(Debug, thiserror::Error)]
pub enum SlotError {
    /// A file of the queue or of the slots.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The processes of the run that a slot names.
    #[error(transparent)]
    Process(#[from] ProcessError),
}

/// What stands in a slot's file.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Occupant {
    run: RunId,
    project: ProjectId,
    task: TaskId,
    boot_id: String,
    pid_namespace: u64,
    machine_id: String,
    /// Nothing of the run was left when the slot was given back.
    #[serde(default)]
    released: bool,
}

/// Waits for a slot and takes it. Dropping the future keeps the task's place in the queue and lets
/// others pass; [`queue::withdraw`] gives the place up.
///
/// # Errors
/// When the files of queue or slots cannot be read or changed.
pub async fn acquire(root: &Root, request: &SlotRequest) -> Result<Slot, SlotError> {
    let floor = Floor::open(root)?;
    if let Some(slot) = floor.attempt(request).await? {
        return Ok(slot);
    }
    let bell = Watcher::global().watch(&queue::bell(&floor.slots));
    let _ticket = Ticket::take(root, &request.project, &request.task, request.parent_task.as_deref())?;
    loop {
        if let Some(slot) = floor.attempt(request).await? {
            return Ok(slot);
        }
        let _ = tokio::time::timeout(LOOK, bell.changed()).await;
    }
}

/// Takes over the slot of a run that was found alive. None when all slots are taken and none names
/// the run: it goes on over the limit, since it cannot be put back.
///
/// # Errors
/// When the files of the slots cannot be read or changed.
pub fn adopt(root: &Root, request: &SlotRequest) -> Result<Option<Slot>, SlotError> {
    let floor = Floor::open(root)?;
    let _gate = OfdLock::acquire(&floor.queue, GATE, GATE_WAIT)?;
    let places = floor.places()?;
    let own = places.iter().find(|place| place.names_run(&request.run));
    if let Some(place) = own
        && let Some(slot) = floor.take(&place.name, request)?
    {
        return Ok(Some(slot));
    }
    match floor.free_slot(&places, request.max_running)? {
        Some((name, _)) => floor.take(&name, request),
        None => Ok(None),
    }
}

impl Slot {
    /// The run that holds it.
    pub fn run(&self) -> &RunId {
        &self.occupant.run
    }

    /// Gives the slot back. Only for a run of which nothing is left.
    ///
    /// # Errors
    /// When its file cannot be written; it is free then as soon as nothing of the run is found.
    pub fn release(mut self) -> Result<(), SlotError> {
        self.occupant.released = true;
        self.occupant.write(&self.lock)?;
        drop(self.lock);
        Ok(queue::ring(&self.floor)?)
    }
}

impl Occupant {
    fn write(&self, lock: &OfdLock) -> Result<(), StoreError> {
        let text = serde_json::to_string(self).expect("a struct of strings and numbers is always JSON");
        lock.write_text(&text)
    }
}
