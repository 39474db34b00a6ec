//! Roots, projects, tasks and runs on disk: made whole, read truthfully, written carefully.

use std::path::Path;
use std::process::{Command, Stdio};

use conductor_core::faults::{self, Call, Failure};
use conductor_core::model::{ProjectId, RunId, TaskId, TaskState, TaskStatus};
use conductor_core::store::{Intent, Listed, Marker, OfdLock, Open, Root, RootKind, RunFile, StoreErrorKind};
use conductor_tests::scene::{Scene, now, run_of, snapshot, spec};
use jiff::Timestamp;

#[test]
fn a_missing_or_empty_root_is_initialised_and_nothing_else_is() {
    let temp = tempfile::tempdir().expect("a temp folder");
    assert!(Root::open(&temp.path().join("none")).expect_err("missing").is_not_found());
    assert_eq!(Root::open(temp.path()).expect("empty").kind(), &RootKind::Fresh);
    assert!(!temp.path().join(".conductor").exists(), "opening makes nothing");
    let root = Root::open_or_init(&temp.path().join("deep/down")).expect("made");
    assert!(root.id().is_some() && root.writable().is_ok());
    let again = Root::open_or_init(root.path()).expect("opened");
    assert_eq!(again.id(), root.id());

    let other = tempfile::tempdir().expect("a temp folder");
    std::fs::create_dir(other.path().join("project")).expect("made");
    let foreign = Root::open_or_init(other.path()).expect("opened");
    assert!(foreign.is_foreign() && foreign.id().is_none());
    assert!(matches!(foreign.writable().expect_err("foreign").kind, StoreErrorKind::ReadOnlyRoot));
    assert!(!other.path().join(".conductor").exists(), "nothing is written into it");
}

#[test]
fn an_unfinished_root_is_finished_and_a_strange_one_left_alone() {
    for files in [vec![], vec!["init.lock"], vec!["init.lock", "state/live/x"]] {
        let temp = tempfile::tempdir().expect("a temp folder");
        std::fs::create_dir_all(temp.path().join(".conductor/state/live")).expect("made");
        if files.is_empty() {
            std::fs::remove_dir_all(temp.path().join(".conductor/state")).expect("emptied");
        }
        for file in &files {
            std::fs::write(temp.path().join(".conductor").join(file), "").expect("written");
        }
        assert_eq!(Root::open(temp.path()).expect("opened").kind(), &RootKind::Fresh, "{files:?}");
        assert!(Root::open_or_init(temp.path()).expect("finished").id().is_some(), "{files:?}");
    }
    let seed = tempfile::tempdir().expect("a temp folder");
    std::fs::create_dir(seed.path().join(".conductor")).expect("made");
    std::fs::write(seed.path().join(".conductor/root-task-planner.yaml"), "queue: []\n").expect("written");
    assert!(Root::open_or_init(seed.path()).expect("opened").is_foreign());
    assert_eq!(snapshot(seed.path()).len(), 2);
}

#[test]
fn many_that_initialise_at_once_agree_on_one_root() {
    let temp = tempfile::tempdir().expect("a temp folder");
    let path = temp.path().join("root");
    let probe = |crash: bool| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_store-probe"));
        command.arg("init").arg(&path).stdout(Stdio::piped()).stderr(Stdio::null());
        if crash {
            command.env("CONDUCTOR_CRASH_AT", "root.folders");
        }
        command.spawn().expect("the probe starts")
    };
    // One that is killed in the middle leaves an unfinished root, which the others finish.
    assert!(!probe(true).wait().expect("collected").success());
    assert_eq!(Root::open(&path).expect("opened").kind(), &RootKind::Fresh);
    let children: Vec<_> = (0..6).map(|_| probe(false)).collect();
    let ids: Vec<_> = children
        .into_iter()
        .map(|child| String::from_utf8(child.wait_with_output().expect("ended").stdout).expect("text"))
        .collect();
    let id = Root::open(&path).expect("opened").id().expect("an id").to_owned();
    assert!(ids.iter().all(|other| other.trim() == id), "{ids:?} {id}");
}

#[test]
fn a_task_is_there_as_a_whole_or_not_at_all() {
    let scene = Scene::new();
    let task = scene.task("a");
    let taken = scene
        .root
        .project(task.project())
        .expect("a project")
        .create_task(&task.spec().expect("a spec"), "x");
    assert!(matches!(taken.expect_err("taken").kind, StoreErrorKind::AlreadyExists));
    assert_eq!(task.prompt().expect("untouched"), "Do it.\n");
    // At every failing call of its making nothing is listed, and nothing is left.
    for call in [Call::Open, Call::Write, Call::Sync] {
        for turn in 1.. {
            let project = scene.root.project(task.project()).expect("a project");
            let id = format!("task-20261120-201300-{call:?}-{turn}").to_lowercase();
            faults::plan(call, turn, Failure::Errno(nix::libc::ENOSPC));
            let made = project.create_task(&spec("demo", &id), "x");
            if !faults::clear() {
                made.expect("no failure was left to happen");
                break;
            }
            let listed = project.tasks().expect("listed").iter().any(|task| task.as_str() == id);
            assert!(made.is_ok() || !listed, "{call:?} {turn}");
            if let Ok(task) = made {
                task.spec().and_then(|_| task.prompt()).expect("whole");
            }
        }
    }
    let hidden = std::fs::read_dir(scene.path("demo")).expect("listed");
    let hidden: Vec<_> = hidden.map(|entry| entry.expect("an entry").file_name()).collect();
    assert!(hidden.iter().all(|name| !name.to_string_lossy().starts_with('.')), "{hidden:?}");
}

