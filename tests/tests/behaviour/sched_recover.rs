//! `recover`: what a crash, a reboot or another container left behind.

use std::fs;

use conductor_core::model::{RunInfo, RunStatus, TaskStatus};
use conductor_core::store::{Intent, Marker, TaskDir};
use conductor_tests::{Tasks, wait_for};

/// A task whose agent is at work and has said so, and whose supervisor was killed.
fn orphaned(tasks: &Tasks, prompt: &str) -> TaskDir {
    let task = tasks.make(&tasks.wanted(prompt));
    tasks.start(&task);
    wait_for("its agent's first word", || {
        let run = task.run(&last_run(&task)?.run_id).ok()?;
        fs::read_to_string(run.stdout_path()).ok().filter(|said| said.contains("ready"))
    });
    tasks.kill_supervisor(&task);
    task
}

fn last_run(task: &TaskDir) -> Option<RunInfo> {
    let run = task.runs().ok()?.pop()?;
    task.run(&run).ok()?.info().ok()
}

fn kill_agent(task: &TaskDir) {
    let pid = last_run(task).expect("a run").pid.expect("a pid");
    let pid = rustix::process::Pid::from_raw(pid).expect("a pid");
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("a kill");
}

fn rewrite_run(task: &TaskDir, change: impl FnOnce(&mut RunInfo)) {
    let mut info = last_run(task).expect("a run");
    change(&mut info);
    task.run(&info.run_id).expect("the run").write_info(&info).expect("a record");
}

fn mark(task: &TaskDir, marker: Marker) {
    let intent = Intent::new(Some("a person".to_owned()), jiff::Timestamp::now(), None);
    task.set_marker(marker, &intent).expect("a marker");
}

#[test]
fn two_recoveries_at_once_do_the_same_as_one() {
    let tasks = Tasks::new("");
    let task = orphaned(&tasks, "@say ready\n@wait-file go\n@touch task:DONE");
    let both = [tasks.env.spawn(&["recover"]), tasks.env.spawn(&["recover"])];
    for recovery in both {
        recovery.wait(conductor_tests::PATIENCE).ok();
    }
    assert!(task.is_supervised().expect("a look"));
    tasks.env.run(&["recover"]).ok();
    assert_eq!(task.runs().expect("runs").len(), 1, "never a second agent beside a living one");
    fs::write(tasks.env.work().join("go"), "").expect("a file");
    tasks.wait_status(&task, TaskStatus::Completed);
    tasks.env.wait_until_empty();
    assert_eq!(task.runs().expect("runs").len(), 1);
    assert_eq!(last_run(&task).expect("a run").status, RunStatus::Completed);
}

#[test]
fn done_completes_stop_is_carried_out_and_pause_stays() {
    let tasks = Tasks::new("");
    let [done, stop, pause] = [Marker::Done, Marker::Stop, Marker::Pause].map(|marker| {
        let task = orphaned(&tasks, "@say ready\n@sleep 600");
        mark(&task, marker);
        task
    });
    kill_agent(&done);
    let said = tasks.env.json(&["recover"]);
    for (task, words) in [(&done, "completes"), (&stop, "being stopped"), (&pause, "stays paused")] {
        let mut rows = said["tasks"].as_array().expect("tasks").iter();
        let row = rows.find(|row| row["task"] == task.id().as_str()).expect("its row");
        assert!(row["reason"].as_str().is_some_and(|reason| reason.contains(words)), "{words}: {said}");
    }
    tasks.wait_status(&done, TaskStatus::Completed);
    let state = tasks.wait_status(&stop, TaskStatus::Stopped);
    assert!(state.stop.is_some_and(|evidence| evidence.found >= 1 && evidence.left.is_empty()));
    tasks.wait_status(&pause, TaskStatus::Paused);
    tasks.kill_supervisor(&pause);
    tasks.env.run(&["recover"]).ok();
    tasks.wait_status(&pause, TaskStatus::Paused);
    assert_eq!(pause.runs().expect("runs").len(), 1);
    tasks.env.run(&["stop", pause.id().as_str()]).ok();
    tasks.env.wait_until_empty();
}

#[test]
fn a_run_of_another_boot_is_lost_and_the_task_goes_on() {
    let tasks = Tasks::new("");
    let task = orphaned(&tasks, "@@1\n@say ready\n@sleep 600\n@@2\n@touch task:DONE");
    let first = last_run(&task).expect("a run").run_id;
    kill_agent(&task);
    rewrite_run(&task, |info| info.boot_id = Some("another boot".to_owned()));
    tasks.env.run(&["recover"]).ok();
    tasks.wait_status(&task, TaskStatus::Completed);
    let info = task.run(&first).expect("the run").info().expect("its record");
    assert_eq!((info.status, info.exit_code), (RunStatus::Lost, None));
    assert_eq!(task.runs().expect("runs").len(), 2);
}

#[test]
fn what_another_pid_namespace_owned_is_refused_unless_it_is_known_to_be_dead() {
    let tasks = Tasks::new("");
    let task = orphaned(&tasks, "@@1\n@say ready\n@sleep 600\n@@2\n@touch task:DONE");
    kill_agent(&task);
    rewrite_run(&task, |info| info.pid_namespace = Some(1));
    let refused = tasks.env.run(&["recover"]);
    let said = format!("{}{}", refused.stdout, refused.stderr);
    assert!(said.contains("pid namespace"), "{refused}");
    assert!(!task.is_supervised().expect("a look"));
    assert_eq!(last_run(&task).expect("a run").status, RunStatus::Running, "nothing was changed");
    tasks.env.run(&["recover", "--assume-dead"]).ok();
    tasks.wait_status(&task, TaskStatus::Completed);
    assert_eq!(task.runs().expect("runs").len(), 2);
}

#[test]
fn c7_what_waits_for_its_turn_gets_a_supervisor_again() {
    let tasks = Tasks::new("defaults: { agent: fake, max_running: 1 }\n");
    let first = tasks.make(&tasks.wanted("@wait-file go\n@touch task:DONE"));
    tasks.start(&first);
    tasks.wait_status(&first, TaskStatus::Running);
    let queued = tasks.make(&tasks.wanted("@touch task:DONE"));
    tasks.start(&queued);
    tasks.wait_status(&queued, TaskStatus::Queued);
    for task in [&first, &queued] {
        tasks.kill_supervisor(task);
    }
    tasks.env.run(&["recover"]).ok();
    fs::write(tasks.env.work().join("go"), "").expect("a file");
    for task in [&first, &queued] {
        tasks.wait_status(task, TaskStatus::Completed);
    }
    tasks.env.wait_until_empty();
}
