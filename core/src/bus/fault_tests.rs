//! Failing system calls: no acknowledged message is lost or doubled.

use tempfile::TempDir;

use super::*;
use crate::faults::{self, Call, Failure};
use crate::model::{Cursor, Message, NewMessage};
use crate::store::Dir;

const STEM: &str = "TASK-MESSAGE-BUS";

fn bus(folder: &TempDir) -> Bus {
    let settings = BusSettings { rotate_at: 900, durability: Durability::Always };
    Bus::open(&Dir::open(folder.path()).expect("the folder opens"), STEM).with_settings(settings)
}

/// As [`appends`], reading back only where it is needed, and always.
fn appends_with(call: Call, nth: u32, failure: Failure) {
    appends(|bus| bus, call, nth, failure);
    appends(Bus::reading_back, call, nth, failure);
}

/// Appends with one failure planned, and more without; what was acknowledged is there once, and
/// what was not at most once.
fn appends(writer: fn(Bus) -> Bus, call: Call, nth: u32, failure: Failure) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let writer = writer(bus(&folder));
    let mut acknowledged = Vec::new();
    faults::plan(call, nth, failure);
    for index in 0..12 {
        // A body of its own, so that a doubled message shows although its ids differ.
        let message = NewMessage::new("INFO", format!("message {index}"));
        if writer.append(&message).is_ok() {
            acknowledged.push(message.body);
        }
    }
    faults::clear();
    let case = format!("{call:?} {nth} {failure:?}");
    for index in 0..3 {
        let body = format!("after {index}");
        bus(&folder).append(&NewMessage::new("INFO", &body)).expect(&case);
        acknowledged.push(body);
    }
    let read: Vec<Message> =
        bus(&folder).messages(Cursor::START).expect("opens").collect::<Result<_>>().expect("reads");
    let mut bodies: Vec<_> = read.iter().map(|message| message.body.clone()).collect();
    assert!(read.iter().all(|message| !message.plain), "{case}: {bodies:?}");
    assert!(read.is_sorted_by(|a, b| a.id() < b.id()), "{case}");
    bodies.retain(|body| acknowledged.contains(body));
    assert_eq!(bodies, acknowledged, "{case}");
    let mut all: Vec<_> = read.iter().map(|message| &message.body).collect();
    all.sort_unstable();
    assert!(all.windows(2).all(|pair| pair[0] != pair[1]), "{case}: doubled");
    assert_eq!(bus(&folder).verify().expect("verifies").problems, [], "{case}");
}

const EIO: i32 = 5;
const EINTR: i32 = 4;
const ENOSPC: i32 = 28;

#[test]
fn every_call_may_fail_at_every_turn() {
    for call in [Call::Write, Call::Sync, Call::Rename, Call::Lock, Call::Open, Call::Read] {
        for errno in [EIO, ENOSPC, EINTR] {
            for nth in 1..=16 {
                appends_with(call, nth, Failure::Errno(errno));
            }
        }
    }
}

#[test]
fn writes_may_stop_short_anywhere() {
    for nth in 1..=4 {
        for bytes in (0..60).chain((60..260).step_by(7)) {
            appends_with(Call::Write, nth, Failure::Short(bytes));
        }
    }
}

#[test]
fn a_short_write_of_a_full_disk_is_told_and_mended() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let bus = bus(&folder);
    bus.append(&NewMessage::new("INFO", "before")).expect("appended");
    faults::plan(Call::Write, 1, Failure::Short(50));
    // Counted from the one before.
    faults::plan(Call::Write, 1, Failure::Errno(ENOSPC));
    let error = bus.append(&NewMessage::new("INFO", "lost")).expect_err("the disk is full");
    assert_eq!(error.os_error(), Some(ENOSPC));
    assert!(faults::clear());
    bus.append(&NewMessage::new("INFO", "after")).expect("appended");
    let report = bus.verify().expect("verifies");
    assert_eq!((report.records, report.torn, report.plain), (2, 1, 0));
}

#[test]
fn a_batch_that_stops_short_goes_on_with_what_is_missing() {
    for bytes in (0..20).chain(130..175).chain((175..700).step_by(9)) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let bus = bus(&folder);
        let batch: Vec<_> = (0..5).map(|index| NewMessage::new("INFO", format!("message {index}"))).collect();
        faults::plan(Call::Write, 1, Failure::Short(bytes));
        let ids = bus.append_batch(&batch).expect("appended");
        faults::clear();
        let read: Vec<Message> =
            bus.messages(Cursor::START).expect("opens").collect::<Result<_>>().expect("reads");
        assert_eq!(read.iter().filter_map(Message::id).collect::<Vec<_>>(), ids, "cut at {bytes}");
        assert!(read.iter().all(|message| !message.plain), "cut at {bytes}");
    }
}