#[test]
fn names_of_our_making_are_checked_before_a_byte_is_written() {
    let scene = Scene::new();
    let project = ProjectId::from_disk("Not Ours").expect("a component");
    assert!(scene.root.create_project(&project, Path::new("/srv")).is_err());
    assert!(scene.root.projects().expect("listed").is_empty());
    let task = scene.task("a");
    let project = scene.root.project(task.project()).expect("a project");
    for name in ["any_id", "..x", "task-1"] {
        assert!(project.create_task(&spec("demo", name), "x").is_err(), "{name}");
    }
    assert_eq!(project.tasks().expect("listed"), [task.id().clone()]);
}

#[test]
fn a_task_is_found_by_name_slug_and_end() {
    let scene = Scene::new();
    let login = scene.task("fix-login");
    let logout = scene.task("fix-logout");
    let find = |text: &str| {
        let found = scene.root.find_task(text).expect("looked");
        found.into_iter().map(|(_, task)| task).collect::<Vec<_>>()
    };
    assert_eq!(find(login.id().as_str()), [login.id().clone()]);
    assert_eq!(find("fix-login"), [login.id().clone()]);
    assert_eq!(find("logout"), [logout.id().clone()]);
    assert_eq!(find("demo/logout"), [logout.id().clone()]);
    assert!(find("other/logout").is_empty() && find("").is_empty() && find("fix").is_empty());
    scene.task("re-login");
    assert_eq!(find("login").len(), 2, "what is not unique is left to the person");
}

#[test]
fn markers_of_any_hand_count() {
    let scene = Scene::new();
    let task = scene.task("a");
    assert_eq!(task.marker(Marker::Stop).expect("looked"), None);
    let intent = Intent {
        request_id: Some("r1".to_owned()),
        force: true,
        ..Intent::new(Some("ann".to_owned()), now(), Some("wrong branch".to_owned()))
    };
    task.set_marker(Marker::Stop, &intent).expect("set");
    assert_eq!(task.marker(Marker::Stop).expect("looked"), Some(intent.clone()));
    // A second request does not make the first one later than a DONE that came in between.
    let later = Intent {
        at: now() + jiff::SignedDuration::from_hours(1),
        request_id: Some("r2".to_owned()),
        ..intent
    };
    task.set_marker(Marker::Stop, &later).expect("set");
    let both = task.marker(Marker::Stop).expect("looked").expect("set");
    assert_eq!((both.at, both.request_id.as_deref()), (now(), Some("r2")));

    for (text, reason) in [
        ("", None),
        ("all done!\nreally\n", Some("all done!")),
        ("\u{0}\u{1}", Some("\u{0}\u{1}")),
        ("at: [", Some("at: [")),
    ] {
        std::fs::write(task.path().join("DONE"), text).expect("written");
        let done = task.marker(Marker::Done).expect("looked").expect("counts");
        assert_eq!(done.reason.as_deref(), reason, "{text:?}");
        let age = Timestamp::now().duration_since(done.at);
        assert!(age.as_secs().abs() < 3600, "the time of the file");
    }
    std::fs::create_dir(task.path().join("PAUSE")).expect("made");
    assert!(task.marker(Marker::Pause).expect("looked").is_some());

    let run = RunId::generate();
    assert!(task.archive_done(&run).expect("archived") && !task.archive_done(&run).expect("gone"));
    assert!(task.path().join(format!("DONE.{run}")).exists());
    assert!(
        task.clear_marker(Marker::Stop).expect("cleared") && !task.clear_marker(Marker::Stop).expect("gone")
    );
}

#[test]
fn live_tasks_are_named_once_and_found_without_a_walk() {
    let scene = Scene::new();
    let (a, b) = (scene.task("a"), scene.task("b"));
    for task in [&a, &b, &a] {
        scene.root.live_add(task.project(), task.id()).expect("added");
    }
    let live = scene.root.live_list().expect("listed");
    assert_eq!(live, [(a.project().clone(), a.id().clone()), (b.project().clone(), b.id().clone())]);
    assert!(scene.root.live_remove(a.project(), a.id()).expect("removed"));
    assert!(!scene.root.live_remove(a.project(), a.id()).expect("gone"));
    assert!(!scene.root.is_live(a.project(), a.id()).expect("looked"));
    assert!(scene.root.is_live(b.project(), b.id()).expect("looked"));
}

