//! `tell`: a person's word to the agent, for after this turn, at once, or as a follow-up.

use std::path::{Path, PathBuf};

use super::reopen::{Reopen, reopen};
use super::{IntentError, IntentErrorKind, Target, Who};
use crate::bus::Once;
use crate::model::{Link, MessageId, MessageKind, NewMessage, Owed};
use crate::store::{Marker, StoreError, TaskDir};
use crate::supervisor::children::checked_status;
use crate::supervisor::detach;

/// What is said.
#[derive(Debug, Clone, Default)]
pub struct TellRequest {
    /// Who says it.
    pub who: Who,
    /// The text.
    pub text: String,
    /// Interrupt the turn, and go on with it at once in the same session.
    pub now: bool,
    /// Files that go with it; they are copied beside the bus.
    pub attachments: Vec<PathBuf>,
    /// What it refers to besides, such as files that are there already.
    pub links: Vec<Link>,
    /// A task that has ended stays so: then nothing is said.
    pub keeps_ended: bool,
    /// The request that says it, where it may come again.
    pub once: Option<Once>,
}

/// What becomes of what was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TellOutcome {
    /// The next prompt carries it.
    NextTurn(MessageId),
    /// The turn is interrupted, and the session goes on with it.
    Now(MessageId),
    /// The task is paused: it goes on with it when it is resumed.
    OnResume(MessageId),
    /// The task had ended: a new run of the same session begins with it.
    FollowUp(MessageId),
}

impl TellOutcome {
    /// The message.
    pub fn message(&self) -> MessageId {
        let (Self::NextTurn(id) | Self::Now(id) | Self::OnResume(id) | Self::FollowUp(id)) = self;
        *id
    }
}

/// Says something to a task's agent.
///
/// # Errors
/// When the text is empty, a file cannot be copied, or the bus cannot be written; for a task that has ended where
/// it is to stay so or no agent is to be started.
pub fn tell(target: &Target<'_>, request: &TellRequest) -> Result<TellOutcome, IntentError> {
    let task = target.open()?;
    if request.text.trim().is_empty() {
        return Err(target.failed(IntentErrorKind::Invalid { what: "message", why: "is empty" }));
    }
    let keeps_ended = target.launches_nothing || request.keeps_ended;
    if keeps_ended {
        target.not_ended(&task)?;
    }
    let links = attach(&task, &request.attachments).map_err(|kind| target.failed(kind))?;
    let ended = checked_status(&task).map_err(|error| target.failed(error))?.is_ended();
    let standing = standing(&task).map_err(|error| target.failed(error))?;
    let mut message = NewMessage::new(MessageKind::USER, request.text.as_str());
    message.links = request.links.iter().cloned().chain(links).collect();
    if let Some(by) = &request.who.by {
        message = message.with_meta("by", by.clone());
    }
    if request.now && !ended {
        message = message.with_meta("now", true);
    }
    let appended = target.bus(&task).append_once(message, request.once.as_ref());
    let id = appended.map_err(|error| target.failed(error))?;
    crate::faults::step("tell.posted");
    if !keeps_ended && follow_up(target, &task)? {
        return Ok(TellOutcome::FollowUp(id));
    }
    target.wake(&task)?;
    target.ensure_supervisor(&task)?;
    Ok(match standing {
        Standing::Paused => TellOutcome::OnResume(id),
        Standing::AtWork if request.now => TellOutcome::Now(id),
        Standing::AtWork | Standing::BetweenTurns => TellOutcome::NextTurn(id),
    })
}

/// What a word meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    AtWork,
    Paused,
    BetweenTurns,
}

fn standing(task: &TaskDir) -> Result<Standing, StoreError> {
    if task.marker(Marker::Pause)?.is_some() {
        return Ok(Standing::Paused);
    }
    let at_work = task.state()?.is_some_and(|state| state.current_run.is_some());
    Ok(if at_work { Standing::AtWork } else { Standing::BetweenTurns })
}

/// Opens a task that has ended, also one that ended since it was looked at: no word is lost.
fn follow_up(target: &Target<'_>, task: &TaskDir) -> Result<bool, IntentError> {
    let status = checked_status(task).map_err(|error| target.failed(error))?;
    if !status.is_ended() {
        return Ok(false);
    }
    // The supervisor of a task that has just ended leaves within moments.
    target.wait_for(task, super::LEAVES, || {
        let supervised = task.is_supervised().map_err(|error| target.failed(error))?;
        Ok((!supervised).then_some(()))
    })?;
    reopen(target, &Reopen { reason: "follow-up".to_owned(), agent: None, owed: Owed::Continue })?;
    detach::start(target.root, target.project, target.task, &[]).map_err(|error| target.failed(error))?;
    Ok(true)
}

/// Copies files into the task's folder, each under a name of its own.
fn attach(task: &TaskDir, files: &[PathBuf]) -> Result<Vec<Link>, IntentErrorKind> {
    files.iter().map(|file| attach_one(task, file)).collect()
}

fn attach_one(task: &TaskDir, file: &Path) -> Result<Link, IntentErrorKind> {
    let label = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut source = std::fs::File::open(file).map_err(|error| StoreError::io(file, "copy", error))?;
    Ok(crate::store::attach(task.dir(), &label, &mut source)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supervisor::testbed::{make, root, spec};

    #[test]
    fn attachments_are_copied_under_names_that_a_link_can_hold() {
        let (folder, root) = root();
        let task = make(&root, &spec("a"), None);
        let file = folder.path().join("mock up ü.png");
        std::fs::write(&file, "pixels").expect("a file");
        let links = attach(&task, &[file.clone(), file]).expect("copies");
        assert_eq!(links[0].label.as_deref(), Some("mock up ü.png"));
        assert!(links[0].url.ends_with("-mock_up__.png") && links[0].url != links[1].url, "{links:?}");
        assert_eq!(task.dir().read(&links[1].url, 100).expect("a copy"), b"pixels");
        assert!(attach(&task, &[PathBuf::from("/nowhere")]).is_err());
    }
}
