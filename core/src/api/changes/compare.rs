//! Which two states of a task's working folder are compared.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::convert::inside;
use super::view::UnavailableView;
use crate::api::{ApiError, App};
use crate::git::{self, Commit, GitError, Here, Own, Repository, Trees};
use crate::model::Snapshot;
use crate::store::{FolderMoment, FolderStates, OfdLock, Root, StoreErrorKind, TaskDir};

/// How git is run for who looks.
pub(super) const HERE: Here = Here { limit: Duration::from_secs(20), most: 64 << 20 };

/// Two states of a working folder.
pub(super) struct Comparison {
    pub begin: Snapshot,
    pub until: Snapshot,
    /// Whether `until` is how it was when the task ended.
    pub has_ended: bool,
    repository: Repository,
    cwd: PathBuf,
    others: Vec<PathBuf>,
    /// Held while what is kept of now is read.
    _lock: Option<OfdLock>,
}

impl Comparison {
    /// The two trees.
    pub fn trees(&self) -> Trees<'_> {
        Trees {
            repository: &self.repository,
            others: &self.others,
            from: self.begin.content(),
            to: self.until.content(),
        }
    }

    /// The commits between them.
    pub fn commits(&self, most: usize) -> Result<Vec<Commit>, GitError> {
        let Some(to) = &self.until.commit else { return Ok(Vec::new()) };
        git::commits(&HERE, &self.repository.top, self.begin.commit.as_deref(), to, most)
    }

    /// The task's folder below the root of the repository.
    pub fn inside(&self) -> Option<String> {
        inside(&self.repository.top, &self.cwd)
    }
}

type Compared = Result<Comparison, UnavailableView>;

impl App {
    /// What can be compared, or why nothing can.
    ///
    /// # Errors
    /// When the task's own files cannot be read.
    pub(super) fn comparison(&self, task: &TaskDir) -> Result<Compared, ApiError> {
        if task.root().is_foreign() {
            let words = "its root belongs to another program, which recorded nothing of the folder";
            return Ok(Err(UnavailableView::new("foreign_root", words)));
        }
        let (states, cwd) = (task.folder_states(), PathBuf::from(task.spec()?.cwd));
        let Some(mut begin) = states.read(FolderMoment::Begin)? else {
            return Ok(Err(not_recorded(task, &cwd)?));
        };
        if let Some(why) = begin.failed.take() {
            return Ok(Err(why.into()));
        }
        if let Some(end) = self.recorded_end(task, &states)? {
            return Ok(at_its_end(&states, cwd, begin, end)?);
        }
        self.with_now(task, &states, cwd, begin)
    }

    /// How the folder was when the task ended, where it has and that is recorded of this very end.
    fn recorded_end(&self, task: &TaskDir, states: &FolderStates) -> Result<Option<Snapshot>, ApiError> {
        let Some(ended) = task.state()?.filter(|state| state.status.is_ended()).and_then(|it| it.ended_at)
        else {
            return Ok(None);
        };
        // What is damaged or of a newer version is no worse than what is not there.
        let end = states.read(FolderMoment::End).ok().flatten();
        Ok(end.filter(|end| end.at >= ended && end.failed.is_none()))
    }

    /// With the folder as it is.
    fn with_now(
        &self,
        task: &TaskDir,
        states: &FolderStates,
        cwd: PathBuf,
        begin: Snapshot,
    ) -> Result<Compared, ApiError> {
        let repository = match Repository::find(&cwd).filter(|found| found.is_that_of(&begin)) {
            Some(repository) => repository,
            None => return Ok(Err(other_repository(&begin, &cwd))),
        };
        if let Err(error) = task.root().writable() {
            return Ok(Err(UnavailableView::new("read_only", error)));
        }
        let lock = match states.lock() {
            Err(error) if matches!(error.kind, StoreErrorKind::Locked { .. }) => {
                return Ok(Err(UnavailableView::new(
                    "busy",
                    "others have been looking at them for a minute; look again later",
                )));
            }
            Err(error) if matches!(error.kind, StoreErrorKind::Io { .. }) => {
                return Ok(Err(UnavailableView::new("read_only", error)));
            }
            lock => lock?,
        };
        let until = match self.now(task.root(), states, &repository)? {
            Ok(until) => until,
            Err(error) => return Ok(Err(UnavailableView::from(&error))),
        };
        let others = folders(states, FolderMoment::Now)?;
        let (has_ended, _lock) = (false, Some(lock));
        Ok(Ok(Comparison { begin, until, has_ended, repository, cwd, others, _lock }))
    }

