//! The machine is kept awake while an agent works, and not a moment longer.

use std::fs;

use conductor_core::model::TaskStatus;
use conductor_core::store::TaskDir;
use conductor_tests::logind::{Inhibitor, Logind};
use conductor_tests::{Tasks, wait_for};

fn at_work(tasks: &Tasks) -> TaskDir {
    let task = tasks.make(&tasks.wanted("@wait-file go\n@touch task:DONE"));
    tasks.start(&task);
    tasks.wait_status(&task, TaskStatus::Running);
    task
}

/// Waits until something is held for a task, and lists say so.
fn wait_held(tasks: &Tasks, task: &TaskDir, logind: &Logind) -> Inhibitor {
    let says = || tasks.env.json(&["list"])["tasks"][0]["keeps_awake"] == true;
    let held = wait_for("an inhibitor", || logind.held().pop().filter(|_| says()));
    assert!(task.state().expect("a state").expect("a state").keeps_awake);
    held
}

fn wait_free(logind: &Logind) {
    wait_for("the machine to be free to sleep", || logind.held().is_empty().then_some(()));
}

#[test]
fn a_machine_stays_awake_while_an_agent_works_and_not_while_it_is_paused() {
    let tasks = Tasks::new("");
    let logind = Logind::start(&tasks.env);
    let task = at_work(&tasks);
    let held = wait_held(&tasks, &task, &logind);
    assert_eq!((held.what.as_str(), held.mode.as_str()), ("sleep:idle", "block"));
    assert_eq!(
        (held.who.as_str(), held.why),
        ("Conductor Loop", format!("fake works on demo/{}", task.id()))
    );

    tasks.env.run(&["pause", task.id().as_str()]).ok();
    wait_free(&logind);
    assert!(!tasks.wait_status(&task, TaskStatus::Paused).keeps_awake);
    tasks.env.run(&["resume", task.id().as_str()]).ok();
    wait_held(&tasks, &task, &logind);

    fs::write(tasks.env.work().join("go"), "").expect("a file");
    assert!(!tasks.wait_status(&task, TaskStatus::Completed).keeps_awake);
    wait_free(&logind);
}

#[test]
fn a_supervisor_that_is_killed_keeps_nothing_awake_though_its_agent_works_on() {
    let tasks = Tasks::new("");
    let logind = Logind::start(&tasks.env);
    let task = at_work(&tasks);
    wait_held(&tasks, &task, &logind);
    tasks.kill_supervisor(&task);
    wait_free(&logind);
    let listed = tasks.env.json(&["list"]);
    assert_eq!(listed["tasks"][0]["keeps_awake"], serde_json::Value::Null, "{listed}");

    tasks.start(&task);
    wait_held(&tasks, &task, &logind);
    fs::write(tasks.env.work().join("go"), "").expect("a file");
    tasks.wait_status(&task, TaskStatus::Completed);
    assert_eq!(logind.asked(), 2);
}

#[test]
fn where_it_is_refused_the_agent_works_and_nobody_claims_it() {
    let tasks = Tasks::new("");
    let logind = Logind::start(&tasks.env);
    logind.refuse();
    let task = at_work(&tasks);
    wait_for("it to be asked", || (logind.asked() > 0).then_some(()));
    // A pause and a way on are two looks at least.
    for (command, status) in [("pause", TaskStatus::Paused), ("resume", TaskStatus::Running)] {
        tasks.env.run(&[command, task.id().as_str()]).ok();
        assert!(!tasks.wait_status(&task, status).keeps_awake);
    }
    fs::write(tasks.env.work().join("go"), "").expect("a file");
    tasks.wait_status(&task, TaskStatus::Completed);
}

#[test]
fn doctor_says_whether_the_machine_can_be_kept_awake() {
    let tasks = Tasks::new("");
    let finding = || {
        let found = tasks.env.json(&["doctor"]);
        let all = found["findings"].as_array().expect("findings").clone();
        all.into_iter().find(|one| one["what"] == "sleep").expect("one about sleep")
    };
    assert_eq!(finding()["health"], "note");
    let _logind = Logind::start(&tasks.env);
    assert_eq!(finding()["health"], "good");
    tasks.env.configure("power: { keep_awake: false }");
    let found = tasks.env.json(&["doctor"]);
    assert!(!found.to_string().contains("\"sleep\""), "{found}");
}
