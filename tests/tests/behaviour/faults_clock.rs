//! A clock that jumps, backwards and forwards, under everything that is dated by it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use conductor_core::bus::{Bus, BusSettings, Query};
use conductor_core::clock::Clock;
use conductor_core::model::{Cursor, Message, NewMessage, TaskStatus};
use conductor_core::store::{Dir, Intent, Marker};
use conductor_tests::scene::Scene;
use conductor_tests::{Tasks, wait_for};
use jiff::{Timestamp, ToSpan};

/// Where the clock stands before each message: years apart, before 1970, and at the end of time.
const JUMPS: [&str; 9] = [
    "2026-11-20T20:13:00Z",
    "2026-11-20T20:12:59Z",
    "1999-01-01T00:00:00Z",
    "2031-05-01T12:00:00Z",
    "2026-11-20T20:13:01Z",
    "1969-12-31T23:59:59Z",
    "9999-12-30T22:00:00Z",
    "2026-11-20T20:13:02Z",
    "1970-01-01T00:00:00Z",
];

fn jumping() -> (Clock, impl Fn(&str)) {
    let time = Arc::new(AtomicI64::new(0));
    let tell = Arc::clone(&time);
    let clock = Clock::from_fn(move || {
        Timestamp::from_second(tell.load(Ordering::SeqCst)).expect("a second of ours")
    });
    let set = move |text: &str| {
        let at: Timestamp = text.parse().expect("a time");
        time.store(at.as_second(), Ordering::SeqCst);
    };
    (clock, set)
}

#[test]
fn ids_grow_and_followers_miss_nothing_across_jumps_and_rotation() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = Dir::open(folder.path()).expect("the folder");
    let (clock, set) = jumping();
    let open = || {
        let settings = BusSettings { rotate_at: 500, ..BusSettings::default() };
        Bus::open(&dir, "TASK-MESSAGE-BUS").with_settings(settings).with_clock(clock.clone())
    };
    let mut follower = open().follow(Cursor::START).expect("a follower");
    let (mut followed, mut said, mut cursors) = (Vec::new(), Vec::new(), vec![Cursor::START]);
    for round in 0..4 {
        for jump in JUMPS {
            set(jump);
            let body = format!("{round} {jump}");
            // A handle of its own knows nothing of the last id but what the file says.
            let id = open().append(&NewMessage::new("INFO", &body)).expect("appended");
            cursors.push(Cursor::after(id));
            said.push(body);
            followed.extend(follower.poll().expect("followed").into_iter().map(|message| message.body));
        }
    }
    let read: Vec<Message> = open().read(&Query::default()).expect("read");
    assert!(read.is_sorted_by(|a, b| a.id() < b.id()));
    assert_eq!(read.iter().map(|message| &message.body).collect::<Vec<_>>(), said.iter().collect::<Vec<_>>());
    assert_eq!(followed, said);
    for (index, cursor) in cursors.iter().enumerate() {
        let rest = open().read(&Query::after(*cursor)).expect("read");
        assert_eq!(rest.len(), said.len() - index, "after {cursor}");
    }
    assert_eq!(open().verify().expect("a report").problems, []);
}

#[test]
fn a_marker_of_any_time_is_read() {
    let scene = Scene::new();
    let task = scene.task("a");
    for jump in JUMPS {
        let at: Timestamp = jump.parse().expect("a time");
        task.clear_marker(Marker::Stop).expect("cleared");
        task.set_marker(Marker::Stop, &Intent::new(None, at, None)).expect("set");
        assert_eq!(task.marker(Marker::Stop).expect("read").expect("there").at, at);
    }
}

/// The clock went back by a year while the task backed off for a second.
#[test]
fn back_off_does_not_last_until_the_clock_has_caught_up() {
    let tasks = Tasks::new("");
    let task = tasks.make(&tasks.wanted("@@1\n@exit 1\n@@*\n@say more\n@done"));
    tasks.start(&task);
    wait_for("a failed run", || {
        let state = task.state().expect("a state")?;
        (state.failures == 1).then_some(())
    });
    tasks.kill_supervisor(&task);
    let mut state = task.state().expect("a state").expect("written");
    state.wake_at = Some(Timestamp::now() + (24 * 365).hours());
    task.write_state(&state).expect("written");
    tasks.env.run(&["recover"]).ok();
    tasks.wait_status(&task, TaskStatus::Completed);
}
