//! `pause`, `resume`, `takeover`.

use std::fs;

use conductor_core::model::{EndReason, TaskStatus};
use conductor_core::store::{Marker, TaskDir};
use conductor_core::supervisor::intent::{self, PauseRequest, ResumeRequest};
use conductor_core::supervisor::process::ProcessId;
use conductor_tests::{Tasks, wait_for};
use rustix::process::Signal;

fn run(tasks: &Tasks, args: &[&str], task: &TaskDir) -> conductor_tests::Output {
    tasks.env.run(&[&args[..1], &[task.id().as_str()], &args[1..]].concat())
}

/// The state letter of the agent's process.
fn process_state(task: &TaskDir) -> Option<char> {
    let run = task.runs().ok()?.pop()?;
    let pid = task.run(&run).ok()?.info().ok()?.pid?;
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit(") ").next()?.chars().next()
}

fn is_frozen(task: &TaskDir) -> bool {
    let group = || {
        let run = task.runs().ok()?.pop()?;
        let group = task.run(&run).ok()?.info().ok()?.cgroup?;
        let path = format!("/sys/fs/cgroup{group}/cgroup.events");
        Some(fs::read_to_string(path).ok()?.contains("frozen 1"))
    };
    process_state(task) == Some('T') || group().unwrap_or(false)
}

fn at_work(tasks: &Tasks, prompt: &str) -> TaskDir {
    let task = tasks.make(&tasks.wanted(prompt));
    tasks.start(&task);
    wait_for("its agent", || process_state(&task).filter(|state| *state == 'S'));
    task
}

#[test]
fn a_paused_task_stands_still_and_goes_on_in_the_same_run() {
    let tasks = Tasks::new("");
    let task = at_work(&tasks, "@wait-file go\n@touch task:DONE");
    let target = tasks.target(&task);
    let outcome = intent::pause(&target, &PauseRequest::default()).expect("a pause");
    assert_eq!(outcome.status, TaskStatus::Paused);
    assert!(is_frozen(&task));
    assert_eq!(intent::pause(&target, &PauseRequest::default()).expect("once more"), outcome);
    fs::write(tasks.env.work().join("go"), "").expect("a file");
    let outcome = intent::resume(&target, &ResumeRequest::default()).expect("a way on");
    assert!(matches!(outcome.status, TaskStatus::Running | TaskStatus::Completed), "{outcome:?}");
    tasks.wait_status(&task, TaskStatus::Completed);
    assert_eq!(task.runs().expect("runs").len(), 1);
}

fn has_waiting_signal(process: ProcessId) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let waiting = status.lines().find_map(|line| line.strip_prefix("ShdPnd:"));
    waiting.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask != 0)
}

/// The first of two has taken the pause away, and the supervisor has not thawed the task yet.
#[test]
fn the_second_of_two_that_resume_a_paused_task_is_not_refused() {
    let tasks = Tasks::new("");
    let task = at_work(&tasks, "@wait-file go\n@touch task:DONE");
    run(&tasks, &["pause"], &task).ok();
    let supervisor = ProcessId::of(tasks.holder(&task).pid).expect("a living process");
    supervisor.signal(Signal::STOP).expect("a signal");
    fs::remove_file(task.path().join("PAUSE")).expect("a marker");
    let mut second = tasks.env.spawn(&["resume", task.id().as_str()]);
    wait_for("its word to the supervisor", || {
        assert!(second.ended().is_none(), "{:?}", second.printed());
        has_waiting_signal(supervisor).then_some(())
    });
    supervisor.signal(Signal::CONT).expect("a signal");
    second.wait(conductor_tests::PATIENCE).ok();
    fs::write(tasks.env.work().join("go"), "").expect("a file");
    tasks.wait_status(&task, TaskStatus::Completed);
}

#[test]
fn what_was_paused_goes_on_also_when_its_supervisor_died_before_it_was_resumed() {
    let tasks = Tasks::new("");
    let task = at_work(&tasks, "@wait-file go\n@touch task:DONE");
    run(&tasks, &["pause"], &task).ok();
    assert!(is_frozen(&task));
    tasks.kill_supervisor(&task);
    run(&tasks, &["resume"], &task).ok();
    fs::write(tasks.env.work().join("go"), "").expect("a file");
    tasks.wait_status(&task, TaskStatus::Completed);
    assert_eq!(task.runs().expect("runs").len(), 1);
}

