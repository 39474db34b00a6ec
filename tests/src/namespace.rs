//! Tests that need a mount or a network of their own: their body runs in a process within a namespace.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command};

use nix::sched::{CloneFlags, setns};

use crate::command::Running;
use crate::env::{PATIENCE, wait_for};
use crate::processes::{self, MARKER};

const DISK: &str = "CONDUCTOR_TEST_DISK";
const BATTERY: &str = "CONDUCTOR_TEST_BATTERY";
/// Where the kernel tells of batteries.
const SUPPLIES: &str = "/sys/class/power_supply";
const NETWORK: &str = "CONDUCTOR_TEST_NETWORK";

/// Says that a test whose proof needs what the system refuses may be left out.
const SKIP: &str = "CONDUCTOR_SKIP_NAMESPACES";

/// What a test does that the system refuses what it needs: it fails, unless `CONDUCTOR_SKIP_NAMESPACES=1` says that it
/// may prove nothing; then it says so on standard error.
///
/// # Panics
/// Unless it may.
#[track_caller]
pub fn refused(what: &str) {
    let words = format!("this system refuses {what} to unshare");
    assert!(
        std::env::var_os(SKIP).is_some_and(|skip| skip == "1"),
        "{words}: run it as root or where user namespaces are allowed, or set {SKIP}=1 to prove nothing"
    );
    eprintln!("not run: {words}");
}

/// Runs the body of the calling test with a disk of so many MiB that nobody else sees.
///
/// # Panics
/// When the body does, or has not ended in time; as [`refused`] where the system refuses such a namespace.
#[track_caller]
pub fn with_disk(mebibytes: u32, body: impl FnOnce(&Path)) {
    if let Some(disk) = std::env::var_os(DISK) {
        return body(Path::new(&disk));
    }
    let folder = tempfile::tempdir().expect("a folder");
    let disk = folder.path().to_str().expect("a plain path");
    let mount = format!("mount -t tmpfs -o size={mebibytes}m none '{disk}'");
    within("--mount", &mount, (DISK, disk));
}

/// Runs the body of the calling test on a machine that runs on a battery with this charge, in percent.
///
/// # Panics
/// As [`with_disk`].
#[track_caller]
pub fn with_battery(charge: u8, body: impl FnOnce()) {
    if std::env::var_os(BATTERY).is_some() {
        return body();
    }
    let prepare = format!(
        "mount -t tmpfs none {SUPPLIES} && cd {SUPPLIES} && mkdir BAT0 && cd BAT0 \
         && echo Battery >type && echo Discharging >status && echo {charge} >capacity"
    );
    within("--mount", &prepare, (BATTERY, "1"));
}

/// Runs the body of the calling test on a machine whose network is one cable to another host.
///
/// # Panics
/// As [`with_disk`].
#[track_caller]
pub fn with_other_host(body: impl FnOnce(&OtherHost)) {
    if !try_with_other_host(|host| body(&host)) {
        refused("--net");
    }
}

/// As [`with_other_host`]; whether the system allows it.
///
/// # Panics
/// When the body does, or has not ended in time.
#[track_caller]
pub(crate) fn try_with_other_host(body: impl FnOnce(OtherHost)) -> bool {
    if std::env::var_os(NETWORK).is_some() {
        body(OtherHost::connect());
        return true;
    }
    let cable = format!("ip link set lo up && ip link add {HERE} type veth peer name {THERE}");
    try_within("--net", &cable, (NETWORK, "1"))
}

/// Runs the calling test once more, in a namespace that `prepare` succeeds in.
#[track_caller]
pub(crate) fn within(namespace: &str, prepare: &str, variable: (&str, &str)) {
    if !try_within(namespace, prepare, variable) {
        refused(namespace);
    }
}

/// As [`within`]; whether the system allows it.
#[track_caller]
fn try_within(namespace: &str, prepare: &str, variable: (&str, &str)) -> bool {
    let test = std::thread::current().name().expect("a test's thread has its name").to_owned();
    let ways = [vec![namespace], vec!["--user", "--map-root-user", namespace]];
    let works = |how: &&Vec<&str>| {
        let tried = Command::new("unshare").args(*how).args(["sh", "-c", prepare]).output();
        tried.is_ok_and(|output| output.status.success())
    };
    let Some(how) = ways.iter().find(works) else { return false };
    let marker = ulid::Ulid::generate().to_string();
    let exe = std::env::current_exe().expect("the path of the test");
    let mut command = Command::new("unshare");
    command
        .args(how)
        .args(["sh", "-c", &format!("{prepare} && exec \"$@\""), "sh"])
        .arg(exe)
        .args([test.as_str(), "--exact", "--nocapture", "--test-threads=1"])
        .env(variable.0, variable.1)
        .env(MARKER, &marker);
    let running = Running::start(&mut command, &test);
    let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| running.wait(PATIENCE * 3)));
    processes::kill_all(&marker);
    let output = ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    assert_eq!(output.code, Some(0), "{output}");
    true
}

/// The ends of the cable.
const HERE: &str = "conductor0";
const THERE: &str = "conductor1";

/// Another host: a network of its own at the other end of a cable. Dropped, it is gone.
#[derive(Debug)]
pub struct OtherHost {
    holder: Child,
}

impl OtherHost {
    /// The address of this machine.
    pub const HERE: &str = "10.99.0.1";
    /// The address of the other host.
    pub const THERE: &str = "10.99.0.2";

    fn connect() -> Self {
        let holder = Command::new("unshare").args(["--net", "sleep", "infinity"]).spawn();
        let host = Self { holder: holder.expect("another network") };
        let own = || std::fs::read_link("/proc/self/ns/net").ok();
        let its = || std::fs::read_link(host.namespace()).ok();
        wait_for("another network", || (its().is_some() && its() != own()).then_some(()));
        let pid = host.holder.id().to_string();
        run(&["ip", "link", "set", THERE, "netns", &pid]);
        run(&["ip", "address", "add", &format!("{}/24", Self::HERE), "dev", HERE]);
        host.mend();
        let there = format!("--net={}", host.namespace());
        run(&["nsenter", &there, "ip", "address", "add", &format!("{}/24", Self::THERE), "dev", THERE]);
        for device in ["lo", THERE] {
            run(&["nsenter", &there, "ip", "link", "set", device, "up"]);
        }
        host
    }

    /// Does something on the other host: what the calling thread connects to is reached from there.
    ///
    /// # Panics
    /// When `act` does.
    pub fn there<T: Send>(&self, act: impl FnOnce() -> T + Send) -> T {
        let namespace = File::open(self.namespace()).expect("its network");
        let act = move || {
            setns(namespace, CloneFlags::CLONE_NEWNET).expect("its network");
            act()
        };
        std::thread::scope(|scope| {
            scope.spawn(act).join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// Pulls the cable.
    pub fn cut(&self) {
        run(&["ip", "link", "set", HERE, "down"]);
    }

    /// Plugs it in.
    pub fn mend(&self) {
        run(&["ip", "link", "set", HERE, "up"]);
    }

    fn namespace(&self) -> String {
        format!("/proc/{}/ns/net", self.holder.id())
    }
}

impl Drop for OtherHost {
    fn drop(&mut self) {
        // Both fail where it has ended, which is what is wanted.
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

#[track_caller]
fn run(words: &[&str]) {
    let output = Command::new(words[0]).args(&words[1..]).output().expect("a program");
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
}
