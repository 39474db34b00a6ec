//! What tests of the loop look at in a task's folder, and how they touch it by hand.

use std::fs;

use conductor_core::bus::{Bus, Query};
use conductor_core::model::{RunInfo, RunStatus};
use conductor_core::store::{Listed, TaskDir};

/// The runs of a task, oldest first.
///
/// # Panics
/// When one of them is damaged.
pub fn runs(task: &TaskDir) -> Vec<RunInfo> {
    let listed = task.run_infos().expect("readable runs");
    listed.into_iter().map(|run| Listed::ok(run).expect("a whole record")).collect()
}

/// How the runs of a task stand, oldest first.
///
/// # Panics
/// As [`runs`].
pub fn statuses(task: &TaskDir) -> Vec<RunStatus> {
    runs(task).iter().map(|run| run.status).collect()
}

/// Makes an empty file in the task's folder, as a person with a shell does.
///
/// # Panics
/// When it cannot be made.
pub fn touch(task: &TaskDir, name: &str) {
    fs::write(task.path().join(name), "").expect("a marker");
}

/// Bodies of the messages of a type on the task's bus.
///
/// # Panics
/// When the bus cannot be read.
pub fn said(task: &TaskDir, kind: &str) -> Vec<String> {
    let read = Bus::task(task).read(&Query::default().kind(kind)).expect("a bus");
    read.into_iter().map(|message| message.body).collect()
}

/// How often the task's project was told that the task has ended.
///
/// # Panics
/// When the bus cannot be read.
pub fn completion_facts(task: &TaskDir) -> usize {
    let project = task.root().project(task.project()).expect("the project");
    let query = Query { task: Some(task.id().to_string()), ..Query::default() }.kind("TASK_DONE");
    Bus::project(&project).read(&query).expect("a bus").len()
}

/// The prompt of a run.
///
/// # Panics
/// When there is none.
pub fn prompt(task: &TaskDir, run: &RunInfo) -> String {
    let dir = task.run(&run.run_id).expect("the run");
    fs::read_to_string(dir.prompt_path()).expect("its prompt")
}

/// What a run left as its result; none where it left nothing.
///
/// # Panics
/// When the run is not there.
pub fn output(task: &TaskDir, run: &RunInfo) -> Option<String> {
    let dir = task.run(&run.run_id).expect("the run");
    fs::read_to_string(dir.output_path()).ok()
}
