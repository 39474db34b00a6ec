//! System calls that fail at their n-th turn, where several files are written one after the other: a change
//! of state with its journal, a rebuilt journal, a rotation that was asked for, a task that is made.

use std::collections::BTreeMap;
use std::path::Path;

use conductor_core::bus::{Bus, BusSettings, Durability, Query};
use conductor_core::faults::{self, Call, Failure};
use conductor_core::model::{NewMessage, ProjectId, RunId, RunInfo, RunStatus, TaskStatus};
use conductor_core::store::{Dir, Journal, JournalEntry, JournalRead, Root, TaskDir};
use conductor_core::supervisor::record::Owned;
use conductor_tests::scene::{self, Scene};

const CALLS: [Call; 6] = [Call::Write, Call::Sync, Call::Rename, Call::Open, Call::Lock, Call::Read];
const EIO: i32 = 5;
const EINTR: i32 = 4;
const ENOSPC: i32 = 28;

/// Every call at every turn up to `turns`; what is particular to writes, too.
fn failures(turns: u32) -> Vec<(Call, u32, Failure)> {
    let mut all = Vec::new();
    for nth in 1..=turns {
        all.extend(CALLS.map(|call| (call, nth, Failure::Errno(EIO))));
        all.extend([ENOSPC, EINTR].map(|errno| (Call::Write, nth, Failure::Errno(errno))));
        all.extend([1, 40].map(|bytes| (Call::Write, nth, Failure::Short(bytes))));
    }
    all
}

/// Revisions that the journal told of a task as news, and how often each.
fn told(root: &Root, task: &TaskDir) -> BTreeMap<u64, u32> {
    revisions(root, task, true)
}

fn revisions(root: &Root, task: &TaskDir, news: bool) -> BTreeMap<u64, u32> {
    let mut revisions = BTreeMap::new();
    let read = Journal::open(root).and_then(|journal| journal.read(None, usize::MAX)).expect("the journal");
    let JournalRead::Entries(entries) = read else { panic!("{read:?}") };
    let of_task = |entry: &&JournalEntry| entry.record.task.task == *task.id() && entry.is_news == news;
    for entry in entries.iter().filter(of_task) {
        *revisions.entry(entry.record.task.revision).or_default() += 1;
    }
    revisions
}

#[test]
fn a_change_of_state_is_whole_and_told_once_whatever_fails() {
    let mut happened = 0;
    for (call, nth, failure) in failures(6) {
        let case = format!("{call:?} {nth} {failure:?}");
        let scene = Scene::new();
        let task = scene.task("a");
        let take = || Owned::take(&scene.root, task.project(), task.id());
        let mut owned = take().expect("a free task");
        owned.commit("task.running", None, |state| state.status = TaskStatus::Running).expect("a change");
        faults::plan(call, nth, failure);
        let changed = owned.commit("task.paused", None, |state| state.status = TaskStatus::Paused);
        happened += u32::from(faults::clear());
        drop(owned);
        let state = task.state().expect(&case).expect("written");
        match (&changed, state.status) {
            (Ok(()), TaskStatus::Paused) | (Err(_), TaskStatus::Running | TaskStatus::Paused) => {}
            other => panic!("{case}: {other:?}"),
        }
        // Whoever takes it next repairs what is missing, once.
        let mut owned = take().unwrap_or_else(|error| panic!("{case}: {error}"));
        assert_eq!(owned.state(), &state, "{case}");
        owned.commit("task.running", None, |state| state.status = TaskStatus::Running).expect(&case);
        let last = owned.state().revision;
        let expected: BTreeMap<u64, u32> = (0..=last).map(|revision| (revision, 1)).collect();
        assert_eq!(told(&scene.root, &task), expected, "{case}");
        assert_only_whole_files(task.path(), &case);
    }
    assert!(happened > 15, "{happened} failures happened");
}

/// No draft of a replace is left.
fn assert_only_whole_files(folder: &Path, case: &str) {
    let names =
        std::fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").file_name());
    let drafts: Vec<_> = names
        .filter(|name| {
            name.to_string_lossy().contains("state.yaml.") || name.to_string_lossy().ends_with(".tmp")
        })
        .collect();
    assert!(drafts.is_empty(), "{case}: {drafts:?}");
}

#[test]
fn a_run_ends_with_its_output_or_not_at_all_whatever_fails() {
    let mut happened = 0;
    for (call, nth, failure) in failures(6) {
        let case = format!("{call:?} {nth} {failure:?}");
        let scene = Scene::new();
        let task = scene.task("a");
        let owned = Owned::take(&scene.root, task.project(), task.id()).expect("a free task");
        let mut info = RunInfo::new(task.project().clone(), task.id().clone(), RunId::generate(), "fake");
        let run = task.create_run(&info).expect("a run");
        run.dir().replace("output.md", b"old").expect("written");
        info.status = RunStatus::Completed;
        faults::plan(call, nth, failure);
        let ended = owned.end_run(&run, Some("new"), &info);
        happened += u32::from(faults::clear());
        let output = run.dir().read_text("output.md", 100).expect(&case);
        match (ended.is_ok(), output.as_str(), run.info().expect(&case).status) {
            (true, "new", RunStatus::Completed) | (false, "old", RunStatus::Running) => {}
            other => panic!("{case}: {other:?}"),
        }
        assert_only_whole_files(run.path(), &case);
        drop(owned);
    }
    assert!(happened > 12, "{happened} failures happened");
}

