//! How the root stands: what is at work, what waits, how large the buses are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::tasks::TaskQuery;
use super::{ApiError, App};
use crate::model::{ProjectId, RunStatus, TaskId, TaskStatus};
use crate::store::{Root, TaskDir};
use crate::supervisor::queue;

/// How the root stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Overview {
    /// Tasks by status, each checked against its lock; a status that none has is absent.
    #[cfg_attr(feature = "server", schema(value_type = BTreeMap<String, u32>))]
    pub tasks: BTreeMap<TaskStatus, u32>,
    /// Runs that are at work.
    pub runs_active: u32,
    /// Tasks that wait for a slot.
    pub queue: u32,
    /// Runs that may be at work at once.
    pub slots: u32,
    /// Bytes of all buses; rotated segments aside.
    pub bus_bytes: u64,
    /// Buses.
    pub buses: u32,
}

/// The queue for slots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct QueueView {
    /// Runs that may be at work at once.
    pub slots: u32,
    /// Runs that are.
    pub taken: Vec<TakenSlot>,
    /// Tasks that wait, the next one first.
    pub waiting: Vec<QueuedTask>,
}

/// A run that is at work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct TakenSlot {
    /// Its project.
    pub project: String,
    /// Its task.
    pub task: String,
    /// The run.
    pub run: String,
}

/// A task that waits for a slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct QueuedTask {
    /// Its number; lower ones come first.
    pub number: u64,
    /// Its project.
    pub project: String,
    /// The task.
    pub task: String,
}

impl App {
    /// How the root stands.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn overview(&self) -> Result<Overview, ApiError> {
        if self.root_to_list()?.is_none() {
            return Ok(Overview::default());
        }
        let mut overview = Overview { slots: self.config().defaults.slots(), ..Overview::default() };
        for task in self.list(&TaskQuery::default())?.tasks {
            *overview.tasks.entry(task.status).or_default() += 1;
        }
        let queue = self.queue()?;
        (overview.runs_active, overview.queue) = (count(queue.taken.len()), count(queue.waiting.len()));
        for bus in self.buses_quick()? {
            overview.bus_bytes += bus;
            overview.buses += 1;
        }
        Ok(overview)
    }

    /// Who is at work, and who waits for it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn queue(&self) -> Result<QueueView, ApiError> {
        let slots = self.config().defaults.slots();
        let Some(root) = self.root_to_list()? else {
            return Ok(QueueView { slots, taken: Vec::new(), waiting: Vec::new() });
        };
        let waiting = self.waiting_now(root)?;
        let queued = |one: queue::Waiting| QueuedTask {
            number: one.number,
            project: one.project.to_string(),
            task: one.task.to_string(),
        };
        Ok(QueueView {
            slots,
            taken: self.taken_slots()?,
            waiting: waiting.into_iter().map(queued).collect(),
        })
    }

    /// A root that may not be written has no queue.
    fn waiting_now(&self, root: &Root) -> Result<Vec<queue::Waiting>, ApiError> {
        if root.writable().is_err() { Ok(Vec::new()) } else { Ok(queue::waiting_now(root)?) }
    }

    fn taken_slots(&self) -> Result<Vec<TakenSlot>, ApiError> {
        let query = TaskQuery { active: true, ..TaskQuery::default() };
        let mut taken = Vec::new();
        for task in self.list(&query)?.tasks {
            let at_work =
                matches!(task.status, TaskStatus::Running | TaskStatus::Paused | TaskStatus::Stopping);
            let ids = ProjectId::from_disk(&task.project).ok().zip(TaskId::from_disk(&task.task).ok());
            let Some((project, id)) = ids.filter(|_| at_work && task.root.is_none()) else { continue };
            let at = |dir: TaskDir| {
                let run = dir.state().ok()??.current_run?;
                let info = dir.run(&run).and_then(|run| run.info()).ok()?;
                (info.status == RunStatus::Running).then_some(run)
            };
            let run = self.task_at(&project, &id).ok().and_then(at);
            taken.extend(run.map(|run| TakenSlot {
                project: task.project,
                task: task.task,
                run: run.to_string(),
            }));
        }
        Ok(taken)
    }

    /// The sizes of all buses, without reading them.
    fn buses_quick(&self) -> Result<Vec<u64>, ApiError> {
        let Some(root) = self.root_to_list()? else { return Ok(Vec::new()) };
        let mut sizes = Vec::new();
        for id in root.projects()? {
            let Ok(project) = root.project(&id) else { continue };
            let size = |bus: crate::bus::Bus| bus.newest_file().ok().flatten().map(|(_, bytes)| bytes);
            sizes.extend(size(crate::bus::Bus::project(&project)));
            for task in project.tasks()? {
                sizes.extend(project.task(&task).ok().and_then(|task| size(crate::bus::Bus::task(&task))));
            }
        }
        Ok(sizes)
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
