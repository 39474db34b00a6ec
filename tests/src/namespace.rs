//! Tests that need a mount of their own: their body runs in a process within a mount namespace.

use std::path::Path;
use std::process::Command;

use crate::command::Running;
use crate::env::PATIENCE;
use crate::processes::{self, MARKER};

const DISK: &str = "CONDUCTOR_TEST_DISK";

/// Runs the body of the calling test with a disk of so many MiB that nobody else sees. Where the system
/// refuses such a namespace it says so on standard error, and nothing is proven.
///
/// # Panics
/// When the body does, or has not ended in time.
#[track_caller]
pub fn with_disk(mebibytes: u32, body: impl FnOnce(&Path)) {
    if let Some(disk) = std::env::var_os(DISK) {
        return body(Path::new(&disk));
    }
    let test = std::thread::current().name().expect("a test's thread has its name").to_owned();
    let folder = tempfile::tempdir().expect("a folder");
    let Some(how) = ways().into_iter().find(|how| works(how, folder.path())) else {
        eprintln!("not run: {test}: this system refuses mounts in namespaces of one's own");
        return;
    };
    let marker = ulid::Ulid::generate().to_string();
    let exe = std::env::current_exe().expect("the path of the test");
    let mount = format!("mount -t tmpfs -o size={mebibytes}m none \"$1\" && shift && exec \"$@\"");
    let mut command = Command::new("unshare");
    command
        .args(how)
        .args(["sh", "-c", &mount, "sh"])
        .arg(folder.path())
        .arg(exe)
        .args([test.as_str(), "--exact", "--nocapture", "--test-threads=1"])
        .env(DISK, folder.path())
        .env(MARKER, &marker);
    let running = Running::start(&mut command, &test);
    let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| running.wait(PATIENCE * 3)));
    processes::kill_all(&marker);
    let output = ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    assert_eq!(output.code, Some(0), "{output}");
}

/// As root, and as anybody else.
fn ways() -> [&'static [&'static str]; 2] {
    [&["--mount"], &["--user", "--map-root-user", "--mount"]]
}

fn works(how: &[&str], folder: &Path) -> bool {
    let mut command = Command::new("unshare");
    command.args(how).args(["mount", "-t", "tmpfs", "none"]).arg(folder);
    command.output().is_ok_and(|output| output.status.success())
}
