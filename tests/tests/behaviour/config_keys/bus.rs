//! `bus`: when messages are on disk, and when a segment is closed.

use std::fs;

use conductor_core::store::TaskDir;
use conductor_tests::{TestEnv, wait_for};

use super::world::task;

const TASK_BUS: &str = "TASK-MESSAGE-BUS";

/// A world with these settings of the bus and a task that has ended.
fn with(settings: &str) -> (TestEnv, TaskDir) {
    let env = TestEnv::new();
    configure(&env, settings);
    job(&env, "first");
    let task = task(&env.root(), "first");
    (env, task)
}

fn configure(env: &TestEnv, settings: &str) {
    env.configure(&format!("defaults: {{ agent: fake }}\nbus: {{ {settings} }}"));
}

fn job(env: &TestEnv, slug: &str) {
    env.run(&["job", "--project", "demo", "--task", slug, "@say hello"]).ok();
}

/// Posts a message on the task's bus; its id.
fn post(env: &TestEnv) -> String {
    let body = "x".repeat(600);
    let posted = env.json(&["bus", "post", "--project", "demo", "--task", "first", "--body", &body]);
    posted["msg_id"].as_str().expect("an id").to_owned()
}

/// The id up to which all of a task's bus is on disk, where anything is known to be.
fn flushed(task: &TaskDir) -> Option<String> {
    let mark = fs::read_to_string(task.path().join(format!(".{TASK_BUS}.flushed"))).ok()?;
    mark.split_whitespace().next().map(str::to_owned)
}

/// The id of the last message of a task's bus.
fn last(env: &TestEnv) -> Option<String> {
    let read = env.json(&["bus", "read", "--project", "demo", "--task", "first", "--tail", "1"]);
    read["messages"][0]["msg_id"].as_str().map(str::to_owned)
}

/// Closed segments of a bus in the folder.
fn segments(folder: &std::path::Path, stem: &str) -> usize {
    let names = fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.file_name());
    names.filter(|name| name.to_string_lossy().starts_with(&format!("{stem}.MSG-"))).count()
}

pub fn durability() {
    for settings in ["", "durability: none"] {
        let (env, task) = with(settings);
        post(&env);
        assert_eq!(flushed(&task), None, "{settings:?}");
    }
    let (env, task) = with("durability: always");
    assert_eq!(flushed(&task), last(&env), "what the supervisor said");
    let id = post(&env);
    assert_eq!(flushed(&task), Some(id));
    let (env, task) = with("durability: interval");
    assert_eq!(flushed(&task), last(&env), "the supervisor leaves nothing behind");
}

pub fn flush_interval() {
    let (env, task) = with("durability: interval, flush_interval: 1h");
    let first = flushed(&task);
    let waiting = post(&env);
    assert!(first.is_some() && flushed(&task) == first, "{waiting} may wait for an hour");
    configure(&env, "durability: interval, flush_interval: 1ms");
    let id = post(&env);
    assert_eq!(flushed(&task), Some(id));
    a_supervisor_flushes_what_nobody_else_does();
}

/// Nobody posts after the agent has, and its run goes on.
fn a_supervisor_flushes_what_nobody_else_does() {
    let env = TestEnv::new();
    configure(&env, "durability: interval, flush_interval: 1s");
    let script = "@post PROGRESS one\n@post PROGRESS two\n@touch said\n@sleep 600";
    env.run(&["task", "--detach", "--project", "demo", "--task", "first", "--prompt", script]).ok();
    env.wait_for("the agent's words", || env.work().join("said").exists().then_some(()));
    let task = task(&env.root(), "first");
    let last = last(&env);
    wait_for("the flush", || (flushed(&task) >= last).then_some(()));
}

pub fn rotate_at() {
    for settings in ["", "rotate_at: 0"] {
        let (env, task) = with(settings);
        for _ in 0..3 {
            post(&env);
        }
        assert_eq!(segments(task.path(), TASK_BUS), 0, "{settings:?}");
    }
    let (env, task) = with("rotate_at: 1KiB");
    for _ in 0..4 {
        post(&env);
    }
    assert!(segments(task.path(), TASK_BUS) >= 2);
    // The supervisor keeps to it as well.
    let (_env, task) = with("rotate_at: 1");
    assert!(segments(task.path(), TASK_BUS) >= 1);
}