#[test]
fn a_word_for_now_to_a_paused_task_interrupts_its_turn_when_it_is_resumed() {
    let tasks = Tasks::new("");
    let task = at_work(&tasks, "@@1\n@sleep 600\n@@2\n@touch task:DONE");
    run(&tasks, &["pause"], &task).ok();
    let told = run(&tasks, &["tell", "--now", "Leave the schema alone"], &task).ok();
    assert!(told.stdout.contains("when it is resumed"), "{told}");
    assert!(is_frozen(&task), "a paused task stays paused");
    // Also by a supervisor that did not hear it.
    tasks.kill_supervisor(&task);
    tasks.start(&task);
    tasks.wait_status(&task, TaskStatus::Paused);
    run(&tasks, &["resume"], &task).ok();
    let state = tasks.wait_status(&task, TaskStatus::Completed);
    assert_eq!((state.runs, state.failures), (2, 0), "the old turn does not go on");
    let runs = task.runs().expect("runs");
    let info = task.run(&runs[0]).and_then(|run| run.info()).expect("the first run");
    assert_eq!(info.end_reason, Some(EndReason::Interrupted));
    let prompt = fs::read_to_string(task.run(&runs[1]).expect("the second").prompt_path());
    assert!(prompt.expect("a prompt").contains("Leave the schema alone"));
}

#[test]
fn a_word_for_now_between_turns_says_that_nothing_is_interrupted() {
    let tasks = Tasks::new("");
    let task = tasks.make(&tasks.wanted("@@1\n@ask 'Well?'\n@@2\n@touch task:DONE"));
    tasks.start(&task);
    tasks.wait_status(&task, TaskStatus::WaitingAnswer);
    let told = run(&tasks, &["tell", "--now", "Hurry"], &task).ok();
    assert!(told.stdout.contains("next turn"), "{told}");
}

#[test]
fn resuming_what_is_at_work_is_a_conflict() {
    let tasks = Tasks::new("");
    let task = at_work(&tasks, "@sleep 600");
    let output = run(&tasks, &["resume"], &task).expect_code(4);
    assert!(output.stderr.contains("running"), "{output}");
    run(&tasks, &["stop", "--force"], &task).ok();
}

#[test]
fn children_pause_and_go_on_with_their_parent_but_not_those_that_a_person_paused() {
    let tasks = Tasks::new("");
    for name in ["one", "two"] {
        let prompt = format!("@wait-file {name}\n@touch task:DONE");
        fs::write(tasks.env.work().join(format!("{name}.md")), prompt).expect("a prompt");
    }
    let parent = "@task --detach --task one --prompt-file one.md\n@task --detach --task two --prompt-file two.md\n@sleep 600";
    let parent = at_work(&tasks, parent);
    let children = wait_for("two children", || {
        let children =
            conductor_core::supervisor::children::active(&tasks.root, parent.project(), parent.id());
        children.ok().filter(|children| {
            children.len() == 2 && children.iter().all(|child| child.status == TaskStatus::Running)
        })
    });
    let children: Vec<_> =
        children.iter().map(|child| tasks.root.task(&child.project, &child.task).expect("it")).collect();
    let [by_hand, with_parent] = &children[..] else { panic!("two children") };
    run(&tasks, &["pause"], by_hand).ok();
    let outcome = intent::pause(&tasks.target(&parent), &PauseRequest::default()).expect("a pause");
    assert_eq!(outcome.children, 2);
    tasks.wait_status(with_parent, TaskStatus::Paused);
    run(&tasks, &["resume"], &parent).ok();
    tasks.wait_status(with_parent, TaskStatus::Running);
    assert_eq!(tasks.wait_status(by_hand, TaskStatus::Paused).status, TaskStatus::Paused);
    assert!(by_hand.marker(Marker::Pause).expect("a look").is_some());
    run(&tasks, &["stop", "--force"], &parent).ok();
    tasks.env.wait_until_empty();
}

#[test]
fn a_task_that_is_done_and_waits_for_its_children_pauses_at_once_and_goes_on() {
    let tasks = Tasks::new("");
    let child = "@wait-file go\n@touch task:DONE";
    fs::write(tasks.env.work().join("child.md"), child).expect("a prompt");
    let script = "@task --detach --task child --prompt-file child.md\n@touch task:DONE";
    let parent = tasks.make(&tasks.wanted(script));
    tasks.start(&parent);
    let waits =
        |task: &TaskDir| task.state().ok()??.reason.filter(|reason| reason.starts_with("DONE; waits"));
    wait_for("the parent to wait", || waits(&parent));
    let began = std::time::Instant::now();
    let paused = intent::pause(&tasks.target(&parent), &PauseRequest::default()).expect("a pause");
    assert!(began.elapsed() < std::time::Duration::from_secs(10), "{:?}", began.elapsed());
    assert_eq!((paused.status, paused.children), (TaskStatus::Paused, 1));
    fs::write(tasks.env.work().join("go"), "").expect("a file");
    run(&tasks, &["resume"], &parent).ok();
    let state = tasks.wait_status(&parent, TaskStatus::Completed);
    assert_eq!(state.runs, 1, "no turn was needed");
    tasks.env.wait_until_empty();
}

