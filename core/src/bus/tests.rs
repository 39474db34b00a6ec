//! The bus as its users see it, in one process.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::clock::Clock;
use crate::model::{Cursor, Link, Message, MessageId, NewMessage, Parent};
use crate::store::Dir;

const STEM: &str = "TASK-MESSAGE-BUS";

fn bus(folder: &TempDir) -> Bus {
    Bus::open(&Dir::open(folder.path()).expect("the folder opens"), STEM)
}

fn file(folder: &TempDir) -> std::path::PathBuf {
    folder.path().join(format!("{STEM}.md"))
}

fn temp() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// What `echo >>` does: appends without any lock.
fn lawless(path: &Path, text: &[u8]) {
    let mut file =
        std::fs::OpenOptions::new().append(true).create(true).open(path).expect("the bus opens for echo");
    file.write_all(text).expect("echo writes");
}

fn all(bus: &Bus) -> Vec<Message> {
    bus.messages(Cursor::START).expect("the bus opens").collect::<Result<_>>().expect("the bus reads")
}

/// Reads everything, text at the end included.
fn all_quiet(bus: &Bus) -> Vec<Message> {
    let mut reader = bus.reader(Cursor::START);
    std::iter::from_fn(|| reader.next(true).expect("the bus reads")).collect()
}

fn bodies(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|message| message.body.as_str()).collect()
}

fn say(bus: &Bus, body: &str) -> MessageId {
    bus.append(&NewMessage::new("INFO", body)).expect("the message is appended")
}

#[test]
fn a_record_is_what_the_format_says() {
    let folder = temp();
    let now: Timestamp = "2026-11-20T20:13:00.123456Z".parse().expect("a valid time");
    let bus = bus(&folder)
        .with_clock(Clock::from_fn(move || now))
        .with_identity(Some("demo".into()), Some("task-20261120-201300-fix-login".into()));
    let parent = Parent { at: Some("demo/task-1".into()), ..Parent::answers(say(&bus, "Why?")) };
    let question = parent.msg_id.clone();
    let message = NewMessage::new("ANSWER", "Login works.\n---\n<!-- torn -->\n").with_parent(parent);
    let id = bus.append(&message.with_run("01JD8Z7W0000000000000000AB")).expect("appended");
    let text = std::fs::read_to_string(file(&folder)).expect("a text file");
    let (_, second) = text.split_once(" -->\n").expect("two records");
    let (record, trailer) = second.rsplit_once("<!-- ").expect("a trailer");
    assert_eq!(
        record,
        format!(
            "---\nmsg_id: {id}\nts: 2026-11-20T20:13:00.123456Z\ntype: ANSWER\nproject_id: demo\n\
             task_id: task-20261120-201300-fix-login\nrun_id: 01JD8Z7W0000000000000000AB\n\
             parents: [{{msg_id: {question}, kind: answers, at: demo/task-1}}]\n---\n\
             Login works.\n---\n<!--\\ torn -->\n\n"
        )
    );
    let crc = crc32c::crc32c(record.as_bytes());
    assert_eq!(trailer, format!("{id} v1 {} {crc:08x} -->\n", record.len()));
}

#[test]
fn every_field_comes_back() {
    let folder = temp();
    let bus = bus(&folder);
    let message = NewMessage {
        project_id: Some("a: b".into()),
        issue_id: Some("12".into()),
        links: vec![Link { url: "https://x/#1".into(), label: Some("ein \"Wort\"\n".into()), kind: None }],
        ..NewMessage::new("DECISION", "so")
    };
    let message =
        message.with_meta("count", 3).with_meta("nested", serde_json::json!({"a": [1, null, "x y"]}));
    let id = bus.append(&message).expect("appended");
    let read = all(&bus).remove(0);
    assert_eq!(read.id(), Some(id));
    assert_eq!((&read.project_id, &read.issue_id), (&message.project_id, &message.issue_id));
    assert_eq!((&read.links, &read.meta, &read.body), (&message.links, &message.meta, &message.body));
    assert_eq!(bus.get(id).expect("the bus reads"), Some(read));
}

#[test]
fn a_bus_without_a_file_is_empty() {
    let folder = temp();
    let bus = bus(&folder);
    assert_eq!(all(&bus), []);
    assert_eq!(bus.end().expect("the bus reads"), Cursor::START);
    assert!(!bus.rotate().expect("nothing to rotate") && !file(&folder).exists());
}

