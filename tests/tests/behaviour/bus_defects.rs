//! Defects of the seed systems that the bus must not have, named by their ids.

use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
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

/// What a lawless writer may append: lines, open lines, what looks like a record that broke off, and
/// more than a page.
fn lawless_pieces() -> Vec<Vec<u8>> {
    let torn = format!("---\nmsg_id: MSG-{}\nts: 2026", "01JD8Z7W3QK5T9X2M4N6P8R0SA");
    let pieces = ["a line\n", "an open line", "---\n", &torn, "<!-- torn", " -->", "\n"];
    let long = "x".repeat(5_000) + "\n";
    pieces.iter().map(|piece| piece.as_bytes().to_vec()).chain([long.into_bytes()]).collect()
}

/// Appends pieces without any lock as long as messages are `wanted`: as quickly as it can, but so many
/// pieces a message at most.
fn write_lawlessly(path: &Path, said: &AtomicUsize, wanted: usize) {
    const EACH: usize = 50;
    let mut file = std::fs::File::options().append(true).create(true).open(path).expect("opens");
    let pieces = lawless_pieces();
    let mut written = 0;
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        let said = said.load(Ordering::Relaxed);
        if said == wanted {
            return;
        }
        if written > said * EACH + EACH {
            std::thread::yield_now();
            continue;
        }
        file.write_all(&pieces[written % pieces.len()]).expect("written");
        written += 1;
    }
}

/// Records of a byte up to many pages beside writers without a lock that never rest: each message
/// that was acknowledged stands in the file once and whole, wherever its write ended.
#[test]
fn no_writer_without_a_lock_tears_a_record() {
    const EACH: usize = 60;
    const BODIES: [usize; 6] = [1, 300, 4_096, 9_000, 70_000, 300_000];
    let folder = temp();
    let path = folder.path();
    let count = AtomicUsize::new(0);
    let mut said: Vec<(MessageId, usize)> = std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| write_lawlessly(&path.join(format!("{STEM}.md")), &count, 2 * EACH));
        }
        let writers = [0, 3].map(|skip| {
            let count = &count;
            scope.spawn(move || {
                let bus = bus(path);
                let say = |size| {
                    let id = say(&bus, &"y".repeat(size));
                    count.fetch_add(1, Ordering::Relaxed);
                    (id, size)
                };
                BODIES.into_iter().cycle().skip(skip).take(EACH).map(say).collect::<Vec<_>>()
            })
        });
        writers.into_iter().flat_map(|writer| writer.join().expect("it wrote all")).collect()
    });
    said.sort_unstable();
    let records = all(&bus(path)).into_iter().filter(|message| !message.plain);
    let read: Vec<_> = records.map(|message| (message.id().expect("an id"), message.body.len())).collect();
    assert_eq!(read, said);
}
