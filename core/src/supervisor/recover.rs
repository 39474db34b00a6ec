//! `recover`: puts right what a crash, a reboot or a shutdown left behind.
//!
//! Looks at the live tasks, and at those that the index shows without a state, so the size of the root does
//! not matter. What has a supervisor is left
//! alone; what has none gets one, which adopts, marks as lost, stops or completes as the files say. So
//! running it twice, or two at once, does the same as once.

use std::time::{Duration, Instant};

use super::binary;
use super::detach::{self, DetachErrorKind, StartOptions};
use super::process::{Machine, ProcessId, procfs};
use super::record::{Owned, TakeError};
use super::step::Markers;
use super::{complete, mend, queue};
use crate::bus::BusSettings;
use crate::model::{ProjectId, TaskId, TaskStatus};
use crate::store::walk::Damaged;
use crate::store::{Index, Marker, OfdLock, Root, StoreError, TaskDir};

const LOCK: &str = "recover.lock";
/// Another recovery starts one supervisor after the other; there may be many.
const PATIENCE: Duration = Duration::from_secs(600);
/// How long a supervisor that was killed may take to be gone, and how often it is looked at.
const DYING: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(20);

/// How to recover.
#[derive(Debug, Clone, Copy, Default)]
pub struct RecoverOptions {
    /// Runs that another machine or pid namespace owned count as dead: for a container's entry point,
    /// where the old container is known to be gone.
    pub assume_dead: bool,
    /// How buses are written.
    pub bus: BusSettings,
}

/// What was found and done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecoverReport {
    /// Whether what names the live tasks was lost, and they were found by looking at every task.
    pub found_anew: bool,
    /// The live tasks, by project and name.
    pub tasks: Vec<Recovered>,
    /// Copies of the program that no task needs any more, and that were removed.
    pub pruned: Vec<String>,
    /// What could not be tidied up; no task is the worse for it.
    pub problems: Vec<String>,
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
    /// What was found damaged, and how it was put right.
    pub notes: Vec<String>,
}

/// What became of a live task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It has a supervisor.
    Alive,
    /// It got a new supervisor.
    Restarted {
        /// Its process id.
        pid: Option<i32>,
        /// What it does.
        course: Course,
    },
    /// It had ended; what was missing of its last records was added.
    Settled(TaskStatus),
    /// It never came to be: its creator died before the task was on disk.
    NeverMade,
    /// It could not be recovered, and why; nothing of it was changed.
    Refused(String),
}

/// What a new supervisor does with its task: what the markers in its folder ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// Nothing was asked for: it goes on.
    GoesOn,
    /// STOP is carried out.
    Stops,
    /// DONE completes it.
    Completes,
    /// PAUSE holds it.
    StaysPaused,
}

impl Course {
    /// In words, behind the name of the task.
    pub fn words(self) -> &'static str {
        match self {
            Course::GoesOn => "goes on",
            Course::Stops => "is being stopped, as was asked",
            Course::Completes => "is done and completes",
            Course::StaysPaused => "stays paused",
        }
    }

    fn of(task: &TaskDir) -> Result<Self, StoreError> {
        let at = |marker| Ok::<_, StoreError>(task.marker(marker)?.map(|intent| intent.at));
        let markers = Markers { done: at(Marker::Done)?, stop: at(Marker::Stop)?, pause: None };
        Ok(if markers.stop_wins() {
            Course::Stops
        } else if markers.done.is_some() {
            Course::Completes
        } else if task.marker(Marker::Pause)?.is_some() {
            Course::StaysPaused
        } else {
            Course::GoesOn
        })
    }
}

/// Why a root could not be recovered.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// The root may not be written, or its live tasks cannot be listed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Recovers a root. What keeps one task from being recovered keeps no other.
///
/// # Errors
/// When the root may not be written, or another recovery holds it for ten minutes.
pub fn recover(root: &Root, options: RecoverOptions) -> Result<RecoverReport, RecoverError> {
    let _lock = OfdLock::acquire(&root.run_dir("")?, LOCK, PATIENCE)?;
    let mut report = RecoverReport { found_anew: root.mend_live()?, ..RecoverReport::default() };
    let live = root.live_list()?;
    for (project, task) in live.iter().cloned().chain(without_state(root, &live)?) {
        let before = warnings(root, &project, &task);
        let outcome = recover_task(root, &project, &task, options).unwrap_or_else(Outcome::Refused);
        let notes = mend::news(&warnings(root, &project, &task), &before);
        crate::faults::step("recover.task");
        report.tasks.push(Recovered { project, task, outcome, notes });
    }
    // The tasks are recovered by now; what is left over says so and takes nothing from that.
    let tidied = tidy_queue(root).map_err(|error| format!("the queue could not be tidied: {error}"));
    report.problems.extend(tidied.err());
    match binary::prune(root) {
        Ok(pruned) => report.pruned = pruned,
        Err(error) => report.problems.push(format!("old programs could not be removed: {error}")),
    }
    Ok(report)
}

/// Tasks that ended long ago and whose state cannot be read now: lists show them as damaged.
fn without_state(root: &Root, live: &[(ProjectId, TaskId)]) -> Result<Vec<(ProjectId, TaskId)>, StoreError> {
    let of_state = |damaged: &Damaged| damaged.run.is_none() && damaged.path.ends_with("state.yaml");
    let damaged = Index::open(root).damaged()?.into_iter().filter(of_state);
    let tasks = damaged.filter_map(|damaged| Some((damaged.project, damaged.task?)));
    Ok(tasks.filter(|task| !live.contains(task)).collect())
}

