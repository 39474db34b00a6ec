//! Which slots there are, who sits in them, and whose turn it is.

use std::time::Duration;

use super::{Occupant, Slot, SlotError, SlotRequest};
use crate::faults;
use crate::model::RunId;
use crate::store::{Dir, OfdLock, Root};
use crate::supervisor::process::{Machine, Tree};
use crate::supervisor::queue::{self, GATE, Waiting};

const OCCUPANT_BYTES: u64 = 4096;
const GATE_PAUSE: Duration = Duration::from_millis(5);
/// Slots are lent on at most this often; deeper only a damaged file would lead.
const LENT_ON: u32 = 64;

/// The folders that slots and tickets stand in.
pub(super) struct Floor<'a> {
    root: &'a Root,
    pub(super) slots: Dir,
    pub(super) queue: Dir,
    here: Machine,
}

/// A slot, or a slot that was lent.
pub(super) struct Place {
    pub(super) name: String,
    held: bool,
    occupant: Option<Occupant>,
}

impl Place {
    fn is_slot(&self) -> bool {
        self.name.starts_with("slot-")
    }

    pub(super) fn names_run(&self, run: &RunId) -> bool {
        self.occupant.as_ref().is_some_and(|occupant| occupant.run == *run)
    }

    /// Whether a run of this task (`project/task`) is at work in it.
    fn works_for(&self, task: &str) -> bool {
        let name = |occupant: &Occupant| format!("{}/{}", occupant.project, occupant.task);
        self.held && self.occupant.as_ref().is_some_and(|occupant| name(occupant) == task)
    }
}

impl<'a> Floor<'a> {
    pub(super) fn open(root: &'a Root) -> Result<Self, SlotError> {
        let (slots, queue) = (queue::floor(root)?, queue::folder(root)?);
        Ok(Self { root, slots, queue, here: Machine::this()? })
    }

    /// Takes a slot if there is one for this task now, and gives its ticket up.
    pub(super) async fn attempt(&self, request: &SlotRequest) -> Result<Option<Slot>, SlotError> {
        let _gate = loop {
            match OfdLock::try_acquire(&self.queue, GATE)? {
                Some(gate) => break gate,
                None => tokio::time::sleep(GATE_PAUSE).await,
            }
        };
        let tickets = queue::list(&self.queue)?;
        let own = tickets.iter().find(|ticket| ticket.is_of(&request.project, &request.task));
        let ahead: Vec<&Waiting> =
            tickets.iter().filter(|ticket| own.is_none_or(|own| ticket.number < own.number)).collect();
        let Some(name) = self.choose(request, &ahead)? else { return Ok(None) };
        let Some(slot) = self.take(&name, request)? else { return Ok(None) };
        faults::step("slot.taken");
        if let Some(ticket) = own {
            self.queue.remove(&ticket.name)?;
        }
        Ok(Some(slot))
    }

    /// Locks a place and writes who sits in it. None when somebody was faster.
    pub(super) fn take(&self, name: &str, request: &SlotRequest) -> Result<Option<Slot>, SlotError> {
        let Some(lock) = OfdLock::try_acquire(&self.slots, name)? else { return Ok(None) };
        let occupant = Occupant {
            run: request.run.clone(),
            project: request.project.clone(),
            task: request.task.clone(),
            boot_id: self.here.boot_id.clone(),
            pid_namespace: self.here.pid_namespace,
            machine_id: self.here.machine_id.clone(),
            released: false,
        };
        occupant.write(&lock)?;
        Ok(Some(Slot { floor: self.slots.clone(), lock, occupant }))
    }

    /// The place that this task may take now: its parent's, else a free one when it is its turn.
    fn choose(&self, request: &SlotRequest, ahead: &[&Waiting]) -> Result<Option<String>, SlotError> {
        let places = self.places()?;
        if let Some(parent) = &request.parent_task
            && let Some(name) = self.lent_by(&places, parent)?
            && !self.sibling_waits(ahead, parent)?
        {
            return Ok(Some(name));
        }
        let Some((name, free)) = self.free_slot(&places, request.max_running)? else { return Ok(None) };
        let mut turns = free;
        for ticket in ahead {
            turns -= u32::from(ticket.is_live(&self.queue)?);
            if turns == 0 {
                return Ok(None);
            }
        }
        Ok(Some(name))
    }

