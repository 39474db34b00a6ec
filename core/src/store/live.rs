//! `state/live/<project>/<task>`: the tasks that a supervisor owns or owned when it died.
//!
//! An entry is there from before a task's first change until its last record is on disk, so that
//! recovery looks at these tasks only, whatever the size of the root.

use super::dir::{Dir, Open};
use super::error::{Result, optional};
use super::root::Root;
use crate::model::{ProjectId, TaskId};

pub(super) const LIVE: &str = "live";

impl Root {
    /// Names a task as live, durably. Naming it twice is naming it once.
    ///
    /// # Errors
    /// When the root may not be written.
    pub fn live_add(&self, project: &ProjectId, task: &TaskId) -> Result<()> {
        let folder = self.state_dir(LIVE)?.make_sub(project.as_str())?;
        folder.create_new(task.as_str(), b"").map(drop)
    }

    /// Names a task as live; durable with the next flush of the folder that is returned.
    ///
    /// # Errors
    /// When the root may not be written.
    pub(super) fn live_add_lazy(&self, project: &ProjectId, task: &TaskId) -> Result<Dir> {
        let folder = self.state_dir(LIVE)?.make_sub(project.as_str())?;
        folder.open_file(task.as_str(), Open::Append)?;
        Ok(folder)
    }

    /// Takes a task's name away, durably; whether it was there.
    ///
    /// # Errors
    /// When the root may not be written.
    pub fn live_remove(&self, project: &ProjectId, task: &TaskId) -> Result<bool> {
        let Some(folder) = optional(self.state_dir(LIVE)?.sub(project.as_str()))? else { return Ok(false) };
        let removed = folder.remove(task.as_str())?;
        if removed {
            folder.sync()?;
        }
        Ok(removed)
    }

    /// Whether a task is named as live.
    ///
    /// # Errors
    /// When that cannot be told.
    pub fn is_live(&self, project: &ProjectId, task: &TaskId) -> Result<bool> {
        match self.live_dir()? {
            Some(live) => live.exists(format!("{project}/{task}")),
            None => Ok(false),
        }
    }

    /// The live tasks, by project and name. Empty for a root that is not ours.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn live_list(&self) -> Result<Vec<(ProjectId, TaskId)>> {
        let Some(live) = self.live_dir()? else { return Ok(Vec::new()) };
        let mut tasks = Vec::new();
        for project in live.entries()?.into_iter().filter(|entry| entry.is_dir) {
            let Some(folder) = optional(live.sub(&project.name))? else { continue };
            let Ok(id) = ProjectId::from_disk(&project.name) else { continue };
            let names =
                folder.entries()?.into_iter().filter(|entry| entry.is_file && !entry.name.starts_with('.'));
            tasks.extend(names.filter_map(|entry| Some((id.clone(), TaskId::from_disk(&entry.name).ok()?))));
        }
        Ok(tasks)
    }

    /// The folder of live tasks without making it: reading leaves no trace.
    fn live_dir(&self) -> Result<Option<Dir>> {
        if self.id().is_none() {
            return Ok(None);
        }
        optional(self.dir().sub(format!(".conductor/state/{LIVE}")))
    }
}
