//! Making a foreign root ours: looked at first, whole at every moment, the original kept.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use conductor_core::model::{Limits, ProjectId, RunStatus, TaskId, TaskStatus};
use conductor_core::store::{Listed, Root, StoreErrorKind, TaskDir, migrate};
use conductor_tests::seed_root::SeedRoot;

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(&at).expect("listed") {
            let path = entry.expect("an entry").path();
            let bytes = if path.is_dir() { Vec::new() } else { std::fs::read(&path).expect("read") };
            if path.is_dir() {
                folders.push(path.clone());
            }
            all.insert(path.strip_prefix(folder).expect("below").to_owned(), bytes);
        }
    }
    all
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("listed");
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// What a reader says of every run of a root.
fn statuses(root: &Root) -> BTreeMap<String, (RunStatus, Option<i32>)> {
    let mut all = BTreeMap::new();
    for project in root.projects().expect("listed") {
        let project = root.project(&project).expect("opened");
        for task in project.tasks().expect("listed") {
            let runs = project.task(&task).and_then(|task| task.run_infos()).expect("listed");
            for run in runs.into_iter().filter_map(Listed::ok) {
                all.insert(format!("{}/{task}/{}", project.id(), run.run_id), (run.status, run.exit_code));
            }
        }
    }
    all
}

fn task(root: &Root, project: &str, name: &str) -> TaskDir {
    let project = ProjectId::from_disk(project).expect("a component");
    root.task(&project, &TaskId::from_disk(name).expect("a component")).expect("a task")
}

fn migrate_in_a_process(root: &Path, crash_at: Option<&str>) -> ExitStatus {
    let mut command = Command::new(env!("CARGO_BIN_EXE_store-probe"));
    command.arg("migrate").arg(root).stdout(Stdio::null()).stderr(Stdio::null());
    if let Some(step) = crash_at {
        command.env("CONDUCTOR_CRASH_AT", step);
    }
    command.status().expect("the probe runs")
}

fn assert_migrated(
    seed: &SeedRoot,
    original: &BTreeMap<PathBuf, Vec<u8>>,
    said: &BTreeMap<String, (RunStatus, Option<i32>)>,
) {
    assert_eq!(names(seed.around()), ["runs", "runs.before-migration"]);
    assert_eq!(&files(&seed.around().join("runs.before-migration")), original, "the original is kept, whole");
    let root = Root::open(&seed.path()).expect("opened");
    root.writable().expect("ours");
    assert_eq!(&statuses(&root), said);
}

#[test]
fn a_dry_run_writes_nothing_and_says_what_would_happen() {
    let seed = SeedRoot::new();
    seed.flat_runs("");
    let before = files(seed.around());
    let plan = migrate::plan(&seed.path()).expect("planned");
    assert_eq!(files(seed.around()), before);
    assert_eq!((plan.stage, plan.projects, plan.tasks, plan.runs), (migrate::Stage::New, 2, 6, 11));
    assert_eq!((plan.damaged.len(), plan.is_possible()), (1, true));
    assert_eq!(plan.left_out.len(), 1, "{:?}", plan.left_out);
    assert!(plan.files > 20 && plan.bytes > 1000);
    let renamed =
        |from: &str| plan.renamed.iter().find(|(path, _)| path == Path::new(from)).expect(from).1.clone();
    let flat = "runs/run_20251201-090000-77/cwd.txt";
    assert_eq!(renamed(flat), Path::new("runs/runs").join(flat));
    let bus = renamed("shop/PROJECT-MESSAGE-BUS.md").to_string_lossy().into_owned();
    assert!(bus.starts_with("shop/PROJECT-MESSAGE-BUS.md.2") && bus.ends_with(".archived"), "{bus}");
    let bus = renamed("MESSAGE-BUS.md").to_string_lossy().into_owned();
    assert!(bus.starts_with("runs/runs/TASK-MESSAGE-BUS.md.2") && bus.ends_with(".archived"), "{bus}");
}

#[test]
fn a_migrated_root_says_the_same_and_can_be_written() {
    for flat in [None, Some(""), Some("old")] {
        let seed = SeedRoot::new();
        if let Some(below) = flat {
            seed.flat_runs(below);
        }
        let (original, said) = (files(&seed.path()), statuses(&Root::open(&seed.path()).expect("opened")));
        let plan = migrate::plan(&seed.path()).expect("planned");
        let limits = Limits { max_restarts: 7, ..Limits::default() };
        let migrated = migrate::execute(&plan, &limits).expect("migrated");
        assert_eq!(migrated.kept, seed.around().join("runs.before-migration"));
        assert_eq!(migrated.damaged.len(), 1, "{:?}", migrated.damaged);
        assert_migrated(&seed, &original, &said);

        let root = Root::open(&seed.path()).expect("opened");
        assert_eq!(root.id(), Some(migrated.root_id.as_str()));
        let killed = task(&root, "shop", "task-20260110-111500-killed");
        let state = killed.state().expect("read").expect("a state");
        assert_eq!((state.status, killed.spec().expect("read").limits), (TaskStatus::Stopped, limits));
        killed.write_state(&state).expect("written");
        assert!(!killed.dir().exists("TASK-MESSAGE-BUS.md").expect("looked"));
        let split = task(&root, "shop", "any_id");
        assert_eq!(split.runs().expect("listed")[1].as_str(), "20260110-1315000000-32-1");
        assert!(matches!(split.run_infos().expect("listed")[3], Listed::Damaged { .. }));
        let error = migrate::plan(&seed.path()).expect_err("nothing to do");
        assert!(matches!(error.kind, StoreErrorKind::NotForeign), "{error}");
    }
}

