//! Many processes on one bus at once, with rotation, readers, and somebody who writes without any lock.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use conductor_core::bus::Bus;
use conductor_core::model::{Cursor, Message};
use conductor_core::store::Dir;
use conductor_tests::{Running, is_long};

/// Files are small, so that there are hundreds of rotations.
const ROTATE_AT: &str = "65536";
const LAWLESS: usize = 500;

fn probe(args: &[&str]) -> Running {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fault-probe"));
    Running::start(command.args(args), &format!("fault-probe {args:?}"))
}

#[test]
fn many_processes_append_and_nothing_is_lost_doubled_or_out_of_order() {
    let (writers, each, limit) = if is_long() { (16, 10_000, 1800) } else { (4, 1_000, 120) };
    let limit = Duration::from_secs(limit);
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().to_str().expect("a path of plain text");
    let (total, each_text) = ((writers * each).to_string(), each.to_string());
    let follower = probe(&["follow", dir, &total]);
    let reader = probe(&["read", dir, &total]);
    let lawless = probe(&["echo", dir, "echo", &LAWLESS.to_string()]);
    let start = |number: usize| probe(&["append", dir, &format!("w{number}"), &each_text, ROTATE_AT]);
    let running: Vec<Running> = (0..writers).map(start).collect();
    for writer in running {
        writer.wait(limit).ok();
    }
    lawless.wait(limit).ok();
    reader.wait(limit).ok();
    let followed = follower.wait(limit).ok().stdout;
    let expected: Vec<String> =
        (0..writers).flat_map(|writer| (0..each).map(move |number| format!("w{writer}-{number}"))).collect();
    assert_once("followed", followed.lines(), &expected);
    let segments = std::fs::read_dir(folder.path()).expect("the folder").count();
    assert!(segments > 3, "rotated: {segments} files");
    whole(folder.path(), &expected);
}

/// Reads everything once more: each message once, in the order of ids, and each lawless line once.
fn whole(folder: &Path, expected: &[String]) {
    let bus = Bus::open(&Dir::open(folder).expect("the folder"), "TASK-MESSAGE-BUS");
    let read: Vec<Message> =
        bus.messages(Cursor::START).expect("the bus").collect::<Result<_, _>>().expect("the messages");
    let (plain, records): (Vec<_>, Vec<_>) = read.into_iter().partition(|message| message.plain);
    assert!(records.is_sorted_by(|a, b| a.id() < b.id()), "ids grow along the file");
    assert_once("read", records.iter().map(|message| message.body.as_str()), expected);
    let lines: Vec<String> = (0..LAWLESS).map(|number| format!("echo-{number}")).collect();
    assert_once("plain", plain.iter().flat_map(|message| message.body.lines()), &lines);
    assert_eq!(bus.verify().expect("a report").problems, []);
}

fn assert_once<'a>(what: &str, found: impl Iterator<Item = &'a str>, expected: &[String]) {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for text in found {
        *counts.entry(text).or_default() += 1;
    }
    let missing: Vec<_> =
        expected.iter().filter(|text| !counts.contains_key(text.as_str())).take(5).collect();
    let doubled: Vec<_> = counts.iter().filter(|(_, count)| **count != 1).take(5).collect();
    assert!(missing.is_empty() && doubled.is_empty(), "{what}: missing {missing:?}, not once {doubled:?}");
    assert_eq!(counts.len(), expected.len(), "{what}: what nobody wrote");
}