#[test]
fn taking_a_task_repairs_its_journal_or_says_why_not() {
    let mut happened = 0;
    for (call, nth, failure) in failures(6) {
        let case = format!("{call:?} {nth} {failure:?}");
        let scene = Scene::new();
        let task = scene.task("a");
        let take = || Owned::take(&scene.root, task.project(), task.id());
        let mut owned = take().expect("a free task");
        owned.commit("task.running", None, |state| state.status = TaskStatus::Running).expect("a change");
        drop(owned);
        // Its owner died between the file and the journal.
        let mut state = task.state().expect("read").expect("written");
        (state.revision, state.status) = (2, TaskStatus::Paused);
        task.write_state(&state).expect("written");
        faults::plan(call, nth, failure);
        let taken = take();
        happened += u32::from(faults::clear());
        drop(taken);
        drop(take().unwrap_or_else(|error| panic!("{case}: {error}")));
        assert_eq!(told(&scene.root, &task), BTreeMap::from([(0, 1), (1, 1), (2, 1)]), "{case}");
    }
    assert!(happened > 15, "{happened} failures happened");
}

#[test]
fn a_journal_is_rebuilt_whole_or_not_at_all() {
    let mut happened = 0;
    for (call, nth, failure) in failures(6) {
        let case = format!("{call:?} {nth} {failure:?}");
        let scene = Scene::new();
        let tasks = ["a", "b", "c"].map(|name| scene.task(name));
        for task in &tasks {
            let mut owned = Owned::take(&scene.root, task.project(), task.id()).expect("a free task");
            owned.commit("task.running", None, |state| state.status = TaskStatus::Running).expect("a change");
        }
        for entry in std::fs::read_dir(scene.path(".conductor/state")).expect("the state").flatten() {
            if entry.file_name().to_string_lossy().starts_with("journal") {
                std::fs::remove_file(entry.path()).expect("removed");
            }
        }
        let journal = Journal::open(&scene.root).expect("the journal");
        faults::plan(call, nth, failure);
        let rebuilt = journal.rebuild();
        happened += u32::from(faults::clear());
        if let Err(error) = rebuilt {
            assert!(!error.to_string().is_empty(), "{case}");
        }
        Journal::open(&scene.root).and_then(|journal| journal.rebuild()).expect(&case);
        let once = BTreeMap::from([(1, 1)]);
        let rebuilt = tasks.iter().filter(|task| revisions(&scene.root, task, false) == once).count();
        // What could not be read at that moment is shown as damaged, and told of with its next change.
        let unread = matches!(call, Call::Read | Call::Open);
        assert!(rebuilt == tasks.len() || unread, "{case}: {rebuilt}");
        assert!(tasks.iter().all(|task| told(&scene.root, task).is_empty()), "{case}: nothing of it is news");
    }
    assert!(happened > 4, "{happened} failures happened");
}

#[test]
fn a_rotation_that_fails_loses_nothing() {
    let mut happened = 0;
    for (call, nth, failure) in failures(6) {
        let case = format!("{call:?} {nth} {failure:?}");
        let folder = tempfile::tempdir().expect("a folder");
        let open = || {
            let settings = BusSettings { durability: Durability::Always, ..BusSettings::default() };
            Bus::open(&Dir::open(folder.path()).expect("the folder"), "TASK-MESSAGE-BUS")
                .with_settings(settings)
        };
        let bus = open();
        let mut said = Vec::new();
        for round in 0..3 {
            let body = format!("message {round}");
            bus.append(&NewMessage::new("INFO", &body)).expect(&case);
            said.push(body);
            if round == 1 {
                faults::plan(call, nth, failure);
                let rotated = bus.rotate();
                happened += u32::from(faults::clear());
                let segments = std::fs::read_dir(folder.path()).expect("the folder").count();
                assert!(rotated.is_err() || segments > 0, "{case}");
            }
        }
        assert!(open().rotate().expect(&case), "{case}");
        let read = open().read(&Query::default()).expect(&case);
        assert_eq!(read.into_iter().map(|message| message.body).collect::<Vec<_>>(), said, "{case}");
        assert_eq!(open().verify().expect(&case).problems, [], "{case}");
    }
    assert!(happened > 4, "{happened} failures happened");
}

#[test]
fn a_task_is_made_whole_or_not_at_all() {
    let mut happened = 0;
    for (call, nth, failure) in failures(7) {
        let case = format!("{call:?} {nth} {failure:?}");
        let scene = Scene::new();
        scene.task("first");
        let spec = scene::spec("demo", "task-20261120-201300-second");
        let project = ProjectId::new("demo").expect("a name");
        let make = || scene.root.project(&project).and_then(|project| project.create_task(&spec, "Do it.\n"));
        faults::plan(call, nth, failure);
        let made = make();
        happened += u32::from(faults::clear());
        let tasks = scene.root.project(&project).and_then(|project| project.tasks()).expect(&case);
        match made {
            Ok(task) => assert_eq!(task.spec().expect(&case), spec, "{case}"),
            Err(_) => {
                // What is there is whole; what is not can be made.
                if tasks.contains(&spec.task_id) {
                    let task = scene.root.task(&project, &spec.task_id).expect(&case);
                    assert_eq!(task.spec().expect(&case), spec, "{case}");
                    assert_eq!(task.prompt().expect(&case), "Do it.\n", "{case}");
                } else {
                    make().unwrap_or_else(|error| panic!("{case}: {error}"));
                }
            }
        }
    }
    assert!(happened > 15, "{happened} failures happened");
}