/// The warnings of a task; none where they cannot be read.
fn warnings(root: &Root, project: &ProjectId, task: &TaskId) -> Vec<String> {
    let state = root.task(project, task).and_then(|task| task.state());
    state.ok().flatten().map(|state| state.warnings).unwrap_or_default()
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
    if is_supervised(&dir).map_err(|error| why(&error))? {
        return Ok(Outcome::Alive);
    }
    mend_state(root, &dir)?;
    if is_ended(&dir).map_err(|error| why(&error))? {
        return settle(root, project, task, options.bus);
    }
    let course = Course::of(&dir).map_err(|error| why(&error))?;
    let options = StartOptions { assume_dead: options.assume_dead, ..StartOptions::default() };
    match detach::start_with(root, project, task, &options) {
        Ok(started) if started.already => Ok(Outcome::Alive),
        Ok(started) => Ok(Outcome::Restarted { pid: started.pid, course }),
        Err(error) => Err(match *error.kind {
            DetachErrorKind::Refused(why) => why,
            kind => kind.to_string(),
        }),
    }
}

/// Whether its supervisor lives. One that was killed holds its lock until its last write has reached the disk,
/// which can take seconds on a busy one: it is waited for, since nobody would come back to its task later.
fn is_supervised(task: &TaskDir) -> Result<bool, StoreError> {
    let deadline = Instant::now() + DYING;
    while task.is_supervised()? {
        let holder = task.supervisor().ok().flatten();
        let id = holder.map(|holder| ProcessId { pid: holder.pid, start_time: holder.start_time });
        if !id.is_some_and(procfs::is_killed) || Instant::now() >= deadline {
            return Ok(true);
        }
        std::thread::sleep(LOOK);
    }
    Ok(false)
}

/// Makes a damaged or lost state anew: who takes the task does. Whether it has ended is known after that.
fn mend_state(root: &Root, task: &TaskDir) -> Result<(), String> {
    let mended = match task.state() {
        Ok(state) => state.is_none(),
        Err(error) => error.is_damage(),
    };
    if !mended {
        return Ok(());
    }
    let mut owned = match Owned::take(root, task.project(), task.id()) {
        Ok(owned) => owned,
        Err(TakeError::Held { .. }) => return Ok(()),
        Err(error) => return Err(error.to_string()),
    };
    if owned.state().status.is_ended() {
        return Ok(());
    }
    // At once: where a run of which no record is left was at work, only the owner before this one tells.
    let here = Machine::this().map_err(|error| error.to_string())?;
    mend::runs(&mut owned, &here).map_err(|error| error.to_string())
}

/// Its supervisor died between the end and the last of its records.
fn settle(root: &Root, project: &ProjectId, task: &TaskId, bus: BusSettings) -> Result<Outcome, String> {
    let mut owned = match Owned::take(root, project, task) {
        Ok(owned) => owned,
        Err(TakeError::Held { .. }) => return Ok(Outcome::Alive),
        Err(error) => return Err(error.to_string()),
    };
    complete::settle(&mut owned, bus).map_err(|error| error.to_string())?;
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
            Ok(task) => is_ended(&task).unwrap_or(false) && !task.is_supervised().unwrap_or(true),
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
    use crate::model::{RunId, RunInfo};
    use crate::store::Holder;
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
    fn a_run_of_another_machine_stays_one_when_all_that_says_so_is_damaged() {
        let (_folder, root) = root();
        let task = make(&root, &spec("a"), None);
        let info = RunInfo::new(project(), task_id("a"), RunId::generate(), "fake");
        let run = task.create_run(&info).expect("a run");
        let mut owned = Owned::take(&root, &project(), &task_id("a")).expect("a free task");
        let now = jiff::Timestamp::now();
        owned
            .commit("run.started", Some(&info), |state| {
                crate::supervisor::apply::run_started(state, &info, now)
            })
            .expect("a start");
        drop(owned);
        let holder = task.last_supervisor().expect("a lock").expect("a holder");
        let lock = task.lock_supervisor().expect("a lock").expect("free");
        lock.write_holder(&Holder { machine_id: "another".to_owned(), ..holder }).expect("written");
        drop(lock);
        std::fs::write(task.path().join("state.yaml"), "").expect("an empty file");
        std::fs::write(run.path().join("run-info.yaml"), "").expect("an empty file");
        mend_state(&root, &task).expect("mended");
        let info = run.info().expect("a record");
        assert_eq!((info.machine_id.as_deref(), info.pid), (Some("another"), None));
    }

    #[test]
    fn what_cannot_be_tidied_takes_nothing_from_the_report() {
        let (_folder, root) = root();
        make(&root, &spec("ended"), Some(TaskStatus::Completed));
        root.live_add(&project(), &task_id("ended")).expect("an entry");
        drop(queue::Ticket::take(&root, &project(), &task_id("ended"), None).expect("a ticket"));
        let queue = root.path().join(".conductor/state/queue");
        std::fs::remove_dir_all(&queue).expect("removed");
        std::fs::write(&queue, "in the way").expect("a file");
        let report = recover(&root, RecoverOptions::default()).expect("a recovery");
        assert_eq!(report.tasks[0].outcome, Outcome::Settled(TaskStatus::Completed));
        assert!(report.problems[0].contains("queue"), "{:?}", report.problems);
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
