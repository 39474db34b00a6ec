//! Who waits for a slot, and in which order.
//!
//! A ticket is a file `<number>@<project>@<task>` in `state/queue/`: it outlives its supervisor, so
//! that a task whose supervisor died keeps its place. Its waiter holds a lock on it; a ticket nobody
//! holds (its supervisor is gone, or waits for something else now) is passed over. Knows nothing of
//! what a slot is; [`super::slots`] decides who gets one.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::faults;
use crate::model::{ProjectId, TaskId};
use crate::store::{Dir, OfdLock, Root, StoreError, StoreErrorKind};

/// The lock under which tickets are numbered and slots are given. Held for moments only.
pub(super) const GATE: &str = "gate.lock";
/// How long a waiter may be kept from the gate before that is an error.
pub(super) const GATE_WAIT: Duration = Duration::from_secs(20);

const TICKET_BYTES: u64 = 4096;
/// Changed when somebody else may have a turn now: a lock that is released is seen by no watcher.
const BELL: &str = "bell";

/// A place in the queue, held by the supervisor that waits.
#[derive(Debug)]
pub struct Ticket {
    queue: Dir,
    floor: Dir,
    name: String,
    number: u64,
    lock: Option<OfdLock>,
}

/// One ticket as others see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its number; the lowest goes first.
    pub number: u64,
    /// The project of the task that waits.
    pub project: ProjectId,
    /// The task that waits.
    pub task: TaskId,
    /// Name of its file.
    pub(super) name: String,
}

/// What stands in a ticket.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Text {
    /// The task that started it, whose slot it may use: `project/task`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent_task: Option<String>,
}

impl Ticket {
    /// Takes a place at the end of the queue, or the place that the task kept. Durable on return.
    ///
    /// # Errors
    /// [`StoreErrorKind::Locked`] when another process waits with the task's ticket.
    pub fn take(
        root: &Root,
        project: &ProjectId,
        task: &TaskId,
        parent_task: Option<&str>,
    ) -> Result<Self, StoreError> {
        let (queue, floor) = (folder(root)?, floor(root)?);
        let gate = OfdLock::acquire(&queue, GATE, GATE_WAIT)?;
        let tickets = list(&queue)?;
        let kept = tickets.iter().find(|ticket| ticket.is_of(project, task));
        let (number, name) = match kept {
            Some(ticket) => (ticket.number, ticket.name.clone()),
            None => {
                let number = tickets.last().map_or(1, |last| last.number + 1);
                let name = file_name(number, project, task);
                let text = Text { parent_task: parent_task.map(str::to_owned) };
                let text = serde_json::to_vec(&text).expect("a struct of strings is always JSON");
                queue.create_new(&name, &text)?;
                (number, name)
            }
        };
        faults::step("queue.ticket");
        let held = || StoreError::new(queue.join(&name), StoreErrorKind::Locked { holder: None });
        let lock = OfdLock::try_acquire(&queue, &name)?.ok_or_else(held)?;
        drop(gate);
        Ok(Self { queue, floor, name, number, lock: Some(lock) })
    }

    /// Its number; the lowest goes first.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Gives the place up for good. Dropping a ticket keeps the place, and lets others pass.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn withdraw(self) -> Result<(), StoreError> {
        self.queue.remove(&self.name).map(drop)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.lock = None;
        // Those who wait look by themselves within a second.
        let _ = ring(&self.floor);
    }
}

/// Gives up the place of a task that will not wait again, where it has one.
///
/// # Errors
/// When the queue cannot be read or changed.
pub fn withdraw(root: &Root, project: &ProjectId, task: &TaskId) -> Result<(), StoreError> {
    let queue = folder(root)?;
    for ticket in list(&queue)?.iter().filter(|ticket| ticket.is_of(project, task)) {
        queue.remove(&ticket.name)?;
    }
    Ok(())
}

/// Everybody who has a place, first come first, those who are passed over included.
///
/// # Errors
/// When the queue cannot be read.
pub fn waiting(root: &Root) -> Result<Vec<Waiting>, StoreError> {
    list(&folder(root)?)
}

/// Those of them for whom somebody waits now: a ticket whose owner died keeps its place and holds up nobody.
///
/// # Errors
/// As [`waiting`].
pub fn waiting_now(root: &Root) -> Result<Vec<Waiting>, StoreError> {
    let queue = folder(root)?;
    let mut tickets = list(&queue)?;
    // One that cannot be looked at is shown rather than hidden.
    tickets.retain(|ticket| ticket.is_live(&queue).unwrap_or(true));
    Ok(tickets)
}

impl Waiting {
    pub(super) fn is_of(&self, project: &ProjectId, task: &TaskId) -> bool {
        self.project == *project && self.task == *task
    }

    /// Whether somebody waits with it now.
    pub(super) fn is_live(&self, queue: &Dir) -> Result<bool, StoreError> {
        OfdLock::is_held(queue, &self.name)
    }