#[test]
fn text_without_a_record_is_a_message_with_a_place() {
    let folder = temp();
    let bus = bus(&folder);
    lawless(&file(&folder), b"before\n");
    let first = say(&bus, "one");
    lawless(&file(&folder), b"hello\nworld");
    say(&bus, "two");
    let messages = all(&bus);
    assert_eq!(bodies(&messages), ["before", "one", "hello\nworld", "two"]);
    assert!(messages[2].plain && messages[2].msg_id.is_none());
    assert_eq!(messages[0].cursor, Cursor { last: None, text: 7 });
    assert_eq!(messages[2].cursor, Cursor { last: Some(first), text: 12 });
    for (index, message) in messages.iter().enumerate() {
        let rest = bus.read(&Query::after(message.cursor)).expect("the bus reads");
        assert_eq!(rest, messages[index + 1..], "after {}", message.cursor);
        let last = bus.read(&Query::last(messages.len() - index)).expect("the bus reads");
        assert_eq!(last, messages[index..]);
    }
}

#[test]
fn a_file_that_gets_the_number_of_the_removed_one_is_another_one() {
    let folder = temp();
    let writer = || bus(&folder);
    for round in 0..20 {
        say(&writer(), "old");
        let mut reader = writer().reader(Cursor::START);
        assert_eq!(reader.next(false).expect("reads").expect("a message").body, "old");
        std::fs::remove_file(file(&folder)).expect("removed");
        assert_eq!(reader.next(false).expect("reads"), None, "seen while nothing has the name");
        say(&writer(), "new");
        let found = reader.next(false).expect("reads").map(|message| message.body);
        assert_eq!(found.as_deref(), Some("new"), "round {round}");
        std::fs::remove_file(file(&folder)).expect("removed");
    }
}

#[test]
fn blank_lines_behind_a_text_are_not_part_of_it() {
    let folder = temp();
    let bus = bus(&folder);
    lawless(&file(&folder), b"\nhello\n  there \n\n\n");
    say(&bus, "one");
    let messages = all(&bus);
    assert_eq!(bodies(&messages), ["\nhello\n  there ", "one"]);
    assert_eq!(messages[0].cursor, Cursor { last: None, text: 18 });
}

#[test]
fn reading_goes_on_within_text() {
    let folder = temp();
    let bus = bus(&folder);
    let id = say(&bus, "one");
    lawless(&file(&folder), b"ab\ncd\n");
    say(&bus, "two");
    let within = Cursor { last: Some(id), text: 3 };
    let rest = bus.read(&Query::after(within)).expect("the bus reads");
    assert_eq!(bodies(&rest), ["cd", "two"]);
}

#[test]
fn messages_cross_segments() {
    let folder = temp();
    let bus = bus(&folder);
    let mut cursors = vec![Cursor::START];
    for index in 0..40 {
        let id = say(&bus, &format!("message {index}"));
        cursors.push(Cursor::after(id));
        if index % 7 == 3 {
            lawless(&file(&folder), b"text\n");
            assert!(bus.rotate().expect("the bus rotates"));
        }
    }
    let messages = all(&bus);
    assert_eq!(messages.iter().filter(|message| !message.plain).count(), 40);
    assert_eq!(messages.iter().filter(|message| message.plain).count(), 6);
    for (index, message) in messages.iter().enumerate() {
        let rest = bus.read(&Query::after(message.cursor)).expect("the bus reads");
        assert_eq!(bodies(&rest), bodies(&messages[index + 1..]), "after {}", message.cursor);
        let last = bus.read(&Query::last(messages.len() - index)).expect("the bus reads");
        assert_eq!(last, messages[index..], "last {}", messages.len() - index);
    }
    assert_eq!(bus.end().expect("the bus reads"), messages[45].cursor);
}

#[test]
fn a_batch_stands_together() {
    let folder = temp();
    let bus = bus(&folder);
    let messages: Vec<_> = (0..100).map(|index| NewMessage::new("FACT", format!("fact {index}"))).collect();
    let ids = bus.append_batch(&messages).expect("appended");
    assert!(ids.is_sorted_by(|a, b| a < b));
    let read = all(&bus);
    assert_eq!(read.iter().filter_map(Message::id).collect::<Vec<_>>(), ids);
    assert_eq!(read[99].body, "fact 99");
    assert_eq!(bus.append_batch(&[]).expect("nothing to do"), []);
}

