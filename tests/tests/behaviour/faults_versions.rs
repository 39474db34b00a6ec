//! An old supervisor beside a newer command line: what it does not know it keeps, what it cannot
//! understand it does not touch.

use std::fs;
use std::path::Path;

use conductor_core::model::{ProjectId, TaskStatus};
use conductor_core::store::TaskDir;
use conductor_tests::{Tasks, wait_for};

fn add(path: &Path, lines: &str) {
    let text = fs::read_to_string(path).expect("a file");
    fs::write(path, format!("{text}{lines}")).expect("written");
}

/// A task whose agent waits for `go`, and whose supervisor is killed.
fn waiting(tasks: &Tasks) -> TaskDir {
    let (here, go) = (tasks.env.path().join("here"), tasks.env.path().join("go"));
    let script = format!("@touch {}\n@wait-file {}\n@say ready\n@done", here.display(), go.display());
    let task = tasks.make(&tasks.wanted(&script));
    tasks.start(&task);
    wait_for("the agent", || here.exists().then_some(()));
    wait_for("its record", || task.state().expect("a state")?.current_run);
    task
}

fn go(tasks: &Tasks) {
    fs::write(tasks.env.path().join("go"), "").expect("the signal");
}

#[test]
fn fields_of_a_newer_minor_version_survive_an_old_supervisor() {
    let tasks = Tasks::new("");
    let task = waiting(&tasks);
    tasks.kill_supervisor(&task);
    let run = task.run(&task.runs().expect("the runs")[0]).expect("a run");
    let newer = "mood: {colour: blue, levels: [1, 2]}\nnewer_field: \"yes\"\n";
    let files =
        [task.path().join("task.yaml"), task.path().join("state.yaml"), run.path().join("run-info.yaml")];
    for file in &files {
        add(file, newer);
    }
    tasks.env.run(&["recover"]).ok();
    go(&tasks);
    tasks.wait_status(&task, TaskStatus::Completed);
    tasks.wait_left(&task);
    let (spec, state) = (task.spec().expect("a spec"), task.state().expect("a state").expect("written"));
    for extra in [&spec.extra, &state.extra, &run.info().expect("a record").extra] {
        assert_eq!(extra["mood"]["colour"], "blue");
        assert_eq!(extra["newer_field"], "yes");
    }
}

#[test]
fn a_newer_major_version_is_left_alone_and_the_program_that_can_is_named() {
    let tasks = Tasks::new("");
    let task = waiting(&tasks);
    tasks.kill_supervisor(&task);
    let state = task.path().join("state.yaml");
    let text = fs::read_to_string(&state).expect("a file");
    let entry = tasks.env.root().join(".conductor/bin/99.0.0-0123456789ab");
    fs::create_dir_all(&entry).expect("a folder");
    fs::write(entry.join("run-agent"), "").expect("written");
    let newer = text.replace("version: 1\n", "version: 2\n");
    assert_ne!(newer, text);
    fs::write(&state, &newer).expect("written");
    let neighbour = tasks.make(&tasks.wanted("@say hello\n@done"));

    let refused = tasks.env.run(&["recover"]).expect_code(1);
    let said = format!("{refused}{}", supervisor_log(&task));
    assert!(said.contains("99.0.0-0123456789ab/run-agent"), "{said}");
    assert_eq!(fs::read_to_string(&state).expect("a file"), newer, "not a byte is changed");
    tasks.wait_status(&neighbour, TaskStatus::Completed);
    let list = tasks.env.json(&["list"]);
    assert_eq!(list["tasks"].as_array().map(Vec::len), Some(2), "newer fields are read: {list}");

    fs::write(&state, &text).expect("written");
    tasks.env.run(&["recover"]).ok();
    go(&tasks);
    tasks.wait_status(&task, TaskStatus::Completed);
}

/// A newer command line wrote the file while the old supervisor was at work.
#[test]
fn an_old_supervisor_ends_rather_than_write_over_a_newer_file() {
    let tasks = Tasks::new("");
    let task = waiting(&tasks);
    let state = task.path().join("state.yaml");
    let text = fs::read_to_string(&state).expect("a file");
    let newer = text.replace("version: 1\n", "version: 2\n");
    fs::write(&state, &newer).expect("written");
    go(&tasks);
    tasks.wait_left(&task);
    assert_eq!(fs::read_to_string(&state).expect("a file"), newer);
    // It lets go of its lock before its last word.
    wait_for("its last word", || {
        let log = supervisor_log(&task);
        (log.contains("state.yaml") && log.contains("version")).then_some(())
    });
    fs::write(&state, &text).expect("written");
    tasks.env.run(&["recover"]).ok();
    tasks.wait_status(&task, TaskStatus::Completed);
    assert_eq!(task.runs().expect("the runs").len(), 1, "its run is not done again");
}

#[test]
fn a_newer_root_is_refused_by_whoever_would_write() {
    let tasks = Tasks::new("");
    let task = waiting(&tasks);
    tasks.kill_supervisor(&task);
    let path = tasks.env.root().join(".conductor/root.yaml");
    let text = fs::read_to_string(&path).expect("a file");
    let newer = text.replace("version: 1\n", "version: 2\n");
    assert_ne!(newer, text, "{text}");
    fs::write(&path, newer).expect("written");
    let refused = tasks.env.run(&["recover"]);
    assert!(refused.code != Some(0), "{refused}");
    let list = tasks.env.json(&["list"]);
    assert_eq!(list["tasks"].as_array().map(Vec::len), Some(1), "it is read: {list}");
    fs::write(&path, text).expect("written");
    tasks.env.run(&["recover"]).ok();
    go(&tasks);
    tasks.wait_status(&task, TaskStatus::Completed);
    assert_eq!(task.project(), &ProjectId::new("demo").expect("a name"));
}

fn supervisor_log(task: &TaskDir) -> String {
    fs::read_to_string(task.path().join("supervisor.log")).unwrap_or_default()
}
