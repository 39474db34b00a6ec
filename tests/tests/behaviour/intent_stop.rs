//! `stop`: verified, of children too, with and without a supervisor, and against whatever else is asked.

use std::fs;

use conductor_core::model::{EndReason, TaskStatus};
use conductor_core::store::{Marker, TaskDir};
use conductor_core::supervisor::intent::{self, IntentErrorKind, StopRequest};
use conductor_tests::{Tasks, wait_for};

/// Waits until the agent at work has said so.
fn wait_said(task: &TaskDir, word: &str) {
    wait_for(word, || {
        let run = task.runs().ok()?.pop()?;
        let said = fs::read_to_string(task.run(&run).ok()?.stdout_path()).ok()?;
        said.contains(word).then_some(())
    });
}

fn agents(tasks: &Tasks) -> Vec<(i32, String)> {
    tasks.env.processes().into_iter().filter(|(_, command)| command.contains("fake-agent")).collect()
}

#[test]
fn c1_a_stopped_task_stays_stopped_and_nothing_of_it_is_left() {
    let tasks = Tasks::new("");
    let tree = "@setsid-child 600\n@double-fork 600\n@stubborn-child 600\n@say ready\n@sleep 600";
    let task = tasks.make(&tasks.wanted(tree));
    tasks.start(&task);
    wait_said(&task, "ready");
    let outcome = intent::stop(&tasks.target(&task), &StopRequest::default()).expect("a stop");
    assert_eq!(outcome.status, TaskStatus::Stopped);
    assert!(outcome.is_verified() && outcome.evidence.found >= 4, "{outcome:?}");
    assert_eq!(outcome.evidence.killed, 1, "the one that is deaf to TERM: {outcome:?}");
    assert_eq!(agents(&tasks), []);
    tasks.wait_left(&task);
    tasks.env.wait_until_empty();
    assert_eq!(task.runs().expect("runs").len(), 1, "no run was started after it");
    let again = intent::stop(&tasks.target(&task), &StopRequest::default()).expect_err("it has ended");
    assert!(matches!(*again.kind, IntentErrorKind::Ended(TaskStatus::Stopped)), "{again}");
    tasks.env.run(&["stop", task.id().as_str()]).expect_code(4);
}

#[test]
fn where_no_supervisor_lives_the_one_who_stops_does_it() {
    let tasks = Tasks::new("");
    let task = tasks.make(&tasks.wanted("@setsid-child 600\n@say ready\n@sleep 600"));
    tasks.start(&task);
    wait_said(&task, "ready");
    tasks.kill_supervisor(&task);
    assert!(!agents(&tasks).is_empty(), "its agent lives on");
    let outcome = intent::stop(&tasks.target(&task), &StopRequest::default()).expect("a stop");
    assert_eq!(outcome.status, TaskStatus::Stopped);
    assert!(outcome.evidence.found >= 2, "{outcome:?}");
    tasks.env.wait_until_empty();
    assert_eq!(tasks.root.live_list().expect("a root"), []);
}

#[test]
fn a_task_that_has_not_run_is_stopped_without_a_supervisor() {
    let tasks = Tasks::new("");
    let task = tasks.make(&tasks.wanted("@touch task:DONE"));
    let outcome = intent::stop(&tasks.target(&task), &StopRequest::default()).expect("a stop");
    assert_eq!((outcome.status, outcome.evidence.found), (TaskStatus::Stopped, 0));
    assert_eq!(task.runs().expect("runs"), []);
}

#[test]
fn children_are_stopped_with_their_parent_and_theirs_with_them() {
    let tasks = Tasks::new("");
    let work = tasks.env.work();
    fs::write(work.join("grandchild.md"), "@say ready\n@sleep 600").expect("a prompt");
    fs::write(work.join("child.md"), "@task --detach --prompt-file grandchild.md\n@say ready\n@sleep 600")
        .expect("a prompt");
    let parent = tasks.make(&tasks.wanted("@task --detach --prompt-file child.md\n@say ready\n@sleep 600"));
    tasks.start(&parent);
    wait_for("three agents at work", || (agents(&tasks).len() == 3).then_some(()));
    let who = intent::Who { reason: Some("enough".to_owned()), ..intent::Who::default() };
    let outcome = intent::stop(&tasks.target(&parent), &StopRequest { who, force: true }).expect("a stop");
    assert!(outcome.is_verified());
    let statuses: Vec<_> = outcome.children.iter().map(|child| child.status).collect();
    assert_eq!(statuses, [TaskStatus::Stopped; 2], "{outcome:?}");
    tasks.env.wait_until_empty();
    assert_eq!(tasks.root.live_list().expect("a root"), []);
}

#[test]
fn two_who_stop_at_once_see_one_stop() {
    let tasks = Tasks::new("");
    let task = tasks.make(&tasks.wanted("@say ready\n@sleep 600"));
    tasks.start(&task);
    wait_said(&task, "ready");
    tasks.kill_supervisor(&task);
    let stop = || intent::stop(&tasks.target(&task), &StopRequest::default()).map(|outcome| outcome.status);
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(stop)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    for outcome in &outcomes {
        let late =
            |error: &intent::IntentError| matches!(*error.kind, IntentErrorKind::Ended(TaskStatus::Stopped));
        assert!(outcome.as_ref().map_or_else(late, |status| *status == TaskStatus::Stopped), "{outcomes:?}");
    }
    assert!(outcomes.iter().any(Result::is_ok), "{outcomes:?}");
    tasks.env.wait_until_empty();
}