#[test]
fn a_killed_migration_is_the_old_root_or_the_new_one_and_goes_on() {
    for step in ["migrate.copied", "migrate.converted", "migrate.built", "migrate.switched"] {
        let seed = SeedRoot::new();
        seed.flat_runs("old");
        let (original, said) = (files(&seed.path()), statuses(&Root::open(&seed.path()).expect("opened")));
        assert!(!migrate_in_a_process(&seed.path(), Some(step)).success(), "{step}");
        let root = Root::open(&seed.path()).expect("opened");
        assert_eq!(root.is_foreign(), step != "migrate.switched", "{step}");
        assert_eq!(statuses(&root), said, "{step}: a reader sees the same");
        let expected = if root.is_foreign() { migrate::Stage::Begun } else { migrate::Stage::Switched };
        assert_eq!(migrate::plan(&seed.path()).expect("planned").stage, expected, "{step}");
        assert!(migrate_in_a_process(&seed.path(), None).success(), "{step}");
        assert_migrated(&seed, &original, &said);
    }
}

#[test]
fn a_root_that_grew_since_the_last_attempt_is_copied_as_it_is_now() {
    let seed = SeedRoot::new();
    assert!(!migrate_in_a_process(&seed.path(), Some("migrate.converted")).success());
    seed.file("shop/task-20260110-121500-failed/ATTACH-late.txt", "late\n");
    seed.file("shop/task-20260110-121500-failed/TASK.md", "Find the flaky test, again.\n");
    std::fs::remove_dir_all(seed.path().join("shop/any_id")).expect("removed");
    let (original, said) = (files(&seed.path()), statuses(&Root::open(&seed.path()).expect("opened")));
    assert!(migrate_in_a_process(&seed.path(), None).success());
    assert_migrated(&seed, &original, &said);
    let root = Root::open(&seed.path()).expect("opened");
    let failed = task(&root, "shop", "task-20260110-121500-failed");
    assert_eq!(failed.prompt().expect("read"), "Find the flaky test, again.\n");
    assert_eq!(failed.dir().read_text("ATTACH-late.txt", 100).expect("read"), "late\n");
}

#[test]
fn a_root_in_use_is_not_migrated() {
    let seed = SeedRoot::new();
    let run = "20260110-1515000000-10-1";
    let mut child = Command::new("sleep").arg("60").env("JRUN_ID", run).spawn().expect("sleep starts");
    let lines =
        format!("pid: {}\nstart_time: 2026-01-10T15:15:00Z\nexit_code: -1\nstatus: running\n", child.id());
    seed.run("task-20260110-121500-failed", run, &lines);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    let plan = loop {
        let plan = migrate::plan(&seed.path()).expect("planned");
        if plan.running.is_some() {
            break plan;
        }
        assert!(std::time::Instant::now() < deadline, "the run was not known");
    };
    let error = migrate::execute(&plan, &Limits::default()).expect_err("refused");
    child.kill().and_then(|()| child.wait()).expect("ended");
    assert!(
        matches!(&error.kind, StoreErrorKind::StillRunning { run: said } if said.ends_with(run)),
        "{error}"
    );
    assert_eq!(names(seed.around()), ["runs"]);
}

#[test]
fn a11_what_we_did_not_make_is_left_alone() {
    let seed = SeedRoot::new();
    let strange = seed.around().join(".runs.migrating");
    std::fs::create_dir_all(strange.join("precious")).expect("made");
    let error = migrate::plan(&seed.path()).expect_err("taken");
    assert!(matches!(error.kind, StoreErrorKind::AlreadyExists), "{error}");
    assert!(strange.join("precious").exists());
    // An older migration's original keeps its name.
    std::fs::remove_dir_all(&strange).expect("removed");
    std::fs::create_dir(seed.around().join("runs.before-migration")).expect("made");
    assert!(migrate_in_a_process(&seed.path(), None).success());
    assert_eq!(names(seed.around()), ["runs", "runs.before-migration", "runs.before-migration-2"]);
}

#[test]
fn links_are_copied_and_not_followed() {
    let seed = SeedRoot::new();
    let outside = tempfile::tempdir().expect("a temp folder");
    std::fs::write(outside.path().join("secret"), "secret").expect("written");
    std::os::unix::fs::symlink(outside.path(), seed.path().join("shop/link")).expect("planted");
    nix::unistd::mkfifo(&seed.path().join("shop/pipe"), nix::sys::stat::Mode::S_IRWXU).expect("made");
    let plan = migrate::plan(&seed.path()).expect("planned");
    assert!(plan.left_out.iter().any(|left| left.path == Path::new("shop/pipe")), "{:?}", plan.left_out);
    migrate::execute(&plan, &Limits::default()).expect("migrated");
    assert_eq!(std::fs::read_link(seed.path().join("shop/link")).expect("a link"), outside.path());
    assert!(!seed.path().join("shop/pipe").exists());
    assert_eq!(names(outside.path()), ["secret"]);
}
