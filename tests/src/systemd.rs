//! A systemd of a test's own user, for tests of what it does to services.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::namespace::within;
use crate::{Output, PATIENCE, Running, TestEnv, wait_for};

const INSIDE: &str = "CONDUCTOR_TEST_SYSTEMD";
const PROGRAM: &str = "/lib/systemd/systemd";

/// Runs the body of the calling test where a systemd of a user can be started: in a control group of its own, lest
/// it take others' processes for its own, and where systemd seems to have started the machine.
///
/// # Panics
/// When the body does, or has not ended in time; as [`refused`](crate::namespace::refused) where that cannot be.
#[track_caller]
pub fn with_systemd(body: impl FnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        return body();
    }
    let groups = Groups::new();
    let prepare = format!(
        "set -e; test -x {PROGRAM}; for all in {all}; do test ! -e $all/cgroup.procs || \
         {{ mkdir -p $all/{name}; echo $$ >$all/{name}/cgroup.procs; }}; done; \
         ! grep -qE '^(0:|[0-9]+:name=systemd):/$' /proc/self/cgroup; \
         mount -t tmpfs none /run/systemd; mkdir /run/systemd/system",
        all = HIERARCHIES.join(" "),
        name = groups.0,
    );
    within("--mount", &format!("({prepare}) && {prepare}"), (INSIDE, "1"));
}

/// Where control groups may be: the usual place, and those of systems with both versions.
const HIERARCHIES: [&str; 3] = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd"];

/// The control groups of one test. Dropped, they are removed.
struct Groups(String);

impl Groups {
    fn new() -> Self {
        Self(format!("conductor-test-{}", std::process::id()))
    }
}

impl Drop for Groups {
    fn drop(&mut self) {
        for all in HIERARCHIES {
            remove(&Path::new(all).join(&self.0));
        }
    }
}

/// Removes a group and those below it; one that is not there, or still has a process, stays as it is.
fn remove(group: &Path) {
    let below = fs::read_dir(group).into_iter().flatten().flatten();
    below.filter(|entry| entry.path().is_dir()).for_each(|entry| remove(&entry.path()));
    let _ = fs::remove_dir(group);
}

/// A systemd of the user of a world. Dropped, it is killed.
#[derive(Debug)]
pub struct UserSystemd {
    runtime: PathBuf,
    _running: Running,
}

impl UserSystemd {
    /// Starts it.
    ///
    /// # Panics
    /// When it does not listen in time.
    pub fn start(env: &TestEnv) -> Self {
        let runtime = env.path().join("run");
        fs::create_dir(&runtime).expect("a folder");
        fs::set_permissions(&runtime, fs::Permissions::from_mode(0o700)).expect("a mode");
        let mut command = env.command(PROGRAM, &["--user"]);
        let running = Running::start(command.env("XDG_RUNTIME_DIR", &runtime), "systemd --user");
        let socket = runtime.join("systemd/private");
        wait_for("systemd", || UnixStream::connect(&socket).ok());
        Self { runtime, _running: running }
    }

    /// Lets a command find it.
    pub fn tell(&self, command: &mut Command) {
        command.env("XDG_RUNTIME_DIR", &self.runtime);
    }

    /// Runs `systemctl --user`.
    ///
    /// # Panics
    /// When it has not ended in time.
    pub fn control(&self, env: &TestEnv, words: &[&str]) -> Output {
        let mut command = env.command("systemctl", &[&["--user"], words].concat());
        self.tell(&mut command);
        Running::start(&mut command, "systemctl").wait(PATIENCE)
    }
}
