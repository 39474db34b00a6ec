//! Defects of the seed systems that the command line must not have, named by their ids.

use std::fs;
use std::path::{Path, PathBuf};

use conductor_core::model::{TaskState, TaskStatus};
use conductor_core::store::Holder;
use conductor_core::supervisor::process::{Machine, ProcessId};
use conductor_tests::{Tasks, TestEnv};

#[test]
fn c15_a_damaged_file_is_one_line_of_a_list() {
    let env = TestEnv::new();
    for name in ["one", "two", "three"] {
        env.run(&["job", "--task", name, "@say fine"]).ok();
    }
    let folder = |name: &str| PathBuf::from(env.json(&["status", name])["path"].as_str().expect("a path"));
    let (one, two) = (folder("one"), folder("two"));
    let broken = "status: [never closed";
    // Before there is an index, and when there is one.
    fs::write(run_info(&one), broken).expect("written");
    env.json(&["list"]);
    fs::write(two.join("state.yaml"), broken).expect("written");
    let tasks = env.json(&["list"]);
    let names = |list: &serde_json::Value, field: &str| -> Vec<String> {
        let items = list.as_array().expect("a list").iter();
        items.map(|item| item[field].as_str().expect("a name").to_owned()).collect()
    };
    assert_eq!(names(&tasks["tasks"], "task").len(), 2, "{tasks}");
    assert!(names(&tasks["damaged"], "name").iter().any(|name| name.ends_with("-two")), "{tasks}");
    let runs = env.json(&["list", "--runs"]);
    assert_eq!(runs["runs"].as_array().map(Vec::len), Some(2), "{runs}");
    assert!(names(&runs["damaged"], "name").iter().any(|name| name.contains("-one/")), "{runs}");
    let text = env.run(&["list"]).ok().stdout;
    assert!(text.contains("damaged") && text.contains("-three"), "{text}");
    env.run(&["status", "two"]).expect_code(8);
    let doctor = env.run(&["doctor"]).expect_code(1);
    assert!(doctor.stdout.contains("-two") && doctor.stdout.contains("-one/"), "{doctor}");
}

fn run_info(task: &Path) -> PathBuf {
    let run = fs::read_dir(task.join("runs")).expect("runs").next().expect("a run").expect("an entry");
    run.path().join("run-info.yaml")
}

#[test]
fn c25_watch_ends_on_every_status_that_ends_and_every_surface_says_the_same() {
    let tasks = Tasks::new("");
    let env = &tasks.env;
    let ended = TaskStatus::all().filter(|status| status.is_ended());
    let made: Vec<(String, TaskStatus)> = ended
        .chain([TaskStatus::Interrupted])
        .map(|status| {
            let task = tasks.make(&tasks.wanted(&format!("ends {status}")));
            task.write_state(&TaskState::new(status, jiff::Timestamp::now())).expect("written");
            (task.id().to_string(), status)
        })
        .collect();
    let list = env.json(&["list", "--all"]);
    for (name, status) in made {
        let code = i32::from(status.exit_code().expect("a code of a wait"));
        let lines = env.run(&["watch", &name]).expect_code(code).stdout;
        assert_eq!(lines, format!("{name} {status}\n"));
        let json = env.run(&["watch", &name, "--json"]).expect_code(code).stdout;
        let moment: serde_json::Value = serde_json::from_str(json.trim()).expect("one moment");
        let listed = list["tasks"].as_array().expect("a list").iter().find(|one| one["task"] == *name);
        let said =
            [&moment["status"], &env.json(&["status", &name])["status"], &listed.expect("listed")["status"]];
        assert!(said.iter().all(|word| **word == status.as_str()), "{status}: {said:?}");
    }
}

#[test]
fn c25_watch_with_a_time_limit_ends_on_every_status_that_waits() {
    let tasks = Tasks::new("");
    let waits = TaskStatus::all().filter(|status| status.is_owned());
    for status in waits {
        let task = tasks.make(&tasks.wanted(&format!("waits {status}")));
        task.write_state(&TaskState::new(status, jiff::Timestamp::now())).expect("written");
        let name = task.id().as_str();
        let lock = task.lock_supervisor().expect("a lock").expect("nobody else");
        lock.write_holder(&this_process()).expect("written");
        let watched = tasks.env.run(&["watch", name, "--timeout", "1s"]).expect_code(7);
        assert_eq!(watched.stdout, format!("{name} {status}\n"));
        drop(lock);
        // Without its owner the same claim is not believed.
        let gone = tasks.env.run(&["watch", name]).expect_code(7);
        assert_eq!(gone.stdout, format!("{name} interrupted\n"));
    }
}

fn this_process() -> Holder {
    let (here, id) = (Machine::this().expect("a machine"), ProcessId::this().expect("a process"));
    Holder {
        pid: id.pid,
        start_time: id.start_time,
        boot_id: here.boot_id,
        pid_namespace: here.pid_namespace,
        machine_id: here.machine_id,
    }
}
