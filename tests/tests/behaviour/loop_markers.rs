//! DONE, STOP and PAUSE: the table, row by row, with real supervisors and processes.

use std::fs;
use std::time::{Duration, Instant};

use conductor_core::model::{EndReason, RunStatus, TaskStatus};
use conductor_core::store::TaskDir;
use conductor_tests::Tasks;
use conductor_tests::look::{completion_facts, output, runs, statuses, touch};
use conductor_tests::wait_for;

const SLEEPER: &str = "@setsid-child 600\n@double-fork 600\n@say begun\n@sleep 600";

/// Waits until the task's first run has a process at work.
fn wait_running(tasks: &Tasks, task: &TaskDir) {
    tasks.wait_status(task, TaskStatus::Running);
    wait_for("a run at work", || runs(task).last().is_some_and(|run| run.pid.is_some()).then_some(()));
}

fn wait_reason(task: &TaskDir, words: &str) {
    wait_for(words, || task.state().ok()??.reason.filter(|reason| reason.contains(words)));
}

fn assert_completed_once(tasks: &Tasks, task: &TaskDir) {
    let state = tasks.wait_status(task, TaskStatus::Completed);
    assert_eq!(state.end_reason, Some(EndReason::Done));
    tasks.wait_left(task);
    assert_eq!(completion_facts(task), 1);
    tasks.env.wait_until_empty();
}

#[test]
fn done_while_the_agent_lives_on_lets_it_exit_by_itself() {
    let tasks = Tasks::new("");
    let task = tasks.make(&tasks.wanted("@touch task:DONE\n@sleep 2\n@say my last words"));
    tasks.start(&task);
    assert_completed_once(&tasks, &task);
    let runs = runs(&task);
    assert_eq!((runs[0].status, runs[0].exit_code), (RunStatus::Completed, Some(0)));
    assert_eq!(output(&task, &runs[0]).as_deref().map(str::trim), Some("my last words"));
}

#[test]
fn done_while_the_agent_stays_stops_its_tree_after_a_minute() {
    let tasks = Tasks::new("");
    let task = tasks.make(&tasks.wanted(&format!("@touch task:DONE\n{SLEEPER}")));
    tasks.start(&task);
    wait_running(&tasks, &task);
    let deadline = Instant::now() + Duration::from_secs(110);
    while !task.state().expect("a state").is_some_and(|state| state.status.is_ended()) {
        assert!(Instant::now() < deadline, "the run outlived its grace");
        std::thread::sleep(Duration::from_millis(200));
    }
    assert_completed_once(&tasks, &task);
    let runs = runs(&task);
    assert_eq!((runs[0].status, runs[0].end_reason), (RunStatus::Stopped, Some(EndReason::Done)));
}

#[test]
fn c2_done_and_a_bad_exit_complete_the_task_and_show_the_run_as_it_ended() {
    let tasks = Tasks::new("");
    for (end, code, signal) in [("@exit 3", Some(3), None), ("@die kill", None, Some(9))] {
        let task = tasks.make(&tasks.wanted(&format!("end by {}\n@touch task:DONE\n{end}", &end[1..])));
        tasks.start(&task);
        assert_completed_once(&tasks, &task);
        let runs = runs(&task);
        let last = runs.last().expect("a run");
        assert_eq!((last.status, last.exit_code, last.exit_signal), (RunStatus::Failed, code, signal));
    }
}

#[test]
fn done_while_backing_off_completes_and_starts_nothing() {
    let tasks = Tasks::new("");
    let task = tasks.make(&tasks.wanted("@exit 1"));
    tasks.start(&task);
    wait_reason(&task, "back-off 4 s");
    let before = runs(&task).len();
    touch(&task, "DONE");
    assert_completed_once(&tasks, &task);
    assert_eq!(runs(&task).len(), before);
}

#[test]
fn done_while_queued_waiting_or_paused_completes_and_starts_nothing() {
    let tasks = Tasks::new("defaults: { agent: fake, max_running: 1 }");
    let first = tasks.make(&tasks.wanted("@sleep 600"));
    tasks.start(&first);
    wait_running(&tasks, &first);
    let queued = tasks.make(&tasks.wanted("queued\n@say no"));
    let mut wanted = tasks.wanted("waiting\n@say no");
    wanted.depends_on = vec![first.id().to_string()];
    let waiting = tasks.make(&wanted);
    let paused = tasks.make(&tasks.wanted("paused\n@say no"));
    touch(&paused, "PAUSE");
    let expected =
        [(&queued, TaskStatus::Queued), (&waiting, TaskStatus::Waiting), (&paused, TaskStatus::Paused)];
    for (task, status) in expected {
        tasks.start(task);
        tasks.wait_status(task, status);
        touch(task, "DONE");
        tasks.wait_status(task, TaskStatus::Completed);
        tasks.wait_left(task);
        assert_eq!((runs(task).len(), completion_facts(task)), (0, 1), "{status}");
    }
    touch(&first, "STOP");
    tasks.wait_status(&first, TaskStatus::Stopped);
}

