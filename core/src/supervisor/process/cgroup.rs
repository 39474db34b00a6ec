//! Control groups (version 2) of runs, where this process was given a part of the tree to manage.
//!
//! Being able to write there is not enough: below a systemd that did not delegate, the tree is its
//! alone. Moving a process into a group costs 5 to 10 ms (the kernel waits for all of its readers),
//! which is another reason not to take what was not offered.

use std::ffi::CString;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::ProcessError;
use crate::model::RunId;

/// Folder names of our groups begin with this.
const PREFIX: &str = "conductor-run-";

/// The control group of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cgroup {
    mount: PathBuf,
    relative: String,
}

impl Cgroup {
    /// Makes the group of a run below the group of this process; none where nothing is delegated.
    ///
    /// # Errors
    /// When the group was delegated and still cannot be made.
    pub fn for_run(run: &RunId) -> Result<Option<Self>, ProcessError> {
        match delegated() {
            Some((mount, own)) => Self::create(mount, &own, run).map(Some),
            None => Ok(None),
        }
    }

    /// Makes the group of a run below the group `parent` (relative to `mount`).
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(mount: PathBuf, parent: &str, run: &RunId) -> Result<Self, ProcessError> {
        let relative = format!("{}/{PREFIX}{run}", parent.trim_end_matches('/'));
        let group = Self { mount, relative };
        match std::fs::create_dir(group.path()) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(group.failed("", error)),
            _ => Ok(group),
        }
    }

    /// The group that run-info names; none when it is gone or not one of ours.
    pub fn recorded(relative: &str) -> Option<Self> {
        let group = Self { mount: mount_point()?, relative: relative.to_owned() };
        let ours = Path::new(relative).file_name()?.to_str()?.starts_with(PREFIX);
        let inside = Path::new(relative).components().all(|part| part.as_os_str() != "..");
        (ours && inside && group.path().is_dir()).then_some(group)
    }

    /// Its name as run-info keeps it: the path below the mount point.
    pub fn relative(&self) -> &str {
        &self.relative
    }

    /// Moves a process into it.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn add(&self, pid: i32) -> Result<(), ProcessError> {
        self.write("cgroup.procs", &pid.to_string())
    }

    /// The processes in it and in the groups that they made below it.
    pub fn pids(&self) -> Vec<i32> {
        let mut pids = Vec::new();
        collect(&self.path(), &mut pids);
        pids
    }

    /// Freezes all of it and waits until nothing in it runs.
    ///
    /// # Errors
    /// When the kernel refuses, or needs more than 10 s.
    pub fn freeze(&self) -> Result<(), ProcessError> {
        self.write("cgroup.freeze", "1")?;
        let deadline = Instant::now() + Duration::from_secs(10);
        while !self.is_frozen()? {
            if Instant::now() > deadline {
                return Err(self.failed("cgroup.events", io::ErrorKind::TimedOut.into()));
            }
            // The change is also told by inotify, which costs more than the few looks it saves.
            std::thread::sleep(Duration::from_micros(200));
        }
        Ok(())
    }

    /// Lets it run again.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn thaw(&self) -> Result<(), ProcessError> {
        self.write("cgroup.freeze", "0")
    }

    /// Kills everything in it at once, where the kernel can (5.14).
    pub fn kill(&self) -> bool {
        self.write("cgroup.kill", "1").is_ok()
    }

    /// Removes it. Fails silently while something lives in it; recovery tries again.
    pub fn remove(&self) {
        remove_empty(&self.path());
    }

    fn is_frozen(&self) -> Result<bool, ProcessError> {
        let name = "cgroup.events";
        let events = std::fs::read_to_string(self.path().join(name)).map_err(|e| self.failed(name, e))?;
        Ok(events.lines().any(|line| line == "frozen 1"))
    }

    fn path(&self) -> PathBuf {
        self.mount.join(self.relative.trim_start_matches('/'))
    }

    fn write(&self, name: &str, value: &str) -> Result<(), ProcessError> {
        std::fs::write(self.path().join(name), value).map_err(|error| self.failed(name, error))
    }

    fn failed(&self, name: &str, error: io::Error) -> ProcessError {
        ProcessError::new(self.path().join(name).display().to_string(), error)
    }
}

/// Moves this process out of the group of a run, if it is in one, to the group above it: what a
/// supervisor that an agent started does, lest it be frozen and killed with that agent.
///
/// # Errors
/// When it is in one and the kernel refuses.
pub fn leave_run() -> Result<(), ProcessError> {
    let (Some(mount), Some(own)) = (mount_point(), own_group()) else { return Ok(()) };
    let parts: Vec<&str> = own.split('/').collect();
    let Some(at) = parts.iter().position(|part| part.starts_with(PREFIX)) else { return Ok(()) };
    let above = Cgroup { mount, relative: parts[..at].join("/") };
    above.add(rustix::process::getpid().as_raw_nonzero().get())
}

/// Mount point and own group, when that group was given to us.
fn delegated() -> Option<(PathBuf, String)> {
    let (mount, own) = (mount_point()?, own_group()?);
    let path = mount.join(own.trim_start_matches('/'));
    let writable = rustix::fs::access(path.join("cgroup.procs"), rustix::fs::Access::WRITE_OK).is_ok();
    let user = rustix::process::geteuid();
    let given = !user.is_root() && std::fs::metadata(&path).is_ok_and(|folder| folder.uid() == user.as_raw());
    (writable && (given || is_marked_delegated(&path))).then_some((mount, own))
}

/// systemd marks what it delegates (`Delegate=yes`) with an attribute of the folder.
fn is_marked_delegated(path: &Path) -> bool {
    ["user.delegate", "trusted.delegate"].iter().any(|name| {
        let Ok(name) = CString::new(*name) else { return false };
        let mut value = [0u8; 8];
        rustix::fs::getxattr(path, name.as_c_str(), &mut value).is_ok_and(|length| value[..length] == *b"1")
    })
}

/// Where the tree of version 2 is mounted, also beside version 1 (hybrid).
pub fn mount_point() -> Option<PathBuf> {
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
    mounts.lines().find_map(|line| {
        let (mount, filesystem) = line.split_once(" - ")?;
        let point = mount.split(' ').nth(4)?;
        filesystem.starts_with("cgroup2 ").then(|| PathBuf::from(point))
    })
}

/// The group of this process, relative to the mount point.
fn own_group() -> Option<String> {
    let groups = std::fs::read_to_string("/proc/self/cgroup").ok()?;
    groups.lines().find_map(|line| line.strip_prefix("0::")).map(str::to_owned)
}

fn collect(path: &Path, pids: &mut Vec<i32>) {
    let listed = std::fs::read_to_string(path.join("cgroup.procs")).unwrap_or_default();
    pids.extend(listed.lines().filter_map(|line| line.parse::<i32>().ok()));
    for child in folders(path) {
        collect(&child, pids);
    }
}

fn remove_empty(path: &Path) {
    for child in folders(path) {
        remove_empty(&child);
    }
    let _ = std::fs::remove_dir(path);
}

fn folders(path: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path())
}