    /// How the folder is: as it was kept by who looked last, where it is still the same.
    fn now(
        &self,
        root: &Root,
        states: &FolderStates,
        repository: &Repository,
    ) -> Result<Result<Snapshot, GitError>, ApiError> {
        let status = match git::status_of(&HERE, &repository.top) {
            // A root in the repository is none of it.
            Ok(status) => status.without(repository, root.path()),
            Err(error) => return Ok(Err(error)),
        };
        // What was kept on another boot may have been lost with it in part: it is not flushed.
        let digest = format!("{}-{}", status.digest(repository), self.machine()?.boot_id);
        let kept = states.read(FolderMoment::Now).ok().flatten();
        let is_there =
            |kept: &Snapshot| kept.tree.is_none() || matches!(states.objects(FolderMoment::Now), Ok(Some(_)));
        if let Some(kept) = kept.filter(|kept| kept.digest.as_deref() == Some(&digest) && is_there(kept)) {
            return Ok(Ok(kept));
        }
        let others: Vec<PathBuf> = states.objects(FolderMoment::Begin)?.into_iter().collect();
        let objects = states.fresh_objects(FolderMoment::Now)?;
        let own = Own { objects: &objects, others: &others };
        let taken = match git::take(&HERE, repository, &status, own) {
            Ok(taken) => taken,
            Err(error) => return Ok(Err(error)),
        };
        let mut now = git::described(self.clock.now(), repository, Some(&status));
        taken.write_to(&mut now);
        now.digest = Some(digest);
        states.write(FolderMoment::Now, &now)?;
        Ok(Ok(now))
    }
}

/// With the folder as it was when the task ended: nothing of it is looked at, only its repository is read.
fn at_its_end(
    states: &FolderStates,
    cwd: PathBuf,
    begin: Snapshot,
    until: Snapshot,
) -> Result<Compared, crate::store::StoreError> {
    let Some(repository) = Repository::at(Path::new(&begin.top), Path::new(&begin.git_dir)) else {
        return Ok(Err(other_repository(&begin, &cwd)));
    };
    let others = folders(states, FolderMoment::End)?;
    Ok(Ok(Comparison { begin, until, has_ended: true, repository, cwd, others, _lock: None }))
}

/// The folders of objects of the begin and of a later moment.
fn folders(states: &FolderStates, later: FolderMoment) -> Result<Vec<PathBuf>, crate::store::StoreError> {
    let (begin, later) = (states.objects(FolderMoment::Begin)?, states.objects(later)?);
    Ok(begin.into_iter().chain(later).collect())
}

fn other_repository(begin: &Snapshot, cwd: &Path) -> UnavailableView {
    let words = match cwd.exists() {
        true => format!("{} is no longer in the repository {}", cwd.display(), begin.top),
        false => format!("{} is not there any more", cwd.display()),
    };
    UnavailableView::new("other_repository", words)
}

/// Why it was not recorded how the folder was.
fn not_recorded(task: &TaskDir, cwd: &Path) -> Result<UnavailableView, ApiError> {
    if task.state()?.is_none_or(|state| state.last_run.is_none() && state.current_run.is_none()) {
        return Ok(UnavailableView::new("not_begun", "no run of the task has begun yet"));
    }
    Ok(match Repository::find(cwd) {
        None => {
            UnavailableView::new("no_repository", format_args!("{} is in no git repository", cwd.display()))
        }
        Some(_) => UnavailableView::new(
            "not_recorded",
            "it was not recorded how the folder was: it was in no git repository then, or the task is of an \
             earlier version",
        ),
    })
}
