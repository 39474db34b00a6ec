//! What a supervisor says on the bus: starts and ends of runs, errors, questions, receipts.

use crate::model::{Message, MessageKind, NewMessage, Parent, RunInfo, RunStatus, TaskId, TaskState};

/// The key of `meta` that tells a supervisor's words from an agent's.
const SUPERVISOR: &str = "supervisor";
/// The key of `meta` with which `tell --now` interrupts the turn.
pub const NOW: &str = "now";

fn notice(kind: &str, body: String) -> NewMessage {
    NewMessage::new(kind, body).with_meta(SUPERVISOR, true)
}

/// Whether a supervisor said it.
pub fn is_supervisors(message: &Message) -> bool {
    message.meta.get(SUPERVISOR).is_some_and(|yes| yes == true)
}

/// Whether a run of the task itself said it.
pub fn is_own(message: &Message, task: &TaskId) -> bool {
    let here = message.task_id.as_deref().is_none_or(|id| id == task.as_str());
    message.run_id.is_some() && here
}

/// Whether it is meant for the agent: neither its own words nor its supervisor's.
pub fn is_for_agent(message: &Message, task: &TaskId) -> bool {
    !is_supervisors(message) && !is_own(message, task)
}

/// Whether it wants the turn to be interrupted.
pub fn interrupts(message: &Message) -> bool {
    message.meta.get(NOW).is_some_and(|now| now == true) && message.kind.is(MessageKind::USER)
}

/// A run has begun.
pub fn run_started(info: &RunInfo) -> NewMessage {
    let turn = info.iteration.map(|turn| format!(", iteration {turn}")).unwrap_or_default();
    let model = info.model.as_deref().map(|model| format!(" ({model})")).unwrap_or_default();
    let access = info.access.map(|access| format!("; it {}", access.describe())).unwrap_or_default();
    notice(MessageKind::RUN_START, format!("{}{model} began{turn}{access}", info.agent))
        .with_run(&info.run_id)
}

/// A run has ended.
pub fn run_ended(info: &RunInfo) -> NewMessage {
    let kind = match info.status {
        RunStatus::Failed | RunStatus::Lost => MessageKind::RUN_CRASH,
        _ => MessageKind::RUN_STOP,
    };
    let why = info.error_summary.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
    let mut message = notice(kind, format!("{} {}{why}", info.agent, info.status))
        .with_run(&info.run_id)
        .with_meta("status", info.status.as_str());
    if let Some(code) = info.exit_code {
        message = message.with_meta("exit_code", code);
    }
    if let Some(signal) = info.exit_signal {
        message = message.with_meta("exit_signal", signal);
    }
    message
}

/// The task ended badly, or waits because of a limit.
pub fn error(code: &str, message: &str) -> NewMessage {
    notice(MessageKind::ERROR, message.to_owned()).with_meta("code", code)
}

/// Worth knowing.
pub fn info(text: String) -> NewMessage {
    notice(MessageKind::INFO, text)
}

/// A person's message was put into a run's prompt.
pub fn receipt(of: &Message, info: &RunInfo) -> Option<NewMessage> {
    let msg_id = of.msg_id.clone()?;
    let parent = Parent { msg_id, kind: Some("receipt".to_owned()), at: None, meta: Default::default() };
    let turn = info.iteration.map(|turn| format!(" of iteration {turn}")).unwrap_or_default();
    Some(notice(MessageKind::INFO, format!("in the prompt{turn}")).with_parent(parent).with_run(&info.run_id))
}

/// A question of the supervisor itself.
pub fn question(about: &str, text: &str, choices: &[&str]) -> NewMessage {
    notice(MessageKind::QUESTION, text.to_owned())
        .with_meta("about", about)
        .with_meta("choices", choices.to_vec())
}

/// What the default answers when nobody did.
pub fn default_answer(to: crate::model::MessageId, text: &str) -> NewMessage {
    notice(MessageKind::ANSWER, text.to_owned()).with_parent(Parent::answers(to)).with_meta("default", true)
}

/// The task has ended: the completion fact for its project.
pub fn task_done(title: &str, state: &TaskState) -> NewMessage {
    let why = state.error.as_ref().map(|error| format!(": {}", error.message)).unwrap_or_default();
    let mut message = notice(MessageKind::TASK_DONE, format!("{title}: {}{why}", state.status.words()))
        .with_meta("status", state.status.as_str());
    if let Some(at) = state.ended_at {
        message = message.with_meta("ended_at", at.to_string());
    }
    if let Some(run) = &state.last_run {
        message = message.with_run(run);
    }
    message
}
