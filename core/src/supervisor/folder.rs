//! How the working folder is when the first run begins and when the task has ended: what *changes* compares.
//!
//! Nothing here keeps a task from being worked on: what cannot be recorded is the reason why its changes are
//! not shown.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::runtime::Handle;

use super::change::{Looked, Looking};
use super::drive::Driver;
use super::process::Reaper;
use crate::faults;
use crate::git::{self, GitError, Own, Printed, Repository, Runner, Status};
use crate::model::snapshot::SnapshotFailure;
use crate::model::{RunInfo, Snapshot};
use crate::store::{FolderMoment, FolderStates, Listed, Result as StoreResult, StoreError};

/// How long each command may take that takes a tree before an agent begins.
const BEGIN: Duration = Duration::from_secs(20);
/// How long all of them may take when the task ends: whoever waits for the end waits for it.
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
        let (at, most) = (self.owned.clock().now(), Most { each: BEGIN, until: None });
        let snapshot = self.snapshot(FolderMoment::Begin, at, repository, status.as_ref(), most).await;
        let states = self.owned.task().folder_states();
        let write = move || states.write(FolderMoment::Begin, &snapshot);
        std::thread::Builder::new().name("folder".to_owned()).spawn(write).ok()
    }

    /// Records how the folder is now that the task is about to end, where it is known how it was; when that
    /// was, which is when the task ends. Before the end is written: whoever sees it may change the folder.
    pub(super) async fn record_end(&self) -> Timestamp {
        let at = self.owned.clock().now();
        if let Some(end) = self.folder_at_end(at).await {
            note(self.owned.task().folder_states().write(FolderMoment::End, &end));
        }
        faults::step("drive.after-folder");
        at
    }

    /// How the folder is, as far as that can be told in time; none where it is not what it was then.
    async fn folder_at_end(&self, at: Timestamp) -> Option<Snapshot> {
        let begin = self.owned.task().folder_states().read(FolderMoment::Begin).ok().flatten()?;
        if begin.failed.is_some() {
            return None;
        }
        let until = Instant::now() + END;
        let cwd = Path::new(&self.owned.spec().cwd);
        let looked = tokio::time::timeout(END, Looking::begin(cwd, &self.desk.reaper).finish()).await;
        let Ok(Looked { git, .. }) = looked else { return Some(not_in_time(at, begin)) };
        let (repository, status) = git.filter(|(repository, _)| repository.is_that_of(&begin))?;
        let most = Most { each: END, until: Some(until) };
        Some(self.snapshot(FolderMoment::End, at, &repository, status.as_ref(), most).await)
    }

    /// How the folder is, its tree taken where the commit's is another.
    async fn snapshot(
        &self,
        moment: FolderMoment,
        at: Timestamp,
        repository: &Repository,
        status: Result<&Status, &GitError>,
        most: Most,
    ) -> Snapshot {
        let Ok(status) = status else { return failed(at, repository, status.err()) };
        // A root in the repository is none of it.
        let status = status.clone().without(repository, self.owned.root().path());
        let mut snapshot = git::described(at, repository, Some(&status));
        if status.entries.is_empty() || snapshot.failed.is_some() {
            return snapshot;
        }
        let reaped = Reaped { reaper: self.desk.reaper.clone(), runtime: Handle::current(), most };
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

fn failed(at: Timestamp, repository: &Repository, error: Option<&GitError>) -> Snapshot {
    let why = error.map(|error| failure(error.code(), &error.to_string()));
    Snapshot { failed: why, ..git::described(at, repository, None) }
}

/// Of the repository of `begin` it is not known how it is.
fn not_in_time(at: Timestamp, begin: Snapshot) -> Snapshot {
    let error = GitError::of_run("status", io::ErrorKind::TimedOut.into(), END);
    let why = failure(error.code(), &error.to_string());
    Snapshot { at, commit: None, branch: None, tree: None, left_out: Vec::new(), failed: Some(why), ..begin }
}

fn failure(code: &str, message: &str) -> SnapshotFailure {
    SnapshotFailure { code: code.to_owned(), message: message.to_owned() }
}

/// How long commands may take.
#[derive(Debug, Clone, Copy)]
struct Most {
    each: Duration,
    /// When the last one must have ended.
    until: Option<Instant>,
}

/// Runs git through the reaper of this process, from a thread beside its runtime.
struct Reaped {
    reaper: Reaper,
    runtime: Handle,
    most: Most,
}

impl Runner for Reaped {
    fn limit(&self) -> Duration {
        self.most.each
    }

    fn run(&self, command: &mut Command, stdin: Option<File>) -> io::Result<Printed> {
        let stdin = stdin.map_or_else(Stdio::null, Stdio::from);
        let begun = self.reaper.begin_with(command, stdin)?;
        let left = self.most.until.map(|until| until.saturating_duration_since(Instant::now()));
        let left = left.map_or(self.most.each, |left| left.min(self.most.each));
        let limited = async { tokio::time::timeout(left, begun.output()).await? };
        let output = self.runtime.block_on(limited)?;
        let (code, stdout, stderr) = (output.status.code(), output.stdout, output.stderr);
        Ok(Printed { code, stdout, stderr, cut: false })
    }
}
