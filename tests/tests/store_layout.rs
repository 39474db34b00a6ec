//! Roots, projects, tasks and runs on disk: made whole, read truthfully, written carefully.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use conductor_core::model::{ProjectId, RunId, RunInfo, TaskId, TaskSpec, TaskState, TaskStatus};
use conductor_core::store::{
    Intent, Listed, Marker, OfdLock, Root, RootKind, RunFile, StoreErrorKind, TaskDir, yaml,
};
use jiff::Timestamp;

fn now() -> Timestamp {
    "2026-11-20T20:13:00.123456Z".parse().expect("a time")
}

fn spec(project: &str, task: &str) -> TaskSpec {
    let text = format!(
        "version: 1\nproject_id: {project}\ntask_id: {task}\ncreated_at: {}\ncwd: /srv/demo\n",
        now()
    );
    yaml::parse(&text, Path::new("task.yaml")).expect("a spec")
}

struct Scene {
    temp: tempfile::TempDir,
    root: Root,
}

impl Scene {
    fn new() -> Self {
        let temp = tempfile::tempdir().expect("a temp folder");
        let root = Root::open_or_init(&temp.path().join("root")).expect("a root");
        Self { temp, root }
    }

    fn path(&self, rel: &str) -> std::path::PathBuf {
        self.temp.path().join("root").join(rel)
    }

    fn task(&self, name: &str) -> TaskDir {
        let project = ProjectId::new("demo").expect("valid");
        let spec = spec("demo", &format!("task-20261120-201300-{name}"));
        let project = self.root.create_project(&project, Path::new("/srv/demo")).expect("a project");
        project.create_task(&spec, "Do it.\n").expect("a task")
    }
}

fn run_of(task: &TaskDir) -> RunInfo {
    RunInfo::new(task.project().clone(), task.id().clone(), RunId::generate(), "claude")
}