#[test]
fn queries_narrow_down() {
    let folder = temp();
    let bus = bus(&folder);
    let question = bus.append(&NewMessage::new("QUESTION", "Why?").with_run("r1")).expect("appended");
    say(&bus, "noise");
    let answer =
        NewMessage::new("ANSWER", "So.").with_parent(Parent::answers(question)).with_meta("by", "me");
    bus.append(&answer).expect("appended");
    let read = |query: &Query| bus.read(query).expect("the bus reads");
    assert_eq!(bodies(&read(&Query::default().kind("QUESTION").kind("ANSWER"))), ["Why?", "So."]);
    assert_eq!(bodies(&read(&Query { parent: Some(question.to_string()), ..Query::default() })), ["So."]);
    assert_eq!(bodies(&read(&Query { run: Some("r1".into()), ..Query::default() })), ["Why?"]);
    assert_eq!(bodies(&read(&Query { meta: vec![("by".into(), "me".into())], ..Query::default() })), ["So."]);
    assert_eq!(bodies(&read(&Query { limit: Some(2), ..Query::default() })), ["Why?", "noise"]);
    assert_eq!(bodies(&read(&Query::last(1).kind("QUESTION"))), ["Why?"]);
    let after = Query { after: Some(Cursor::after(question)), last: Some(1), ..Query::default() };
    assert_eq!(bodies(&read(&after)), ["So."]);
}

#[test]
fn messages_are_found_by_time() {
    let folder = temp();
    let start: Timestamp = "2026-11-20T20:00:00Z".parse().expect("a valid time");
    for minute in 0..60 {
        let at = start + jiff::SignedDuration::from_mins(minute);
        say(&bus(&folder).with_clock(Clock::from_fn(move || at)), &format!("minute {minute}"));
    }
    let since = start + jiff::SignedDuration::from_mins(57);
    let found =
        bus(&folder).read(&Query { since_time: Some(since), ..Query::default() }).expect("the bus reads");
    assert_eq!(bodies(&found), ["minute 57", "minute 58", "minute 59"]);
}

#[test]
fn refused_messages_leave_no_trace() {
    let folder = temp();
    let bus = bus(&folder);
    let long = "X".repeat(65);
    for kind in ["", "A\nB", "A: b", "A b", long.as_str()] {
        let error = bus.append(&NewMessage::new(kind, "x")).expect_err("refused");
        assert!(matches!(error.kind, BusErrorKind::BadType(_)), "{error}");
    }
    let error = bus.append(&NewMessage::new("INFO", "x".repeat(MAX_BODY + 1))).expect_err("refused");
    assert!(matches!(error.kind, BusErrorKind::TooLarge { .. }), "{error}");
    assert!(error.to_string().contains("larger than 16 MiB"), "{error}");
    assert!(!file(&folder).exists());
    say(&bus, &"x".repeat(MAX_BODY));
    assert_eq!(all(&bus)[0].body.len(), MAX_BODY);
}

#[test]
fn a_follower_sees_each_message_once_across_rotation() {
    let folder = temp();
    let (bus, other) = (bus(&folder), bus(&folder));
    let mut follower = other.follow(Cursor::START).expect("follows");
    let (mut said, mut seen) = (Vec::new(), Vec::new());
    for index in 0..30 {
        if index % 5 == 4 {
            bus.rotate().expect("rotates");
        }
        for _ in 0..index % 3 {
            said.push(say(&bus, &format!("message {index}")));
        }
        seen.extend(follower.poll().expect("polls").iter().filter_map(Message::id));
    }
    seen.extend(follower.poll().expect("polls").iter().filter_map(Message::id));
    assert_eq!(seen, said);
    assert_eq!(Some(&follower.cursor()), said.last().map(|id| Cursor::after(*id)).as_ref());
}

#[test]
fn a_follower_beside_a_bus_that_rotates_with_every_message_sees_each_once() {
    let folder = temp();
    let writer = bus(&folder).with_settings(BusSettings { rotate_at: 1, ..BusSettings::default() });
    let mut follower = bus(&folder).follow(Cursor::START).expect("follows");
    std::thread::scope(|scope| {
        let writing =
            scope.spawn(|| (0..600).map(|number| say(&writer, &number.to_string())).collect::<Vec<_>>());
        let mut seen = Vec::new();
        loop {
            let is_written = writing.is_finished();
            let found = follower.poll().expect("polls");
            seen.extend(found.iter().filter_map(Message::id));
            if is_written && found.is_empty() {
                break;
            }
        }
        assert_eq!(seen, writing.join().expect("written"));
    });
}

