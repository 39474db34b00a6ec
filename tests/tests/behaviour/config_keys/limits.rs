//! The limits in `defaults`: what ends a task, what asks, what waits.

use std::fs;

use conductor_core::model::{EndReason, ProjectId, TaskId, TaskStatus};
use conductor_core::store::TaskDir;
use conductor_tests::look::{runs, said};
use conductor_tests::{Tasks, wait_for};

/// Worlds with these limits (`max_restarts: 0`) and without them.
fn worlds(limits: &str) -> (Tasks, Tasks) {
    let world = |limits: &str| Tasks::new(&format!("defaults: {{ {limits}agent: fake }}"));
    (world(&format!("{limits}, ")), world(""))
}

/// Has the program make and start a task in the background.
fn start(tasks: &Tasks, agent: &str, script: &str) -> TaskDir {
    let args = ["task", "--detach", "--project", "demo", "--agent", agent, "--prompt", script];
    let name = tasks.env.run(&args).ok().stdout;
    let (project, task) = name.trim().split_once('/').expect("a task's full name");
    let project = ProjectId::new(project).expect("a project");
    tasks.root.task(&project, &TaskId::new(task).expect("a task")).expect("the task")
}

/// Checks that a task works on although a limit ended its like.
fn assert_at_work(task: &TaskDir) {
    let ended = task.state().expect("a state").is_some_and(|state| state.status.is_ended());
    assert!(!ended && runs(task).iter().all(|run| run.end_reason.is_none()), "{:#?}", runs(task));
}

pub fn max_running() {
    let (with, without) = worlds("max_running: 1");
    for (tasks, expected) in [(&with, TaskStatus::Queued), (&without, TaskStatus::Completed)] {
        let first = start(tasks, "fake", "first\n@wait-file go\n@touch task:DONE");
        tasks.wait_status(&first, TaskStatus::Running);
        let second = start(tasks, "fake", "second\n@touch task:DONE");
        tasks.wait_status(&second, expected);
        fs::write(tasks.env.work().join("go"), "").expect("a file");
        tasks.wait_status(&first, TaskStatus::Completed);
        tasks.wait_status(&second, TaskStatus::Completed);
    }
}

pub fn max_restarts() {
    let (with, without) = worlds("max_restarts: 0");
    let script = "@@1\n@say one\n@@2\n@touch task:DONE";
    let (ended, done) = (start(&with, "fake", script), start(&without, "fake", script));
    let state = with.wait_status(&ended, TaskStatus::Failed);
    assert_eq!((state.end_reason, state.runs), (Some(EndReason::MaxRestarts), 1));
    assert_eq!(without.wait_status(&done, TaskStatus::Completed).runs, 2);
}

pub fn max_failures() {
    let (with, without) = worlds("max_failures: 1");
    let script = "@@1\n@exit 3\n@@2\n@touch task:DONE";
    let (ended, done) = (start(&with, "fake", script), start(&without, "fake", script));
    let state = with.wait_status(&ended, TaskStatus::Failed);
    assert_eq!((state.end_reason, state.runs), (Some(EndReason::MaxFailures), 1));
    assert_eq!(without.wait_status(&done, TaskStatus::Completed).runs, 2);
}

pub fn max_depth() {
    let (with, without) = worlds("max_depth: 0");
    let child = "\"$JRUN_CLI\" job --agent fake '@say deep' >child 2>&1";
    for (tasks, words) in [(&with, "1 tasks below the topmost, allowed are 0"), (&without, "deep")] {
        let task = start(tasks, "fake", &format!("@run {child}\n@touch task:DONE"));
        tasks.wait_status(&task, TaskStatus::Completed);
        let told = fs::read_to_string(tasks.env.work().join("child")).expect("the child's words");
        assert!(told.contains(words), "{told}");
    }
}

/// The task asks with the limit, and goes on without it.
fn asks(limit: &str, agent: &str, first_run: &str, words: &str) {
    let (with, without) = worlds(limit);
    let script = format!("@@1\n@say one\n{first_run}\n@@2\n@touch task:DONE");
    let (asking, done) = (start(&with, agent, &script), start(&without, agent, &script));
    let state = with.wait_status(&asking, TaskStatus::WaitingAnswer);
    assert_eq!(state.runs, 1);
    assert!(said(&asking, "ERROR").iter().any(|text| text.contains(words)), "{:?}", said(&asking, "ERROR"));
    assert_eq!(without.wait_status(&done, TaskStatus::Completed).runs, 2);
}

pub fn max_tokens() {
    asks("max_tokens: 1000", "events", "@usage 900 200", "1100 tokens used, allowed are 1000");
}

pub fn max_cost_usd() {
    // In claude's manner the scripted agent says that each run costs a cent.
    asks("max_cost_usd: 0.01", "claude", "", "0.01 USD spent");
}

pub fn idle_timeout() {
    // Less than a second counts as one: 0 would be no limit.
    let (with, without) = worlds("idle_timeout: 500ms");
    let script = "@@1\n@silent 600\n@@2\n@touch task:DONE";
    let (at_work, silent) = (start(&without, "fake", script), start(&with, "fake", script));
    with.wait_status(&silent, TaskStatus::Completed);
    assert_eq!(runs(&silent)[0].end_reason, Some(EndReason::IdleTime));
    assert_at_work(&at_work);
}

pub fn wall_time() {
    let (with, without) = worlds("wall_time: 500ms");
    let (at_work, long) = (start(&without, "fake", "@sleep 600"), start(&with, "fake", "@sleep 600"));
    let state = with.wait_status(&long, TaskStatus::TimedOut);
    assert_eq!(state.end_reason, Some(EndReason::WallTime));
    assert_at_work(&at_work);
    wait_for("the other one at work", || runs(&at_work).first()?.pid);
}
