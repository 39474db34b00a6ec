//! What a dead supervisor left: trees to stop, pids that mean something else now, other boots, namespaces
//! and machines.

use conductor_core::model::{RunInfo, RunStatus, TaskStatus};
use conductor_core::store::{RunDir, TaskDir};
use conductor_core::supervisor::process::{Machine, ProcessId};
use conductor_tests::{Output, Running, Tasks, wait_for};
use rustix::process::Signal;

/// A task whose agent waits in its first turn for good; its supervisor is killed.
fn orphaned(tasks: &Tasks, before: &str) -> (TaskDir, RunDir, RunInfo) {
    let here = tasks.env.path().join("here");
    let script = format!("@@1\n{before}\n@touch {}\n@sleep 600\n@@*\n@say more\n@done", here.display());
    let task = tasks.make(&tasks.wanted(&script));
    tasks.start(&task);
    wait_for("the agent", || here.exists().then_some(()));
    tasks.kill_supervisor(&task);
    let run = task.run(&task.runs().expect("the runs")[0]).expect("a run");
    let info = run.info().expect("a record");
    (task, run, info)
}

/// The same with its agent killed, too: its record says that it runs.
fn dead(tasks: &Tasks) -> (TaskDir, RunDir, RunInfo) {
    let (task, run, info) = orphaned(tasks, "");
    let agent =
        ProcessId { pid: info.pid.expect("a pid"), start_time: info.process_start_time.expect("a time") };
    agent.signal(Signal::KILL).expect("a kill");
    wait_for("its death", || (!agent.is_alive()).then_some(()));
    (task, run, info)
}

/// A process that has nothing to do with any run.
fn bystander(tasks: &Tasks) -> (Running, ProcessId) {
    let running = Running::start(&mut tasks.env.command("sleep", &["600"]), "sleep");
    let id = ProcessId::of(running.pid()).expect("a living process");
    (running, id)
}

fn agents(tasks: &Tasks) -> Vec<(i32, String)> {
    tasks.env.processes().into_iter().filter(|(_, command)| command.contains("fake-agent")).collect()
}

#[test]
fn a_stop_after_adoption_finds_what_left_its_session_and_its_parents() {
    let tasks = Tasks::new("");
    let before = "@setsid-child 600\n@double-fork 600\n@stubborn-child 600\n@tree 2 600";
    let (task, _, _) = orphaned(&tasks, before);
    let left = agents(&tasks).len();
    assert!(left >= 8, "{:?}", agents(&tasks));
    tasks.env.run(&["recover"]).ok();
    tasks.holder(&task);
    assert_eq!(agents(&tasks).len(), left, "all are adopted, none is new");
    tasks.env.run(&["stop", task.id().as_str()]).ok();
    assert_eq!(agents(&tasks), [], "when the command returns nothing is left");
    let state = task.state().expect("a state").expect("written");
    assert_eq!(state.status, TaskStatus::Stopped);
    let evidence = state.stop.expect("evidence");
    assert!(
        evidence.found as usize >= left && evidence.killed >= 1 && evidence.left.is_empty(),
        "{evidence:?}"
    );
    tasks.env.wait_until_empty();
}

#[test]
fn a_stop_without_its_supervisor_finds_what_carries_no_marker() {
    let tasks = Tasks::new("");
    let here = tasks.env.path().join("here");
    let script = format!("@bare-orphan 600\n@touch {}\n@sleep 600", here.display());
    let task = tasks.make(&tasks.wanted(&script));
    tasks.start(&task);
    let info = || task.run(&task.runs().ok()?.pop()?).ok()?.info().ok();
    wait_for("its record", || info().filter(|info| !info.unmarked.is_empty()));
    tasks.kill_supervisor(&task);
    let info = info().expect("a record");
    let agent =
        ProcessId { pid: info.pid.expect("a pid"), start_time: info.process_start_time.expect("a time") };
    agent.signal(Signal::KILL).expect("a kill");
    wait_for("its death", || (!agent.is_alive()).then_some(()));
    assert_eq!(agents(&tasks).len(), 1, "the one that carries nothing lives on");
    let said = tasks.env.run(&["stop", task.id().as_str()]).ok();
    assert_eq!(agents(&tasks), [], "{said}");
    let evidence = task.state().expect("a state").expect("written").stop.expect("evidence");
    assert_eq!((evidence.found, evidence.left.len()), (1, 0), "{said}");
    tasks.env.wait_until_empty();
}

