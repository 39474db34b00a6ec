//! What files were like when they were read: a sum that changes when one of them does.
//!
//! Looking at a file costs a hundredth of reading it.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use crate::model::{RunId, TaskId};
use crate::store::dir::{Dir, FileStamp};
use crate::store::run::INFO_FILE;
use crate::store::task::{PROMPT_FILE, RUNS, SPEC_FILE, STATE_FILE};
use crate::store::walk::{Damaged, TaskFacts};

/// The clock of files stands still for so long at most: what changed since may change again unseen.
const TICK: SignedDuration = SignedDuration::from_millis(50);

/// The sum over a task's files, those of its runs excluded.
pub(super) fn of_task(project: &Dir, task: &TaskId) -> Sum {
    let files = [STATE_FILE, SPEC_FILE, PROMPT_FILE, RUNS];
    Sum::over(files.map(|file| project.stamp(Path::new(task.as_str()).join(file))))
}

/// The sum over what stands where a task should, a link not followed.
pub(super) fn of_link(project: &Dir, task: &TaskId) -> Sum {
    Sum::over([project.stamp(task.as_str())])
}

/// The sum over the file of a run.
pub(super) fn of_run(project: &Dir, task: &str, run: &str) -> Sum {
    let path: PathBuf = [task, RUNS, run, INFO_FILE].iter().collect();
    Sum::over([project.stamp(path)])
}

/// A sum over stamps of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) value: i64,
    /// The latest change of them all, where one of them is there.
    latest: Option<FileStamp>,
}

impl Sum {
    fn over<const N: usize>(stamps: [Result<FileStamp, i32>; N]) -> Self {
        let mut hasher = DefaultHasher::new();
        stamps.hash(&mut hasher);
        let latest = stamps.into_iter().filter_map(Result::ok).max_by_key(FileStamp::changed);
        Self { value: hasher.finish().cast_signed(), latest }
    }

    /// The value, where nothing changed since shortly before `time`, at which reading began.
    fn settled(self, time: Timestamp) -> Option<i64> {
        let settled = time.checked_sub(TICK).ok()?;
        self.latest.is_none_or(|stamp| stamp.is_before(settled)).then_some(self.value)
    }
}

/// A task as it was read, with the sums of what it was read from.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) facts: TaskFacts,
    /// None where its files may have changed while they were read.
    pub(super) seen: Option<i64>,
    /// In the order of the runs.
    pub(super) runs_seen: Vec<Option<i64>>,
    /// In the order of what is damaged.
    pub(super) damaged_seen: Vec<Option<i64>>,
}

impl Reading {
    /// Looks at the files of what was read; reading began at `began`.
    pub(super) fn new(project: Option<&Dir>, facts: TaskFacts, began: Timestamp) -> Self {
        let Some(project) = project else {
            let (runs_seen, damaged_seen) = (vec![None; facts.runs.len()], vec![None; facts.damaged.len()]);
            return Self { facts, seen: None, runs_seen, damaged_seen };
        };
        let run = |run: &RunId| of_run(project, facts.id.as_str(), run.as_str()).settled(began);
        let is_link = project.stamp(facts.id.as_str()).is_ok_and(|stamp| stamp.is_link());
        let own = if is_link { of_link(project, &facts.id) } else { of_task(project, &facts.id) };
        let seen = own.settled(began);
        let runs_seen = facts.runs.iter().map(|summary| run(&summary.run)).collect();
        let of_damaged = |damaged: &Damaged| damaged.run.as_ref().map_or(seen, run);
        let damaged_seen = facts.damaged.iter().map(of_damaged).collect();
        Self { seen, runs_seen, damaged_seen, facts }
    }
}
