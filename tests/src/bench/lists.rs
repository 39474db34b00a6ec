//! Lists of a root with many runs.

use std::path::Path;
use std::time::Duration;

use conductor_core::model::{ProjectId, RunId, RunInfo, RunStatus, TaskId, TaskSpec, TaskState, TaskStatus};
use conductor_core::store::{Index, Root, RunFilter, TaskDir, TaskFilter};
use jiff::{SignedDuration, Timestamp};

use super::{Row, best_of};

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

/// The rows of lists, in this process: opening the index counts, starting a program does not.
pub fn rows(folder: &Path, runs: u32) -> Vec<Row> {
    let root = make_root(folder, runs);
    assert!(!Index::open(&root).reads_files(), "an index is built");
    let limit = Duration::from_millis(30);
    let all = best_of(5, || {
        let found = Index::open(&root).runs(&RunFilter::default()).expect("a list");
        assert_eq!(found.len(), runs as usize);
    });
    let newest = best_of(5, || {
        let filter = TaskFilter { limit: Some(50), ..TaskFilter::default() };
        assert!(!Index::open(&root).tasks(&filter).expect("a list").is_empty());
    });
    vec![
        Row::time(&format!("open the index, list all of {runs} runs"), all, limit),
        Row::time("open the index, list the newest 50 tasks", newest, limit),
    ]
}