    /// The file with which a task at work lends its slot, while nobody has borrowed it.
    fn lent_by(&self, places: &[Place], parent: &str) -> Result<Option<String>, SlotError> {
        for place in places.iter().filter(|place| place.works_for(parent)) {
            if !self.is_lent(places, place, LENT_ON)? {
                return Ok(place.occupant.as_ref().map(|occupant| lent(&occupant.run)));
            }
        }
        Ok(None)
    }

    fn sibling_waits(&self, ahead: &[&Waiting], parent: &str) -> Result<bool, SlotError> {
        for ticket in ahead {
            if ticket.is_live(&self.queue)? && ticket.parent_task(&self.queue)?.as_deref() == Some(parent) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The first free slot, and how many there are; none when all are taken.
    pub(super) fn free_slot(&self, places: &[Place], max: u32) -> Result<Option<(String, u32)>, SlotError> {
        let mut busy = Vec::new();
        for place in places.iter().filter(|place| place.is_slot()) {
            if self.is_busy(places, place, LENT_ON)? {
                busy.push(place.name.as_str());
            }
        }
        let free = max.saturating_sub(u32::try_from(busy.len()).unwrap_or(u32::MAX));
        let first =
            (1..=max).map(|index| format!("slot-{index}")).find(|name| !busy.contains(&name.as_str()));
        Ok(first.filter(|_| free > 0).map(|name| (name, free)))
    }

    fn is_busy(&self, places: &[Place], place: &Place, depth: u32) -> Result<bool, SlotError> {
        if place.held {
            return Ok(true);
        }
        let Some(occupant) = &place.occupant else { return Ok(false) };
        Ok(self.is_lent(places, place, depth)? || (!occupant.released && self.lives(occupant)?))
    }

    /// Whether somebody borrows the slot. A slot stays taken when its own run has ended before that.
    fn is_lent(&self, places: &[Place], place: &Place, depth: u32) -> Result<bool, SlotError> {
        let Some(occupant) = &place.occupant else { return Ok(false) };
        let name = lent(&occupant.run);
        match places.iter().find(|place| place.name == name) {
            Some(borrowed) if depth > 0 => self.is_busy(places, borrowed, depth - 1),
            _ => Ok(false),
        }
    }

    /// Whether a process of the run lives. What cannot be seen from here lives until its record ends.
    fn lives(&self, occupant: &Occupant) -> Result<bool, SlotError> {
        if occupant.machine_id != self.here.machine_id {
            return Ok(self.is_recorded_running(occupant));
        }
        if occupant.boot_id != self.here.boot_id {
            return Ok(false);
        }
        if occupant.pid_namespace != self.here.pid_namespace {
            return Ok(self.is_recorded_running(occupant));
        }
        Ok(!Tree::of_run(&occupant.run, None).find()?.is_empty())
    }

    fn is_recorded_running(&self, occupant: &Occupant) -> bool {
        let task = self.root.task(&occupant.project, &occupant.task);
        let info = task.and_then(|task| task.run(&occupant.run)).and_then(|run| run.info());
        info.is_ok_and(|info| !info.status.is_ended())
    }

    /// All places there are; files that lent a slot nobody uses any more are removed. Under the gate.
    pub(super) fn places(&self) -> Result<Vec<Place>, SlotError> {
        let mut places = Vec::new();
        for entry in self.slots.entries()? {
            if entry.name.starts_with("slot-") || entry.name.starts_with("lent-") {
                places.push(self.place(entry.name)?);
            }
        }
        let mut unused = Vec::new();
        for place in places.iter().filter(|place| !place.is_slot()) {
            if !self.is_busy(&places, place, LENT_ON)? {
                unused.push(place.name.clone());
            }
        }
        for name in unused {
            self.slots.remove(&name)?;
            places.retain(|place| place.name != name);
        }
        Ok(places)
    }

    fn place(&self, name: String) -> Result<Place, SlotError> {
        let held = OfdLock::is_held(&self.slots, &name)?;
        // A text that cannot be read is one whose writer died between taking the slot and starting its run.
        let text = self.slots.read(&name, OCCUPANT_BYTES).unwrap_or_default();
        Ok(Place { name, held, occupant: serde_json::from_slice(&text).ok() })
    }
}

/// The file with which the slot of a run is lent.
fn lent(run: &RunId) -> String {
    format!("lent-{run}")
}
