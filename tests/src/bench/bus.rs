//! The bus against bare `flock` and `write` of the same bytes.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use conductor_core::bus::{Bus, BusSettings, Durability, Query};
use conductor_core::model::{Cursor, NewMessage};
use conductor_core::store::Dir;

use super::{Row, best_of};

const STEM: &str = "TASK-MESSAGE-BUS";
/// Runs of each side of a ratio, in turns, so that both see the same machine.
const ROUNDS: u32 = 5;

fn bus(folder: &Path, durability: Durability) -> Bus {
    let dir = Dir::open(folder).expect("the folder opens");
    let settings = BusSettings { durability, rotate_at: 4 << 30 };
    let identity = (Some("demo".into()), Some("task-20261120-201300-fix-login".into()));
    Bus::open(&dir, STEM).with_settings(settings).with_identity(identity.0, identity.1)
}

fn message() -> NewMessage {
    NewMessage::new("PROGRESS", "Login works; tests are next.").with_run("01JD8Z7W0000000000000000AB")
}

/// Bytes of one record of [`message`].
fn record(folder: &Path) -> Vec<u8> {
    let bus = bus(folder, Durability::None);
    bus.append(&message()).expect("appended");
    let bytes = std::fs::read(bus.path()).expect("the bus reads");
    std::fs::remove_file(bus.path()).expect("it is removed");
    bytes
}

/// Appends `count` messages: what a child process of a benchmark does.
pub fn write_messages(folder: &Path, count: u32, sync: bool) {
    let bus = bus(folder, if sync { Durability::Always } else { Durability::None });
    for _ in 0..count {
        bus.append(&message()).expect("appended");
    }
}

/// Writes `count` records with bare system calls: the floor.
pub fn write_bare(folder: &Path, count: u32, sync: bool) {
    let bytes = std::fs::read(folder.join("record")).expect("there is a record");
    let mut file = File::options().append(true).create(true).open(folder.join("floor")).expect("it opens");
    for _ in 0..count {
        file.lock().expect("locked");
        file.write_all(&bytes).expect("written");
        if sync {
            file.sync_data().expect("synced");
        }
        file.unlock().expect("unlocked");
    }
}

/// Messages a second of so many processes of this program in the role `role`.
fn rate(folder: &Path, role: &str, processes: u32, count: u32) -> f64 {
    let each = count / processes;
    let begin = Instant::now();
    let children: Vec<_> = (0..processes)
        .map(|_| {
            Command::new(std::env::current_exe().expect("this program"))
                .args([role, &folder.display().to_string(), &each.to_string()])
                .stdin(Stdio::null())
                .spawn()
                .expect("this program starts")
        })
        .collect();
    for mut child in children {
        assert!(child.wait().expect("it ends").success());
    }
    f64::from(each * processes) / begin.elapsed().as_secs_f64()
}

fn best_rates(folder: &Path, roles: [(&str, u32); 2], count: u32) -> [f64; 2] {
    let mut best = [0f64; 2];
    for _ in 0..ROUNDS {
        for (index, (role, processes)) in roles.into_iter().enumerate() {
            for file in [format!("{STEM}.md"), "floor".to_owned()] {
                let _ = std::fs::remove_file(folder.join(file));
            }
            best[index] = best[index].max(rate(folder, role, processes, count));
        }
    }
    best
}

/// All rows of the bus. `scale` is the number of messages of the large bus.
pub fn rows(folder: &Path, scale: u32) -> Vec<Row> {
    std::fs::write(folder.join("record"), record(folder)).expect("the record is written");
    let mut rows = Vec::new();
    let append = |name, roles, count, target| {
        let [ours, floor] = best_rates(folder, roles, count);
        Row::ratio(name, ours, floor, target)
    };
    rows.push(append("append, 1 writer", [("append", 1), ("bare", 1)], 200_000, 0.6));
    rows.push(append("append, 10 processes", [("append", 10), ("bare", 10)], 200_000, 0.45));
    rows.push(append("append with fsync, 1 writer", [("append-sync", 1), ("bare-sync", 1)], 300, 0.9));
    rows.push(append("append with fsync, 10 writers", [("append-sync", 10), ("bare-sync", 1)], 600, 2.5));
    for messages in [scale / 100, scale] {
        rows.extend(reading(folder, messages));
    }
    rows
}

fn reading(folder: &Path, messages: u32) -> Vec<Row> {
    let _ = std::fs::remove_file(folder.join(format!("{STEM}.md")));
    let bus = bus(folder, Durability::None);
    let mut ids = Vec::new();
    let batch = vec![message(); 1000];
    while ids.len() < messages as usize {
        ids.extend(bus.append_batch(&batch).expect("appended"));
    }
    let query = Query { limit: Some(10), ..Query::after(Cursor::after(ids[ids.len() / 3])) };
    let ten = best_of(20, || assert_eq!(bus.read(&query).expect("the bus reads").len(), 10));
    let last = best_of(20, || assert_eq!(bus.read(&Query::last(10)).expect("the bus reads").len(), 10));
    let all = best_of(3, || {
        let read = bus.messages(Cursor::START).expect("the bus opens");
        assert_eq!(read.filter(|message| message.is_ok()).count(), ids.len());
    });
    let millisecond = Duration::from_millis(1);
    let memory = peak_memory(folder, &Cursor::after(ids[ids.len() / 3]).to_string());
    let mut rows = vec![
        Row::time(&format!("ten messages after an id in {messages}"), ten, millisecond),
        Row::memory("  peak memory of the process", memory, 16 << 10),
        Row::time(&format!("last ten messages of {messages}"), last, millisecond),
    ];
    if messages >= 1_000_000 {
        rows.push(Row::time(&format!("read {messages} messages"), all, Duration::from_millis(700)));
    }
    rows
}

/// Reads ten messages and prints this process's peak memory in KiB.
pub fn read_ten(folder: &Path, after: &str) {
    let query = Query { limit: Some(10), ..Query::after(Cursor::parse(after).expect("a cursor")) };
    assert_eq!(bus(folder, Durability::None).read(&query).expect("the bus reads").len(), 10);
    let status = std::fs::read_to_string("/proc/self/status").expect("this process");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("its peak");
    println!("{}", peak.trim().trim_end_matches(" kB"));
}

fn peak_memory(folder: &Path, after: &str) -> u64 {
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args(["read-ten", &folder.display().to_string(), after])
        .output()
        .expect("this program starts");
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("a number of KiB")
}
