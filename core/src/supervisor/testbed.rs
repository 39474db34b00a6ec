//! A root with tasks in it, for unit tests of what happens between tasks.

use jiff::Timestamp;

use crate::model::{Limits, ProjectId, TaskId, TaskSpec, TaskState, TaskStatus};
use crate::store::{Root, TaskDir};

/// A fresh root with the project `demo`.
pub fn root() -> (tempfile::TempDir, Root) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = Root::open_or_init(&folder.path().join("root")).expect("a root");
    root.create_project(&project(), folder.path()).expect("a project");
    (folder, root)
}

pub fn project() -> ProjectId {
    ProjectId::new("demo").expect("a project")
}

/// The task `task-20261120-201300-<slug>`.
pub fn task_id(slug: &str) -> TaskId {
    TaskId::new(&format!("task-20261120-201300-{slug}")).expect("a task")
}

pub fn spec(slug: &str) -> TaskSpec {
    TaskSpec {
        limits: Limits { max_restarts: 50, max_failures: 5, depth: 3, ..Limits::default() },
        ..TaskSpec::new(project(), task_id(slug), "2026-11-20T20:13:00Z".parse().expect("a time"), "/")
    }
}

/// Makes the task; with a status where one is given.
pub fn make(root: &Root, spec: &TaskSpec, status: Option<TaskStatus>) -> TaskDir {
    let project = root.project(&spec.project_id).expect("the project");
    let task = project.create_task(spec, "do it").expect("a task");
    if let Some(status) = status {
        set(&task, status);
    }
    task
}

/// Puts the task into a status, whatever it was in.
pub fn set(task: &TaskDir, status: TaskStatus) {
    let mut state =
        task.state().expect("a state").unwrap_or_else(|| TaskState::new(status, Timestamp::now()));
    state.status = status;
    state.revision += 1;
    task.write_state(&state).expect("a written state");
}
