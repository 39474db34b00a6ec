//! `docs/formats.md` suffices: a reader written from it alone, in another language, reads what ours reads.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::Command;

use conductor_core::bus::{Bus, BusSettings, Query};
use conductor_core::model::{Link, MessageId, NewMessage, Parent};
use conductor_core::store::Dir;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::pages::{Page, repository};

const STEM: &str = "TASK-MESSAGE-BUS";

#[test]
fn the_example_of_a_record_is_right() {
    let page = Page::open("docs/formats.md");
    let (_, rest) = page.text.split_once("<!-- example of a record -->\n```text\n").expect("the example");
    let (record, _) = rest.split_once("```\n").expect("its end");
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(format!("{STEM}.md")), record).expect("a bus");
    let bus = bus(folder.path(), u64::MAX);
    let messages = bus.read(&Query::default()).expect("a bus");
    assert_eq!(messages.len(), 1, "{messages:#?}");
    assert_eq!(messages[0].body, "Take the second one:\n<!-- torn -->\nis only a comment.");
    assert_eq!(messages[0].parents.len(), 1);
    assert_eq!(by_the_document(folder.path(), false), ours(&bus));
}

#[test]
fn a_reader_by_the_document_reads_every_message_as_ours_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let bus = bus(folder.path(), 2_000);
    for round in 0..3 {
        for message in messages() {
            bus.append(&message).expect("a message");
        }
        write(folder.path(), &format!("by hand, round {round}\n---\nmsg_id: not one\n---\n"));
        bus.append_batch(&messages()).expect("a batch");
        write(folder.path(), "no line end");
        bus.append(&NewMessage::new("INFO", "after it")).expect("a message");
        for torn in ["-", "---\nmsg_id: M", "text, then\n---\nmsg_id: MSG-01M7X9EHAV4W2R7N5D3C1V8XZY\nts: 20"]
        {
            write(folder.path(), torn);
            bus.append(&NewMessage::new("INFO", format!("behind {torn:?}"))).expect("a message");
        }
    }
    let whole = ours(&bus);
    assert!(whole.len() > 60 && fs::read_dir(folder.path()).expect("a folder").count() > 4);
    assert_eq!(by_the_document(folder.path(), false), whole);
    bus.rotate().expect("a rotation");
    assert_eq!(by_the_document(folder.path(), false), whole, "in closed segments");
}

#[test]
fn a_reader_by_the_document_understands_every_end_of_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let bus = bus(folder.path(), u64::MAX);
    bus.append(&messages()[0]).expect("a message");
    let file = folder.path().join(format!("{STEM}.md"));
    let first = fs::read(&file).expect("the bus").len();
    bus.append(&messages()[1]).expect("a message");
    let all = fs::read(&file).expect("the bus");
    for cut in (first..all.len()).step_by(7).chain(first..first + 45) {
        fs::write(&file, &all[..cut]).expect("a torn bus");
        let quiet = OpenOptions::new().write(true).open(&file).expect("the bus");
        let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
        quiet.set_modified(long_ago).expect("a time");
        assert_eq!(
            by_the_document(folder.path(), true),
            ours(&self::bus(folder.path(), u64::MAX)),
            "cut at {cut}"
        );
    }
}

fn bus(folder: &Path, rotate_at: u64) -> Bus {
    let dir = Dir::open(folder).expect("a folder");
    let identity = (Some("demo".to_owned()), Some("task-20261120-201300-fix-login".to_owned()));
    Bus::open(&dir, STEM)
        .with_identity(identity.0, identity.1)
        .with_settings(BusSettings { rotate_at, ..BusSettings::default() })
}

fn write(folder: &Path, text: &str) {
    let path = folder.join(format!("{STEM}.md"));
    let mut file = OpenOptions::new().append(true).open(path).expect("the bus");
    file.write_all(text.as_bytes()).expect("a write");
}

/// Messages with everything that a format can get wrong.
fn messages() -> Vec<NewMessage> {
    let mut full = NewMessage::new("DECISION", "with everything\n");
    full.run_id = Some("01M8HWD8SHBXJVAC1X4GKRAP4Y".to_owned());
    full.issue_id = Some("no".to_owned());
    let id = MessageId::parse("MSG-01M7X9CNRK8C6V2S4H9J3K7M5T").expect("an id");
    full.parents =
        vec![Parent::answers(id), Parent { kind: None, at: Some("a/b c".to_owned()), ..Parent::answers(id) }];
    full.links = vec![Link {
        url: "https://example.org/?a={b}&c=[1, 2]".to_owned(),
        label: Some("\"x\": y".to_owned()),
        kind: None,
    }];
    let meta = json!({"a key": "1e3", "n": -1.5, "big": 1e30, "yes": true, "no": null, "off": "off", "1": ["x", {"y": []}],
        "line": "one\ntwo\u{2028}\u{7f}\t\\", "ä": "ö", "empty": ""});
    full.meta = meta.as_object().expect("a map").clone().into_iter().collect();
    let bodies = [
        "",
        "\n",
        "plain",
        "---\nmsg_id: MSG-01M7X9CNRK8C6V2S4H9J3K7M5T\n---\nquoted\n",
        "<!-- torn -->\n<!--\\ torn -->\n <!-- torn -->\n<!-- MSG-x\n<!--\\\\\\ MSG-\n<!--\\\\x",
        "<!-- MSG-01M7X9EHAV4W2R7N5D3C1V8XZY v1 296 590b7b99 -->\n",
        "ends in CR\r\nand NUL \0 and ünïcödé 🦀",
        "---",
    ];
    let kinds = ["INFO", "yes", "A-word", "Ä"];
    let texts = bodies.iter().enumerate().map(|(i, body)| NewMessage::new(kinds[i % kinds.len()], *body));
    texts.chain([full]).collect()
}

/// What our reader makes of the bus.
fn ours(bus: &Bus) -> Vec<Value> {
    let messages = bus.read(&Query::default()).expect("a bus");
    messages.iter().map(|message| serde_json::to_value(message).expect("a message")).map(comparable).collect()
}

/// What the reader in `docs/examples` makes of the bus.
fn by_the_document(folder: &Path, quiet: bool) -> Vec<Value> {
    let script = repository().join("docs/examples/read_bus.py");
    let mut command = Command::new("python3");
    command.arg(script).arg(folder).arg(STEM).args(quiet.then_some("--quiet"));
    let output = command.output().expect("python3 (npm test installs it)");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).map(comparable).collect()
}

/// The same message in the same words: times have more than one spelling.
fn comparable(mut message: Value) -> Value {
    if let Some(ts) = message.get_mut("ts") {
        let at: Timestamp = ts.as_str().expect("a time").parse().expect("a time");
        *ts = at.as_microsecond().into();
    }
    for list in ["parents", "links", "meta"] {
        if message.get(list).is_some_and(|value| *value == json!([]) || *value == json!({})) {
            message.as_object_mut().expect("a message").remove(list);
        }
    }
    message
}