#[test]
fn of_stop_and_done_the_first_decides() {
    let tasks = Tasks::new("");
    for round in 0..4 {
        let task = tasks.make(&tasks.wanted("@say ready\n@sleep 600"));
        tasks.start(&task);
        wait_said(&task, "ready");
        let target = tasks.target(&task);
        let (stopped, done) = std::thread::scope(|scope| {
            let done = scope.spawn(|| intent::done(&target, &intent::Who::default()));
            (intent::stop(&target, &StopRequest::default()), done.join().expect("no panic"))
        });
        let state = wait_for("the end", || task.state().ok()?.filter(|state| state.status.is_ended()));
        match state.status {
            TaskStatus::Stopped => assert!(stopped.is_ok(), "round {round}: {stopped:?}"),
            TaskStatus::Completed => {
                let error = stopped.expect_err("it was done first");
                assert!(matches!(*error.kind, IntentErrorKind::Ended(TaskStatus::Completed)), "{error}");
                assert!(done.is_ok(), "round {round}: {done:?}");
            }
            other => panic!("round {round}: {other}"),
        }
        tasks.env.wait_until_empty();
    }
}

#[test]
fn a_stop_that_came_after_done_leaves_no_stop_behind() {
    let tasks = Tasks::new("");
    let task = tasks.make(&tasks.wanted("@say ready\n@sleep 600"));
    tasks.start(&task);
    wait_said(&task, "ready");
    // The agent has a minute to exit by itself.
    fs::write(task.path().join("DONE"), "").expect("a marker");
    let refused = tasks.env.run(&["stop", task.id().as_str()]).expect_code(4);
    assert!(refused.stderr.contains("completed"), "{refused}");
    assert!(task.marker(Marker::Stop).expect("a look").is_none(), "{refused}");
    tasks.env.wait_until_empty();
}

#[test]
fn what_survived_a_stop_can_be_stopped_again() {
    let tasks = Tasks::new("");
    let task = tasks.make(&tasks.wanted("@say ready\n@sleep 600"));
    tasks.start(&task);
    wait_said(&task, "ready");
    tasks.wait_status(&task, TaskStatus::Running);
    tasks.kill_supervisor(&task);
    let agent = agents(&tasks)[0].0;
    let mut state = task.state().expect("a state").expect("a state");
    (state.status, state.end_reason) = (TaskStatus::Failed, Some(EndReason::StopIncomplete));
    state.ended_at = Some(state.updated_at);
    state.stop = Some(conductor_core::model::task::StopEvidence { found: 1, killed: 1, left: vec![agent] });
    state.revision += 1;
    task.write_state(&state).expect("a state");
    let outcome = intent::stop(&tasks.target(&task), &StopRequest::default()).expect("another stop");
    assert!(outcome.is_verified() && outcome.evidence.found >= 1, "{outcome:?}");
    assert_eq!(outcome.status, TaskStatus::Failed, "a failed stop is not made undone");
    tasks.env.wait_until_empty();
    assert!(task.marker(Marker::Stop).expect("a look").is_none());
    let again = intent::stop(&tasks.target(&task), &StopRequest::default()).expect_err("nothing is left");
    assert!(matches!(*again.kind, IntentErrorKind::Ended(TaskStatus::Failed)), "{again}");
}

/// Nobody could see or stop what goes on without a folder.
#[test]
fn a_task_whose_folder_is_removed_while_it_is_at_work_leaves_nothing_running() {
    let tasks = Tasks::new("");
    let task = tasks.make(&tasks.wanted("@setsid-child 600\n@bare-orphan 600\n@say ready\n@sleep 600"));
    tasks.start(&task);
    wait_said(&task, "ready");
    remove(&task);
    tasks.env.wait_until_empty();
    tasks.env.run(&["recover"]).ok();
    assert_eq!(tasks.root.live_list().expect("a root"), []);
}

#[test]
fn a_task_whose_folder_is_removed_while_it_waits_leaves_no_supervisor() {
    let tasks = Tasks::new("");
    let task = tasks.make(&tasks.wanted("@ask Which way?\n@exit 0"));
    tasks.start(&task);
    tasks.wait_status(&task, TaskStatus::WaitingAnswer);
    remove(&task);
    tasks.env.wait_until_empty();
}

/// Removes a task's folder as a person does, however often something is written into it meanwhile.
fn remove(task: &TaskDir) {
    wait_for("its removal", || {
        let removed = fs::remove_dir_all(task.path());
        let is_busy = |error: &std::io::Error| error.kind() == std::io::ErrorKind::DirectoryNotEmpty;
        if removed.as_ref().is_err_and(is_busy) {
            return None;
        }
        removed.expect("its removal");
        Some(())
    });
}
