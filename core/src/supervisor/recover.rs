//! `recover`: puts right what a crash, a reboot or a shutdown left behind.
//!
//! Looks at the live tasks only, so the size of the root does not matter. What has a supervisor is left
//! alone; what has none gets one, which adopts, marks as lost, stops or completes as the files say. So
//! running it twice, or two at once, does the same as once.

use std::time::Duration;

use super::binary::{self, BinaryError};
use super::detach::{self, DetachErrorKind, StartOptions};
use super::record::{Owned, TakeError};
use super::{complete, queue};
use crate::model::{ProjectId, TaskId, TaskStatus};
use crate::store::{OfdLock, Root, StoreError, TaskDir};

const LOCK: &str = "recover.lock";
/// Another recovery starts one supervisor after the other; there may be many.
const PATIENCE: Duration = Duration::from_secs(600);

/// How to recover.
#[derive(Debug, Clone, Copy, Default)]
pub struct RecoverOptions {
    /// Runs that another machine or pid namespace owned count as dead: for a container's entry point,
    /// where the old container is known to be gone.
    pub assume_dead: bool,
}

/// What was found and done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecoverReport {
    /// The live tasks, by project and name.
    pub tasks: Vec<Recovered>,
    /// Copies of the program that no task needs any more, and that were removed.
    pub pruned: Vec<String>,
}

/// One live task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    /// Its project.
    pub project: ProjectId,
    /// The task.
    pub task: TaskId,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a live task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It has a supervisor.
    Alive,
    /// It got a new supervisor, with this process id.
    Restarted(Option<i32>),
    /// It had ended; what was missing of its last records was added.
    Settled(TaskStatus),
    /// It never came to be: its creator died before the task was on disk.
    NeverMade,
    /// It could not be recovered, and why; nothing of it was changed.
    Refused(String),
}

/// Why a root could not be recovered.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// The root may not be written, or its live tasks cannot be listed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The copies of the program cannot be looked at.
    #[error(transparent)]
    Binary(#[from] BinaryError),
}

/// Recovers a root. What keeps one task from being recovered keeps no other.
///
/// # Errors
/// When the root may not be written, or another recovery holds it for ten minutes.
pub fn recover(root: &Root, options: RecoverOptions) -> Result<RecoverReport, RecoverError> {
    let _lock = OfdLock::acquire(&root.run_dir("")?, LOCK, PATIENCE)?;
    let mut report = RecoverReport::default();
    for (project, task) in root.live_list()? {
        let outcome = recover_task(root, &project, &task, options).unwrap_or_else(Outcome::Refused);
        crate::faults::step("recover.task");
        report.tasks.push(Recovered { project, task, outcome });
    }
    tidy_queue(root)?;
    report.pruned = binary::prune(root)?;
    Ok(report)
}

fn recover_task(
    root: &Root,
    project: &ProjectId,
    task: &TaskId,
    options: RecoverOptions,
) -> Result<Outcome, String> {
    let why = |error: &dyn std::fmt::Display| error.to_string();
    let dir = match root.task(project, task) {
        Ok(dir) => dir,
        Err(error) if error.is_not_found() => {
            root.live_remove(project, task).map_err(|error| why(&error))?;
            return Ok(Outcome::NeverMade);
        }
        Err(error) => return Err(why(&error)),
    };
    if dir.is_supervised().map_err(|error| why(&error))? {
        return Ok(Outcome::Alive);
    }
    if is_ended(&dir).map_err(|error| why(&error))? {
        return settle(root, project, task);
    }
    let options = StartOptions { assume_dead: options.assume_dead, ..StartOptions::default() };
    match detach::start_with(root, project, task, &options) {
        Ok(started) if started.already => Ok(Outcome::Alive),
        Ok(started) => Ok(Outcome::Restarted(started.pid)),
        Err(error) => Err(match *error.kind {
            DetachErrorKind::Refused(why) => why,
            kind => kind.to_string(),
        }),
    }
}

/// Its supervisor died between the end and the last of its records.
fn settle(root: &Root, project: &ProjectId, task: &TaskId) -> Result<Outcome, String> {
    let mut owned = match Owned::take(root, project, task) {
        Ok(owned) => owned,
        Err(TakeError::Held { .. }) => return Ok(Outcome::Alive),
        Err(error) => return Err(error.to_string()),
    };
    complete::settle(&mut owned).map_err(|error| error.to_string())?;
    let status = owned.state().status;
    owned.release().map_err(|error| error.to_string())?;
    Ok(Outcome::Settled(status))
}

fn is_ended(task: &TaskDir) -> Result<bool, StoreError> {
    Ok(task.state()?.is_some_and(|state| state.status.is_ended()))
}

/// Places in the queue of tasks that will not wait again are given up.
fn tidy_queue(root: &Root) -> Result<(), StoreError> {
    for ticket in queue::waiting(root)? {
        let over = match root.task(&ticket.project, &ticket.task) {
            Ok(task) => is_ended(&task).unwrap_or(false) && !task.is_supervised()?,
            Err(error) => error.is_not_found(),
        };
        if over {
            queue::withdraw(root, &ticket.project, &ticket.task)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supervisor::testbed::{make, project, root, spec, task_id};

    #[test]
    fn what_never_came_to_be_is_forgotten_and_what_ended_is_settled() {
        let (_folder, root) = root();
        make(&root, &spec("ended"), Some(TaskStatus::Completed));
        for slug in ["ended", "unmade"] {
            root.live_add(&project(), &task_id(slug)).expect("an entry");
            drop(queue::Ticket::take(&root, &project(), &task_id(slug), None).expect("a ticket"));
        }
        let report = recover(&root, RecoverOptions::default()).expect("a recovery");
        let outcomes: Vec<_> = report.tasks.into_iter().map(|found| found.outcome).collect();
        assert_eq!(outcomes, [Outcome::Settled(TaskStatus::Completed), Outcome::NeverMade]);
        assert_eq!(root.live_list().expect("a root"), []);
        assert_eq!(queue::waiting(&root).expect("a queue"), []);
        assert_eq!(recover(&root, RecoverOptions::default()).expect("again").tasks, []);
    }

    #[test]
    fn what_has_a_supervisor_is_left_alone() {
        let (_folder, root) = root();
        make(&root, &spec("alive"), Some(TaskStatus::Running));
        let owned = Owned::take(&root, &project(), &task_id("alive")).expect("a free task");
        let report = recover(&root, RecoverOptions::default()).expect("a recovery");
        assert_eq!(report.tasks[0].outcome, Outcome::Alive);
        drop(owned);
    }
}
