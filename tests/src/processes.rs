//! The processes of a test's world, found by what marks them and by nothing else.

use std::fs;
use std::time::{Duration, Instant};

use conductor_core::supervisor::process::{ProcessId, procfs};
use rustix::process::Signal;

/// Environment variable that marks every process of a test's world.
pub const MARKER: &str = "CONDUCTOR_TEST_ENV";

/// The living processes whose environment or command line holds the marker, with command lines.
pub fn marked(marker: &str) -> Vec<(i32, String)> {
    let own = std::process::id().cast_signed();
    let pids = procfs::pids().expect("a readable /proc");
    pids.into_iter()
        .filter(|pid| *pid != own && ProcessId::of(*pid).is_some())
        .filter_map(|pid| {
            let command = text(pid, "cmdline").replace('\0', " ");
            let ours = command.contains(marker) || has_variable(pid, marker);
            ours.then_some((pid, command))
        })
        .collect()
}

/// Kills them until none is left; what does not die is only named, since this runs while a test ends.
pub fn kill_all(marker: &str) {
    let deadline = Instant::now() + Duration::from_secs(20);
    let mut empty_looks = 0;
    while empty_looks < 2 {
        let found = marked(marker);
        empty_looks = if found.is_empty() { empty_looks + 1 } else { 0 };
        for (pid, _) in &found {
            if let Some(id) = ProcessId::of(*pid) {
                // Gone meanwhile is as good.
                let _ = id.signal(Signal::KILL);
            }
        }
        if Instant::now() > deadline {
            eprintln!("processes of the test survive: {found:?}");
            return;
        }
        if !found.is_empty() {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn has_variable(pid: i32, marker: &str) -> bool {
    text(pid, "environ")
        .split('\0')
        .filter_map(|entry| entry.split_once('='))
        .any(|(name, value)| name == MARKER && value == marker)
}

fn text(pid: i32, file: &str) -> String {
    let bytes = fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}