#[test]
fn resume_grants_the_exhausted_limit_once_more_and_keeps_the_totals() {
    let tasks = Tasks::new("defaults: { agent: fake, max_restarts: 0 }\n");
    let task =
        tasks.make(&tasks.wanted("@run echo x >> work.txt\n@@1\n@say one\n@@2\n@say two\n@touch task:DONE"));
    tasks.start(&task);
    let state = tasks.wait_status(&task, TaskStatus::Failed);
    assert_eq!((state.end_reason, state.runs), (Some(EndReason::MaxRestarts), 1));
    tasks.wait_left(&task);
    let output = run(&tasks, &["resume"], &task).ok();
    assert!(output.stdout.contains("max_restarts") || output.stderr.contains("max_restarts"), "{output}");
    let state = tasks.wait_status(&task, TaskStatus::Completed);
    assert_eq!(state.runs, 2);
}

#[test]
fn resume_archives_done_and_removes_stop_and_pause() {
    let tasks = Tasks::new("");
    let task = tasks.make(&tasks.wanted("@@1\n@touch task:DONE\n@@2\n@say again\n@touch task:DONE"));
    tasks.start(&task);
    tasks.wait_status(&task, TaskStatus::Completed);
    tasks.wait_left(&task);
    let run_id = task.runs().expect("runs").remove(0);
    for marker in [Marker::Stop, Marker::Pause] {
        let intent = conductor_core::store::Intent::new(None, jiff::Timestamp::now(), None);
        task.set_marker(marker, &intent).expect("a marker");
    }
    run(&tasks, &["resume"], &task).ok();
    wait_for("a second run", || (task.runs().ok()?.len() == 2).then_some(()));
    tasks.wait_status(&task, TaskStatus::Completed);
    assert!(task.path().join(format!("DONE.{run_id}")).exists());
    for marker in [Marker::Stop, Marker::Pause] {
        assert!(task.marker(marker).expect("a look").is_none());
    }
    tasks.wait_left(&task);
    let facts = conductor_core::bus::Bus::project(&tasks.root.project(task.project()).expect("a project"))
        .read(&conductor_core::bus::Query::default().kind("TASK_DONE"))
        .expect("the bus");
    assert_eq!(facts.len(), 2, "one completion fact for each end");
}

#[test]
fn another_agent_takes_a_paused_task_over_in_a_fresh_session() {
    let tasks = Tasks::new("");
    let task = at_work(&tasks, "@@1\n@sleep 600\n@@2\n@touch task:DONE");
    run(&tasks, &["resume", "--agent", "nobody"], &task).expect_code(2);
    run(&tasks, &["resume", "--agent", "events"], &task).expect_code(4);
    run(&tasks, &["pause"], &task).ok();
    run(&tasks, &["resume", "--agent", "events"], &task).ok();
    let state = tasks.wait_status(&task, TaskStatus::Completed);
    assert_eq!((state.agent.as_deref(), state.runs), (Some("events"), 2));
    assert_eq!(task.spec().expect("a spec").agent.as_deref(), Some("events"));
    tasks.env.wait_until_empty();
}

#[test]
fn a_takeover_waits_for_the_turn_and_names_the_agents_own_command() {
    let tasks = Tasks::new("");
    let mut new = tasks.wanted("@@1\n@wait-file go\n@say one\n@@2\n@touch task:DONE");
    new.agent = Some("claude".to_owned());
    let task = tasks.make(&new);
    tasks.start(&task);
    wait_for("its agent", || process_state(&task));
    let takeover = tasks.env.spawn(&["takeover", task.id().as_str(), "--json"]);
    wait_for("PAUSE", || task.marker(Marker::Pause).ok()?.filter(|intent| intent.after_turn));
    fs::write(tasks.env.work().join("go"), "").expect("a file");
    let output = takeover.wait(conductor_tests::PATIENCE).ok();
    let session = task.state().expect("a state").expect("a state").session.expect("a session").id;
    assert!(output.stdout.contains(&session) && output.stdout.contains("--resume"), "{output}");
    assert_eq!(process_state(&task), None, "no process is left");
    run(&tasks, &["resume"], &task).ok();
    tasks.wait_status(&task, TaskStatus::Completed);
}

#[test]
fn a_takeover_of_an_agent_without_sessions_is_refused_before_anything_is_paused() {
    let tasks = Tasks::new("");
    let mut new = tasks.wanted("@wait-file go\n@touch task:DONE");
    new.agent = Some("events".to_owned());
    let task = tasks.make(&new);
    tasks.start(&task);
    wait_for("its agent", || process_state(&task));
    let refused = run(&tasks, &["takeover"], &task).expect_code(4);
    assert!(
        refused.stderr.contains("events has no sessions") && refused.stderr.contains("pause"),
        "{refused}"
    );
    assert!(task.marker(Marker::Pause).expect("a look").is_none());
    fs::write(tasks.env.work().join("go"), "").expect("a file");
    tasks.wait_status(&task, TaskStatus::Completed);
}
