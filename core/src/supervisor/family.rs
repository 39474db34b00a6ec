//! A supervisor and the other tasks it knows: child tasks to be stopped, neighbours in the same folder.

use std::time::Duration;

use tokio::time::Instant;

use super::children::{self, ChildTask};
use super::detach;
use super::drive::Driver;
use super::error::SuperviseError;
use super::intent::{SAME_FOLDER, bus_settings};
use super::notice;
use super::process::Machine;
use super::record::process_here;
use super::wake::TICK;
use crate::bus::Bus;
use crate::model::{NewMessage, ProjectId, TaskId, TaskState};
use crate::store::{Intent, Marker, TaskDir};

/// How long child tasks may take to stop: grace, KILL's patience, and theirs.
const CHILDREN_STOP: Duration = Duration::from_secs(60);

impl Driver<'_> {
    /// Stops the child tasks: each by its own supervisor, which is started where none lives. Returns when
    /// all have ended; what does not end in time is named in the task's warnings.
    pub(super) async fn stop_children(&mut self) -> Result<(), SuperviseError> {
        let deadline = Instant::now() + CHILDREN_STOP;
        loop {
            let active = self.child_tasks()?;
            if active.is_empty() {
                return Ok(());
            }
            if Instant::now() >= deadline {
                let names: Vec<_> = active.iter().map(|child| child.task.to_string()).collect();
                return self.warn_once(format!("child tasks did not stop in time: {}", names.join(", ")));
            }
            for child in &active {
                self.ask_to_stop(child)?;
            }
            self.wake.next(TICK).await;
        }
    }

    /// Child tasks that have not ended.
    pub(super) fn child_tasks(&self) -> Result<Vec<ChildTask>, SuperviseError> {
        let spec = self.owned.spec();
        if self.owned.state().runs == 0 {
            return Ok(Vec::new());
        }
        Ok(children::active(self.owned.root(), &spec.project_id, &spec.task_id)?)
    }

    fn ask_to_stop(&self, child: &ChildTask) -> Result<(), SuperviseError> {
        let task = self.owned.root().task(&child.project, &child.task)?;
        if task.marker(Marker::Stop)?.is_none() {
            let parent = format!("{}/{}", self.owned.spec().project_id, self.owned.spec().task_id);
            let why = Some(format!("its parent {parent} was stopped"));
            let intent = Intent::new(Some(parent), self.owned.clock().now(), why);
            task.set_marker(Marker::Stop, &intent)?;
            signal(&task, &self.desk.machine);
        }
        if !task.is_supervised()? {
            // A failure is told by the time limit; the next look tries again.
            let _ = detach::start(self.owned.root(), &child.project, &child.task, &[]);
        }
        Ok(())
    }

    /// Two tasks in one folder at the same time: allowed, and said on both.
    pub(super) fn warn_of_company(&mut self) -> Result<(), SuperviseError> {
        let others = children::same_folder(self.owned.root(), self.owned.spec())?;
        for (project, task) in &others {
            let text = format!("{SAME_FOLDER} {project}/{task}: {}", self.owned.spec().cwd);
            if !self.owned.state().warnings.contains(&text) {
                self.warn_once(text)?;
                // A neighbour whose bus cannot be written is no reason to stop working.
                let _ = self.tell_neighbour(project, task);
            }
        }
        Ok(())
    }

    fn tell_neighbour(&self, project: &ProjectId, task: &TaskId) -> Result<(), SuperviseError> {
        let spec = self.owned.spec();
        let text = format!("{}/{} works in the same folder now: {}", spec.project_id, spec.task_id, spec.cwd);
        let neighbour = self.owned.root().task(project, task)?;
        let message: NewMessage = notice::info(text).with_meta("warning", true);
        Bus::task(&neighbour).with_settings(bus_settings(self.desk.config)).append(&message)?;
        Ok(())
    }

    /// Notes a warning with the task and on its bus, once.
    pub(super) fn warn_once(&mut self, text: String) -> Result<(), SuperviseError> {
        if self.owned.state().warnings.contains(&text) {
            return Ok(());
        }
        self.bus.append(&notice::info(text.clone()).with_meta("warning", true))?;
        self.commit("task.warning", None, |state: &mut TaskState| state.warnings.push(text))
    }
}

/// Wakes a task's supervisor where it can be reached from here; it looks by itself within a second.
fn signal(task: &TaskDir, here: &Machine) {
    let Ok(Some(holder)) = task.supervisor() else { return };
    if let Some(id) = process_here(&holder, here) {
        let _ = id.wake();
    }
}