#[test]
fn a_pid_that_another_process_has_now_is_not_taken_for_the_agent() {
    let tasks = Tasks::new("");
    let (task, run, mut info) = dead(&tasks);
    let (_running, other) = bystander(&tasks);
    info.pid = Some(other.pid);
    assert_ne!(info.process_start_time, Some(other.start_time));
    run.write_info(&info).expect("written");
    tasks.env.run(&["recover"]).ok();
    tasks.wait_status(&task, TaskStatus::Completed);
    assert!(other.is_alive(), "it was left alone");
    let status = run.info().expect("a record").status;
    assert!(status.is_ended() && status != RunStatus::Completed, "{status}");
    assert_eq!(task.runs().expect("the runs").len(), 2);
}

#[test]
fn a_run_of_another_boot_is_lost_and_the_task_goes_on() {
    let tasks = Tasks::new("");
    let (task, run, mut info) = dead(&tasks);
    let (_running, other) = bystander(&tasks);
    // Even pid and start time may fit by chance.
    (info.pid, info.process_start_time) = (Some(other.pid), Some(other.start_time));
    info.boot_id = Some("0f0f0f0f-0000-4000-8000-000000000000".to_owned());
    run.write_info(&info).expect("written");
    tasks.env.run(&["recover"]).ok();
    tasks.wait_status(&task, TaskStatus::Completed);
    assert!(other.is_alive(), "it was left alone");
    assert_eq!(run.info().expect("a record").status, RunStatus::Lost);
}

#[test]
fn what_another_pid_namespace_or_machine_owns_is_refused_until_it_is_said_to_be_dead() {
    let here = Machine::this().expect("a machine");
    for place in ["pid namespace", "machine"] {
        let tasks = Tasks::new("");
        let (task, run, mut info) = dead(&tasks);
        match place {
            "machine" => info.machine_id = Some("another".to_owned()),
            _ => info.pid_namespace = Some(here.pid_namespace + 1),
        }
        run.write_info(&info).expect("written");
        for _ in 0..2 {
            let refused: Output = tasks.env.run(&["recover"]).expect_code(1);
            assert!(format!("{refused}").contains(place), "{refused}");
            assert!(!task.is_supervised().expect("a look"));
            assert_eq!(run.info().expect("a record").status, RunStatus::Running, "it is not judged");
            assert_eq!(agents(&tasks), [], "nothing is started");
        }
        tasks.env.run(&["recover", "--assume-dead"]).ok();
        tasks.wait_status(&task, TaskStatus::Completed);
        assert_eq!(run.info().expect("a record").status, RunStatus::Lost, "{place}");
        assert_eq!(task.runs().expect("the runs").len(), 2);
    }
}

#[test]
fn two_recoveries_at_once_do_the_same_as_one() {
    let tasks = Tasks::new("");
    let (task, _, info) = orphaned(&tasks, "");
    let running: Vec<Running> = (0..4).map(|_| tasks.env.spawn(&["recover"])).collect();
    for recovery in running {
        recovery.wait(conductor_tests::PATIENCE).ok();
    }
    tasks.env.run(&["recover"]).ok();
    tasks.holder(&task);
    assert_eq!(task.runs().expect("the runs"), [info.run_id]);
    let supervisors = tasks.env.processes();
    let supervisors = supervisors.iter().filter(|(_, command)| command.contains("__supervise")).count();
    assert_eq!((supervisors, agents(&tasks).len()), (1, 1));
}