#[test]
fn a_follower_waits_and_delivers_text_after_a_quiet_second() {
    let folder = temp();
    let bus = bus(&folder);
    let mut follower = bus.follow(Cursor::START).expect("follows");
    assert!(follower.wait(std::time::Duration::ZERO).expect("polls").is_empty());
    lawless(&file(&folder), b"half a li");
    assert!(follower.poll().expect("polls").is_empty(), "it may go on");
    lawless(&file(&folder), b"ne");
    let found = follower.wait(std::time::Duration::from_secs(30)).expect("polls");
    assert_eq!(bodies(&found), ["half a line"]);
    say(&bus, "a record");
    let found = follower.wait(std::time::Duration::from_secs(30)).expect("polls");
    assert_eq!(bodies(&found), ["a record"]);
}

#[test]
fn tails_torn_at_every_byte_cost_nothing_else() {
    let folder = temp();
    let whole = {
        let other = temp();
        let bus = bus(&other);
        say(&bus, "torn\n<!-- torn -->\n---\n");
        std::fs::read(file(&other)).expect("reads")
    };
    let mut said = Vec::new();
    for cut in 1..whole.len() {
        lawless(&file(&folder), &whole[..cut]);
        // Another handle, as after a crash.
        let bus = bus(&folder);
        let before = all_quiet(&bus).len();
        assert_eq!(before, said.len(), "cut at {cut}");
        said.push(say(&bus, &format!("after {cut}")));
    }
    let bus = bus(&folder);
    let messages = all(&bus);
    assert_eq!(messages.iter().filter_map(Message::id).collect::<Vec<_>>(), said);
    assert!(messages.iter().all(|message| !message.plain));
    let report = bus.verify().expect("verifies");
    assert_eq!((report.records, report.torn, report.plain), (said.len() as u64, said.len() as u64, 0));
    assert_eq!(report.problems, []);
}

#[test]
fn text_beside_a_torn_tail_is_kept() {
    let folder = temp();
    say(&bus(&folder), "one");
    lawless(&file(&folder), b"hello\n---\nmsg_id: MSG-01JD8Z7W3QK5T9X2M4N6P8R0SA\nts: 20");
    let bus = bus(&folder);
    assert_eq!(bodies(&all(&bus)), ["one", "hello"], "text before a torn tail is complete");
    say(&bus, "two");
    assert_eq!(bodies(&all(&bus)), ["one", "hello", "two"]);
    let last = bus.read(&Query::last(2)).expect("reads");
    assert_eq!(bodies(&last), ["hello", "two"]);
}

#[test]
fn a_segment_that_somebody_rotated_gets_no_more_messages() {
    let folder = temp();
    let (writer, other) = (bus(&folder), bus(&folder));
    let mut said = Vec::new();
    for _ in 0..50 {
        // Quick enough for the writer not to look at the name again of its own accord.
        said.extend((0..3).map(|_| say(&writer, "before")));
        assert!(other.rotate().expect("rotates"));
        said.push(say(&writer, "behind"));
        let text = std::fs::read_to_string(file(&folder)).expect("the next segment is there");
        assert!(text.contains(&said[said.len() - 1].to_string()), "it stands in the next segment");
    }
    assert!(all(&writer).iter().filter_map(Message::id).eq(said));
}

#[test]
fn a_file_that_is_removed_replaced_or_moved_by_hand_is_left_at_once() {
    let folder = temp();
    let writer = bus(&folder);
    let away = folder.path().join("away");
    let steps: [&dyn Fn(); 3] = [
        &|| std::fs::remove_file(file(&folder)).expect("removed"),
        &|| std::fs::rename(file(&folder), folder.path().join("old")).expect("renamed"),
        &|| {
            std::fs::write(&away, "by hand\n").expect("written");
            std::fs::rename(&away, file(&folder)).expect("renamed");
        },
    ];
    for (number, step) in steps.iter().enumerate() {
        for _ in 0..3 {
            say(&writer, "before");
        }
        step();
        // Nobody in another process could have done it and be back sooner.
        let done = Timestamp::now();
        while Timestamp::now().duration_since(done) < jiff::SignedDuration::from_micros(100) {}
        let id = say(&writer, "behind");
        let text = std::fs::read_to_string(file(&folder)).expect("the bus is there");
        assert!(text.contains(&id.to_string()), "step {number}: it stands in the file of that name");
    }
}

