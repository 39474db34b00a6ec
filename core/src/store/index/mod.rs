//! The index: the journal applied to a SQLite file, so that lists walk no folders.
//!
//! A cache that may be deleted at any time. It is built from the files as a new generation, beside
//! the one that others read, and takes its name when it is whole; from then on it only follows the
//! journal. Where it is missing, busy, damaged or cannot be written, the files are read instead and
//! the answers are the same. Whether what claims to be alive lives is for callers to check.

mod build;
mod database;
mod files;
mod filter;
#[cfg(test)]
mod tests;

use super::error::Result;
use super::root::Root;
use super::summary::{RunSummary, TaskSummary};
use crate::model::{ProjectId, RunId, TaskId};

use database::Database;
pub use filter::{RunFilter, TaskFilter};

/// Answers what lists ask.
#[derive(Debug)]
pub struct Index {
    root: Root,
    database: Option<Database>,
}

impl Index {
    /// Opens the index of a root and applies what the journal has beyond it.
    pub fn open(root: &Root) -> Self {
        let database = build::open(root)
            .inspect_err(|error| tracing::debug!(%error, "no index: reading the files"))
            .ok();
        Self { root: root.clone(), database }
    }

    /// An index that reads the files each time it is asked.
    pub fn of_files(root: &Root) -> Self {
        Self { root: root.clone(), database: None }
    }

    /// Whether the files are read each time, for want of an index.
    pub fn reads_files(&self) -> bool {
        self.database.is_none()
    }

    /// Applies what the journal got since; for those that keep an index open.
    pub fn refresh(&mut self) {
        let is_current = self.database.as_mut().is_some_and(|database| database.follow(&self.root).is_ok());
        if !is_current {
            *self = Self::open(&self.root);
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

    /// Names of what could not be read when the index was built: `project/task`, or with `/run`. It may
    /// have been mended since.
    ///
    /// # Errors
    /// As [`Index::tasks`].
    pub fn damaged(&self) -> Result<Vec<String>> {
        match self.asked(Database::damaged) {
            Some(names) => Ok(names),
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
