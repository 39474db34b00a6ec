use std::time::Duration;

use jiff::Timestamp;

use super::*;
use crate::model::TaskStatus;
use crate::store::summary::TaskSummary;
use crate::store::testkit::{root, spec, task};
use crate::store::{Root, TaskDir};

fn record(kind: &str, number: u32, revision: u64) -> JournalRecord {
    let mut task = TaskSummary::new(&spec(number), None, "a title");
    task.revision = revision;
    JournalRecord { kind: kind.to_owned(), at: task.updated_at, task, run: None }
}

fn entries(read: JournalRead) -> Vec<JournalEntry> {
    match read {
        JournalRead::Entries(entries) => entries,
        JournalRead::Resync(at) => panic!("a resync to {at:?}"),
    }
}

fn lose(root: &Root) {
    std::fs::remove_file(root.path().join(".conductor/state/journal.md")).expect("there is a journal");
}

#[test]
fn a_change_is_read_by_its_cursor() {
    let (_folder, root) = root();
    let journal = Journal::open(&root).expect("opens");
    assert_eq!(journal.end().expect("reads"), None);
    assert!(entries(journal.read(None, 9).expect("reads")).is_empty());
    for revision in 1..=3 {
        journal.append(&record("task.running", 1, revision)).expect("appended");
    }
    journal.sync().expect("synced");
    let journal = Journal::open(&root).expect("opens");
    let all = entries(journal.read(None, 9).expect("reads"));
    assert_eq!(all.iter().map(|entry| entry.record.task.revision).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(all[0].record, record("task.running", 1, 1));
    assert!(all.iter().all(|entry| entry.is_news));
    let rest = entries(journal.read(Some(&all[0].cursor), 9).expect("reads"));
    assert_eq!(rest, all[1..]);
    assert_eq!(journal.end().expect("reads"), Some(all[2].cursor));
    assert_eq!(JournalCursor::parse(&all[1].cursor.to_string()), Ok(all[1].cursor));
}

#[test]
fn a_revision_that_is_there_is_not_written_again() {
    let (_folder, root) = root();
    let journal = Journal::open(&root).expect("opens");
    assert!(journal.ensure(&record("task.running", 1, 5)).expect("written").is_some());
    assert!(journal.ensure(&record("task.running", 1, 5)).expect("there").is_none());
    assert!(journal.ensure(&record("task.running", 2, 5)).expect("another task").is_some());
    assert!(journal.ensure(&record("task.running", 1, 6)).expect("a new revision").is_some());
    let (project, id) = (spec(1).project_id, spec(1).task_id);
    let journal = Journal::open(&root).expect("opens");
    assert_eq!(journal.revision(&project, &id).expect("reads"), Some(6));
}

fn stored(root: &Root, number: u32) -> TaskDir {
    task(root, number, TaskStatus::Completed, 7)
}

#[test]
fn a_lost_journal_is_made_from_the_files_and_not_announced() {
    let (_folder, root) = root();
    let journal = Journal::open(&root).expect("opens");
    journal.append(&record("task.running", 1, 1)).expect("appended");
    let old = journal.end().expect("reads").expect("not empty");
    stored(&root, 1);
    stored(&root, 2);
    lose(&root);
    journal.append(&record("task.queued", 3, 1)).expect("appended");
    assert_eq!(
        journal.read(Some(&old), 9).expect("reads"),
        JournalRead::Resync(journal.end().expect("reads"))
    );
    let all = entries(journal.read(None, 9).expect("reads"));
    let kinds: Vec<_> = all.iter().map(|entry| (entry.record.kind.as_str(), entry.is_news)).collect();
    assert_eq!(kinds, [("task.rebuilt", false), ("task.rebuilt", false), ("task.queued", true)]);
    assert_eq!(all[0].record.task.title, "Do number 1");
    assert_eq!(all[0].record.task.revision, 7);
}

#[test]
fn a_follower_is_told_of_news_and_of_another_journal() {
    let (_folder, root) = root();
    let journal = Journal::open(&root).expect("opens");
    let mut follower = journal.follow(None).expect("follows");
    assert!(entries(follower.poll().expect("polls")).is_empty());
    journal.append(&record("task.running", 1, 1)).expect("appended");
    let news = entries(follower.wait(Duration::from_secs(20)).expect("polls"));
    assert_eq!(news.len(), 1);
    assert_eq!(follower.cursor(), Some(news[0].cursor));
    stored(&root, 1);
    lose(&root);
    journal.append(&record("task.running", 1, 8)).expect("appended");
    assert_eq!(follower.poll().expect("polls"), JournalRead::Resync(journal.end().expect("reads")));
    journal.append(&record("task.completed", 1, 9)).expect("appended");
    assert_eq!(entries(follower.poll().expect("polls"))[0].record.kind, "task.completed");
}

#[test]
fn cursors_into_dropped_segments_get_a_resync() {
    let (_folder, root) = root();
    let journal = Journal::open(&root).expect("opens");
    for revision in 1..=4 {
        journal.append(&record("task.running", 1, revision)).expect("appended");
        journal.bus().expect("opens").expect("there").rotate().expect("rotates");
    }
    let all = entries(journal.read(None, 9).expect("reads"));
    assert_eq!(journal.prune(Timestamp::UNIX_EPOCH, u64::MAX).expect("pruned"), 0);
    journal.append(&record("task.completed", 1, 5)).expect("appended");
    assert_eq!(journal.prune(Timestamp::MAX, u64::MAX).expect("pruned"), 3);
    let end = journal.end().expect("reads");
    assert_eq!(journal.read(Some(&all[1].cursor), 9).expect("reads"), JournalRead::Resync(end));
    assert_eq!(entries(journal.read(Some(&all[3].cursor), 9).expect("reads")).len(), 1);
}

#[test]
fn a_new_journal_is_not_told_to_be_a_rebuilt_one() {
    let (_folder, root) = root();
    let journal = Journal::open(&root).expect("opens");
    let made = task(&root, 1, TaskStatus::Queued, 1);
    let first = TaskSummary::new(&spec(1), made.state().expect("reads").as_ref(), "a title");
    let at = first.updated_at;
    let record = JournalRecord { kind: "task.queued".to_owned(), at, task: first, run: None };
    journal.append(&record).expect("appended");
    let all =
        journal.bus().expect("opens").expect("there").read(&crate::bus::Query::default()).expect("reads");
    let kinds: Vec<_> = all.iter().map(|message| message.kind.as_str()).collect();
    assert_eq!(kinds, ["journal.opened", "task.queued"]);
}

#[test]
fn a_follower_waits_for_a_journal_that_is_not_there_yet() {
    let (folder, root) = root();
    std::fs::remove_dir_all(folder.path().join(".conductor/state")).expect("there is one");
    let journal = Journal::open(&root).expect("opens");
    let mut follower = journal.follow(None).expect("follows");
    std::thread::scope(|scope| {
        let waiting = scope.spawn(move || follower.wait(Duration::from_secs(60)).expect("waits"));
        scope.spawn(|| {
            // A follower that gives up does so meanwhile.
            let until = std::time::Instant::now() + Duration::from_millis(600);
            while std::time::Instant::now() < until {
                std::thread::yield_now();
            }
            let journal = Journal::open(&root).expect("opens");
            journal.append(&record("task.running", 1, 1)).expect("appended");
        });
        assert_eq!(entries(waiting.join().expect("no panic")).len(), 1);
    });
}

#[test]
fn a_follower_waits_its_whole_time_whatever_others_write() {
    let (_folder, root) = root();
    let journal = Journal::open(&root).expect("opens");
    journal.append(&record("task.running", 1, 1)).expect("appended");
    let mut follower = journal.follow(journal.end().expect("reads")).expect("follows");
    let bus = journal.bus().expect("opens").expect("there");
    bus.append(&crate::model::NewMessage::new("INFO", "not of the journal")).expect("appended");
    let (began, limit) = (std::time::Instant::now(), Duration::from_millis(200));
    assert!(entries(follower.wait(limit).expect("waits")).is_empty());
    assert!(began.elapsed() >= limit, "it gave up after {:?}", began.elapsed());
    journal.append(&record("task.completed", 1, 2)).expect("appended");
    assert_eq!(entries(follower.wait(limit).expect("waits"))[0].record.kind, "task.completed");
}
