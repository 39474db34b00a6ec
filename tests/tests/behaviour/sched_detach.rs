//! Supervisors that belong to nobody: their session, their environment, and what their starter is told.

use std::fs;

use conductor_core::model::TaskStatus;
use conductor_core::supervisor::detach::{DetachErrorKind, StartOptions};
use conductor_tests::Tasks;

fn environ(pid: i32) -> Vec<String> {
    let bytes = fs::read(format!("/proc/{pid}/environ")).expect("the environment");
    bytes.split(|byte| *byte == 0).map(|text| String::from_utf8_lossy(text).into_owned()).collect()
}

#[test]
fn a_supervisor_owns_its_task_and_drives_it_to_its_end() {
    let tasks = Tasks::new("");
    let task = tasks.make(&tasks.wanted("@say hello\n@touch task:DONE"));
    let started = tasks.start(&task);
    assert!(!started.already);
    tasks.wait_status(&task, TaskStatus::Completed);
    tasks.wait_left(&task);
    assert_eq!(tasks.root.live_list().expect("a root"), [], "what has ended is not live");
    tasks.env.wait_until_empty();
}

#[test]
fn a_list_knows_a_task_as_soon_as_it_is_made_or_owned() {
    let tasks = Tasks::new("");
    tasks.env.json(&["list"]);
    let listed = |name: &str| {
        let list = tasks.env.json(&["list", "--all"]);
        let all = list["tasks"].as_array().expect("tasks");
        all.iter().any(|task| task["task"].as_str().is_some_and(|task| name.ends_with(task)))
    };
    for round in 0..8 {
        let made = tasks.make(&tasks.wanted("@sleep 600"));
        assert!(listed(made.id().as_str()), "round {round}: made, and without a supervisor");
        let started = tasks.env.run(&["task", "--detach", "@sleep 600"]).ok();
        assert!(listed(started.stdout.trim()), "round {round}: {started}");
    }
}

#[test]
fn it_carries_nothing_of_the_run_that_started_it() {
    let tasks = Tasks::new("");
    let task = tasks.make(&tasks.wanted("@sleep 600"));
    let run = |name: &str, value: &str| (name.into(), value.into());
    let env = vec![run("JRUN_CONDUCTOR_URL", "http://127.0.0.1:1")];
    let started = tasks.start_with(&task, StartOptions { env, ..StartOptions::default() });
    let pid = started.expect("a supervisor").pid.expect("its pid");
    let variables = environ(pid);
    assert!(!variables.iter().any(|variable| variable.starts_with("JRUN_ID=")), "{variables:?}");
    let marker = format!("JRUN_SUPERVISOR={}/{}", task.project(), task.id());
    assert!(variables.contains(&marker), "{variables:?}");
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).expect("its stat");
    let fields: Vec<_> = stat.rsplit(')').next().expect("fields").split_whitespace().collect();
    assert_eq!(fields[3], pid.to_string(), "it leads a session of its own");
    let again = tasks.start(&task);
    assert!(again.already && again.pid == Some(pid), "{again:?}");
}

#[test]
fn a_supervisor_that_cannot_own_the_task_says_why() {
    let tasks = Tasks::new("");
    let task = tasks.make(&tasks.wanted("@sleep 600"));
    let asked = fs::read_to_string(task.path().join("task.yaml")).expect("a file");
    fs::write(task.path().join("task.yaml"), "version: 1\nproject_id: \"de").expect("a damaged file");
    let kind = *tasks.start_with(&task, StartOptions::default()).expect_err("a damaged task");
    let DetachErrorKind::Refused(why) = kind else { panic!("{kind}") };
    assert!(why.contains("task.yaml"), "{why}");
    fs::write(task.path().join("task.yaml"), asked).expect("the file");
    fs::write(tasks.env.config_path(), "version: 1\nnonsense: true\n").expect("a wrong configuration");
    let kind = *tasks.start_with(&task, StartOptions::default()).expect_err("a wrong configuration");
    let DetachErrorKind::Refused(why) = kind else { panic!("{kind}") };
    assert!(why.contains("nonsense"), "{why}");
    assert!(!task.is_supervised().expect("a look"));
}