#[test]
fn done_with_active_child_tasks_waits_for_them_and_gathers_where_asked() {
    for gather in [false, true] {
        let tasks = Tasks::new("");
        let mut wanted = tasks.wanted("parent\n@@1\n@sleep 2\n@touch task:DONE\n@@2\n@touch task:DONE");
        wanted.gather = gather;
        let parent = tasks.make(&wanted);
        tasks.start(&parent);
        wait_running(&tasks, &parent);
        let go = tasks.env.path().join("go");
        let mut wanted = tasks.wanted(&format!("child\n@wait-file {}\n@touch task:DONE", go.display()));
        wanted.parent_run = Some(runs(&parent)[0].run_id.clone());
        wanted.parent_task = Some((parent.project().clone(), parent.id().clone()));
        let child = tasks.make(&wanted);
        tasks.start(&child);
        wait_reason(&parent, "DONE; waits for child tasks");
        assert!(!child.state().expect("a state").expect("written").status.is_ended());
        fs::write(&go, "").expect("a file");
        assert_completed_once(&tasks, &parent);
        assert_eq!(child.state().expect("a state").expect("written").status, TaskStatus::Completed);
        assert_eq!(runs(&parent).len(), if gather { 2 } else { 1 });
    }
}

#[test]
fn of_stop_and_done_the_one_that_was_there_first_counts() {
    let tasks = Tasks::new("");
    for (first, then, status) in
        [("DONE", "STOP", TaskStatus::Completed), ("STOP", "DONE", TaskStatus::Stopped)]
    {
        let task = tasks.make(&tasks.wanted(&format!("{first} first\n@say no")));
        touch(&task, first);
        let later = std::time::SystemTime::now() + Duration::from_secs(1);
        touch(&task, then);
        let file = fs::File::options().write(true).open(task.path().join(then)).expect("a marker");
        file.set_modified(later).expect("a time");
        tasks.start(&task);
        tasks.wait_status(&task, status);
        assert_eq!(runs(&task).len(), 0);
    }
}

#[test]
fn c1_c6_a_bare_stop_ends_the_whole_tree_and_stays() {
    let tasks = Tasks::new("");
    let task = tasks.make(&tasks.wanted(SLEEPER));
    tasks.start(&task);
    wait_running(&tasks, &task);
    wait_for("the tree", || (tasks.env.processes().len() >= 4).then_some(()));
    touch(&task, "STOP");
    let state = tasks.wait_status(&task, TaskStatus::Stopped);
    let evidence = state.stop.expect("evidence");
    assert!(evidence.found >= 3 && evidence.left.is_empty(), "{evidence:?}");
    tasks.wait_left(&task);
    tasks.env.wait_until_empty();
    assert_eq!(statuses(&task), [RunStatus::Stopped]);
    assert_eq!(completion_facts(&task), 1);
    tasks.start(&task);
    tasks.wait_left(&task);
    assert_eq!(runs(&task).len(), 1, "a stopped task stays stopped");
}

#[test]
fn stop_over_pause_stops_what_is_frozen() {
    let tasks = Tasks::new("");
    let task = tasks.make(&tasks.wanted(SLEEPER));
    tasks.start(&task);
    wait_running(&tasks, &task);
    touch(&task, "PAUSE");
    tasks.wait_status(&task, TaskStatus::Paused);
    touch(&task, "STOP");
    tasks.wait_status(&task, TaskStatus::Stopped);
    tasks.wait_left(&task);
    tasks.env.wait_until_empty();
}

#[test]
fn a_pause_freezes_the_run_and_its_clocks_and_its_end_lets_it_go_on() {
    let tasks = Tasks::new("defaults: { agent: fake, idle_timeout: 3s }");
    let task = tasks.make(&tasks.wanted("@say begun\n@sleep 2\n@say end\n@touch task:DONE"));
    tasks.start(&task);
    wait_running(&tasks, &task);
    touch(&task, "PAUSE");
    tasks.wait_status(&task, TaskStatus::Paused);
    let stand_still = Instant::now() + Duration::from_secs(5);
    while Instant::now() < stand_still {
        assert_eq!(task.state().expect("a state").expect("written").status, TaskStatus::Paused);
        std::thread::sleep(Duration::from_millis(100));
    }
    fs::remove_file(task.path().join("PAUSE")).expect("the marker");
    assert_completed_once(&tasks, &task);
    let runs = runs(&task);
    assert_eq!(runs.len(), 1, "silence while frozen is no silence");
    assert!(runs[0].paused_seconds.is_some_and(|seconds| seconds >= 4), "{:?}", runs[0].paused_seconds);
}

#[test]
fn recovery_carries_out_a_stop_that_nobody_saw() {
    let tasks = Tasks::new("");
    let task = tasks.make(&tasks.wanted(SLEEPER));
    tasks.start(&task);
    wait_running(&tasks, &task);
    tasks.kill_supervisor(&task);
    assert!(!tasks.env.processes().is_empty(), "the agent lives on");
    touch(&task, "STOP");
    tasks.start(&task);
    tasks.wait_status(&task, TaskStatus::Stopped);
    tasks.wait_left(&task);
    tasks.env.wait_until_empty();
    assert_eq!(statuses(&task), [RunStatus::Stopped]);
}