    /// The task whose slot it may use; none also for a ticket that was just withdrawn.
    pub(super) fn parent_task(&self, queue: &Dir) -> Result<Option<String>, StoreError> {
        let text = match queue.read(&self.name, TICKET_BYTES) {
            Err(error) if error.is_not_found() => return Ok(None),
            text => text?,
        };
        Ok(serde_json::from_slice::<Text>(&text).unwrap_or_default().parent_task)
    }
}

/// Where slots are, and the bell. Not where the gate is: every look at the queue opens that one, and
/// would wake everybody who listens.
pub(super) fn floor(root: &Root) -> Result<Dir, StoreError> {
    root.run_dir("slots")
}

/// Tells those who wait to look now.
pub(super) fn ring(floor: &Dir) -> Result<(), StoreError> {
    floor.replace_lazy(BELL, b"")
}

/// The file to watch for what [`ring`] does.
pub(super) fn bell(floor: &Dir) -> std::path::PathBuf {
    floor.join(BELL)
}

pub(super) fn folder(root: &Root) -> Result<Dir, StoreError> {
    root.state_dir("queue")
}

/// The tickets in a folder, lowest number first. Names that are no ticket are left alone.
pub(super) fn list(queue: &Dir) -> Result<Vec<Waiting>, StoreError> {
    let mut tickets: Vec<_> =
        queue.entries()?.into_iter().filter_map(|entry| parse_name(&entry.name)).collect();
    tickets.sort_by_key(|ticket| ticket.number);
    Ok(tickets)
}

fn file_name(number: u64, project: &ProjectId, task: &TaskId) -> String {
    format!("{number:010}@{}@{}", escape(project.as_str()), escape(task.as_str()))
}

fn parse_name(name: &str) -> Option<Waiting> {
    let mut parts = name.split('@');
    let number = parts.next()?.parse().ok()?;
    let project = ProjectId::from_disk(&unescape(parts.next()?)).ok()?;
    let task = TaskId::from_disk(&unescape(parts.next()?)).ok()?;
    parts.next().is_none().then(|| Waiting { number, project, task, name: name.to_owned() })
}

/// Ids from a migrated root may hold any character; ours never hold these two.
fn escape(id: &str) -> String {
    id.replace('%', "%25").replace('@', "%40")
}

fn unescape(text: &str) -> String {
    text.replace("%40", "@").replace("%25", "%")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supervisor::testbed;

    fn id(name: &str) -> (ProjectId, TaskId) {
        (ProjectId::new("demo").expect("a project"), TaskId::from_disk(name).expect("a task"))
    }

    fn take(root: &Root, name: &str) -> Ticket {
        let (project, task) = id(name);
        Ticket::take(root, &project, &task, Some("demo/parent")).expect("a ticket")
    }

    #[test]
    fn c8_a_place_outlives_its_supervisor() {
        let (_folder, root) = testbed::root();
        let first = take(&root, "a").number();
        let second = take(&root, "b").number();
        assert!(first < second);
        assert_eq!(take(&root, "a").number(), first, "the restarted one keeps its place");
        let third = take(&root, "c").number();
        assert!(second < third);
        let names: Vec<_> =
            waiting(&root).expect("the queue").into_iter().map(|ticket| ticket.task.to_string()).collect();
        assert_eq!(names, ["a", "b", "c"]);
    }

    #[test]
    fn a_ticket_lives_while_it_is_held_and_is_gone_when_withdrawn() {
        let (_folder, root) = testbed::root();
        let queue = folder(&root).expect("the queue");
        let ticket = take(&root, "a");
        let seen = waiting(&root).expect("the queue").remove(0);
        assert!(seen.is_live(&queue).expect("a look"));
        assert_eq!(seen.parent_task(&queue).expect("a look").as_deref(), Some("demo/parent"));
        let (project, task) = id("a");
        let again = Ticket::take(&root, &project, &task, None).expect_err("a second waiter");
        assert!(matches!(again.kind, StoreErrorKind::Locked { .. }), "{again}");
        drop(ticket);
        assert!(!seen.is_live(&queue).expect("a look"));
        take(&root, "a").withdraw().expect("a withdrawal");
        assert!(waiting(&root).expect("the queue").is_empty());
        assert_eq!(seen.parent_task(&queue).expect("a look"), None);
    }

    #[test]
    fn names_of_migrated_roots_fit_into_a_ticket() {
        let project = ProjectId::from_disk("a@b%40").expect("a project");
        let task = TaskId::from_disk("%@%25@").expect("a task");
        let name = file_name(7, &project, &task);
        let ticket = parse_name(&name).expect("a ticket");
        assert!(ticket.is_of(&project, &task) && ticket.number == 7, "{name}");
        for bad in ["gate.lock", "", "x@a@b", "1@a", "1@a@b@c", "1@@b", "1@..@b"] {
            assert_eq!(parse_name(bad), None, "{bad}");
        }
    }
}
