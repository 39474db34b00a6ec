//! The completion fact: an ended task says so on its project's bus, once, whatever died in between.

use super::error::SuperviseError;
use super::notice;
use super::record::Owned;
use crate::bus::{Bus, BusSettings, Query};
use crate::faults;
use crate::model::{Message, MessageId, MessageKind, TaskState};

/// Posts the completion fact of an ended task unless it is there already, and notes that it is. The
/// project's bus is written as `settings` say.
///
/// Called by whoever ends a task and by whoever takes over one that ended.
///
/// # Errors
/// When the project's bus or the state cannot be written; calling it again goes on with it.
pub fn settle(owned: &mut Owned, settings: BusSettings) -> Result<(), SuperviseError> {
    if !owned.state().status.is_ended() || owned.state().completion_fact.is_some() {
        return Ok(());
    }
    let project = owned.root().project(&owned.spec().project_id)?;
    let bus = Bus::project(&project).with_settings(settings);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::TaskStatus;
    use crate::supervisor::testbed::{make, project, root, spec, task_id};

    #[test]
    fn the_projects_bus_is_written_as_it_is_configured() {
        let (_folder, root) = root();
        let settings = BusSettings { rotate_at: 200, ..BusSettings::default() };
        for slug in ["one", "two", "three"] {
            make(&root, &spec(slug), Some(TaskStatus::Completed));
            let mut owned = Owned::take(&root, &project(), &task_id(slug)).expect("a free task");
            settle(&mut owned, settings).expect("settled");
            owned.release().expect("released");
        }
        let bus = Bus::project(&root.project(&project()).expect("a project"));
        let report = bus.verify().expect("looked");
        assert_eq!(report.records, 3);
        assert!(report.segments > 1, "it was closed at the size that is configured: {report:?}");
    }
}
