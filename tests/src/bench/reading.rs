//! Reading a large bus: a few messages, and all of them.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use conductor_core::bus::{Durability, Query};
use conductor_core::model::{Cursor, MessageId};

use super::bus::{bus, message};
use super::{Row, in_turns, median, timed};

const MILLISECOND: Duration = Duration::from_millis(1);
const LIMIT_KIB: u64 = 16 << 10;
const SMALL: u32 = 10_000;
const LARGE: u32 = 1_000_000;

/// The rows of reading.
pub fn rows(folder: &Path) -> Vec<Row> {
    let mut ids = Vec::new();
    let mut rows = Vec::new();
    for (count, name) in [(SMALL, "10,000"), (LARGE, "1,000,000")] {
        grow(folder, count, &mut ids);
        rows.extend(few(folder, &ids, name));
    }
    rows.push(all(folder, ids.len()));
    rows
}

fn grow(folder: &Path, count: u32, ids: &mut Vec<MessageId>) {
    let bus = bus(folder, Durability::None);
    let batch = vec![message(); 1000];
    while ids.len() < count as usize {
        ids.extend(bus.append_batch(&batch).expect("appended"));
    }
}

/// Ten messages in the midst and at the end, each by a process that does only that.
fn few(folder: &Path, ids: &[MessageId], name: &str) -> Vec<Row> {
    let after = Cursor::after(ids[ids.len() / 3]).to_string();
    let [floor, ours, memory] = measured(folder, "read-ten", &after);
    let [_, last, _] = measured(folder, "read-last", "10");
    let bare = measured(folder, "read-bare", "10")[2];
    let time = |nanoseconds: u64| Duration::from_nanos(nanoseconds);
    vec![
        Row::time(&format!("ten messages after an id in {name}"), time(floor), time(ours), MILLISECOND),
        Row::memory("– peak memory of a process that does that", bare, memory, LIMIT_KIB),
        Row::time(&format!("last ten messages of {name}"), time(floor), time(last), MILLISECOND),
    ]
}

/// What processes of this program in a role say: medians of floor, time and peak memory.
fn measured(folder: &Path, role: &str, argument: &str) -> [u64; 3] {
    let said: Vec<Vec<u64>> = (0..9).map(|_| ask(folder, role, argument)).collect();
    std::array::from_fn(|index| median(said.iter().map(|words| words[index])))
}

fn ask(folder: &Path, role: &str, argument: &str) -> Vec<u64> {
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args([role, &folder.display().to_string(), argument])
        .output()
        .expect("this program starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.split_whitespace().map(|word| word.parse().expect("a number")).collect()
}

/// Opens the bus, reads ten messages after a cursor, and prints floor, time and peak memory.
pub fn read_ten(folder: &Path, after: &str) {
    let query = Query { limit: Some(10), ..Query::after(Cursor::parse(after).expect("a cursor")) };
    report(folder, || assert_eq!(read(folder, &query), 10));
}

/// Opens the bus, reads the last ten messages, and prints floor, time and peak memory.
pub fn read_last(folder: &Path) {
    report(folder, || assert_eq!(read(folder, &Query::last(10)), 10));
}

/// Only the floor, and what a process needs without us.
pub fn read_bare(folder: &Path) {
    report(folder, || ());
}

fn read(folder: &Path, query: &Query) -> usize {
    bus(folder, Durability::None).read(query).expect("the bus reads").len()
}

/// Floor: to open the file and read as many bytes as ten records have. Each at its first call.
fn report(folder: &Path, work: impl Fn()) {
    let path = bus(folder, Durability::None).path();
    let bytes = std::fs::metadata(folder.join("record")).expect("a record").len() * 10;
    let ours = timed(work);
    let floor = timed(|| {
        let file = File::open(&path).expect("the bus opens");
        let size = file.metadata().expect("its size").len();
        let mut buffer = vec![0; usize::try_from(bytes).expect("a few bytes")];
        file.read_exact_at(&mut buffer, size / 3).expect("it reads");
    });
    println!("{} {} {}", floor.as_nanos(), ours.as_nanos(), peak_memory());
}

/// KiB that this process had at most.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("this process");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("its peak");
    peak.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// Floor: to read the file.
fn all(folder: &Path, count: usize) -> Row {
    let bus = bus(folder, Durability::None);
    let mut buffer = vec![0; 1 << 20];
    let floor = || {
        let mut file = File::open(bus.path()).expect("the bus opens");
        while file.read(&mut buffer).expect("it reads") > 0 {}
    };
    let ours = || {
        let read = bus.messages(Cursor::START).expect("the bus opens");
        assert_eq!(read.filter(|message| message.is_ok()).count(), count);
    };
    let (floor, ours) = in_turns(5, floor, ours);
    Row::time("read 1,000,000 messages", floor, ours, Duration::from_millis(700))
}
