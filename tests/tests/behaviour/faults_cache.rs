//! What is derived may be deleted at any time, also while sixteen processes read it.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use conductor_core::model::{ProjectId, TaskState, TaskStatus};
use conductor_core::store::Root;
use conductor_tests::TestEnv;
use conductor_tests::scene;

const TASKS: usize = 40;
const LISTS: usize = 16;

fn fill(env: &TestEnv) {
    let root = Root::open_or_init(&env.root()).expect("a root");
    let project = ProjectId::new("demo").expect("a name");
    let project = root.create_project(&project, &env.work()).expect("a project");
    for number in 0..TASKS {
        let spec = scene::spec("demo", &format!("task-20261120-201300-number-{number}"));
        let task = project.create_task(&spec, "Do it.\n").expect("a task");
        let mut state = TaskState::new(TaskStatus::Completed, scene::now());
        state.revision = 3;
        task.write_state(&state).expect("a state");
    }
}

/// Deletes the cache and every file of the journal, as fast as it can.
fn delete(root: &Path) {
    let conductor = root.join(".conductor");
    let _ = std::fs::remove_dir_all(conductor.join("cache"));
    for entry in std::fs::read_dir(conductor.join("state")).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with("journal") {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

#[test]
fn lists_are_whole_while_cache_and_journal_are_deleted_under_them() {
    let env = TestEnv::new();
    fill(&env);
    let rounds = if conductor_tests::is_long() { 40 } else { 3 };
    let end = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let deleter = scope.spawn(|| {
            let mut times = 0;
            while !end.load(Ordering::Relaxed) {
                delete(&env.root());
                times += 1;
                std::thread::yield_now();
            }
            times
        });
        let lists: Vec<_> =
            (0..LISTS).map(|_| scope.spawn(|| (0..rounds).for_each(|_| assert_whole(&env)))).collect();
        let ended: Vec<_> = lists.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        end.store(true, Ordering::Relaxed);
        let times: usize = deleter.join().expect("the deleter");
        assert!(times > rounds, "{times} deletions");
        for list in ended {
            list.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
    });
    assert_whole(&env);
}

fn assert_whole(env: &TestEnv) {
    let list = env.json(&["list"]);
    let tasks = list["tasks"].as_array().expect("an array");
    assert_eq!(tasks.len(), TASKS, "{list}");
    assert!(tasks.iter().all(|task| task["status"] == "completed"), "{list}");
    assert_eq!(list["damaged"].as_array().map(Vec::len), Some(0), "{list}");
}
