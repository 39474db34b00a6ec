//! Defects of the seed systems in their loops, each by its id.

use std::fs;

use conductor_core::bus::Bus;
use conductor_core::model::{EndReason, FailureClass, NewMessage, RunStatus, TaskStatus};
use conductor_tests::look::{completion_facts, prompt, runs, said, statuses};
use conductor_tests::{Tasks, wait_for};

#[test]
fn c3_a_permanent_error_fails_at_once() {
    let tasks = Tasks::new("");
    let task = tasks.make(&tasks.wanted("@say hello"));
    let gone = "version: 1\nagents:\n  fake: { type: command, command: [/nowhere/vanished-agent] }\n";
    fs::write(tasks.env.config_path(), gone).expect("a configuration");
    tasks.start(&task);
    let state = tasks.wait_status(&task, TaskStatus::Failed);
    assert_eq!((state.end_reason, state.runs), (Some(EndReason::Permanent), 1));
    let error = state.error.expect("a reason");
    assert!(error.message.contains("vanished-agent"), "{error:?}");
    assert_eq!(runs(&task)[0].failure, Some(FailureClass::Permanent));
    assert_eq!(said(&task, "ERROR").len(), 1);
    tasks.wait_left(&task);
    assert_eq!(completion_facts(&task), 1);
}

#[test]
fn c6_c13_the_configured_idle_time_ends_the_whole_tree() {
    let tasks = Tasks::new("defaults: { agent: fake, idle_timeout: 2s }");
    let task =
        tasks.make(&tasks.wanted(
            "@@1\n@say begun\n@setsid-child 600\n@double-fork 600\n@silent 600\n@@2\n@touch task:DONE",
        ));
    tasks.start(&task);
    tasks.wait_status(&task, TaskStatus::Completed);
    tasks.wait_left(&task);
    let runs = runs(&task);
    assert_eq!((runs[0].status, runs[0].end_reason), (RunStatus::TimedOut, Some(EndReason::IdleTime)));
    assert_eq!(runs[1].status, RunStatus::Completed);
    tasks.env.wait_until_empty();
}

#[test]
fn work_without_a_word_and_open_tool_calls_are_no_silence() {
    let tasks = Tasks::new("defaults: { agent: fake, idle_timeout: 2s }");
    for (agent, script) in [("fake", "@busy-child 6\n@silent 6"), ("events", "@open-call build\n@silent 6")] {
        let mut wanted = tasks.wanted(&format!("{agent}\n{script}\n@touch task:DONE"));
        wanted.agent = Some(agent.to_owned());
        let task = tasks.make(&wanted);
        tasks.start(&task);
        tasks.wait_status(&task, TaskStatus::Completed);
        assert_eq!(runs(&task).len(), 1, "{agent}: {:#?}", statuses(&task));
    }
}

#[test]
fn the_wall_time_ends_the_task() {
    let tasks = Tasks::new("defaults: { agent: fake, wall_time: 2s }");
    let task = tasks.make(&tasks.wanted("@setsid-child 600\n@sleep 600"));
    tasks.start(&task);
    let state = tasks.wait_status(&task, TaskStatus::TimedOut);
    assert_eq!(state.end_reason, Some(EndReason::WallTime));
    assert_eq!(statuses(&task), [RunStatus::TimedOut]);
    assert_eq!(said(&task, "ERROR").len(), 1);
    tasks.wait_left(&task);
    tasks.env.wait_until_empty();
}

#[test]
fn c11_the_next_run_is_told_what_the_last_one_left_and_what_was_said() {
    let tasks = Tasks::new("");
    let task =
        tasks.make(&tasks.wanted(
            "@@1\n@say the door is blue\n@wait-file told\n@exit 3\n@@2\n@say painted\n@touch task:DONE",
        ));
    tasks.start(&task);
    wait_for("the first run", || runs(&task).first().filter(|run| run.pid.is_some()).map(|_| ()));
    let mut word = NewMessage::new("USER", "paint it green");
    word.project_id = Some(task.project().to_string());
    let told = Bus::task(&task).append(&word).expect("a message");
    fs::write(tasks.env.work().join("told"), "").expect("a file");
    tasks.wait_status(&task, TaskStatus::Completed);
    let runs = runs(&task);
    let second = prompt(&task, &runs[1]);
    for words in ["the door is blue", "exit code 3", "paint it green"] {
        assert!(second.contains(words), "{words} in {second}");
    }
    let receipts = Bus::task(&task)
        .read(&conductor_core::bus::Query { parent: Some(told.to_string()), ..Default::default() });
    assert_eq!(receipts.expect("a bus").len(), 1, "the message has its receipt");
}