#[test]
fn two_handles_and_a_clock_that_jumps_keep_ids_sorted() {
    let folder = temp();
    let clock = |text: &str| {
        let at: Timestamp = text.parse().expect("a valid time");
        Clock::from_fn(move || at)
    };
    let late = bus(&folder).with_clock(clock("2030-01-01T00:00:00Z"));
    let early = bus(&folder).with_clock(clock("2020-01-01T00:00:00Z"));
    let mut ids = Vec::new();
    for turn in 0..20 {
        ids.push(say(if turn % 3 == 0 { &late } else { &early }, "tick"));
        if turn == 10 {
            assert!(early.rotate().expect("rotates"));
        }
    }
    assert!(ids.is_sorted_by(|a, b| a < b));
    let read: Vec<_> = all(&late).iter().filter_map(Message::id).collect();
    assert_eq!(read, ids);
    for (index, id) in ids.iter().enumerate() {
        let rest = early.read(&Query::after(Cursor::after(*id))).expect("reads");
        assert_eq!(rest.len(), ids.len() - index - 1);
    }
}

#[test]
fn nothing_is_appended_after_the_largest_id() {
    let folder = temp();
    let mut record = format!("---\nmsg_id: MSG-{}\ntype: X\n---\nforged\n", ulid::Ulid::max()).into_bytes();
    let id = ulid::Ulid::max().to_string();
    trailer::Trailer::write(id.as_bytes().try_into().expect("26 bytes"), 0, &mut record);
    lawless(&file(&folder), &record);
    let error = bus(&folder).append(&NewMessage::new("INFO", "x")).expect_err("refused");
    assert!(matches!(error.kind, BusErrorKind::IdsExhausted), "{error}");
}

#[test]
fn a_forged_trailer_is_text() {
    let folder = temp();
    let bus = bus(&folder);
    let id = say(&bus, "one");
    lawless(&file(&folder), format!("<!-- MSG-{} v1 9 00000000 -->\n", ulid::Ulid::max()).as_bytes());
    let next = say(&bus, "two");
    assert!(next.0.timestamp_ms() <= id.0.timestamp_ms() + 60_000, "the forged id does not count");
    assert_eq!(all(&bus).iter().filter(|message| message.plain).count(), 1);
}

#[test]
fn segments_are_closed_at_their_size() {
    let folder = temp();
    let settings = BusSettings { rotate_at: 2000, durability: Durability::Always };
    let bus = bus(&folder).with_settings(settings);
    let ids: Vec<_> = (0..60).map(|index| say(&bus, &format!("message {index}"))).collect();
    let report = bus.verify().expect("verifies");
    assert!(report.segments > 3, "{report:?}");
    assert_eq!((report.records, report.problems.len()), (60, 0));
    assert_eq!(all(&bus).iter().filter_map(Message::id).collect::<Vec<_>>(), ids);
    let mark = std::fs::read_to_string(folder.path().join(format!(".{STEM}.flushed"))).expect("flushed");
    assert_eq!(mark, format!("{0} {0}\n", ids[59]));
    assert_eq!(bus.prune(Timestamp::UNIX_EPOCH, 3000).map(|removed| removed > 0).ok(), Some(true));
}

#[test]
fn what_an_interval_lets_wait_is_flushed_when_it_is_over() {
    let hour = Duration::from_secs(3600);
    let (folder, settings) = (temp(), |durability| BusSettings { durability, ..BusSettings::default() });
    let mark = || std::fs::File::options().write(true).open(folder.path().join(format!(".{STEM}.flushed")));
    let flushed = || std::fs::read_to_string(folder.path().join(format!(".{STEM}.flushed"))).expect("a mark");
    let bus = bus(&folder).with_settings(settings(Durability::Interval(hour)));
    assert_eq!(bus.flush_when_due().expect("a look"), None, "there is nothing");
    let first = say(&bus, "the first is flushed, since nobody knows of a flush");
    assert_eq!(bus.flush_when_due().expect("a look"), None);
    let second = say(&bus, "this one may wait");
    assert!(bus.flush_when_due().expect("a look").is_some_and(|left| left <= hour));
    assert!(flushed().starts_with(&first.to_string()));
    // An hour ago, and in a future from which the clock was set back.
    for at in [SystemTime::now() - hour, SystemTime::now() + hour] {
        let last = say(&bus, "one more");
        mark().and_then(|mark| mark.set_modified(at)).expect("a time");
        assert_eq!(bus.flush_when_due().expect("a flush"), None);
        assert!(last > second && flushed().starts_with(&last.to_string()));
    }
}

