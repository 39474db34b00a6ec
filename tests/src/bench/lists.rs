//! Lists of a root with many runs, as processes.

use std::path::Path;
use std::time::Duration;

use conductor_core::model::{ProjectId, RunId, RunInfo, RunStatus, TaskId, TaskSpec, TaskState, TaskStatus};
use conductor_core::store::{Root, TaskDir};
use jiff::{SignedDuration, Timestamp};

use super::process::{finish, nothing};
use super::{Row, World, in_turns};

const RUNS_EACH: u32 = 10;

/// Makes a root with so many runs, ten a task.
pub fn make_root(folder: &Path, runs: u32) -> Root {
    let root = Root::open_or_init(folder).expect("a fresh root");
    let project = ProjectId::new("demo").expect("a valid name");
    let project = root.create_project(&project, folder).expect("the project is made");
    let start: Timestamp = "2026-11-20T20:00:00Z".parse().expect("a valid time");
    for number in 0..runs / RUNS_EACH {
        let at = start + SignedDuration::from_secs(number.into());
        let value = serde_json::json!({
            "version": 1, "project_id": "demo", "task_id": TaskId::generate(at, &format!("number {number}")),
            "created_at": at, "cwd": "/tmp",
        });
        let spec: TaskSpec = serde_json::from_value(value).expect("a valid task");
        let task = project.create_task(&spec, "# Do it\n").expect("the task is made");
        let mut state = TaskState::new(TaskStatus::Completed, at);
        state.runs = RUNS_EACH;
        task.write_state(&state).expect("the state is written");
        for _ in 0..RUNS_EACH {
            make_run(&task, at);
        }
    }
    root
}

fn make_run(task: &TaskDir, at: Timestamp) {
    let mut info = RunInfo::new(task.project().clone(), task.id().clone(), RunId::generate(), "claude");
    info.status = RunStatus::Completed;
    (info.start_time, info.end_time) = (Some(at), Some(at));
    task.create_run(&info).expect("the run is made");
}

/// The rows of lists.
pub fn rows() -> Vec<Row> {
    let world = World::new();
    make_root(&world.root(), 10_000);
    let limit = Duration::from_millis(30);
    let list = |what: &str, args: &[&str]| {
        // The first one makes the index.
        finish(&mut world.run_agent(args));
        let (floor, ours) = in_turns(21, nothing, || finish(&mut world.run_agent(args)));
        Row::time(what, floor, ours, limit)
    };
    vec![
        list("`list` of 1,000 tasks with 10,000 runs", &["list", "--all"]),
        list("`list --runs`: all of 10,000 runs", &["list", "--all", "--runs"]),
    ]
}
