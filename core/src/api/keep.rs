//! Keeping the root tidy: tasks that are put away or deleted.

use super::{ApiError, App};
use crate::model::{ProjectId, TaskId, change};
use crate::store::{AttentionRecords, Journal, Root, TaskDir};

/// Under what a task's own record stands among those of its attention items.
const TASK_ITEM: &str = "task";

/// Whether a person put the task of these records away.
pub(super) fn is_away(records: &AttentionRecords) -> bool {
    records.get(TASK_ITEM).is_some_and(|record| record.archived_at.is_some())
}

impl App {
    /// Whether a person put a task away.
    pub fn is_archived(&self, root: &Root, project: &ProjectId, task: &TaskId) -> bool {
        // A damaged record hides no task.
        is_away(&root.attention().of_task(project, task).unwrap_or_default())
    }

    /// Puts a task away that has ended, or takes it out again; nothing of it is touched.
    ///
    /// # Errors
    /// When it has not ended, or the record cannot be written.
    pub fn archive(&self, task: &TaskDir, away: bool) -> Result<(), ApiError> {
        let status = self.check(task, None)?.status;
        if away && !status.is_ended() {
            let words =
                format_args!("task {} is {}: only what has ended is archived", task.id(), status.words());
            return Err(ApiError::conflict(words).with_hint("stop it first"));
        }
        let now = self.clock.now();
        task.root().attention().update(task.project(), task.id(), TASK_ITEM, |record| {
            record.archived_at = away.then_some(now);
        })?;
        let word = if away { change::ARCHIVED } else { change::UNARCHIVED };
        self.note(task.root(), word, task.project(), task.id());
        Ok(())
    }

    /// Tells other faces what a person did with a task. Its record says so already: where the journal cannot be written
    /// (a root of another system has none), they see it when they look the next time.
    pub(super) fn note(&self, root: &Root, word: &str, project: &ProjectId, task: &TaskId) {
        let told =
            Journal::open(root).and_then(|journal| journal.note(word, project, task, self.clock.now()));
        if let Err(error) = told {
            tracing::debug!(%error, word, "the journal does not tell of it");
        }
    }
}
