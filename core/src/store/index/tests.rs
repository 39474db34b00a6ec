use super::*;
use crate::model::{RunStatus, TaskStatus};
use crate::store::journal::{Journal, JournalRecord};
use crate::store::testkit::{root, run, task};
use crate::store::walk;

/// Both ways to answer must agree; returns the tasks.
fn both(root: &Root, filter: &TaskFilter) -> Vec<TaskSummary> {
    let index = Index::open(root);
    assert!(!index.reads_files(), "no index");
    let tasks = index.tasks(filter).expect("the index answers");
    assert_eq!(tasks, Index::of_files(root).tasks(filter).expect("the files answer"));
    let all = |index: &Index| {
        let mut damaged = index.damaged().expect("an answer");
        damaged.sort_by(|a, b| a.path.cmp(&b.path));
        (damaged, index.runs(&RunFilter::default()).expect("an answer"))
    };
    assert_eq!(all(&index), all(&Index::of_files(root)));
    tasks
}

/// Waits until what the index saw of every file is old enough to be trusted.
fn settle(root: &Root) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    let trusts = |index: &Index| {
        let database = index.database.as_ref().expect("an index");
        let tasks = database.known_tasks().expect("an answer");
        let runs = database.known_runs(usize::MAX).expect("an answer");
        tasks.values().all(|known| known.seen.is_some()) && runs.iter().all(|run| run.seen.is_some())
    };
    while !trusts(&Index::open(root)) {
        assert!(std::time::Instant::now() < deadline, "something changes without end");
        std::thread::yield_now();
    }
}

/// What is shown as damaged, by name, with its reason.
fn damaged(root: &Root) -> Vec<(String, String)> {
    both(root, &TaskFilter::default());
    let damaged = Index::open(root).damaged().expect("an answer");
    damaged.into_iter().map(|damaged| (damaged.name(), damaged.reason)).collect()
}

fn tell(root: &Root, task: &crate::store::TaskDir) {
    let facts = walk::facts(root, task.project(), task.id());
    let task = facts.task.expect("a sound task");
    let record = JournalRecord {
        kind: "task.changed".to_owned(),
        at: task.updated_at,
        run: facts.runs.last().cloned(),
        task,
    };
    Journal::open(root).expect("opens").append(&record).expect("appended");
}

#[test]
fn index_and_files_give_the_same_answers() {
    let (_folder, root) = root();
    for number in 0..5 {
        let status = if number % 2 == 0 { TaskStatus::Completed } else { TaskStatus::Failed };
        let task = task(&root, number, status, 3);
        run(&task, RunStatus::Completed);
        run(&task, RunStatus::Failed);
    }
    let tasks = both(&root, &TaskFilter::default());
    assert_eq!(
        tasks.iter().map(|task| task.title.as_str()).collect::<Vec<_>>()[..2],
        ["Do number 4", "Do number 3"]
    );
    let failed = TaskFilter { statuses: vec![TaskStatus::Failed], ..TaskFilter::default() };
    assert_eq!(both(&root, &failed).len(), 2);
    assert_eq!(both(&root, &TaskFilter { limit: Some(1), ..TaskFilter::default() }).len(), 1);
    let index = Index::open(&root);
    for filter in [
        RunFilter::default(),
        RunFilter { statuses: vec![RunStatus::Failed], ..RunFilter::default() },
        RunFilter { task: Some(tasks[0].task.clone()), limit: Some(1), ..RunFilter::default() },
    ] {
        let runs = index.runs(&filter).expect("the index answers");
        assert!(!runs.is_empty());
        assert_eq!(runs, Index::of_files(&root).runs(&filter).expect("the files answer"));
    }
    let revision = index.revision(&tasks[0].project, &tasks[0].task).expect("the index answers");
    assert_eq!(revision, Some(3));
}

#[test]
fn the_index_follows_the_journal_without_reading_folders() {
    let (_folder, root) = root();
    tell(&root, &task(&root, 1, TaskStatus::Running, 1));
    let mut open = Index::open(&root);
    assert_eq!(open.tasks(&TaskFilter::default()).expect("answers").len(), 1);
    let second = task(&root, 2, TaskStatus::Running, 1);
    run(&second, RunStatus::Completed);
    assert_eq!(open.tasks(&TaskFilter::default()).expect("answers").len(), 1, "nobody looked yet");
    tell(&root, &second);
    // The journal alone; a refresh would look at the files as well.
    open.database.as_mut().expect("an index").follow(&root).expect("the journal is read");
    assert_eq!(open.tasks(&TaskFilter::default()).expect("answers"), both(&root, &TaskFilter::default()));
    assert_eq!(open.runs(&RunFilter::default()).expect("answers").len(), 1);
}

