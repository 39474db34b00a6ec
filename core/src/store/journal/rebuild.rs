//! Begins a journal: empty for a new root, made from the files where one was lost.

use ulid::Ulid;

use super::error::Result;
use super::record::{JournalRecord, OPENED, REBUILT, TASK_REBUILT, opening};
use crate::bus::Bus;
use crate::store::Root;
use crate::store::summary::{RunSummary, TaskSummary};
use crate::store::walk::walk;

/// Records written at once.
const BATCH: usize = 256;

/// Begins a new epoch in an empty journal, whose lock is held. `about`: the task that is told of next.
pub(super) fn begin(root: &Root, bus: &Bus, about: Option<&TaskSummary>) -> Result<Ulid> {
    let epoch = Ulid::generate();
    // A damaged task cannot be told of; lists show it as damaged by its files.
    let sound = walk(root)?.tasks.into_iter().filter_map(|facts| Some((facts.task?, facts.runs)));
    let tasks: Vec<(TaskSummary, Vec<RunSummary>)> = sound.collect();
    if tasks.iter().all(|(task, _)| is_told_first(task, about)) {
        bus.append(&opening(OPENED, epoch, "The journal begins."))?;
        return Ok(epoch);
    }
    let mut batch = vec![opening(REBUILT, epoch, "Made from the files; what came before is not known here.")];
    for (task, runs) in tasks {
        let (kind, run) = (TASK_REBUILT.to_owned(), runs.into_iter().next_back());
        batch.push(JournalRecord { kind, at: task.updated_at, run, task }.encode(epoch)?);
        if batch.len() >= BATCH {
            bus.append_batch(&batch)?;
            batch.clear();
        }
    }
    bus.append_batch(&batch)?;
    Ok(epoch)
}

/// Whether it is the task that is told of next, and nothing was told of it before.
fn is_told_first(task: &TaskSummary, about: Option<&TaskSummary>) -> bool {
    task.revision <= 1 && about.is_some_and(|about| about.project == task.project && about.task == task.task)
}
