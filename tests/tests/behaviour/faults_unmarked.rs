//! Agents that emptied their environment, and whose supervisor is gone: nothing but the files that they
//! write to tells whose they are.

use std::fs;
use std::path::PathBuf;

use conductor_core::model::TaskStatus;
use conductor_core::store::{RunFile, TaskDir};
use conductor_core::supervisor::process::{ProcessId, procfs};
use conductor_tests::{Running, Tasks, wait_for};

/// A task whose agent removes every variable of the run and then does `body`, where `$1` is the world's
/// mark, `$2` the task's folder and `$3` the home; its supervisor is killed.
fn orphaned(body: &str) -> (Tasks, TaskDir) {
    let variables = "\"$CONDUCTOR_TEST_ENV\" \"$JRUN_TASK_FOLDER\" \"$HOME\"";
    let bare = format!("exec env -i PATH=\"$PATH\" sh -c '{body}' bare-agent {variables}");
    let bare = serde_json::to_string(&bare).expect("a text");
    let tasks = Tasks::new(&format!(
        "  bare: {{ command: [sh, -c, {bare}], type: command }}\ndefaults: {{ agent: bare }}"
    ));
    let task = tasks.make(&tasks.wanted("be quiet"));
    tasks.start(&task);
    wait_for("the agent", || tasks.env.home().join("here").exists().then_some(()));
    wait_for("its record", || task.state().expect("a state")?.current_run);
    tasks.kill_supervisor(&task);
    (tasks, task)
}

/// The processes of this name. A copy of one that is about to become another program is not counted.
fn named(tasks: &Tasks, name: &str) -> usize {
    let found: Vec<i32> = tasks
        .env
        .processes()
        .into_iter()
        .filter(|(_, command)| command.contains(name))
        .map(|(pid, _)| pid)
        .collect();
    let is_copy = |pid: &i32| procfs::stat(*pid).is_none_or(|stat| found.contains(&stat.parent));
    found.iter().filter(|pid| !is_copy(pid)).count()
}

fn run_file(task: &TaskDir, name: &str) -> PathBuf {
    let run = task.runs().expect("the runs").remove(0);
    task.run(&run).expect("a run").path().join(name)
}

const WAITS: &str = "touch $3/here; until [ -e $3/go ]; do sleep 0.1; done; echo ready; touch $2/DONE";

#[test]
fn a_bare_agent_whose_record_is_emptied_gets_no_second_one_beside_it() {
    let (tasks, task) = orphaned(WAITS);
    fs::write(run_file(&task, "run-info.yaml"), "").expect("an empty file");
    assert_eq!(named(&tasks, "bare-agent"), 1);
    let recovered = tasks.env.run(&["recover"]).ok();
    let adopted = || task.state().ok()??.reason.filter(|reason| reason.contains("adopted"));
    wait_for(&format!("adoption after {recovered}"), adopted);
    assert_eq!(named(&tasks, "bare-agent"), 1);
    fs::write(tasks.env.home().join("go"), "").expect("the signal");
    tasks.wait_status(&task, TaskStatus::Completed);
    assert_eq!(task.runs().expect("the runs").len(), 1, "no second agent was started");
}

#[test]
fn a_stop_ends_a_bare_agent_whose_record_is_emptied() {
    let (tasks, task) = orphaned(WAITS);
    fs::write(run_file(&task, "run-info.yaml"), "").expect("an empty file");
    let stopped = tasks.env.run(&["stop", task.id().as_str()]).ok();
    assert_eq!(named(&tasks, "bare-agent"), 0, "{stopped}");
    let state = task.state().expect("a file").expect("a state");
    assert_eq!(state.status, TaskStatus::Stopped);
    assert!(state.stop.expect("evidence").found >= 1, "{stopped}");
}

/// It is born when nobody is there to see it, and its parent is gone when the stop comes. Who follows the
/// log meanwhile goes on.
#[test]
fn a_stop_finds_a_bare_orphan_of_later_and_leaves_who_reads_the_log() {
    let orphan = "sh -c \"while :; do sleep 1; done\" bare-orphan \"$1\"";
    let body = format!("touch $3/here; until [ -e $3/go ]; do sleep 0.1; done; setsid {orphan} & exit 0");
    let (tasks, task) = orphaned(&body);
    let log = run_file(&task, RunFile::Stdout.name());
    let viewer = Running::start(&mut tasks.env.command("tail", &["-f".as_ref(), log.as_os_str()]), "tail");
    let viewer_id = ProcessId::of(viewer.pid()).expect("a living process");
    fs::write(tasks.env.home().join("go"), "").expect("the signal");
    wait_for("the orphan", || {
        let alone = named(&tasks, "bare-orphan") == 1 && named(&tasks, "bare-agent") == 0;
        alone.then_some(())
    });
    let stopped = tasks.env.run(&["stop", task.id().as_str()]).ok();
    assert_eq!(named(&tasks, "bare-orphan"), 0, "{stopped}");
    let evidence = task.state().expect("a file").expect("a state").stop.expect("evidence");
    assert!(evidence.found >= 1 && evidence.left.is_empty(), "{stopped}");
    assert!(viewer_id.is_alive(), "who only reads is a stranger");
}
