//! Appending to a bus, against bare `flock` and `write` of the same bytes.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use conductor_core::bus::{Bus, BusSettings, Durability};
use conductor_core::model::NewMessage;
use conductor_core::store::Dir;

use super::{Row, median};

const STEM: &str = "TASK-MESSAGE-BUS";
/// Runs of each side of a ratio.
const ROUNDS: u32 = 7;

/// The bus of a benchmark in this folder.
pub fn bus(folder: &Path, durability: Durability) -> Bus {
    let dir = Dir::open(folder).expect("the folder opens");
    let settings = BusSettings { durability, rotate_at: 4 << 30 };
    let identity = (Some("demo".into()), Some("task-20261120-201300-fix-login".into()));
    Bus::open(&dir, STEM).with_settings(settings).with_identity(identity.0, identity.1)
}

/// A message of usual size.
pub fn message() -> NewMessage {
    NewMessage::new("PROGRESS", "Login works; tests are next.").with_run("01JD8Z7W0000000000000000AB")
}

/// Leaves the bytes of one record of [`message`] in the file `record`, and no bus.
pub fn prepare(folder: &Path) {
    let bus = bus(folder, Durability::None);
    bus.append(&message()).expect("appended");
    std::fs::rename(bus.path(), folder.join("record")).expect("it is renamed");
}

/// Appends `count` messages: what a child process of a benchmark does.
pub fn write_messages(folder: &Path, count: u32, sync: bool) {
    let bus = bus(folder, if sync { Durability::Always } else { Durability::None });
    let message = message();
    for _ in 0..count {
        bus.append(&message).expect("appended");
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
    for file in [format!("{STEM}.md"), "floor".to_owned()] {
        let _ = std::fs::remove_file(folder.join(file));
    }
    let each = count / processes;
    let begin = Instant::now();
    let start = |_| {
        Command::new(std::env::current_exe().expect("this program"))
            .args([role, &folder.display().to_string(), &each.to_string()])
            .stdin(Stdio::null())
            .spawn()
            .expect("this program starts")
    };
    for mut child in (0..processes).map(start).collect::<Vec<_>>() {
        assert!(child.wait().expect("it ends").success());
    }
    f64::from(each * processes) / begin.elapsed().as_secs_f64()
}

/// The round whose ratio is in the middle: what else happens on the machine meets both sides of it.
fn compare(folder: &Path, what: &str, roles: [(&str, u32); 2], count: u32, target: f64) -> Row {
    let rounds = (0..ROUNDS).map(|_| {
        let [ours, floor] = roles.map(|(role, processes)| rate(folder, role, processes, count));
        (ours / floor, ours, floor)
    });
    let (_, ours, floor) = median(rounds);
    Row::ratio(what, ours, floor, target)
}

/// The rows of appending.
pub fn rows(folder: &Path) -> Vec<Row> {
    prepare(folder);
    let compare = |what, roles, count, target| compare(folder, what, roles, count, target);
    vec![
        compare("append, 1 writer", [("append", 1), ("bare", 1)], 200_000, 0.6),
        compare("append, 10 processes", [("append", 10), ("bare", 10)], 200_000, 0.45),
        compare("append with fsync, 1 writer", [("append-sync", 1), ("bare-sync", 1)], 300, 0.9),
        compare("append with fsync, 10 writers", [("append-sync", 10), ("bare-sync", 1)], 600, 2.5),
    ]
}
