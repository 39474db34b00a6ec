//! The bus as its users see it, in one process.

use std::io::Write;
use std::path::Path;

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
fn all_closed(bus: &Bus) -> Vec<Message> {
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
    assert!(!bus.rotate().expect("nothing to rotate") || !file(&folder).exists());
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
    for kind in ["", "A\nB"] {
        let error = bus.append(&NewMessage::new(kind, "x")).expect_err("refused");
        assert!(matches!(error.kind, BusErrorKind::BadType(_)), "{error}");
    }
    let error = bus.append(&NewMessage::new("INFO", "x".repeat(MAX_BODY + 1))).expect_err("refused");
    assert!(matches!(error.kind, BusErrorKind::TooLarge { .. }), "{error}");
    assert!(!file(&folder).exists());
    say(&bus, &"x".repeat(MAX_BODY));
    assert_eq!(all(&bus)[0].body.len(), MAX_BODY);
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
