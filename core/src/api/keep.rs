//! Keeping the root tidy: tasks that are put away or deleted.

use super::{ApiError, App};
use crate::model::{ProjectId, TaskId};
use crate::store::{Root, TaskDir};

/// Under what a task's own record stands among those of its attention items.
const TASK_ITEM: &str = "task";

impl App {
    /// Whether a person put a task away.
    pub fn is_archived(&self, root: &Root, project: &ProjectId, task: &TaskId) -> bool {
        // A damaged record hides no task.
        let records = root.attention().of_task(project, task).unwrap_or_default();
        records.get(TASK_ITEM).is_some_and(|record| record.archived_at.is_some())
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
        Ok(())
    }
}
