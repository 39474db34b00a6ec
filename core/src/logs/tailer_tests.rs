use std::fs;
use std::io::Write;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::logs::watch::Watcher;

/// What a viewer holds after reading all there is: everything since the last fresh start.
fn catch_up(tailer: &mut Tailer, shown: &mut Vec<u8>, max: usize) -> Vec<ChunkEvent> {
    let mut events = Vec::new();
    loop {
        let chunk = tailer.read(max).unwrap();
        if chunk.is_nothing_new() {
            return events;
        }
        if chunk.event != ChunkEvent::Data {
            shown.clear();
            events.push(chunk.event);
        }
        assert_eq!(chunk.offset, shown.len() as u64);
        assert!(chunk.bytes.len() <= max);
        shown.extend(chunk.bytes);
    }
}

fn append(path: &Path, bytes: &[u8]) {
    fs::OpenOptions::new().create(true).append(true).open(path).unwrap().write_all(bytes).unwrap();
}

#[test]
fn a_file_that_comes_later_is_read_from_its_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let mut tailer = Tailer::open(&path, 0);
    assert!(tailer.read(10).unwrap().is_nothing_new());
    append(&path, b"hello");
    let chunk = tailer.read(3).unwrap();
    assert_eq!((chunk.offset, chunk.bytes.as_slice()), (0, b"hel".as_slice()));
    assert_eq!(tailer.read(10).unwrap().bytes, b"lo");
    assert_eq!(tailer.offset(), 5);
}

#[test]
fn a_position_beyond_the_end_is_a_truncation() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    append(&path, b"short");
    let mut tailer = Tailer::open(&path, 100);
    assert_eq!(tailer.read(10).unwrap().event, ChunkEvent::Truncated);
    assert_eq!(tailer.read(10).unwrap().bytes, b"short");
}

#[test]
fn a_file_cut_off_and_grown_past_the_position_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    append(&path, b"old content");
    let (mut tailer, mut shown) = (Tailer::open(&path, 0), Vec::new());
    catch_up(&mut tailer, &mut shown, 4);
    fs::write(&path, b"new content that is longer").unwrap();
    assert_eq!(catch_up(&mut tailer, &mut shown, 4), [ChunkEvent::Truncated]);
    assert_eq!(shown, b"new content that is longer");
}

#[test]
fn what_is_left_of_a_replaced_file_is_read_first() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    append(&path, b"one");
    let mut tailer = Tailer::open(&path, 0);
    assert_eq!(tailer.read(10).unwrap().bytes, b"one");
    append(&path, b"two");
    fs::rename(&path, folder.path().join("log.1")).unwrap();
    append(&path, b"three");
    assert_eq!(tailer.read(10).unwrap().bytes, b"two");
    assert_eq!(tailer.read(10).unwrap().event, ChunkEvent::Replaced);
    assert_eq!(tailer.read(10).unwrap().bytes, b"three");
}

#[test]
fn an_opened_file_is_followed_after_its_removal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    append(&path, b"kept");
    let mut tailer = Tailer::of_file(File::open(&path).unwrap(), &path, 1).unwrap();
    fs::remove_file(&path).unwrap();
    assert_eq!(tailer.read(10).unwrap().bytes, b"ept");
    assert!(tailer.read(10).unwrap().is_nothing_new());
}

#[test]
fn a_huge_file_costs_what_is_read_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let end = 50 << 30;
    let file = File::create(&path).unwrap();
    file.set_len(end).unwrap();
    append(&path, b"the end");
    let mut tailer = Tailer::open(&path, end);
    assert_eq!(tailer.read(usize::MAX).unwrap().bytes, b"the end");
}

#[test]
fn a_writer_is_followed_while_it_writes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let watch = Watcher::global().watch(&path);
    let expected: Vec<u8> = (0..2000_u32).flat_map(|n| format!("line {n}\n").into_bytes()).collect();
    let writer = std::thread::spawn({
        let (path, expected) = (path.clone(), expected.clone());
        move || expected.chunks(37).for_each(|chunk| append(&path, chunk))
    });
    let (mut tailer, mut shown) = (Tailer::open(&path, 0), Vec::new());
    let deadline = Instant::now() + Duration::from_secs(60);
    while shown.len() < expected.len() && Instant::now() < deadline {
        assert_eq!(catch_up(&mut tailer, &mut shown, 100), []);
        watch.wait(Duration::from_secs(1));
    }
    writer.join().unwrap();
    assert!(shown == expected);
}

#[derive(Debug, Clone)]
enum Change {
    Append(usize),
    Truncate(usize),
    Replace(usize),
    Read(usize),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => (1_usize..600).prop_map(Change::Append),
        1 => (0_usize..800).prop_map(Change::Truncate),
        1 => (0_usize..600).prop_map(Change::Replace),
        4 => (1_usize..300).prop_map(Change::Read),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    /// Whatever happens between two looks, a viewer ends up with exactly what a plain read gives.
    #[test]
    fn a_viewer_holds_what_a_plain_read_gives(changes in prop::collection::vec(change(), 1..40)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let (mut tailer, mut shown) = (Tailer::open(&path, 0), Vec::new());
        for (step, change) in changes.iter().enumerate() {
            // Each step writes its own byte: content that was rewritten differs from what it was.
            let bytes = |count: &usize| vec![step as u8; *count];
            match change {
                Change::Append(count) => append(&path, &bytes(count)),
                Change::Truncate(length) => {
                    let file = fs::OpenOptions::new().write(true).create(true).truncate(false).open(&path).unwrap();
                    let length = file.metadata().unwrap().len().min(*length as u64);
                    file.set_len(length).unwrap();
                }
                Change::Replace(count) => {
                    let other = folder.path().join("other");
                    fs::write(&other, bytes(count)).unwrap();
                    fs::rename(&other, &path).unwrap();
                }
                Change::Read(max) => {
                    catch_up(&mut tailer, &mut shown, *max);
                    prop_assert_eq!(&shown, &fs::read(&path).unwrap_or_default());
                }
            }
        }
    }
}