#[test]
fn a_foreign_bus_is_read_as_it_stands_and_not_written() {
    let folder = temp();
    let record = |number: u32, body: &str| {
        format!(
            "---\nmsg_id: MSG-20261121-001957-00000000{number}-PID03149-0001\nts: 2026-11-21T00:19:57.86Z\n\
             type: FACT\nproject_id: webshop\ntask_id: \"\"\nrun_id: \"\"\n---\n{body}\n"
        )
    };
    let archived = folder.path().join(format!("{STEM}.md.20261121-002014.archived"));
    let legacy = "[2026-01-01 12:00:00] INFO: started\n[2026-01-01 12:00:05] FACT: read\n";
    std::fs::write(&archived, format!("{legacy}\n{}\n{}", record(1, "one\n\n---\n"), record(2, "two")))
        .expect("written");
    std::fs::write(file(&folder), record(3, "three")).expect("written");
    let bus = bus(&folder).foreign();
    let messages = all_quiet(&bus);
    assert_eq!(bodies(&messages), ["started", "read", "one\n\n---\n", "two", "three"]);
    assert!(messages.iter().all(|message| !message.plain));
    assert_eq!(messages[4].msg_id.as_deref(), Some("MSG-20261121-001957-000000003-PID03149-0001"));
    for (index, message) in messages.iter().enumerate() {
        let mut reader = bus.reader(message.cursor);
        let rest: Vec<_> = std::iter::from_fn(|| reader.next(true).expect("reads")).collect();
        assert_eq!(rest, messages[index + 1..], "after {}", message.cursor);
    }
    let error = bus.append(&NewMessage::new("INFO", "x")).expect_err("refused");
    assert!(matches!(error.kind, BusErrorKind::Foreign));
    assert!(bus.rotate().is_err() && bus.prune(Timestamp::MAX, 0).is_err());
    assert_eq!(std::fs::read_dir(folder.path()).expect("lists").count(), 2, "no file was added");
    assert_eq!(bus.verify().expect("verifies").records, 5);
}

fn hostile() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("---\n".to_owned()),
        Just("---\nmsg_id: MSG-01JD8Z7W3QK5T9X2M4N6P8R0SA\nts: 2026-11-20T20:13:00.123456Z\ntype: X\n---\nhi\n".to_owned()),
        Just("<!-- MSG-01JD8Z7W3QK5T9X2M4N6P8R0SA v1 305 1c9d0e52 -->\n".to_owned()),
        Just("<!-- torn -->\n".to_owned()),
        Just("<!--\\\\ torn".to_owned()),
        Just("\\".to_owned()),
        Just("\r\n".to_owned()),
        Just("\0".to_owned()),
        Just("\n".to_owned()),
        Just("[2026-01-01 12:00:00] INFO: old\n".to_owned()),
        any::<String>(),
    ];
    prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn bodies_read_back_byte_for_byte(bodies in prop::collection::vec(hostile(), 1..6)) {
        let folder = temp();
        let bus = bus(&folder);
        for body in &bodies {
            // What is quoted from this very bus is the worst that can be in a body.
            let quoted = std::fs::read_to_string(file(&folder)).unwrap_or_default();
            say(&bus, body);
            say(&bus, &format!("{body}{quoted}"));
        }
        let read = all(&bus);
        prop_assert_eq!(read.len(), bodies.len() * 2);
        for (pair, body) in read.chunks(2).zip(&bodies) {
            prop_assert!(!pair[0].plain && pair[0].body == *body);
            prop_assert!(!pair[1].plain && pair[1].body.starts_with(body.as_str()));
        }
        for message in &read {
            let found = bus.get(message.id().expect("a record")).expect("the bus reads");
            prop_assert_eq!(found.as_ref(), Some(message));
        }
    }

    #[test]
    fn a_reader_that_lands_anywhere_finds_its_feet(bodies in prop::collection::vec(hostile(), 1..5)) {
        let folder = temp();
        let bus = bus(&folder);
        let ids: Vec<_> = bodies.iter().map(|body| say(&bus, body)).collect();
        let handle = std::fs::File::open(file(&folder)).expect("the bus opens");
        let size = handle.metadata().expect("it is there").len();
        let mut seen = std::collections::BTreeSet::new();
        for from in 0..size {
            let found = last::next_record(&handle, from, size).expect("the bus reads");
            if let Some(found) = found {
                prop_assert!(ids.contains(&found.id) && found.end > from);
                seen.insert(found.id);
            } else {
                prop_assert!(from > size - trailer::MAX_LEN as u64);
            }
        }
        prop_assert_eq!(seen.into_iter().collect::<Vec<_>>(), ids);
    }
}
