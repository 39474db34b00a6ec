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
    tasks
}

fn tell(root: &Root, task: &crate::store::TaskDir) {
    let facts = walk::facts(root, task.project(), task.id()).ok().expect("a sound task");
    let record = JournalRecord {
        kind: "task.changed".to_owned(),
        at: facts.task.updated_at,
        run: facts.runs.last().cloned(),
        task: facts.task,
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
    assert_eq!(open.tasks(&TaskFilter::default()).expect("answers").len(), 1, "it was not told yet");
    tell(&root, &second);
    open.refresh();
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
    Index::open(&root);
    let old = place.read(None, 9).expect("reads");
    let crate::store::JournalRead::Entries(old) = old else { panic!("a resync") };
    place.append(&old[0].record).expect("appended");
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
    let mut names = Index::open(&root).damaged().expect("the index answers");
    names.sort();
    let (project, task) = (sound.project(), sound.id());
    let mut expected = vec![format!("{project}/{task}/{}", run.run_id), format!("{project}/{}", broken.id())];
    expected.sort();
    assert_eq!(names, expected);
    assert_eq!(Index::of_files(&root).damaged().expect("the files answer").len(), 2);
}
