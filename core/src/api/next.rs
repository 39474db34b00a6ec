//! What a person would do next about a task.

use super::dto::TaskView;
use crate::model::task::TaskError;
use crate::model::{ProjectId, TaskId, TaskStatus};
use crate::store::{Names, Root};

/// The command line for a task in its status; none where it goes on by itself, or is another system's.
/// A failure that says itself what helps is heeded.
pub(super) fn next_step(
    root: &Root,
    names: &Names,
    task: &TaskView,
    error: Option<&TaskError>,
) -> Option<String> {
    let name = name(names, task);
    if root.is_foreign() && !task.status.is_ended() {
        return None;
    }
    match task.status {
        TaskStatus::WaitingAnswer => Some(format!("run-agent answer {name} \"…\"")),
        TaskStatus::WaitingReview => Some(format!("run-agent output {name}")),
        TaskStatus::Interrupted if is_live(root, task) => Some("run-agent recover".to_owned()),
        TaskStatus::Interrupted => Some(format!("run-agent resume {name}")),
        TaskStatus::Completed => Some(format!("run-agent output {name}")),
        TaskStatus::Failed | TaskStatus::TimedOut | TaskStatus::Stopped if root.is_foreign() => {
            Some(format!("run-agent output {name}"))
        }
        TaskStatus::Paused | TaskStatus::Stopped => Some(format!("run-agent resume {name}")),
        TaskStatus::Failed | TaskStatus::TimedOut => {
            let usual =
                || format!("run-agent output {name} --file stderr; run-agent resume {name} tries again");
            Some(error.and_then(|error| error.hint.clone()).unwrap_or_else(usual))
        }
        status => {
            debug_assert!(goes_on_by_itself(status));
            None
        }
    }
}

/// Whether nothing is to be done about a task in this status.
pub(super) fn goes_on_by_itself(status: TaskStatus) -> bool {
    use TaskStatus::{Queued, Running, Stopping, Waiting, WaitingQuota};
    matches!(status, Waiting | Queued | Running | WaitingQuota | Stopping)
}

/// Whether recovery will go on with a task: it looks at those that somebody owned.
pub(super) fn is_live(root: &Root, task: &TaskView) -> bool {
    let (Ok(project), Ok(task)) = (ProjectId::from_disk(&task.project), TaskId::from_disk(&task.task)) else {
        return false;
    };
    root.is_live(&project, &task).unwrap_or(false)
}

/// How a command names it, whoever calls that, wherever.
pub(super) fn name(names: &Names, task: &TaskView) -> String {
    match (ProjectId::from_disk(&task.project), TaskId::from_disk(&task.task)) {
        (Ok(project), Ok(id)) => names.shortest(&project, &id),
        _ => task.task.clone(),
    }
}
