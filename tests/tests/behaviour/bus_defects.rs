//! Defects of the seed systems that the bus must not have, named by their ids.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use conductor_core::bus::{Bus, BusSettings, Durability, Query};
use conductor_core::model::{Cursor, Message, MessageId, NewMessage};
use conductor_core::store::Dir;
use tempfile::TempDir;

const STEM: &str = "TASK-MESSAGE-BUS";
const PATIENCE: Duration = Duration::from_secs(60);

fn bus(folder: &Path) -> Bus {
    Bus::open(&Dir::open(folder).expect("the folder opens"), STEM)
}

fn temp() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn say(bus: &Bus, body: &str) -> MessageId {
    bus.append(&NewMessage::new("INFO", body)).expect("appended")
}

fn all(bus: &Bus) -> Vec<Message> {
    bus.messages(Cursor::START).expect("opens").collect::<Result<_, _>>().expect("reads")
}

#[test]
fn c16_a_body_neither_ends_a_message_nor_forges_one() {
    let folder = temp();
    let bus = bus(folder.path());
    say(&bus, "first");
    let quoted = std::fs::read_to_string(bus.path()).expect("a text file");
    let bodies = ["a\n---\nb\n".to_owned(), quoted.clone(), format!("---\n{quoted}---\n"), "---".to_owned()];
    for body in &bodies {
        say(&bus, body);
    }
    let read = all(&bus);
    assert_eq!(read.len(), 1 + bodies.len());
    assert!(read[1..].iter().map(|message| &message.body).eq(&bodies));
    assert!(read.iter().all(|message| message.kind.is("INFO") && !message.plain));
}

/// Bytes that this thread's process read from files so far.
fn bytes_read() -> u64 {
    let io = std::fs::read_to_string("/proc/thread-self/io").expect("this thread's counters");
    let line = io.lines().find_map(|line| line.strip_prefix("rchar: ")).expect("bytes read");
    line.trim().parse().expect("a number")
}

#[test]
fn c17_the_cost_of_reading_is_that_of_what_is_returned() {
    let folder = temp();
    let bus = bus(folder.path());
    let batch: Vec<_> = (0..1000).map(|_| NewMessage::new("INFO", "x".repeat(200))).collect();
    let ids: Vec<_> = (0..40).flat_map(|_| bus.append_batch(&batch).expect("appended")).collect();
    let size = std::fs::metadata(bus.path()).expect("it is there").len();
    let before = bytes_read();
    let query = Query { limit: Some(10), ..Query::after(Cursor::after(ids[15_000])) };
    let found = bus.read(&query).expect("reads");
    assert!(found.iter().filter_map(Message::id).eq(ids[15_001..15_011].iter().copied()));
    let last = bus.read(&Query::last(10)).expect("reads");
    assert!(last.iter().filter_map(Message::id).eq(ids[39_990..].iter().copied()));
    let cost = bytes_read() - before;
    assert!(cost < size / 10, "{cost} of {size} bytes were read");
}

#[test]
fn c18_flushing_and_rotation_are_settings_and_old_segments_are_read() {
    let folder = temp();
    for durability in [Durability::None, Durability::Always, Durability::Interval(Duration::ZERO)] {
        let bus = bus(folder.path()).with_settings(BusSettings { durability, rotate_at: 4096 });
        for index in 0..50 {
            say(&bus, &format!("{durability:?} {index}"));
        }
    }
    let bus = bus(folder.path());
    assert!(bus.verify().expect("verifies").segments > 3);
    assert_eq!(all(&bus).len(), 150);
    assert_eq!(bus.read(&Query::last(150)).expect("reads"), all(&bus));
    assert!(folder.path().join(format!(".{STEM}.flushed")).exists());
}

const WRITERS: usize = 4;
const EACH: usize = 500;

/// Writers with descriptors of their own, as processes have them, beside a lawless one, with
/// rotation, while a follower reads along.
#[test]
fn c19_ids_are_in_file_order_whoever_writes_and_nothing_is_lost() {
    let folder = temp();
    let path = folder.path();
    let mut followed = Vec::new();
    let mut said: Vec<Vec<MessageId>> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                scope.spawn(move || {
                    let settings = BusSettings { rotate_at: 64 << 10, ..BusSettings::default() };
                    let bus = bus(path).with_settings(settings);
                    (0..EACH).map(|index| say(&bus, &format!("{writer} {index}"))).collect()
                })
            })
            .collect();
        scope.spawn(move || {
            for index in 0..50 {
                let file = path.join(format!("{STEM}.md"));
                let mut echo = std::fs::File::options().append(true).create(true).open(file).expect("opens");
                writeln!(echo, "echo {index}").expect("written");
                std::thread::yield_now();
            }
        });
        let mut follower = bus(path).follow(Cursor::START).expect("follows");
        let deadline = Instant::now() + PATIENCE;
        while followed.len() < WRITERS * EACH && Instant::now() < deadline {
            let news = follower.wait(Duration::from_millis(100)).expect("polls");
            followed.extend(news.iter().filter_map(Message::id));
        }
        writers.into_iter().map(|writer| writer.join().expect("it wrote all")).collect()
    });
    for ids in &said {
        assert!(ids.is_sorted_by(|a, b| a < b), "one writer's ids are in its order");
    }
    let mut expected: Vec<_> = said.drain(..).flatten().collect();
    expected.sort_unstable();
    let read: Vec<_> = all(&bus(path)).iter().filter_map(Message::id).collect();
    assert_eq!(read, expected, "file order is id order");
    assert_eq!(followed, expected, "a follower sees each message once, in order");
    assert_eq!(bus(path).verify().expect("verifies").problems, []);
}
