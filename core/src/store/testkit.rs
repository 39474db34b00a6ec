//! Roots and tasks for tests.

use jiff::Timestamp;
use tempfile::TempDir;

use super::{Root, TaskDir};
use crate::model::{ProjectId, RunId, RunInfo, RunStatus, TaskId, TaskSpec, TaskState, TaskStatus};

/// A fresh root of ours.
pub(crate) fn root() -> (TempDir, Root) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = Root::open_or_init(folder.path()).expect("a fresh root opens");
    (folder, root)
}

/// Task number `number` of project `demo`, asked for that many seconds after a fixed time.
pub(crate) fn spec(number: u32) -> TaskSpec {
    let start: Timestamp = "2026-11-20T20:00:00Z".parse().expect("a valid time");
    let at = start + jiff::SignedDuration::from_secs(number.into());
    let value = serde_json::json!({
        "version": 1, "project_id": "demo", "task_id": TaskId::generate(at, &format!("number {number}")),
        "created_at": at, "cwd": "/tmp",
    });
    serde_json::from_value(value).expect("a valid task")
}

/// Makes a task with a state of this revision and status.
pub(crate) fn task(root: &Root, number: u32, status: TaskStatus, revision: u64) -> TaskDir {
    let project = ProjectId::new("demo").expect("a valid name");
    let project = root.create_project(&project, std::path::Path::new("/tmp")).expect("the project is made");
    let spec = spec(number);
    let dir = project.create_task(&spec, &format!("# Do number {number}\n")).expect("the task is made");
    let mut state = TaskState::new(status, spec.created_at);
    state.revision = revision;
    dir.write_state(&state).expect("the state is written");
    dir
}

/// Adds an ended run to a task.
pub(crate) fn run(task: &TaskDir, status: RunStatus) -> RunInfo {
    let mut info = RunInfo::new(task.project().clone(), task.id().clone(), RunId::generate(), "claude");
    info.status = status;
    info.start_time = Some(Timestamp::now());
    task.create_run(&info).expect("the run is made");
    info
}