/// Every file below a folder with its bytes and its time.
fn snapshot(folder: &Path) -> BTreeMap<std::path::PathBuf, (Vec<u8>, std::time::SystemTime)> {
    let mut all = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("listed") {
            let path = entry.expect("an entry").path();
            let metadata = path.symlink_metadata().expect("there");
            let bytes = if metadata.is_file() { std::fs::read(&path).expect("read") } else { Vec::new() };
            if metadata.is_dir() {
                folders.push(path.clone());
            }
            all.insert(path, (bytes, metadata.modified().expect("a time")));
        }
    }
    all
}

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
    for call in [
        conductor_core::faults::Call::Open,
        conductor_core::faults::Call::Write,
        conductor_core::faults::Call::Sync,
    ] {
        for turn in 1.. {
            let project = scene.root.project(task.project()).expect("a project");
            let id = format!("task-20261120-201300-{call:?}-{turn}").to_lowercase();
            conductor_core::faults::plan(
                call,
                turn,
                conductor_core::faults::Failure::Errno(nix::libc::ENOSPC),
            );
            let made = project.create_task(&spec("demo", &id), "x");
            if !conductor_core::faults::clear() {
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
fn unknown_fields_and_versions_survive_a_rewrite() {
    let scene = Scene::new();
    let task = scene.task("a");
    let path = task.path().join("state.yaml");
    let text = "version: 1\nrevision: 4\nstatus: running\nupdated_at: 2026-11-20T20:13:00Z\n\
                mood: {colour: blue, levels: [1, 2.5, no, \"no\"]}\nfuture: 2026-11-20T20:13:00Z\n";
    std::fs::write(&path, text).expect("written");
    let mut state = task.state().expect("read").expect("a state");
    state.revision += 1;
    state.status = TaskStatus::Paused;
    task.write_state(&state).expect("written");
    let again = task.state().expect("read").expect("a state");
    assert_eq!(again, state);
    assert_eq!(again.extra["mood"]["colour"], "blue");
    assert_eq!(again.extra["mood"]["levels"], serde_json::json!([1, 2.5, "no", "no"]));
    assert_eq!(again.extra["future"], "2026-11-20T20:13:00Z");
}

#[test]
fn a_newer_version_is_read_as_far_as_it_goes_and_never_written() {
    let scene = Scene::new();
    let task = scene.task("a");
    let bin = scene.path(".conductor/bin/9.1.0-0123456789ab");
    std::fs::create_dir_all(&bin).expect("made");
    std::fs::write(bin.join("run-agent"), "").expect("written");
    std::fs::create_dir_all(scene.path(".conductor/bin/1.10.0-ffffffffffff")).expect("made");

    let newer = "version: 2\nrevision: 4\nstatus: running\nupdated_at: 2026-11-20T20:13:00Z\nnew: true\n";
    std::fs::write(task.path().join("state.yaml"), newer).expect("written");
    let state = task.state().expect("readers take newer fields").expect("a state");
    let ours = TaskState::new(TaskStatus::Queued, now());
    for state in [&state, &ours] {
        let error = task.write_state(state).expect_err("refused");
        let StoreErrorKind::NewerVersion { found: 2, known: 1, binary: Some(binary) } = &error.kind else {
            panic!("{error}")
        };
        assert_eq!(binary, &bin.join("run-agent"));
        assert!(error.to_string().contains("9.1.0-0123456789ab"), "{error}");
    }
    assert_eq!(std::fs::read_to_string(task.path().join("state.yaml")).expect("read"), newer);

    // Of another shape altogether: said to be newer, not to be damaged.
    std::fs::write(task.path().join("state.yaml"), "version: 3\nstatus: [dreaming]\n").expect("written");
    let error = task.state().expect_err("not understood");
    assert!(matches!(error.kind, StoreErrorKind::NewerVersion { found: 3, .. }), "{error}");

    let run = task.create_run(&run_of(&task)).expect("a run");
    let mut info = run.info().expect("read");
    info.schema_version = RunInfo::VERSION + 1;
    assert!(matches!(run.write_info(&info).expect_err("refused").kind, StoreErrorKind::NewerVersion { .. }));
    assert!(matches!(
        run.write_info_lazy(&info).expect_err("refused").kind,
        StoreErrorKind::NewerVersion { .. }
    ));
}

#[test]
fn an_older_version_is_kept_as_it_is() {
    let scene = Scene::new();
    let task = scene.task("a");
    let mut info = run_of(&task);
    info.schema_version = 1;
    let run = task.create_run(&info).expect("a run");
    run.write_info(&info).expect("written");
    assert_eq!(run.info().expect("read").schema_version, 1);
}

#[test]
fn a_newer_root_is_read_and_not_written() {
    let scene = Scene::new();
    let task = scene.task("a");
    std::fs::write(
        scene.path(".conductor/root.yaml"),
        "version: 2\nroot_id: X\ncreated_at: 2026-11-20T20:13:00Z\n",
    )
    .expect("written");
    let root = Root::open_or_init(&scene.path("")).expect("opened");
    assert_eq!(root.id(), Some("X"));
    let again = root.task(task.project(), task.id()).expect("read");
    assert!(matches!(
        again.set_marker(Marker::Stop, &Intent::new(None, now(), None)).expect_err("refused").kind,
        StoreErrorKind::NewerVersion { found: 2, known: 1, .. }
    ));
    assert!(root.live_add(task.project(), task.id()).is_err());
}

#[test]
fn c15_one_damaged_file_never_hides_its_neighbours() {
    let scene = Scene::new();
    let task = scene.task("a");
    let garbage: [&[u8]; 6] =
        [b"", b"\xff\xfe", b"run_id: [", b"a: 1\na: 2\n", b"- just\n- a list\n", &[b'x'; 5_000_000]];
    let good: Vec<_> = (0..3).map(|_| task.create_run(&run_of(&task)).expect("a run").id().clone()).collect();
    for bytes in garbage {
        let run = task.create_run(&run_of(&task)).expect("a run");
        std::fs::write(run.path().join("run-info.yaml"), bytes).expect("written");
    }
    let lost = task.create_run(&run_of(&task)).expect("a run");
    std::fs::remove_file(lost.path().join("run-info.yaml")).expect("removed");

    let (mut read, mut damaged) = (Vec::new(), Vec::new());
    for run in task.run_infos().expect("listed") {
        match run {
            Listed::Ok(info) => read.push(info.run_id),
            Listed::Damaged { id, path, reason } => {
                assert!(path.ends_with(&id) && !reason.to_string().contains('\n'), "{reason}");
                damaged.push(id);
            }
        }
    }
    assert_eq!((read.len(), damaged.len()), (3, 7));
    assert!(good.iter().all(|id| read.contains(id)) && damaged.contains(&lost.id().to_string()));
}

#[test]
fn c14_reading_rewrites_nothing() {
    let scene = Scene::new();
    let task = scene.task("a");
    let run = task.create_run(&run_of(&task)).expect("a run");
    task.write_state(&TaskState::new(TaskStatus::Running, now())).expect("written");
    task.set_marker(Marker::Done, &Intent::new(None, now(), None)).expect("set");
    scene.root.live_add(task.project(), task.id()).expect("added");
    let before = snapshot(scene.temp.path());

    let root = Root::open(scene.root.path()).expect("opened");
    for project in root.projects().expect("listed") {
        for id in root.project(&project).expect("opened").tasks().expect("listed") {
            let task = root.task(&project, &id).expect("opened");
            task.spec().and_then(|_| task.state()).and_then(|_| task.prompt()).expect("read");
            task.supervisor().and_then(|_| task.marker(Marker::Stop)).expect("looked");
            assert_eq!(task.run_infos().expect("listed").len(), 1);
        }
    }
    root.live_list().expect("listed");
    root.attention().all().expect("listed");
    root.find_task("a").expect("looked");
    run.info().expect("read");
    assert_eq!(snapshot(scene.temp.path()), before);
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
    assert!(run.open(RunFile::Stdout, conductor_core::store::Open::Append).is_err());
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
