//! How the working folder is when the first run begins and when the task has ended: what *changes* compares.
//!
//! Nothing here keeps a task from being worked on: what cannot be recorded is the reason why its changes are
//! not shown.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use jiff::Timestamp;
use tokio::runtime::Handle;

use super::change::{Looked, Looking};
use super::drive::Driver;
use super::process::Reaper;
use crate::git::{self, GitError, Own, Printed, Repository, Runner, Status};
use crate::model::snapshot::SnapshotFailure;
use crate::model::{RunInfo, Snapshot};
use crate::store::{FolderMoment, FolderStates, Listed, Result as StoreResult, StoreError};

/// How long each command may take that takes a tree before an agent begins.
const BEGIN: Duration = Duration::from_secs(20);
/// The same when the task has ended: whoever opens it again waits for it.
const END: Duration = Duration::from_secs(5);

/// A record of how the folder was that is on its way to the disk.
pub(super) type Recording = std::thread::JoinHandle<StoreResult<()>>;

impl Driver<'_> {
    /// Whether it is still to be recorded how the folder was: no run of the task has begun yet.
    pub(super) fn wants_begin(&self) -> bool {
        let states = self.owned.task().folder_states();
        matches!(states.has(FolderMoment::Begin), Ok(false)) && !self.has_begun()
    }

    /// Whether any run's agent was there.
    fn has_begun(&self) -> bool {
        let state = self.owned.state();
        if state.last_run.is_none() && state.current_run.is_none() {
            return false;
        }
        let began = |run: Listed<RunInfo>| run.ok().is_none_or(|info| info.pid.is_some());
        self.owned.task().run_infos().map_or(true, |runs| runs.into_iter().any(began))
    }

    /// Begins to record how the folder is before the first run, on a thread of its own, where it lies in a
    /// repository and that is still to be done.
    pub(super) async fn begin_recording(&self, looked: Option<&Looked>) -> Option<Recording> {
        let (repository, status) = looked?.git.as_ref()?;
        if !self.wants_begin() {
            return None;
        }
        let snapshot = self.snapshot(FolderMoment::Begin, repository, status.as_ref(), BEGIN).await;
        let states = self.owned.task().folder_states();
        let write = move || states.write(FolderMoment::Begin, &snapshot);
        std::thread::Builder::new().name("folder".to_owned()).spawn(write).ok()
    }

    /// Records how the folder is now that the task has ended, where it is known how it was and it was not
    /// recorded by a supervisor before.
    pub(super) async fn record_end(&self) {
        let states = self.owned.task().folder_states();
        let Ok(Some(begin)) = states.read(FolderMoment::Begin) else { return };
        if begin.failed.is_some() {
            return;
        }
        let recorded = states.read(FolderMoment::End).ok().flatten();
        if recorded.is_some_and(|end| self.owned.state().ended_at.is_some_and(|ended| end.at >= ended)) {
            return;
        }
        let cwd = Path::new(&self.owned.spec().cwd);
        let looked = tokio::time::timeout(END, Looking::begin(cwd, &self.desk.reaper).finish()).await;
        let Ok(Looked { git: Some((repository, status)), .. }) = looked else { return };
        if !repository.is_that_of(&begin) {
            return;
        }
        let end = self.snapshot(FolderMoment::End, &repository, status.as_ref(), END).await;
        note(states.write(FolderMoment::End, &end));
    }

    /// How the folder is, its tree taken where the commit's is another.
    async fn snapshot(
        &self,
        moment: FolderMoment,
        repository: &Repository,
        status: Result<&Status, &GitError>,
        limit: Duration,
    ) -> Snapshot {
        let now = self.owned.clock().now();
        let Ok(status) = status else { return failed(now, repository, status.err()) };
        // A root in the repository is none of it.
        let status = status.clone().without(repository, self.owned.root().path());
        let mut snapshot = git::described(now, repository, Some(&status));
        if status.entries.is_empty() || snapshot.failed.is_some() {
            return snapshot;
        }
        let reaped = Reaped { reaper: self.desk.reaper.clone(), runtime: Handle::current(), limit };
        let (states, repository) = (self.owned.task().folder_states(), repository.clone());
        let take = move || take(&reaped, &states, moment, &repository, &status);
        match tokio::task::spawn_blocking(take).await {
            Ok(Ok(taken)) => taken.write_to(&mut snapshot),
            Ok(Err(why)) => snapshot.failed = Some(why),
            Err(_) => snapshot.failed = Some(failure("git_failed", "taking a tree of it failed")),
        }
        snapshot
    }
}

/// Waits for a record; what cannot be written is told to the log, and stops nothing.
pub(super) fn recorded(recording: Option<Recording>) {
    if let Some(Ok(written)) = recording.map(Recording::join) {
        note(written);
    }
}

fn note(written: StoreResult<()>) {
    if let Err(error) = written {
        tracing::warn!(%error, "the changes of the task cannot be shown");
    }
}

fn take(
    reaped: &Reaped,
    states: &FolderStates,
    moment: FolderMoment,
    repository: &Repository,
    status: &Status,
) -> Result<git::Taken, SnapshotFailure> {
    let stored = |error: StoreError| failure("io", &error.to_string());
    let begin = match moment {
        FolderMoment::Begin => None,
        _ => states.objects(FolderMoment::Begin).map_err(stored)?,
    };
    let objects = states.fresh_objects(moment).map_err(stored)?;
    let others: Vec<_> = begin.into_iter().collect();
    let own = Own { objects: &objects, others: &others };
    git::take(reaped, repository, status, own).map_err(|error| failure(error.code(), &error.to_string()))
}

fn failed(now: Timestamp, repository: &Repository, error: Option<&GitError>) -> Snapshot {
    let why = error.map(|error| failure(error.code(), &error.to_string()));
    Snapshot { failed: why, ..git::described(now, repository, None) }
}

fn failure(code: &str, message: &str) -> SnapshotFailure {
    SnapshotFailure { code: code.to_owned(), message: message.to_owned() }
}

/// Runs git through the reaper of this process, from a thread beside its runtime.
struct Reaped {
    reaper: Reaper,
    runtime: Handle,
    limit: Duration,
}

impl Runner for Reaped {
    fn limit(&self) -> Duration {
        self.limit
    }

    fn run(&self, command: &mut Command, stdin: Option<File>) -> io::Result<Printed> {
        let stdin = stdin.map_or_else(Stdio::null, Stdio::from);
        let begun = self.reaper.begin_with(command, stdin)?;
        let limited = async { tokio::time::timeout(self.limit, begun.output()).await? };
        let output = self.runtime.block_on(limited)?;
        let (code, stdout, stderr) = (output.status.code(), output.stdout, output.stderr);
        Ok(Printed { code, stdout, stderr, cut: false })
    }
}
