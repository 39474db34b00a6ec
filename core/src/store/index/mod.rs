//! The index: the journal applied to a SQLite file, so that lists walk no folders.
//!
//! A cache that may be deleted at any time. It is built from the files as a new generation, beside
//! the one that others read, and takes its name when it is whole; from then on it follows the
//! journal. What was changed by others than supervisors (damaged, deleted, copied in, put back) no
//! journal tells of: so the files are looked at, and those that are not what they were when they were
//! read are read again. Where the index is missing, busy, damaged or cannot be written, the files are
//! read instead and the answers are the same. Whether what claims to be alive lives is for callers to
//! check.

mod build;
mod compare;
mod database;
mod files;
mod filter;
mod seen;
#[cfg(test)]
mod tests;

use super::error::Result;
use super::root::Root;
use super::summary::{RunSummary, TaskSummary};
use super::walk::Damaged;
use crate::model::{ProjectId, RunId, TaskId};

use database::Database;
pub use filter::{RunFilter, RunMark, TaskFilter, TaskMark, run_mark, task_mark};

/// Answers what lists ask.
#[derive(Debug)]
pub struct Index {
    root: Root,
    database: Option<Database>,
    /// Projects that cannot be read.
    damaged: Vec<Damaged>,
}

impl Index {
    /// Opens the index of a root, applies what the journal has beyond it, and reads again what was
    /// changed without the journal.
    pub fn open(root: &Root) -> Self {
        let opened = build::open(root).and_then(|mut database| {
            let damaged = compare::catch_up(root, &mut database)?;
            Ok((database, damaged))
        });
        match opened {
            Ok((database, damaged)) => Self { root: root.clone(), database: Some(database), damaged },
            Err(error) => {
                tracing::debug!(%error, "no index: reading the files");
                Self::of_files(root)
            }
        }
    }

    /// An index that reads the files each time it is asked.
    pub fn of_files(root: &Root) -> Self {
        Self { root: root.clone(), database: None, damaged: Vec::new() }
    }

    /// Whether the files are read each time, for want of an index.
    pub fn reads_files(&self) -> bool {
        self.database.is_none()
    }

    /// Catches up with the journal and the files; for those that keep an index open.
    pub fn refresh(&mut self) {
        let current = self.database.as_mut().and_then(|database| {
            database.follow(&self.root).ok()?;
            compare::catch_up(&self.root, database).ok()
        });
        match current {
            Some(damaged) => self.damaged = damaged,
            None => *self = Self::open(&self.root),
        }
    }

    /// Catches up with the journal alone: for those that look at the files from time to time.
    pub fn follow(&mut self) {
        if self.database.as_mut().is_none_or(|database| database.follow(&self.root).is_err()) {
            *self = Self::open(&self.root);
        }
    }

    /// Where a run of this name is. Ids from our own hand are unique; others may stand in several tasks.
    ///
    /// # Errors
    /// As [`Index::tasks`].
    pub fn places_of_run(&self, run: &RunId) -> Result<Vec<(ProjectId, TaskId)>> {
        match self.asked(|database| database.places_of_run(run)) {
            Some(places) => Ok(places),
            None => files::places_of_run(&self.root, run),
        }
    }

    /// The tasks that match, the newest first.
    ///
    /// # Errors
    /// When the root cannot be listed. Damaged tasks are left out; see [`Index::damaged`].
    pub fn tasks(&self, filter: &TaskFilter) -> Result<Vec<TaskSummary>> {
        match self.asked(|database| database.tasks(filter)) {
            Some(tasks) => Ok(tasks),
            None => files::tasks(&self.root, filter),
        }
    }

    /// The runs that match, the newest first.
    ///
    /// # Errors
    /// As [`Index::tasks`].
    pub fn runs(&self, filter: &RunFilter) -> Result<Vec<RunSummary>> {
        match self.asked(|database| database.runs(filter)) {
            Some(runs) => Ok(runs),
            None => files::runs(&self.root, filter),
        }
    }

    /// What cannot be read: projects, tasks and runs. In a root of very many runs, those beyond the
    /// newest are looked at when something else of their task changed.
    ///
    /// # Errors
    /// As [`Index::tasks`].
    pub fn damaged(&self) -> Result<Vec<Damaged>> {
        match self.asked(Database::damaged) {
            Some(damaged) => Ok(self.damaged.iter().cloned().chain(damaged).collect()),
            None => files::damaged(&self.root),
        }
    }

    /// The tasks that a run started, the newest first.
    ///
    /// # Errors
    /// As [`Index::tasks`].
    pub fn children_of(&self, run: &RunId) -> Result<Vec<TaskSummary>> {
        self.tasks(&TaskFilter { parent_run: Some(run.clone()), ..TaskFilter::default() })
    }

    /// The revision of a task that lists show; none for a task that is not known.
    ///
    /// # Errors
    /// As [`Index::tasks`].
    pub fn revision(&self, project: &ProjectId, task: &TaskId) -> Result<Option<u64>> {
        match self.asked(|database| database.revision(project, task)) {
            Some(revision) => Ok(revision),
            None => Ok(files::revision(&self.root, project, task)),
        }
    }

    /// What the database says; none where there is none or it cannot answer.
    fn asked<T>(&self, ask: impl FnOnce(&Database) -> Result<T, database::DatabaseError>) -> Option<T> {
        let answer = ask(self.database.as_ref()?);
        answer.inspect_err(|error| tracing::debug!(%error, "the index cannot answer: reading the files")).ok()
    }
}