#[test]
fn attention_records_are_kept_by_item_and_leave_nothing_when_undone() {
    let scene = Scene::new();
    let task = scene.task("a");
    let attention = scene.root.attention();
    let snoozed = now() + jiff::SignedDuration::from_hours(2);
    std::thread::scope(|scope| {
        for item in ["question/1", "question/2", "failed", "limit: \"x\""] {
            let (attention, task) = (&attention, &task);
            scope.spawn(move || {
                attention
                    .update(task.project(), task.id(), item, |record| record.snoozed_until = Some(snoozed))
                    .expect("updated")
            });
        }
    });
    let records = attention.of_task(task.project(), task.id()).expect("read");
    assert_eq!(records.len(), 4, "no update is lost beside another");
    assert!(records.values().all(|record| !record.is_shown(now()) && record.is_shown(snoozed)));
    attention
        .update(task.project(), task.id(), "failed", |record| {
            record.snoozed_until = None;
            record.archived_at = Some(now());
        })
        .expect("updated");
    attention
        .update(task.project(), task.id(), "question/1", |record| *record = Default::default())
        .expect("undone");
    let Some(Listed::Ok((_, _, records))) = attention.all().expect("listed").pop() else {
        panic!("one task")
    };
    assert!(!records.contains_key("question/1") && !records["failed"].is_shown(snoozed));
}

#[test]
fn runs_are_listed_in_the_order_of_time() {
    let scene = Scene::new();
    let task = scene.task("a");
    let ids = ["01JD8Z7W3QK5T9X2M4N6P8R0SA", "01JD8Z7W3QK5T9X2M4N6P8R0SB", "01KD8Z7W3QK5T9X2M4N6P8R0SA"];
    for id in ids.iter().rev() {
        let mut info = run_of(&task);
        info.run_id = RunId::new(id).expect("valid");
        task.create_run(&info).expect("a run");
    }
    // One that was migrated keeps its old name; its file says when it began.
    let old = "20240101-0000000000-1-1";
    let mut info = run_of(&task);
    info.run_id = RunId::from_disk(old).expect("a component");
    info.start_time = Some("2024-01-01T00:00:00Z".parse().expect("a time"));
    task.create_run(&info).expect("a run");
    let listed: Vec<_> = task.runs().expect("listed").iter().map(ToString::to_string).collect();
    assert_eq!(listed, [old, ids[0], ids[1], ids[2]]);
    assert!(task.create_run(&info).is_err(), "a run is made once");
}

#[test]
fn c28_a_planted_link_is_neither_listed_nor_followed() {
    let scene = Scene::new();
    let task = scene.task("a");
    let outside = tempfile::tempdir().expect("a temp folder");
    let secret = outside.path().join("run-info.yaml");
    std::fs::write(&secret, "secret").expect("written");
    let link =
        |from: &str| std::os::unix::fs::symlink(outside.path(), task.path().join(from)).expect("planted");
    link("runs/01JD8Z7W3QK5T9X2M4N6P8R0SA");
    std::os::unix::fs::symlink(outside.path(), scene.path("evil")).expect("planted");
    std::os::unix::fs::symlink(&secret, task.path().join("state.yaml")).expect("planted");

    assert!(task.runs().expect("listed").is_empty());
    assert!(task.run(&RunId::from_disk("01JD8Z7W3QK5T9X2M4N6P8R0SA").expect("a component")).is_err());
    assert_eq!(scene.root.projects().expect("listed").len(), 1);
    assert!(scene.root.project(&ProjectId::from_disk("evil").expect("a component")).is_err());
    assert!(matches!(task.state().expect_err("leads out").kind, StoreErrorKind::Escapes));
    let run = task.create_run(&run_of(&task)).expect("a run");
    std::os::unix::fs::symlink(&secret, run.stdout_path()).expect("planted");
    assert!(run.open(RunFile::Stdout, Open::Append).is_err());
    // Our own write replaces the link, not what it points to.
    task.write_state(&TaskState::new(TaskStatus::Queued, now())).expect("replaced");
    assert_eq!(std::fs::read_to_string(&secret).expect("read"), "secret");
}

#[test]
fn a_supervisor_lock_is_one_per_task() {
    let scene = Scene::new();
    let (a, b) = (scene.task("a"), scene.task("b"));
    let held = a.lock_supervisor().expect("tried").expect("free");
    assert!(a.lock_supervisor().expect("tried").is_none() && a.is_supervised().expect("looked"));
    assert!(b.lock_supervisor().expect("tried").is_some());
    drop(held);
    assert!(OfdLock::try_acquire(a.dir(), "supervisor.lock").expect("tried").is_some());
    assert_eq!(TaskId::new(a.id().as_str()).as_ref(), Ok(a.id()));
}