#[test]
fn an_older_record_does_not_undo_what_the_files_said() {
    let (_folder, root) = root();
    let dir = task(&root, 1, TaskStatus::Running, 1);
    let place = Journal::open(&root).expect("opens");
    tell(&root, &dir);
    let mut state = dir.state().expect("reads").expect("there");
    (state.revision, state.status) = (2, TaskStatus::Completed);
    dir.write_state(&state).expect("written");
    // As if the index had been built between the two writes of the first record and its reading.
    let mut index = Index::open(&root);
    let old = place.read(None, 9).expect("reads");
    let crate::store::JournalRead::Entries(old) = old else { panic!("a resync") };
    place.append(&old[0].record).expect("appended");
    index.database.as_mut().expect("an index").follow(&root).expect("the journal is read");
    let known = index.tasks(&TaskFilter::default()).expect("the index answers");
    assert_eq!(known[0].status, TaskStatus::Completed, "also before the files are looked at");
    assert_eq!(both(&root, &TaskFilter::default())[0].status, TaskStatus::Completed);
}

#[test]
fn a_lost_journal_or_cache_is_made_anew() {
    let (folder, root) = root();
    let dir = task(&root, 1, TaskStatus::Running, 1);
    tell(&root, &dir);
    assert_eq!(both(&root, &TaskFilter::default()).len(), 1);
    std::fs::remove_file(folder.path().join(".conductor/state/journal.md")).expect("there is a journal");
    task(&root, 2, TaskStatus::Completed, 4);
    assert_eq!(both(&root, &TaskFilter::default()).len(), 2);
    std::fs::remove_dir_all(folder.path().join(".conductor/cache")).expect("there is a cache");
    assert_eq!(both(&root, &TaskFilter::default()).len(), 2);
    let path = std::fs::read_dir(folder.path().join(".conductor/cache"))
        .expect("there is a cache")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|ending| ending == "db"))
        .expect("there is an index");
    std::fs::write(path, b"no database at all, but long enough to be taken for one").expect("written");
    assert_eq!(both(&root, &TaskFilter::default()).len(), 2);
}

#[test]
fn lists_go_on_while_cache_and_journal_are_deleted() {
    let (folder, root) = root();
    for number in 0..8 {
        tell(&root, &task(&root, number, TaskStatus::Completed, 1));
    }
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                for _ in 0..10 {
                    let tasks = Index::open(&root).tasks(&TaskFilter::default()).expect("a list");
                    assert_eq!(tasks.len(), 8);
                }
            });
        }
        for _ in 0..20 {
            let _ = std::fs::remove_dir_all(folder.path().join(".conductor/cache"));
            let _ = std::fs::remove_file(folder.path().join(".conductor/state/journal.md"));
            std::thread::yield_now();
        }
    });
    assert_eq!(both(&root, &TaskFilter::default()).len(), 8);
}

#[test]
fn c15_what_cannot_be_read_is_named_beside_its_neighbours() {
    let (_folder, root) = root();
    let sound = task(&root, 1, TaskStatus::Completed, 1);
    let broken = task(&root, 2, TaskStatus::Completed, 1);
    let run = run(&sound, RunStatus::Completed);
    let folder = sound.run(&run.run_id).expect("it is there");
    std::fs::write(folder.path().join("run-info.yaml"), "status: [").expect("written");
    std::fs::write(broken.path().join("state.yaml"), "\t: no").expect("written");
    let tasks = both(&root, &TaskFilter::default());
    assert_eq!(tasks.iter().map(|task| &task.task).collect::<Vec<_>>(), [sound.id()]);
    let mut names: Vec<_> =
        Index::open(&root).damaged().expect("the index answers").iter().map(Damaged::name).collect();
    names.sort();
    let (project, task) = (sound.project(), sound.id());
    let mut expected = vec![format!("{project}/{task}/{}", run.run_id), format!("{project}/{}", broken.id())];
    expected.sort();
    assert_eq!(names, expected);
    assert_eq!(Index::of_files(&root).damaged().expect("the files answer").len(), 2);
}

