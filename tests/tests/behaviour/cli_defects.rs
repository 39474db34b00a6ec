//! Defects of the seed systems that the command line must not have, named by their ids.

use std::fs;
use std::path::{Path, PathBuf};

use conductor_core::model::{TaskState, TaskStatus};
use conductor_core::store::Holder;
use conductor_core::supervisor::process::{Machine, ProcessId};
use conductor_tests::seed_root::SeedRoot;
use conductor_tests::{Tasks, TestEnv, wait_for};

#[test]
fn c15_a_damaged_file_is_one_line_of_a_list() {
    let env = TestEnv::new();
    for name in ["one", "two", "three"] {
        env.run(&["job", "--task", name, "@say fine"]).ok();
    }
    let (one, two) = (folder(&env, "one"), folder(&env, "two"));
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

/// The folder of a task.
fn folder(env: &TestEnv, name: &str) -> PathBuf {
    PathBuf::from(env.json(&["status", name])["path"].as_str().expect("a path"))
}

#[test]
fn a_link_in_the_place_of_a_task_is_a_line_of_every_list() {
    let env = TestEnv::new();
    env.run(&["job", "--task", "one", "@say fine"]).ok();
    let folder = folder(&env, "one");
    let aside = env.path().join("aside");
    fs::rename(&folder, &aside).expect("moved away");
    std::os::unix::fs::symlink(&aside, &folder).expect("planted");
    let words = "is a link; not followed";
    let list = env.run(&["list"]).ok().stdout;
    assert!(list.contains(words), "{list}");
    let doctor = env.run(&["doctor"]).expect_code(1);
    assert!(doctor.stdout.contains(words) && doctor.stdout.contains("1 of 1 cannot be read"), "{doctor}");
    let status = env.run(&["status", "one"]).expect_code(8);
    assert!(status.stderr.contains(words), "{status}");
}

#[test]
fn a_state_that_is_gone_is_damage_everywhere_until_recovery_makes_it_anew() {
    let env = TestEnv::new();
    env.run(&["job", "--task", "one", "@say fine"]).ok();
    let folder = folder(&env, "one");
    fs::remove_file(folder.join("state.yaml")).expect("removed");
    let words = "state.yaml: not found";
    let list = env.run(&["list"]).ok().stdout;
    assert!(list.contains(words) && !list.contains("interrupted"), "{list}");
    let status = env.run(&["status", "one"]).expect_code(8);
    assert!(status.stderr.contains(words) && status.stderr.contains("run-agent recover"), "{status}");
    assert!(env.run(&["doctor"]).expect_code(1).stdout.contains(words));
    let recovered = env.run(&["recover"]).ok();
    assert!(recovered.stdout.contains("had ended: completed"), "{recovered}");
    assert_eq!(env.json(&["status", "one"])["status"], "completed");
    assert!(env.json(&["recover"])["tasks"].as_array().is_some_and(Vec::is_empty));
}

#[test]
fn nothing_is_said_of_the_owner_of_a_task_that_cannot_be_read() {
    let env = TestEnv::new();
    for name in ["one", "two"] {
        env.run(&["job", "--task", name, "@say fine"]).ok();
    }
    assert!(env.run(&["doctor"]).ok().stdout.contains("2, none without its owner"));
    let state = folder(&env, "one").join("state.yaml");
    fs::remove_file(&state).expect("removed");
    nix::unistd::mkfifo(&state, nix::sys::stat::Mode::S_IRWXU).expect("a pipe");
    let doctor = env.run(&["doctor"]).expect_code(1);
    assert!(doctor.stdout.contains("1 of 2 cannot be read"), "{doctor}");
    assert!(!doctor.stdout.contains("none without"), "{doctor}");
}

#[test]
fn a_folder_in_the_place_of_a_bus_is_named_once_with_what_to_do() {
    let env = TestEnv::new();
    env.run(&["job", "--task", "one", "@say fine"]).ok();
    let bus = folder(&env, "one").join("TASK-MESSAGE-BUS.md");
    fs::remove_file(&bus).expect("removed");
    fs::create_dir(&bus).expect("a folder");
    for args in [&["bus", "read"][..], &["bus", "post", "--body", "x"], &["bus", "verify"], &["tell", "x"]] {
        let refused = env.run(&[args, &["--task", "one"]].concat()).expect_code(8);
        assert!(refused.stderr.contains("it is not a regular file"), "{refused}");
        assert_eq!(refused.stderr.matches("TASK-MESSAGE-BUS.md").count(), 1, "{refused}");
        assert!(refused.stderr.contains("hint: move it away"), "{refused}");
    }
    fs::remove_dir(&bus).expect("moved away");
    env.run(&["bus", "post", "--task", "one", "--body", "x"]).ok();
}

#[test]
fn a_root_that_lost_its_own_folder_is_still_ours() {
    let env = TestEnv::new();
    env.run(&["job", "--task", "one", "@say fine"]).ok();
    let conductor = env.root().join(".conductor");
    fs::remove_dir_all(&conductor).expect("removed");
    let list = env.json(&["list"]);
    assert_eq!(list["tasks"][0]["status"], "completed", "{list}");
    assert!(!conductor.exists(), "looking writes nothing");
    let refused = env.run(&["resume", "one"]).expect_code(8);
    assert!(refused.stderr.contains("run-agent recover"), "{refused}");
    let doctor = env.run(&["doctor"]).expect_code(1);
    assert!(doctor.stdout.contains("root.yaml is gone or damaged"), "{doctor}");
    let recovered = env.run(&["recover"]).ok();
    assert!(recovered.stdout.contains("root.yaml"), "{recovered}");
    assert!(conductor.join("root.yaml").exists());
    env.run(&["job", "--task", "two", "@say fine"]).ok();
    assert_eq!(env.json(&["list"])["tasks"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_root_file_that_was_emptied_is_made_anew_by_recovery() {
    let env = TestEnv::new();
    env.run(&["job", "--task", "one", "@say fine"]).ok();
    let file = env.root().join(".conductor/root.yaml");
    fs::write(&file, "").expect("an empty file");
    assert_eq!(env.json(&["list"])["tasks"][0]["status"], "completed");
    let refused = env.run(&["job", "@say fine"]).expect_code(8);
    assert!(refused.stderr.contains("run-agent recover"), "{refused}");
    let doctor = env.run(&["doctor"]).expect_code(1);
    assert!(doctor.stdout.contains("root.yaml is gone or damaged"), "{doctor}");
    env.run(&["recover"]).ok();
    assert_ne!(fs::read_to_string(&file).expect("a file"), "");
    env.run(&["job", "@say fine"]).ok();
    env.run(&["doctor"]).ok();
}

#[test]
fn what_stands_in_the_place_of_the_root_file_hides_nothing_and_is_moved_away_by_recovery() {
    for kind in ["folder", "pipe", "link", "link to nowhere"] {
        let env = TestEnv::new();
        env.run(&["job", "--task", "one", "@say fine"]).ok();
        let file = env.root().join(".conductor/root.yaml");
        fs::remove_file(&file).expect("a file");
        put(kind, &file);
        assert_eq!(env.json(&["list"])["tasks"][0]["status"], "completed", "{kind}");
        let doctor = env.run(&["doctor"]).expect_code(1);
        assert!(doctor.stdout.contains("run-agent recover"), "{kind}: {doctor}");
        let recovered = env.run(&["recover"]).ok();
        assert!(recovered.stdout.contains("root.yaml"), "{kind}: {recovered}");
        env.run(&["job", "@say fine"]).ok();
        env.run(&["doctor"]).ok();
    }
}

#[test]
fn what_stands_in_the_place_of_the_live_tasks_is_moved_away_and_they_are_found_anew() {
    for kind in ["file", "pipe", "link"] {
        let env = TestEnv::new();
        env.run(&["task", "-d", "--task", "one", "@sleep 600"]).ok();
        let live = env.root().join(".conductor/state/live");
        fs::remove_dir_all(&live).expect("a folder");
        put(kind, &live);
        let doctor = env.run(&["doctor"]).expect_code(1);
        assert!(doctor.stdout.contains("run-agent recover"), "{kind}: {doctor}");
        let refused = env.run(&["job", "@say fine"]).expect_code(8);
        assert!(refused.stderr.contains("run-agent recover"), "{kind}: {refused}");
        let recovered = env.run(&["recover"]).ok();
        assert!(recovered.stdout.contains("state/live") && live.is_dir(), "{kind}: {recovered}");
        let project = fs::read_dir(&live).expect("a folder").next().expect("a project").expect("an entry");
        assert_eq!(fs::read_dir(project.path()).expect("a folder").count(), 1, "{kind}");
    }
}

/// Puts something else in the place of a file or folder.
fn put(kind: &str, path: &Path) {
    match kind {
        "folder" => fs::create_dir(path).expect("a folder"),
        "file" => fs::write(path, "").expect("a file"),
        "pipe" => rustix::fs::mkfifoat(rustix::fs::CWD, path, rustix::fs::Mode::RWXU).expect("a pipe"),
        "link" => std::os::unix::fs::symlink("/etc/passwd", path).expect("a link"),
        _ => std::os::unix::fs::symlink("nowhere", path).expect("a link"),
    }
}

#[test]
fn a_terminal_that_nothing_can_be_drawn_on_gets_the_lines_of_a_pipe() {
    for term in [Some("dumb"), None] {
        let env = TestEnv::new();
        let line = format!("{} task --task one '@done'", env.run_agent().display());
        let mut command = env.command("script", &["-qec", &line, "/dev/null"]);
        command.stdin(std::process::Stdio::null()).env_remove("TERM");
        if let Some(term) = term {
            command.env("TERM", term);
        }
        let output = command.output().expect("a terminal");
        let shown = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && shown.contains("-one completed"), "{term:?}: {shown}");
    }
}

#[test]
fn of_another_system_nothing_is_told_that_is_not_known() {
    let (env, seed) = (TestEnv::new(), SeedRoot::new());
    let archived = "shop/task-20260110-121500-failed/TASK-MESSAGE-BUS.md.20260110-121600.archived";
    seed.file(archived, "[2026-01-10 12:15:00] INFO: it began\n");
    let root = seed.path().display().to_string();
    let status = env.json(&["status", "killed", "--root", &root]);
    assert_eq!(status["failures"], serde_json::json!({ "used": 2 }), "its limit is not known");
    let buses = env.json(&["bus", "discover", "--root", &root]);
    let buses = buses["buses"].as_array().expect("an array");
    assert!(buses.iter().any(|bus| bus["path"].as_str().is_some_and(|path| path.ends_with(".archived"))));
    for bus in buses {
        let path = bus["path"].as_str().expect("a path");
        let bytes = fs::metadata(path).expect("a file that is there").len();
        assert_eq!(bus["bytes"].as_u64(), Some(bytes), "{bus}");
    }
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

#[test]
fn first_tasks_of_a_folder_at_the_same_time_make_one_project() {
    let env = TestEnv::new();
    let folders = ["here/web", "there/web"].map(|name| env.path().join(name));
    for folder in &folders {
        fs::create_dir_all(folder).expect("a folder");
    }
    let start = |folder: &PathBuf| {
        env.spawn_with(&["job", "@say fine"], |command| {
            command.current_dir(folder);
        })
    };
    let running: Vec<_> = (0..4).flat_map(|_| folders.iter().map(start)).collect();
    for job in running {
        job.wait(conductor_tests::PATIENCE).ok();
    }
    let list = env.json(&["list", "--all"]);
    let mut counts = std::collections::BTreeMap::new();
    for task in list["tasks"].as_array().expect("tasks") {
        *counts.entry(task["project"].as_str().expect("a project")).or_insert(0) += 1;
    }
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), [("web", 4), ("web-2", 4)], "{list}");
    for project in ["web", "web-2"].map(|name| env.root().join(name)) {
        let source = fs::read_to_string(project.join("PROJECT-ROOT.txt")).expect("a source");
        for task in fs::read_dir(project).expect("a project").map(|entry| entry.expect("an entry").path()) {
            let Ok(spec) = fs::read_to_string(task.join("task.yaml")) else { continue };
            assert!(spec.contains(&format!("cwd: {source}")), "{source}: {spec}");
        }
    }
}

#[test]
fn what_is_printed_to_do_next_works_where_two_tasks_share_a_slug() {
    let env = TestEnv::new();
    let ask = "@@1\n@ask 'Well?'\n@@2\n@done";
    let first = |words: &str| words.lines().next().expect("a name").trim().to_owned();
    // A name of this second would be taken: the slug is the same, the id is not.
    let mut names: Vec<String> = Vec::new();
    while names.len() < 2 {
        let made = env.run(&["task", "--detach", "--task", "dup", ask]);
        match made.code {
            Some(0) => names.push(first(&made.stdout)),
            _ => std::thread::sleep(std::time::Duration::from_millis(100)),
        }
    }
    for name in &names {
        wait_for("the question", || {
            (env.json(&["status", name])["status"] == "waiting_answer").then_some(())
        });
    }
    let told = |command: &str| -> Vec<String> {
        let words = command.strip_prefix("run-agent ").unwrap_or_else(|| panic!("{command}"));
        words.split(' ').map(|word| word.trim_matches('"').to_owned()).collect()
    };
    let items = env.json(&["inbox"])["items"].clone();
    let hints: Vec<&str> =
        items.as_array().expect("items").iter().map(|item| item["hint"].as_str().expect("a hint")).collect();
    assert_eq!(hints.len(), 2, "{items}");
    let next = env.json(&["status", &names[1]])["next"].as_str().expect("a step").to_owned();
    assert!(hints.contains(&next.as_str()), "{next} {hints:?}");
    for hint in hints {
        env.run(&told(hint)).ok();
    }
    for name in &names {
        env.run(&["watch", name]).ok();
        let next = env.json(&["status", name])["next"].as_str().expect("a step").to_owned();
        assert_eq!(env.run(&told(&next)).code, Some(0), "{next}");
        let refused = env.run(&["stop", name, "--json"]).expect_code(4);
        let error: serde_json::Value = serde_json::from_str(&refused.stdout).expect("JSON");
        let id = name.split('/').next_back().expect("an id");
        let hint = error["error"]["hint"].as_str().unwrap_or_default();
        assert!(hint.contains(id), "{error}");
    }
    // Alone, it goes by its slug.
    env.run(&["job", "--task", "alone", "@say hello"]).ok();
    assert_eq!(env.json(&["status", "alone"])["next"], "run-agent output alone");
}
