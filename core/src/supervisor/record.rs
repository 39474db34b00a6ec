//! The only way in which a task's state is written.
//!
//! [`Owned`] is the task's lock and what is known of the task. Every change is one commit: checked
//! against the table of statuses, one revision up, written to state.yaml, then told to the journal.
//! Whoever takes a free lock first repairs what a dead owner left between the two.

use std::path::PathBuf;

use crate::clock::Clock;
use crate::faults;
use crate::model::{ProjectId, RunInfo, RunStatus, TaskId, TaskSpec, TaskState, TaskStatus};
use crate::notify::Bell;
use crate::store::{
    Holder, Journal, JournalError, JournalRecord, OfdLock, Root, RunDir, RunSummary, StoreError, TaskDir,
    TaskSummary, summary,
};
use crate::supervisor::mend;
use crate::supervisor::process::{Machine, ProcessError, ProcessId};

/// Why a task could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    /// Another process owns it.
    #[error("task {task} has a supervisor already{}", .holder.as_deref().map(describe).unwrap_or_default())]
    Held {
        /// The task.
        task: TaskId,
        /// Who holds its lock, where it says so.
        holder: Option<Box<Holder>>,
    },
    /// This process cannot say who it is.
    #[error("own identity: {0}")]
    Identity(#[from] ProcessError),
    /// Its files cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What was left of it cannot be repaired.
    #[error(transparent)]
    Record(#[from] RecordError),
}

fn describe(holder: &Holder) -> String {
    format!(": pid {}", holder.pid)
}

/// Why a change was not recorded: whose, and what is wrong.
#[derive(Debug, thiserror::Error)]
#[error("record of {}: {kind}", path.display())]
pub struct RecordError {
    /// The task's or run's folder.
    pub path: PathBuf,
    /// What is wrong.
    pub kind: RecordErrorKind,
}

/// What kept a change from being recorded.
#[derive(Debug, thiserror::Error)]
pub enum RecordErrorKind {
    /// The table of task statuses has no such step.
    #[error("a task that is {from} cannot become {to}")]
    TaskStep {
        /// Status before.
        from: TaskStatus,
        /// Status wanted.
        to: TaskStatus,
    },
    /// A run ends once.
    #[error("a run that is {from} cannot become {to}")]
    RunStep {
        /// Status before.
        from: RunStatus,
        /// Status wanted.
        to: RunStatus,
    },
    /// A file could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The journal could not be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// A task whose lock this process holds. Dropping it gives the task up.
#[derive(Debug)]
pub struct Owned {
    root: Root,
    task: TaskDir,
    spec: TaskSpec,
    /// Whether it stands in for one that is lost.
    spec_is_lost: bool,
    state: TaskState,
    title: String,
    journal: Journal,
    clock: Clock,
    /// Who held the lock before, as it said.
    before: Option<Holder>,
    /// Rung when the journal was told something.
    bell: Option<Bell>,
    _lock: OfdLock,
}

impl Owned {
    /// Takes a task's free lock, and repairs what its last owner may have left undone.
    ///
    /// # Errors
    /// [`TakeError::Held`] when another process owns it.
    pub fn take(root: &Root, project: &ProjectId, task: &TaskId) -> Result<Self, TakeError> {
        Self::take_with(root, project, task, |task| Ok((task.spec()?, false)))
    }

    /// As [`Owned::take`], also where `task.yaml` is lost: then what the journal and the runs tell stands in
    /// for it, is never written to it, and no run may be started ([`Owned::has_spec`]).
    ///
    /// # Errors
    /// As [`Owned::take`].
    pub fn take_to_stop(root: &Root, project: &ProjectId, task: &TaskId) -> Result<Self, TakeError> {
        Self::take_with(root, project, task, mend::spec_or_stand_in)
    }

    fn take_with(
        root: &Root,
        project: &ProjectId,
        task: &TaskId,
        spec: impl FnOnce(&TaskDir) -> Result<(TaskSpec, bool), RecordErrorKind>,
    ) -> Result<Self, TakeError> {
        let dir = root.task(project, task)?;
        let Some(lock) = dir.lock_supervisor()? else {
            let holder = dir.supervisor().ok().flatten().map(Box::new);
            return Err(TakeError::Held { task: task.clone(), holder });
        };
        let before = dir.last_supervisor()?;
        lock.write_holder(&this_process()?)?;
        root.live_add(project, task)?;
        let spec = spec(&dir).map_err(|kind| RecordError { path: dir.path().to_owned(), kind })?;
        Ok(Self::read(root, dir, spec, before, lock)?)
    }

    fn read(
        root: &Root,
        task: TaskDir,
        (spec, spec_is_lost): (TaskSpec, bool),
        before: Option<Holder>,
        lock: OfdLock,
    ) -> Result<Self, RecordError> {
        let failed = |kind: RecordErrorKind| RecordError { path: task.path().to_owned(), kind };
        // Whoever stops a task does not need to know what it was about; a launch reads the whole prompt.
        let title = task.prompt().map(|prompt| summary::title(&prompt)).unwrap_or_default();
        let journal = Journal::open(root).map_err(|error| failed(error.into()))?;
        let (state, mended) = mend::state(&task, &spec, &journal).map_err(failed)?;
        let (root, clock) = (root.clone(), Clock::system());
        let mut owned = Self {
            root,
            task,
            spec,
            spec_is_lost,
            state,
            title,
            journal,
            clock,
            before,
            bell: None,
            _lock: lock,
        };
        owned.repair()?;
        if let Some(words) = mended {
            owned.commit("task.mended", None, |state| state.warnings.push(words))?;
        }
        Ok(owned)
    }

    /// Tells the journal the current revision where it was not told before its owner, or the maker of
    /// the task, died.
    fn repair(&self) -> Result<(), RecordError> {
        let last = self.state.current_run.as_ref().or(self.state.last_run.as_ref());
        let info = last.and_then(|run| self.task.run(run).and_then(|run| run.info()).ok());
        let record = self.record(&format!("task.{}", self.state.status), info.as_ref());
        self.journal.ensure(&record).map_err(|error| self.failed(error))?;
        Ok(())
    }

    /// Its root.
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// Its folder.
    pub fn task(&self) -> &TaskDir {
        &self.task
    }

    /// What was asked.
    pub fn spec(&self) -> &TaskSpec {
        &self.spec
    }

    /// Whether [`Owned::spec`] is what was asked; else it only stands in for it.
    pub fn has_spec(&self) -> bool {
        !self.spec_is_lost
    }

    /// What is known, as it stands in state.yaml.
    pub fn state(&self) -> &TaskState {
        &self.state
    }

    /// Who held its lock before this process, as it said.
    pub fn owner_before(&self) -> Option<&Holder> {
        self.before.as_ref()
    }

    /// The first words of its prompt.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The clock that commits are dated by.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Records one change: state.yaml first, then the journal. `kind` is the journal's word for it
    /// (`task.running`, `run.started`); `run` the run that it is about.
    ///
    /// # Errors
    /// When the table has no such step, or a file cannot be written; the state is then as before,
    /// except where only the journal failed.
    pub fn commit(
        &mut self,
        kind: &str,
        run: Option<&RunInfo>,
        change: impl FnOnce(&mut TaskState),
    ) -> Result<(), RecordError> {
        let mut next = self.state.clone();
        change(&mut next);
        if !self.state.status.can_become(next.status) {
            let step = RecordErrorKind::TaskStep { from: self.state.status, to: next.status };
            return Err(self.failed(step));
        }
        next.revision = self.state.revision + 1;
        next.updated_at = self.clock.now();
        self.task.write_state(&next).map_err(|error| self.failed(error))?;
        self.state = next;
        faults::step("record.after-state");
        let record = self.record(kind, run);
        self.journal.append(&record).map_err(|error| self.failed(error))?;
        faults::step("record.after-journal");
        self.bell.iter().for_each(Bell::ring);
        Ok(())
    }

    /// Rings a bell whenever the journal was told something, from now on.
    pub(super) fn ring(&mut self, bell: Option<Bell>) {
        self.bell = bell;
    }

    /// Writes what was asked anew: `resume --agent`, a follow-up.
    ///
    /// # Errors
    /// When the file cannot be written; what is known of it is then as before.
    pub fn change_spec(&mut self, change: impl FnOnce(&mut TaskSpec)) -> Result<(), RecordError> {
        let mut next = self.spec.clone();
        change(&mut next);
        self.task.write_spec(&next).map_err(|error| self.failed(error))?;
        self.spec = next;
        Ok(())
    }

    /// Writes the record of a run that this process has just made, durably, the name of its folder included:
    /// nobody can have ended it. Before the state may name it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn begin_run(&self, run: &RunDir, info: &RunInfo) -> Result<(), RecordError> {
        debug_assert_eq!(info.status, RunStatus::Running);
        let failed = |error: StoreError| RecordError { path: run.path().to_owned(), kind: error.into() };
        self.task.establish_run(run, info).map_err(failed)
    }

    /// Writes a run's record, durably. A run ends once and stays as it ended.
    ///
    /// # Errors
    /// When it had ended otherwise, or the file cannot be written.
    pub fn write_run(&self, run: &RunDir, info: &RunInfo) -> Result<(), RecordError> {
        self.end_run(run, None, info)
    }

    /// As [`Owned::write_run`], its output before that where there is one to write.
    ///
    /// # Errors
    /// As [`Owned::write_run`].
    pub fn end_run(&self, run: &RunDir, output: Option<&str>, info: &RunInfo) -> Result<(), RecordError> {
        let failed = |kind| RecordError { path: run.path().to_owned(), kind };
        match run.info() {
            Ok(before) if !before.status.can_become(info.status) => {
                return Err(failed(RecordErrorKind::RunStep { from: before.status, to: info.status }));
            }
            // Somebody damaged it; what is known here is what holds.
            Err(error) if !error.is_damage() && !error.is_not_found() => return Err(failed(error.into())),
            Ok(_) | Err(_) => {}
        }
        let written = match output.filter(|output| !output.is_empty()) {
            Some(output) => run.write_end(output, info),
            None => run.write_info(info),
        };
        written.map_err(|error| failed(error.into()))
    }

    /// Gives the task up. An ended one is no longer live: its last record is on disk first.
    ///
    /// # Errors
    /// When that cannot be assured; recovery then finds it ended and does the same.
    pub fn release(self) -> Result<(), RecordError> {
        if self.state.status.is_ended() && self.state.completion_fact.is_some() {
            self.journal.sync().map_err(|error| self.failed(error))?;
            let (project, task) = (&self.spec.project_id, &self.spec.task_id);
            self.root.live_remove(project, task).map_err(|error| self.failed(error))?;
        }
        Ok(())
    }

    /// The journal's record of the current revision.
    fn record(&self, kind: &str, run: Option<&RunInfo>) -> JournalRecord {
        JournalRecord {
            kind: kind.to_owned(),
            at: self.state.updated_at,
            task: TaskSummary::new(&self.spec, Some(&self.state), &self.title),
            run: run.map(RunSummary::from),
        }
    }

    fn failed(&self, kind: impl Into<RecordErrorKind>) -> RecordError {
        RecordError { path: self.task.path().to_owned(), kind: kind.into() }
    }
}

/// The process that holds a lock, where it is of this machine, boot and pid namespace: only there its
/// pid means anything.
pub(super) fn process_here(holder: &Holder, here: &Machine) -> Option<ProcessId> {
    let is_here = holder.machine_id == here.machine_id
        && holder.boot_id == here.boot_id
        && holder.pid_namespace == here.pid_namespace;
    is_here.then_some(ProcessId { pid: holder.pid, start_time: holder.start_time })
}

fn this_process() -> Result<Holder, ProcessError> {
    let machine = Machine::this()?;
    let id = ProcessId::this()
        .ok_or_else(|| ProcessError::new("/proc/self/stat", std::io::ErrorKind::NotFound))?;
    Ok(Holder {
        pid: id.pid,
        start_time: id.start_time,
        boot_id: machine.boot_id,
        pid_namespace: machine.pid_namespace,
        machine_id: machine.machine_id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::JournalRead;
    use crate::supervisor::testbed::{make, root, spec, task_id};

    fn take(root: &Root) -> Result<Owned, TakeError> {
        Owned::take(root, &crate::supervisor::testbed::project(), &task_id("a"))
    }

    #[test]
    fn a_task_has_one_owner_who_says_who_it_is() {
        let (_folder, root) = root();
        let task = make(&root, &spec("a"), None);
        let owned = take(&root).expect("a free task");
        let Err(TakeError::Held { holder: Some(holder), .. }) = take(&root) else { panic!("it is held") };
        assert_eq!(holder.pid, std::process::id().cast_signed());
        assert!(root.is_live(task.project(), task.id()).expect("a readable root"));
        drop(owned);
        take(&root).expect("free again");
    }

    #[test]
    fn a_pid_means_something_on_its_own_machine_boot_and_namespace_only() {
        let here = Machine::this().expect("a machine");
        let own = this_process().expect("this process");
        assert_eq!(process_here(&own, &here), ProcessId::this());
        let elsewhere = [
            Holder { machine_id: "another".to_owned(), ..own.clone() },
            Holder { boot_id: "another".to_owned(), ..own.clone() },
            Holder { pid_namespace: here.pid_namespace + 1, ..own },
        ];
        for holder in elsewhere {
            assert_eq!(process_here(&holder, &here), None, "{holder:?}");
        }
    }

    #[test]
    fn a_new_task_is_told_to_the_journal_once_by_whoever_takes_it_first() {
        let (_folder, root) = root();
        make(&root, &spec("first"), None);
        make(&root, &TaskSpec { depends_on: vec![task_id("first").to_string()], ..spec("a") }, None);
        for _ in 0..2 {
            drop(take(&root).expect("a free task"));
        }
        let journal = Journal::open(&root).expect("a journal");
        let JournalRead::Entries(told) = journal.read(None, 10).expect("readable") else {
            panic!("nothing is missing")
        };
        let told: Vec<_> = told.iter().filter(|entry| entry.record.task.task == task_id("a")).collect();
        let [first] = &told[..] else { panic!("{told:?}") };
        assert_eq!((first.record.task.status, first.record.task.revision), (TaskStatus::Waiting, 0));
    }

    #[test]
    fn every_commit_is_one_revision_on_disk() {
        let (_folder, root) = root();
        let task = make(&root, &spec("a"), None);
        let mut owned = take(&root).expect("a free task");
        assert_eq!((owned.state().status, owned.state().revision), (TaskStatus::Queued, 0));
        owned.commit("task.running", None, |state| state.status = TaskStatus::Running).expect("a step");
        let stored = task.state().expect("a state").expect("written");
        assert_eq!((stored.status, stored.revision), (TaskStatus::Running, 1));
    }

    #[test]
    fn the_table_has_no_way_around_it() {
        let (_folder, root) = root();
        let task = make(&root, &spec("a"), None);
        for from in TaskStatus::all() {
            for to in TaskStatus::all() {
                crate::supervisor::testbed::set(&task, from);
                let mut owned = take(&root).expect("a free task");
                let before = owned.state().clone();
                let result = owned.commit("task.test", None, |state| state.status = to);
                assert_eq!(result.is_ok(), from.can_become(to), "{from} to {to}");
                let stored = task.state().expect("a state").expect("written");
                assert_eq!(stored.revision, before.revision + u64::from(result.is_ok()));
                assert_eq!(&stored, owned.state());
            }
        }
    }

    #[test]
    fn a_run_ends_once() {
        let (_folder, root) = root();
        let task = make(&root, &spec("a"), None);
        let owned = take(&root).expect("a free task");
        let id = crate::model::RunId::generate();
        let mut info = RunInfo::new(task.project().clone(), task.id().clone(), id, "fake");
        let run = task.create_run(&info).expect("a run");
        info.status = RunStatus::Failed;
        owned.write_run(&run, &info).expect("it ends");
        info.status = RunStatus::Completed;
        assert!(owned.write_run(&run, &info).is_err());
        assert_eq!(run.info().expect("a run").status, RunStatus::Failed);
    }
}
