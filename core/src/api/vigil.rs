//! Supervisors that died without a word: a kill, a full memory, a crash. Nobody wrote that their tasks are interrupted,
//! so whoever serves a root looks after their locks, and tells it in the journal.

use std::collections::HashMap;

use super::{ApiError, App};
use crate::model::{ProjectId, TaskId, TaskStatus, change};
use crate::store::{Journal, JournalCursor};

/// Looks in a row that find no supervisor until one that was seen alive counts as gone: another may take the task up.
const GONE: u32 = 2;
/// The same for a task whose supervisor was never seen: it may be on its way.
const NEVER_CAME: u32 = 5;

/// What was seen of the supervisors of a root. It is to look every few seconds.
#[derive(Debug, Default)]
pub struct Vigil {
    seen: HashMap<(ProjectId, TaskId), Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    was_alive: bool,
    /// Looks in a row that found nobody.
    missing: u32,
    /// Where the journal ended when it was told: nothing was told since of a supervisor that came and went in between.
    told_at: Option<JournalCursor>,
}

impl Vigil {
    /// Looks after the supervisors of all live tasks, and tells of those that are gone, once; how many those were.
    ///
    /// # Errors
    /// When the live tasks cannot be listed.
    pub fn look(&mut self, app: &App) -> Result<usize, ApiError> {
        let Some(root) = app.existing_root().filter(|root| !root.is_foreign()) else { return Ok(0) };
        let live = root.live_list()?;
        self.seen.retain(|task, _| live.contains(task));
        let mut told = 0;
        for (project, task) in live {
            // What cannot be read now is not known to be gone.
            let Ok(checked) =
                root.task(&project, &task).map_err(ApiError::from).and_then(|dir| app.check(&dir, None))
            else {
                continue;
            };
            let seen = self.seen.entry((project.clone(), task.clone())).or_default();
            if checked.status != TaskStatus::Interrupted {
                *seen = Seen { was_alive: checked.supervisor.is_some(), ..Seen::default() };
                continue;
            }
            seen.missing = seen.missing.saturating_add(1);
            let journal = Journal::open(root)?;
            let is_known = seen.told_at.is_some() && seen.told_at == journal.end()?;
            if seen.missing >= if seen.was_alive { GONE } else { NEVER_CAME } && !is_known {
                told +=
                    usize::from(journal.note_once(change::INTERRUPTED, &project, &task, app.clock.now())?);
                seen.told_at = journal.end()?;
            }
        }
        Ok(told)
    }
}
