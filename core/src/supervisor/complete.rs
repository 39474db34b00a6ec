//! The completion fact: an ended task says so on its project's bus, once, whatever died in between.

use super::error::SuperviseError;
use super::notice;
use super::record::Owned;
use crate::bus::{Bus, Query};
use crate::faults;
use crate::model::{Message, MessageId, MessageKind, TaskState};

/// Posts the completion fact of an ended task unless it is there already, and notes that it is.
///
/// Called by whoever ends a task and by whoever takes over one that ended.
///
/// # Errors
/// When the project's bus or the state cannot be written; calling it again goes on with it.
pub fn settle(owned: &mut Owned) -> Result<(), SuperviseError> {
    if !owned.state().status.is_ended() || owned.state().completion_fact.is_some() {
        return Ok(());
    }
    let project = owned.root().project(&owned.spec().project_id)?;
    let bus = Bus::project(&project);
    let fact = match find(&bus, owned)? {
        Some(fact) => fact,
        None => {
            faults::step("complete.before-fact");
            let mut message = notice::task_done(owned.title(), owned.state());
            message.task_id = Some(owned.spec().task_id.to_string());
            // On disk before the state says that it is.
            bus.append_sync(&message)?
        }
    };
    faults::step("complete.after-fact");
    owned.commit("task.settled", None, |state| state.completion_fact = Some(fact))?;
    Ok(())
}

/// The fact of this very ending, where a dead supervisor posted it and did not live to note it.
fn find(bus: &Bus, owned: &Owned) -> Result<Option<MessageId>, SuperviseError> {
    let since_time = owned.state().ended_at;
    let kinds = vec![MessageKind::from(MessageKind::TASK_DONE)];
    let found = bus.read(&Query { kinds, since_time, ..Query::default() })?;
    let task = owned.spec().task_id.as_str();
    Ok(found.iter().filter(|message| is_of(message, task, owned.state())).find_map(Message::id))
}

fn is_of(message: &Message, task: &str, state: &TaskState) -> bool {
    let ended_at = state.ended_at.map(|at| at.to_string());
    message.task_id.as_deref() == Some(task)
        && message.meta.get("ended_at").and_then(|at| at.as_str()) == ended_at.as_deref()
}
