//! Roots of other systems: read in place, judged truthfully, never written.

use std::path::PathBuf;

use conductor_core::model::{EndReason, ProjectId, RunStatus, TaskId, TaskStatus};
use conductor_core::store::{Intent, Listed, Marker, Root, StoreErrorKind, TaskDir};
use conductor_tests::scene::snapshot;
use conductor_tests::seed_root::SeedRoot;

const KILLED: &str = "task-20260110-111500-killed";

fn open(seed: &SeedRoot) -> Root {
    let root = Root::open(&seed.path()).expect("opened");
    assert!(root.is_foreign());
    root
}

fn task(root: &Root, project: &str, name: &str) -> TaskDir {
    let project = ProjectId::from_disk(project).expect("a component");
    root.task(&project, &TaskId::from_disk(name).expect("a component")).expect("a task")
}

fn status(root: &Root, name: &str) -> TaskStatus {
    task(root, "shop", name).state().expect("judged").expect("a state").status
}

#[test]
fn projects_and_tasks_are_listed_under_their_names() {
    let seed = SeedRoot::new();
    let root = open(&seed);
    let project = ProjectId::from_disk("shop").expect("a component");
    assert_eq!(root.projects().expect("listed"), std::slice::from_ref(&project));
    let project = root.project(&project).expect("opened");
    assert_eq!(project.source().expect("read"), Some(PathBuf::from("/srv/shop")));
    let tasks: Vec<_> = project.tasks().expect("listed").iter().map(ToString::to_string).collect();
    let expected = [
        "any_id",
        "task-20260110-101500-completed",
        KILLED,
        "task-20260110-121500-failed",
        "task-20260110-141500-waiting",
    ];
    assert_eq!(tasks, expected);
    assert_eq!(root.find_task("failed").expect("looked").len(), 1);
}

#[test]
fn what_was_asked_is_gathered_from_where_it_lies() {
    let seed = SeedRoot::new();
    let root = open(&seed);
    let spec = task(&root, "shop", "task-20260110-141500-waiting").spec().expect("read");
    assert_eq!(spec.depends_on, ["any_id"]);
    assert_eq!((spec.cwd.as_str(), spec.agent), ("/srv/shop", None));
    assert_eq!(spec.created_at.to_string(), "2026-01-10T14:15:00Z");
    let spec = task(&root, "shop", "any_id").spec().expect("read");
    assert_eq!(
        (spec.created_at.to_string().as_str(), spec.agent.as_deref()),
        ("2026-01-10T13:15:00.1Z", Some("claude"))
    );
}

#[test]
fn statuses_are_what_happened() {
    let seed = SeedRoot::new();
    let root = open(&seed);
    assert_eq!(status(&root, "task-20260110-101500-completed"), TaskStatus::Completed);
    assert_eq!(status(&root, "task-20260110-121500-failed"), TaskStatus::Failed);
    assert_eq!(status(&root, "task-20260110-141500-waiting"), TaskStatus::Waiting);
    seed.file("shop/task-20260110-161500-unbegun/TASK.md", "Some day.\n");
    let unbegun =
        task(&root, "shop", "task-20260110-161500-unbegun").state().expect("judged").expect("a state");
    // Nothing was begun, so nothing was interrupted.
    assert_eq!((unbegun.status, unbegun.reason.as_deref()), (TaskStatus::Queued, Some("it has no runs")));
    assert_eq!(status(&root, "any_id"), TaskStatus::Completed);
    let failed = task(&root, "shop", "task-20260110-121500-failed");
    let run = failed.run_infos().expect("listed").pop().and_then(Listed::ok).expect("one run");
    assert_eq!((run.status, run.exit_code, run.schema_version), (RunStatus::Failed, Some(3), 0));
    assert_eq!(run.agent_version.as_deref(), Some("2.1.4 (Claude Code)"));
}

#[test]
fn c2_a_killed_run_is_never_completed() {
    let seed = SeedRoot::new();
    let root = open(&seed);
    let killed = task(&root, "shop", KILLED);
    let runs = killed.run_infos().expect("listed");
    assert_eq!(runs.len(), 2);
    for run in runs {
        let run = run.ok().expect("readable");
        assert_eq!((run.status, run.end_reason), (RunStatus::Failed, Some(EndReason::Killed)));
        assert_eq!((run.exit_code, run.error_summary.as_deref()), (None, Some("killed by a signal")));
    }
    let state = killed.state().expect("judged").expect("a state");
    assert_eq!((state.status, state.end_reason), (TaskStatus::Stopped, Some(EndReason::StopRequested)));
    assert_eq!((state.runs, state.failures, state.warnings.len()), (2, 2, 1));
}

#[test]
fn c10_a_run_that_claims_to_live_is_asked() {
    let seed = SeedRoot::new();
    let name = "task-20260110-151500-claims";
    let run = "20260110-1515000000-10-1";
    seed.file(&format!("shop/{name}/TASK.md"), "x\n");
    let running = |pid: u32| {
        let lines = format!(
            "pid: {pid}\nstart_time: 2026-01-10T15:15:00Z\nend_time: 0001-01-01T00:00:00Z\nexit_code: -1\nstatus: running\n"
        );
        seed.run(name, run, &lines);
        let root = open(&seed);
        let info =
            task(&root, "shop", name).run_infos().expect("listed").pop().and_then(Listed::ok).expect("one");
        (info, status(&root, name))
    };
    // This very process lives under that pid, but it is not that run.
    let (info, status) = running(std::process::id());
    assert_eq!((info.status, info.exit_code, info.end_time), (RunStatus::Lost, None, None));
    assert_eq!(status, TaskStatus::Interrupted);

    let mut child =
        std::process::Command::new("sleep").arg("60").env("JRUN_ID", run).spawn().expect("sleep starts");
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while running(child.id()).0.status != RunStatus::Running {
        assert!(std::time::Instant::now() < deadline, "its own process was not known");
    }
    assert_eq!(running(child.id()).1, TaskStatus::Running);
    child.kill().and_then(|()| child.wait()).expect("ended");
    assert_eq!(running(child.id()).0.status, RunStatus::Lost);
}

