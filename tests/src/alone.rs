//! Tests that need a process of their own: what they do (reaping, becoming a subreaper, dying) is
//! done to the whole process.

use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::command::{Output, Running};
use crate::env::PATIENCE;
use crate::processes::{self, MARKER};

const INSIDE: &str = "CONDUCTOR_TEST_ALONE";

/// Runs the body of the calling test in a process of its own, which ignores HUP, INT and USR1 as one
/// that `nohup` or a script's background has started. Fails as it fails.
///
/// # Panics
/// When the body does, or has not ended in time.
#[track_caller]
pub fn alone(body: impl FnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        return body();
    }
    let outside = Outside::new();
    let output = outside.start(&[]).wait(PATIENCE * 2);
    assert_eq!(output.code, Some(0), "{output}");
}

/// Runs the body in a process of its own that is to be killed at this crash point, and what is to
/// hold afterwards outside. Both are given the same folder.
///
/// # Panics
/// When it is not killed there, or processes of it are left.
#[track_caller]
pub fn alone_until(step: &str, body: impl FnOnce(&Path), afterwards: impl FnOnce(&Path)) {
    if std::env::var_os(INSIDE).is_some() {
        return body(&std::env::temp_dir());
    }
    let outside = Outside::new();
    let output: Output = outside.start(&[("CONDUCTOR_CRASH_AT", step)]).wait(PATIENCE * 2);
    assert_eq!(output.signal, Some(9), "{output}");
    crate::wait_for("nothing left of it", || processes::marked(&outside.marker).is_empty().then_some(()));
    afterwards(outside.folder.path());
}

/// A tokio runtime as a supervisor has it.
///
/// # Panics
/// When there can be none.
pub fn run_async<T>(body: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(body)
}

/// The side that waits, and clears up even where the other is killed.
struct Outside {
    folder: TempDir,
    marker: String,
}

impl Outside {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { folder, marker: ulid::Ulid::generate().to_string() }
    }

    fn start(&self, env: &[(&str, &str)]) -> Running {
        let test = std::thread::current().name().expect("a test's thread has its name").to_owned();
        let exe = std::env::current_exe().expect("the path of the test");
        let mut command = Command::new("sh");
        command
            .args(["-c", "trap '' HUP INT USR1; exec \"$0\" \"$@\""])
            .arg(exe)
            .args([test.as_str(), "--exact", "--nocapture", "--test-threads=1"])
            .env(INSIDE, "1")
            .env(MARKER, &self.marker)
            .env("TMPDIR", self.folder.path())
            .envs(env.iter().copied())
            .stdin(Stdio::null());
        Running::start(&mut command, &test)
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        processes::kill_all(&self.marker);
    }
}
