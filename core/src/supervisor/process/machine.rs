//! Who this machine is, and which process is which.

use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::procfs::{self, Stat};
use super::{ProcessError, pidfd};

/// What a process id needs to mean anything: the boot, the pid namespace and the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// `/proc/sys/kernel/random/boot_id`.
    pub boot_id: String,
    /// Inode of `/proc/self/ns/pid`.
    pub pid_namespace: u64,
    /// `/etc/machine-id`, hashed, or a random one kept in the user's state folder.
    pub machine_id: String,
}

impl Machine {
    /// Where this process runs.
    ///
    /// # Errors
    /// When `/proc` cannot be read, or a machine id can neither be read nor kept.
    pub fn this() -> Result<Self, ProcessError> {
        let boot_id = read("/proc/sys/kernel/random/boot_id")?;
        let namespace = "/proc/self/ns/pid";
        let pid_namespace = std::fs::metadata(namespace).map_err(|e| ProcessError::new(namespace, e))?.ino();
        Ok(Self { boot_id, pid_namespace, machine_id: machine_id()? })
    }
}

/// A process: its id together with its start time, which no later owner of the id shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProcessId {
    /// Process id in this pid namespace.
    pub pid: i32,
    /// Clock ticks from boot to its start (`/proc/<pid>/stat`, field 22); `exec` keeps it.
    pub start_time: u64,
}

impl ProcessId {
    /// The process that has this id now; none where there is none, or only a zombie.
    pub fn of(pid: i32) -> Option<Self> {
        procfs::stat(pid).filter(|stat| !stat.is_gone()).map(|stat| stat.id)
    }

    /// This process.
    pub fn this() -> Option<Self> {
        Self::of(rustix::process::getpid().as_raw_nonzero().get())
    }

    /// Whether this very process still runs. A zombie does not; another process with its id is not it.
    pub fn is_alive(self) -> bool {
        self.stat().is_some_and(|stat| !stat.is_gone())
    }

    /// Sends a signal to this very process; `false` when it is gone.
    ///
    /// # Errors
    /// When it lives and the signal is refused.
    pub fn signal(self, signal: rustix::process::Signal) -> Result<bool, ProcessError> {
        pidfd::signal(self, signal)
    }

    /// Tells this very process to look at what is new; whether it was told. Who holds a task only for a moment
    /// does not listen, and would be ended by the signal.
    ///
    /// # Errors
    /// As [`ProcessId::signal`].
    pub fn wake(self) -> Result<bool, ProcessError> {
        let signal = rustix::process::Signal::USR1;
        if procfs::hears(self.pid, signal) == Some(false) { Ok(false) } else { self.signal(signal) }
    }

    /// What the system says of this very process, zombies included.
    pub(super) fn stat(self) -> Option<Stat> {
        procfs::stat(self.pid).filter(|stat| stat.id == self)
    }
}

impl std::fmt::Display for ProcessId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.pid)
    }
}

fn read(path: &str) -> Result<String, ProcessError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text.trim().to_owned()),
        Err(error) => Err(ProcessError::new(path, error)),
    }
}

fn machine_id() -> Result<String, ProcessError> {
    match read("/etc/machine-id") {
        // Written by image builders: "uninitialized" until the first boot.
        Ok(id) if id.len() == 32 && id.bytes().all(|c| c.is_ascii_hexdigit()) => Ok(hashed(&id)),
        _ => kept_id(&state_home().join("conductor-loop").join("machine-id")),
    }
}

/// The machine id as an outsider may see it: `machine-id(5)` asks not to expose the id itself.
fn hashed(id: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(b"conductor-loop machine ");
    digest.update(id.as_bytes());
    crate::hex::hex(&digest.finalize()[..16])
}

fn state_home() -> PathBuf {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    absolute("XDG_STATE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/state")))
        .unwrap_or_else(|| PathBuf::from("/var/lib"))
}

/// The id in the file, made at random by whoever comes first.
fn kept_id(path: &Path) -> Result<String, ProcessError> {
    let failed = |error: std::io::Error| ProcessError::new(path.display().to_string(), error);
    let folder = path.parent().unwrap_or(Path::new("/"));
    if let Ok(text) = std::fs::read_to_string(path)
        && !text.trim().is_empty()
    {
        return Ok(text.trim().to_owned());
    }
    std::fs::create_dir_all(folder).map_err(failed)?;
    let fresh = folder.join(format!(".machine-id.{}", ulid::Ulid::generate()));
    let mut file = std::fs::File::create_new(&fresh).map_err(failed)?;
    file.write_all(hashed(&ulid::Ulid::generate().to_string()).as_bytes()).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    // A link never replaces: the second of two that race reads what the first has made.
    let linked = std::fs::hard_link(&fresh, path);
    std::fs::remove_file(&fresh).map_err(failed)?;
    match linked {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(failed(error)),
        _ => Ok(std::fs::read_to_string(path).map_err(failed)?.trim().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_knows_itself() {
        let here = Machine::this().expect("a readable /proc");
        assert_eq!(here, Machine::this().expect("a readable /proc"));
        assert_eq!(here.machine_id.len(), 32);
        let raw = std::fs::read_to_string("/etc/machine-id").unwrap_or_default();
        assert_ne!(here.machine_id, raw.trim(), "the machine's own id must not leave it");
    }

    #[test]
    fn a_kept_id_stays() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("deep/machine-id");
        let ids: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| kept_id(&path))).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic").expect("an id")).collect()
        });
        assert!(ids.iter().all(|id| id == &ids[0] && id.len() == 32), "{ids:?}");
        let left = std::fs::read_dir(folder.path().join("deep")).expect("the folder").count();
        assert_eq!(left, 1, "temporary files stay behind");
    }

    #[test]
    fn who_does_not_listen_is_not_woken() {
        let mut deaf = std::process::Command::new("sleep").arg("60").spawn().expect("a process");
        let pid = i32::try_from(deaf.id()).expect("a pid");
        let id = procfs::stat(pid).expect("it lives").id;
        // It may not have begun to be what it will be.
        std::thread::sleep(std::time::Duration::from_millis(200));
        assert!(!id.wake().expect("nothing to refuse"));
        assert!(deaf.try_wait().expect("its status").is_none());
        assert!(id.signal(rustix::process::Signal::KILL).expect("killed"));
        deaf.wait().expect("ended");
    }

    /// The next process to get the id of a dead one is a stranger.
    #[test]
    fn c10_a_reused_pid_is_not_alive() {
        let here = ProcessId::this().expect("this process");
        assert!(here.is_alive());
        let before = ProcessId { start_time: here.start_time - 1, ..here };
        assert!(!before.is_alive());
        assert!(!before.signal(rustix::process::Signal::KILL).expect("nothing to refuse"));
    }
}
