//! Begins a journal: empty for a new root, made from the files where one was lost.

use ulid::Ulid;

use super::error::Result;
use super::record::{JournalRecord, OPENED, REBUILT, TASK_REBUILT, opening};
use crate::bus::Bus;
use crate::model::NewMessage;
use crate::store::Root;
use crate::store::walk::walk;

/// Records written at once.
const BATCH: usize = 256;

/// Begins a new epoch in an empty journal, whose lock is held.
pub(super) fn begin(root: &Root, bus: &Bus) -> Result<Ulid> {
    let epoch = Ulid::generate();
    let mut batch: Vec<NewMessage> = Vec::new();
    let mut is_empty = true;
    for facts in walk(root)? {
        // A damaged task cannot be told of; lists show it as damaged by its files.
        let Some(facts) = facts.ok() else { continue };
        if is_empty {
            batch.push(opening(REBUILT, epoch, "Made from the files; what came before is not known here."));
            is_empty = false;
        }
        let record = JournalRecord {
            kind: TASK_REBUILT.to_owned(),
            at: facts.task.updated_at,
            run: facts.runs.into_iter().last(),
            task: facts.task,
        };
        batch.push(record.encode(epoch)?);
        if batch.len() >= BATCH {
            bus.append_batch(&batch)?;
            batch.clear();
        }
    }
    if is_empty {
        batch.push(opening(OPENED, epoch, "The journal begins."));
    }
    bus.append_batch(&batch)?;
    Ok(epoch)
}