#[test]
fn runs_of_one_second_are_in_the_order_they_began() {
    let seed = SeedRoot::new();
    let root = open(&seed);
    let split = task(&root, "shop", "any_id");
    let runs: Vec<_> = split.runs().expect("listed").iter().map(ToString::to_string).collect();
    let expected = [
        "20260110-1315000000-20-1",
        "20260110-1315000000-32-1",
        "20260110-1315000000-31-1",
        "20260110-1316000000-40-1",
    ];
    assert_eq!(runs, expected);
    let infos = split.run_infos().expect("listed");
    assert!(matches!(&infos[3], Listed::Damaged { id, .. } if id == expected[3]), "C15 holds here as well");
    let parents: Vec<_> = infos.into_iter().filter_map(Listed::ok).map(|run| run.parent_run_id).collect();
    assert_eq!(parents[1].as_ref().map(|id| id.as_str()), Some(expected[0]));
    let state = split.state().expect("judged").expect("a state");
    assert_eq!(
        (state.runs, state.warnings.as_slice()),
        (4, &["1 of its runs cannot be read".to_owned()][..])
    );
}

#[test]
fn the_shell_tools_runs_are_one_task() {
    for (below, project) in [("", "runs"), ("old", "old")] {
        let seed = SeedRoot::new();
        seed.flat_runs(below);
        let root = open(&seed);
        let id = ProjectId::from_disk(project).expect("a component");
        assert!(root.projects().expect("listed").contains(&id), "{below:?}");
        let tasks = root.project(&id).expect("opened").tasks().expect("listed");
        assert_eq!(tasks.iter().map(TaskId::as_str).collect::<Vec<_>>(), ["runs"], "{below:?}");
        let flat = task(&root, project, "runs");
        assert_flat(&flat);
        assert!(flat.dir().exists(format!("{}.md", flat.bus_stem())).expect("looked"));
        assert!(root.projects().expect("listed").iter().any(|id| id.as_str() == "shop"));
    }
}

#[test]
fn the_shell_tools_folder_can_be_named_itself() {
    let seed = SeedRoot::new();
    seed.flat_runs("old");
    let root = Root::open(&seed.path().join("old/runs")).expect("opened");
    let projects = root.projects().expect("listed");
    assert_eq!(projects.iter().map(ProjectId::as_str).collect::<Vec<_>>(), ["runs"]);
    assert_flat(&task(&root, "runs", "runs"));
}

fn assert_flat(flat: &TaskDir) {
    assert_eq!(flat.prompt().expect("of its last run"), "Count the trees.\n");
    let runs: Vec<_> = flat.run_infos().expect("listed").into_iter().filter_map(Listed::ok).collect();
    let seen: Vec<_> = runs.iter().map(|run| (run.status, run.exit_code, run.agent.as_str())).collect();
    let expected = [
        (RunStatus::Completed, Some(0), "unknown"),
        (RunStatus::Failed, Some(137), "codex"),
        (RunStatus::Lost, None, "unknown"),
    ];
    assert_eq!(seen, expected);
    assert!(runs.iter().all(|run| run.cwd.as_deref() == Some("/srv/old")));
    assert_eq!(runs[0].start_time.map(|time| time.to_string()).as_deref(), Some("2025-12-01T09:00:00Z"));
    assert_eq!(flat.state().expect("judged").expect("a state").status, TaskStatus::Interrupted);
}

#[test]
fn nothing_is_written_into_a_foreign_root() {
    let seed = SeedRoot::new();
    seed.flat_runs("old");
    let before = snapshot(seed.around());
    let root = Root::open_or_init(&seed.path()).expect("opened");
    for project in root.projects().expect("listed") {
        let project = root.project(&project).expect("opened");
        for id in project.tasks().expect("listed") {
            let task = project.task(&id).expect("opened");
            task.spec().and_then(|_| task.state()).and_then(|_| task.prompt()).expect("read");
            task.supervisor().and_then(|_| task.marker(Marker::Done)).expect("looked");
            let state = task.state().expect("judged").expect("a state");
            let refused = [
                task.write_state(&state).expect_err("refused"),
                task.write_spec(&task.spec().expect("read")).expect_err("refused"),
                task.set_marker(Marker::Stop, &Intent::new(None, state.updated_at, None))
                    .expect_err("refused"),
                task.clear_marker(Marker::Done).expect_err("refused"),
                task.lock_supervisor().expect_err("refused"),
                root.live_add(task.project(), task.id()).expect_err("refused"),
                root.state_dir("live").expect_err("refused"),
            ];
            for error in refused {
                assert!(matches!(error.kind, StoreErrorKind::ReadOnlyRoot), "{error}");
            }
            for run in task.run_infos().expect("listed").into_iter().filter_map(Listed::ok) {
                let dir = task.run(&run.run_id).expect("opened");
                assert!(dir.write_info(&run).is_err() && dir.write_info_lazy(&run).is_err());
            }
        }
    }
    assert!(root.live_list().expect("none").is_empty());
    assert!(!root.cache_path().starts_with(root.path()));
    assert_eq!(snapshot(seed.around()), before);
}
