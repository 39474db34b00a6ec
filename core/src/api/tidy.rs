//! Deleting tasks, and what of a root nobody needs any more.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::tasks::TaskQuery;
use super::{ApiError, App};
use crate::model::{ProjectId, TaskId, TaskSpec};
use crate::store::summary::title;
use crate::store::{Journal, JournalRecord, TaskDir, TaskSummary};
use crate::supervisor::binary;

/// Days after its end at which an archived task is deleted, where it is not said.
pub const USUAL_DAYS: u32 = 30;

/// What is to go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct GarbageView {
    /// `task` or `program`.
    pub what: String,
    /// `project/task`, or the name of a copy of the program.
    pub name: String,
    /// Bytes that it takes, where they were counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

/// What went, or would go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct GarbageReport {
    /// Whether nothing was deleted: this is what would be.
    pub dry_run: bool,
    /// What it is.
    pub items: Vec<GarbageView>,
    /// What could not be deleted, and why.
    pub problems: Vec<String>,
}

impl App {
    /// Deletes a task that has ended, with all that is in its folder.
    ///
    /// # Errors
    /// When it has not ended, a supervisor lives, or the folder cannot be removed.
    pub fn delete(&self, task: &TaskDir) -> Result<(), ApiError> {
        let status = self.check(task, None)?.status;
        if !status.is_ended() {
            let words =
                format_args!("task {} is {}: only what has ended is deleted", task.id(), status.words());
            return Err(ApiError::conflict(words).with_hint("stop it first"));
        }
        let told = self.last_words(task);
        task.root().tokens().revoke_of(task.project(), task.id())?;
        task.delete()?;
        if let Some(record) = told {
            Journal::open(task.root())?.append(&record)?;
        }
        Ok(())
    }

    /// What the journal tells of a deletion; none of a task whose files say nothing.
    fn last_words(&self, task: &TaskDir) -> Option<JournalRecord> {
        let spec: TaskSpec = task.spec().ok()?;
        let state = task.state().ok().flatten();
        let summary = TaskSummary::new(&spec, state.as_ref(), &title(&task.prompt().unwrap_or_default()));
        Some(JournalRecord {
            kind: JournalRecord::DELETED.to_owned(),
            at: self.clock.now(),
            task: summary,
            run: None,
        })
    }

    /// Finds what nobody needs: archived tasks that ended so many days ago, copies of the program that no task
    /// names. Deletes it unless this is a dry run.
    ///
    /// # Errors
    /// When the root cannot be read.
    pub fn collect_garbage(&self, dry_run: bool, days: u32) -> Result<GarbageReport, ApiError> {
        let root = self.root()?;
        let mut report = GarbageReport { dry_run, items: Vec::new(), problems: Vec::new() };
        for task in self.garbage(days)? {
            let name = format!("{}/{}", task.project(), task.id());
            let bytes = Some(task.bytes());
            match if dry_run { Ok(()) } else { self.delete(&task) } {
                Ok(()) => report.items.push(GarbageView { what: "task".to_owned(), name, bytes }),
                Err(error) => report.problems.push(format!("{name}: {error}")),
            }
        }
        let programs = if dry_run { binary::unneeded(root)? } else { binary::prune(root)? };
        let program = |name: String| GarbageView { what: "program".to_owned(), name, bytes: None };
        report.items.extend(programs.into_iter().map(program));
        Ok(report)
    }

    fn garbage(&self, days: u32) -> Result<Vec<TaskDir>, ApiError> {
        let root = self.root()?;
        let before = self.clock.now().checked_sub(SignedDuration::from_hours(i64::from(days) * 24));
        let before = before.unwrap_or(Timestamp::MIN);
        let mut found = Vec::new();
        for task in self.list(&TaskQuery::default())?.tasks {
            let is_old = task.ended_at.is_some_and(|ended| ended <= before) && task.status.is_ended();
            let ids = ProjectId::from_disk(&task.project).ok().zip(TaskId::from_disk(&task.task).ok());
            let Some((project, id)) = ids.filter(|_| is_old && task.root.is_none()) else { continue };
            if self.is_archived(root, &project, &id) {
                found.push(root.task(&project, &id)?);
            }
        }
        Ok(found)
    }
}
