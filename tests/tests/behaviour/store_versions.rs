//! What other versions and other hands left in a file: read, kept, never hidden, never rewritten.

use conductor_core::model::{RunInfo, TaskState, TaskStatus};
use conductor_core::store::{Intent, Listed, Marker, Root, StoreErrorKind};
use conductor_tests::scene::{Scene, now, run_of, snapshot};

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
    // This program, kept for its tasks, can no more than this program.
    std::fs::remove_dir_all(&bin).expect("removed");
    let own = scene.path(&format!(".conductor/bin/{}-0123456789ab", env!("CARGO_PKG_VERSION")));
    std::fs::create_dir_all(&own).expect("made");
    std::fs::write(own.join("run-agent"), "").expect("written");
    let error = task.write_state(&ours).expect_err("refused");
    assert!(matches!(error.kind, StoreErrorKind::NewerVersion { binary: None, .. }), "{error}");

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
    let before = snapshot(scene.around());

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
    assert_eq!(snapshot(scene.around()), before);
}
