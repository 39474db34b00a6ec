//! Supervisors that died without a word: a kill, a full memory, a crash. Nobody wrote that their tasks are interrupted,
//! so whoever serves a root looks after their locks, and tells it in the journal.

use std::collections::HashMap;

use super::live::Checked;
use super::{ApiError, App};
use crate::model::{ProjectId, TaskId, TaskStatus, change};
use crate::store::{Journal, Root};

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
    /// The revision of the task's state: a supervisor that came and went in between made another one.
    revision: u64,
    /// Whether it was told. Looking it up in the journal again and again would cost as much as the journal is long.
    is_told: bool,
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
            let Ok((revision, checked)) = look(app, root, &project, &task) else { continue };
            let seen = self.seen.entry((project.clone(), task.clone())).or_default();
            if checked.status != TaskStatus::Interrupted {
                *seen = Seen { was_alive: checked.supervisor.is_some(), revision, ..Seen::default() };
                continue;
            }
            if seen.revision != revision {
                *seen = Seen { was_alive: seen.was_alive, revision, ..Seen::default() };
            }
            seen.missing = seen.missing.saturating_add(1);
            if seen.missing >= if seen.was_alive { GONE } else { NEVER_CAME } && !seen.is_told {
                let journal = Journal::open(root)?;
                told +=
                    usize::from(journal.note_once(change::INTERRUPTED, &project, &task, app.clock.now())?);
                seen.is_told = true;
            }
        }
        Ok(told)
    }
}

/// The revision of a task's state, and what is to be believed of its status.
fn look(app: &App, root: &Root, project: &ProjectId, task: &TaskId) -> Result<(u64, Checked), ApiError> {
    let dir = root.task(project, task)?;
    let state = dir.state()?;
    Ok((state.as_ref().map_or(0, |state| state.revision), app.check(&dir, state.as_ref())?))
}
