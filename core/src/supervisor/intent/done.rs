//! `done`: the agent's word that its task is done.

use super::{IntentError, IntentErrorKind, Target, Who};
use crate::model::TaskStatus;
use crate::store::Marker;

/// Sets DONE and tells the supervisor. Saying it again of a completed task changes nothing.
///
/// # Errors
/// [`IntentErrorKind::Ended`] for a task that ended otherwise.
pub fn done(target: &Target<'_>, who: &Who) -> Result<(), IntentError> {
    let task = target.open()?;
    match target.not_ended(&task) {
        Err(error) if matches!(*error.kind, IntentErrorKind::Ended(TaskStatus::Completed)) => return Ok(()),
        status => status?,
    };
    target.mark(&task, Marker::Done, &who.intent(target.clock))?;
    target.ensure_supervisor(&task)
}