#[test]
fn c12_a_failed_dependency_is_named_and_nothing_blocks() {
    let tasks = Tasks::new("defaults: { agent: fake, max_failures: 1 }");
    let first = tasks.make(&tasks.wanted("first\n@exit 1"));
    let mut wanted = tasks.wanted("second\n@touch task:DONE");
    wanted.depends_on = vec![first.id().to_string()];
    let second = tasks.make(&wanted);
    tasks.start(&second);
    tasks.wait_status(&second, TaskStatus::Waiting);
    tasks.start(&first);
    tasks.wait_status(&first, TaskStatus::Failed);
    let state = tasks.wait_status(&second, TaskStatus::Failed);
    assert_eq!(state.end_reason, Some(EndReason::DependencyFailed));
    let error = state.error.expect("a reason");
    assert!(error.message.contains(first.id().as_str()), "{error:?}");
    assert_eq!(runs(&second).len(), 0);
}

#[test]
fn c9_child_tasks_of_other_projects_are_waited_for_and_a_stop_reaches_them() {
    let tasks = Tasks::new("");
    let parent = tasks.make(&tasks.wanted("parent\n@@1\n@wait-file go\n@@2\n@touch task:DONE"));
    tasks.start(&parent);
    wait_for("the parent's run", || runs(&parent).first().filter(|run| run.pid.is_some()).map(|_| ()));
    let mut wanted = tasks.wanted("child\n@setsid-child 600\n@sleep 600");
    wanted.project = conductor_core::model::ProjectId::new("elsewhere").expect("a project");
    wanted.parent_run = Some(runs(&parent)[0].run_id.clone());
    wanted.parent_task = Some((parent.project().clone(), parent.id().clone()));
    let child = tasks.make(&wanted);
    tasks.start(&child);
    tasks.wait_status(&child, TaskStatus::Running);
    fs::write(tasks.env.work().join("go"), "").expect("a file");
    wait_for("the wait", || {
        parent.state().ok()??.reason.filter(|reason| reason.contains("waits for child tasks")).map(|_| ())
    });
    fs::write(parent.path().join("STOP"), "").expect("a marker");
    tasks.wait_status(&parent, TaskStatus::Stopped);
    let state = tasks.wait_status(&child, TaskStatus::Stopped);
    assert_eq!(state.end_reason, Some(EndReason::StopRequested));
    tasks.wait_left(&child);
    tasks.wait_left(&parent);
    tasks.env.wait_until_empty();
}

#[test]
fn a_parents_failure_leaves_its_child_tasks_and_says_so() {
    let tasks = Tasks::new("defaults: { agent: fake, max_failures: 1 }");
    let parent = tasks.make(&tasks.wanted("parent\n@wait-file go\n@exit 1"));
    tasks.start(&parent);
    wait_for("the parent's run", || runs(&parent).first().filter(|run| run.pid.is_some()).map(|_| ()));
    let mut wanted = tasks.wanted("child\n@wait-file end\n@touch task:DONE");
    wanted.parent_run = Some(runs(&parent)[0].run_id.clone());
    wanted.parent_task = Some((parent.project().clone(), parent.id().clone()));
    let child = tasks.make(&wanted);
    tasks.start(&child);
    tasks.wait_status(&child, TaskStatus::Running);
    fs::write(tasks.env.work().join("go"), "").expect("a file");
    tasks.wait_status(&parent, TaskStatus::Failed);
    wait_for("the word", || said(&parent, "ERROR").pop().filter(|text| text.contains(child.id().as_str())));
    fs::write(tasks.env.work().join("end"), "").expect("a file");
    tasks.wait_status(&child, TaskStatus::Completed);
}

#[test]
fn two_tasks_in_one_folder_are_warned_of_on_both() {
    let tasks = Tasks::new("");
    let first = tasks.make(&tasks.wanted("first\n@sleep 600"));
    tasks.start(&first);
    tasks.wait_status(&first, TaskStatus::Running);
    let second = tasks.make(&tasks.wanted("second\n@touch task:DONE"));
    tasks.start(&second);
    let state = tasks.wait_status(&second, TaskStatus::Completed);
    assert!(state.warnings.iter().any(|text| text.contains(first.id().as_str())), "{:?}", state.warnings);
    let told = said(&first, "INFO");
    assert!(told.iter().any(|text| text.contains(second.id().as_str())), "{told:?}");
}

#[test]
fn a_task_that_is_told_to_end_is_left_to_recovery_with_nothing_at_work() {
    let tasks = Tasks::new("");
    let task =
        tasks.make(&tasks.wanted("@@1\n@setsid-child 600\n@say begun\n@sleep 600\n@@2\n@touch task:DONE"));
    tasks.start(&task);
    wait_for("a run at work", || {
        let stdout = runs(&task).first()?.stdout_path.clone()?;
        std::fs::read_to_string(stdout).ok()?.contains("begun").then_some(())
    });
    let pid = rustix::process::Pid::from_raw(tasks.holder(&task).pid).expect("a pid");
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("a signal");
    tasks.wait_status(&task, TaskStatus::Interrupted);
    tasks.wait_left(&task);
    tasks.env.wait_until_empty();
    assert!(tasks.root.is_live(task.project(), task.id()).expect("a look"), "recovery finds it");
    tasks.start(&task);
    let state = tasks.wait_status(&task, TaskStatus::Completed);
    assert_eq!((state.failures, state.iteration), (0, 1), "what the shutdown ended is not counted");
}