#[test]
fn c15_damage_that_no_journal_tells_of_is_told() {
    use std::fs;
    let (_folder, root) = root();
    for number in 0..6 {
        let task = task(&root, number, TaskStatus::Completed, 3);
        run(&task, RunStatus::Completed);
        tell(&root, &task);
    }
    settle(&root);
    let tasks = both(&root, &TaskFilter::default());
    assert_eq!((tasks.len(), damaged(&root).len()), (6, 0));
    let dir = |index: usize| root.task(&tasks[index].project, &tasks[index].task).expect("a task");
    let name = |index: usize| format!("{}/{}", tasks[index].project, tasks[index].task);
    let state = dir(0).path().join("state.yaml");
    let text = fs::read_to_string(&state).expect("a state");
    fs::write(&state, "").expect("emptied");
    fs::write(dir(1).path().join("task.yaml"), "version: 1\nproj").expect("torn");
    let run = dir(2).runs().expect("runs").remove(0);
    fs::write(dir(2).run(&run).expect("a run").path().join("run-info.yaml"), "").expect("emptied");
    fs::remove_file(dir(3).path().join("state.yaml")).expect("removed");
    let prompt = dir(4).path().join("TASK.md");
    fs::remove_file(&prompt).expect("removed");
    std::os::unix::fs::symlink("/etc/hostname", &prompt).expect("planted");
    let found = damaged(&root);
    let reason = |name: &str| {
        let mut of_it =
            found.iter().filter(|(damaged, _)| damaged == name).map(|(_, reason)| reason.as_str());
        (of_it.next().unwrap_or_default().to_owned(), of_it.count())
    };
    let (words, more) = reason(&name(0));
    assert!(words.starts_with("state.yaml: line ") && more == 0, "{found:?}");
    assert!(reason(&name(1)).0.starts_with("task.yaml: line "), "{found:?}");
    assert!(reason(&format!("{}/{run}", name(2))).0.starts_with("run-info.yaml: line "), "{found:?}");
    assert_eq!(reason(&name(3)).0, "state.yaml: not found");
    assert_eq!(reason(&name(4)).0, "TASK.md: leads out of its folder");
    assert_eq!(found.len(), 5, "{found:?}");
    // A prompt costs the title only; a damaged task does not hide its runs.
    let shown = both(&root, &TaskFilter::default());
    assert_eq!(
        shown.iter().map(|task| &task.task).collect::<Vec<_>>(),
        [dir(2).id(), dir(4).id(), dir(5).id()]
    );
    assert_eq!(Index::open(&root).runs(&RunFilter::default()).expect("an answer").len(), 5);
    settle(&root);
    fs::write(&state, text).expect("put back");
    assert_eq!(damaged(&root).len(), 4);
    assert_eq!(both(&root, &TaskFilter::default()).len(), 4);
}

#[test]
fn what_is_removed_copied_in_or_replaced_by_a_link_is_told() {
    let (_folder, root) = root();
    let tasks: Vec<_> = (0..3).map(|number| task(&root, number, TaskStatus::Completed, 1)).collect();
    settle(&root);
    let place = |index: usize| tasks[index].path().to_owned();
    let aside = root.path().join(".aside");
    std::fs::rename(place(0), &aside).expect("moved away");
    assert_eq!(both(&root, &TaskFilter::default()).len(), 2);
    std::os::unix::fs::symlink(&aside, place(0)).expect("planted");
    let name = format!("demo/{}", tasks[0].id());
    assert_eq!(damaged(&root), [(name, "is a link; not followed".to_owned())]);
    std::fs::remove_file(place(0)).expect("removed");
    assert_eq!(damaged(&root), []);
    std::fs::rename(&aside, place(0)).expect("moved back");
    assert_eq!(both(&root, &TaskFilter::default()).len(), 3);
    let project = root.path().join("demo");
    std::fs::rename(&project, &aside).expect("moved away");
    std::os::unix::fs::symlink(&aside, &project).expect("planted");
    assert_eq!(damaged(&root), [("demo".to_owned(), "is a link; not followed".to_owned())]);
    assert_eq!(both(&root, &TaskFilter::default()), []);
}

#[cfg(feature = "faults")]
#[test]
fn what_is_as_it_was_is_not_read_again() {
    let (_folder, root) = root();
    for number in 0..3 {
        run(&task(&root, number, TaskStatus::Completed, 1), RunStatus::Completed);
    }
    settle(&root);
    crate::faults::plan(crate::faults::Call::Read, 1, crate::faults::Failure::Errno(5));
    assert_eq!(Index::open(&root).tasks(&TaskFilter::default()).expect("an answer").len(), 3);
    assert!(!crate::faults::clear(), "a file was read");
}
