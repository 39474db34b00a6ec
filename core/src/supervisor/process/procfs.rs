//! What `/proc` says of processes.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use rustix::process::Signal;

use super::{ProcessError, ProcessId, RUN_MARKER, SUPERVISOR_MARKER};

/// The fields of `/proc/<pid>/stat` that matter here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    /// The process.
    pub id: ProcessId,
    /// State letter: `R`, `S`, `T`, `Z`, …
    pub state: u8,
    /// Its parent.
    pub parent: i32,
    /// Its session: the pid of the session's leader.
    pub session: i32,
    /// Clock ticks of CPU that it and its waited-for children have used.
    pub cpu_ticks: u64,
    /// Its threads.
    pub threads: u32,
    /// Whether it is a thread of the kernel.
    pub is_kernel: bool,
    /// Its wait status once it is a zombie, where the kernel shows it to us.
    pub wait_status: i32,
}

impl Stat {
    /// Whether nothing of it runs any more. A zombie whose other threads go on is not gone.
    pub fn is_gone(&self) -> bool {
        matches!(self.state, b'Z' | b'X' | b'x') && self.threads <= 1
    }

    /// Whether it works or waits for a disk, as a process in `exec` does; one that sleeps is past it.
    pub fn may_be_in_exec(&self) -> bool {
        matches!(self.state, b'R' | b'D')
    }

    /// Whether it is stopped by a signal.
    pub fn is_stopped(&self) -> bool {
        matches!(self.state, b'T' | b't')
    }
}

/// The state of a process, zombies included; none when there is no such process.
pub fn stat(pid: i32) -> Option<Stat> {
    parse_stat(pid, &read(format!("/proc/{pid}/stat"), 4096).ok()?)
}

/// Whether a process has a handler for this signal; none when that is not told.
pub fn hears(pid: i32, signal: Signal) -> Option<bool> {
    let text = read(format!("/proc/{pid}/status"), 16 << 10).ok()?;
    let text = String::from_utf8_lossy(&text);
    let caught = text.lines().find_map(|line| line.strip_prefix("SigCgt:"))?;
    let caught = u64::from_str_radix(caught.trim(), 16).ok()?;
    Some(caught >> (signal.as_raw() - 1) & 1 == 1)
}

/// `pid (name) state ppid …`; the name may hold anything, `) ` included, so the last `)` counts.
fn parse_stat(pid: i32, text: &[u8]) -> Option<Stat> {
    let end = memchr::memrchr(b')', text)?;
    let rest = std::str::from_utf8(text.get(end + 1..)?).ok()?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    // Numbered as proc(5) does, where the state is field 3.
    let field = |number: usize| fields.get(number - 3).copied();
    let number = |at: usize| field(at)?.parse::<u64>().ok();
    let signed = |at: usize| field(at)?.parse::<i32>().ok();
    const PF_KTHREAD: u64 = 0x0020_0000;
    Some(Stat {
        id: ProcessId { pid, start_time: number(22)? },
        state: *field(3)?.as_bytes().first()?,
        parent: signed(4)?,
        session: signed(6)?,
        cpu_ticks: (14..=17).filter_map(number).sum(),
        threads: number(20)?.try_into().ok()?,
        is_kernel: number(9)? & PF_KTHREAD != 0,
        wait_status: signed(52).unwrap_or(0),
    })
}

/// All process ids, in ascending order as the kernel lists them.
///
/// # Errors
/// When `/proc` cannot be read.
pub fn pids() -> Result<Vec<i32>, ProcessError> {
    let failed = |error| ProcessError::new("/proc", error);
    let mut pids = Vec::with_capacity(256);
    for entry in std::fs::read_dir("/proc").map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        pids.extend(name.to_str().and_then(|name| name.parse::<i32>().ok()));
    }
    Ok(pids)
}

/// Processes and threads that were made since the machine started.
pub fn forks() -> Option<u64> {
    let text = read("/proc/stat", 1 << 20).ok()?;
    let line = text.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(b"processes "))?;
    std::str::from_utf8(line).ok()?.trim().parse().ok()
}

/// The id that was given last.
pub fn last_pid() -> Option<i32> {
    let text = read("/proc/loadavg", 4096).ok()?;
    std::str::from_utf8(&text).ok()?.split_ascii_whitespace().next_back()?.parse().ok()
}

/// The end of the range that ids are given from.
pub fn largest_pid() -> Option<u64> {
    let text = read("/proc/sys/kernel/pid_max", 4096).ok()?;
    std::str::from_utf8(&text).ok()?.trim().parse().ok()
}

/// The ids of the children of this process; none where the kernel keeps no lists of children. Cheap.
pub fn child_pids() -> Option<Vec<i32>> {
    let mut children = Vec::new();
    for thread in std::fs::read_dir("/proc/self/task").ok()? {
        let list = std::fs::read_to_string(thread.ok()?.path().join("children")).ok()?;
        children.extend(list.split_ascii_whitespace().filter_map(|pid| pid.parse::<i32>().ok()));
    }
    children.sort_unstable();
    Some(children)
}

/// The children of this process.
///
/// # Errors
/// When `/proc` cannot be read.
pub fn own_children() -> Result<Vec<ProcessId>, ProcessError> {
    let folder = "/proc/self/task";
    let failed = |error| ProcessError::new(folder, error);
    let mut children = Vec::new();
    for thread in std::fs::read_dir(folder).map_err(failed)? {
        let list = thread.map_err(failed)?.path().join("children");
        let Ok(list) = std::fs::read_to_string(list) else { return own_children_by_search() };
        let pids = list.split_ascii_whitespace().filter_map(|pid| pid.parse::<i32>().ok());
        children.extend(pids.filter_map(stat).map(|stat| stat.id));
    }
    Ok(children)
}

/// For kernels that keep no lists of children.
fn own_children_by_search() -> Result<Vec<ProcessId>, ProcessError> {
    let own = rustix::process::getpid().as_raw_nonzero().get();
    let all = pids()?.into_iter().filter_map(stat);
    Ok(all.filter(|stat| stat.parent == own).map(|stat| stat.id).collect())
}

/// Whether a process was killed and is not gone yet: a thread of it waits for a disk, and holds what it held.
pub fn is_killed(id: ProcessId) -> bool {
    let threads = std::fs::read_dir(format!("/proc/{}/task", id.pid)).into_iter().flatten().flatten();
    let of = |thread: std::fs::DirEntry| read(thread.path().join("status"), 64 << 10).unwrap_or_default();
    let is_killed = threads.map(of).any(|status| has_kill_pending(&status));
    // Asked last: what was read may be of a process that has the pid since.
    is_killed && id.is_alive()
}

/// By the lines `SigPnd` and `ShdPnd` of a thread's status, which are hexadecimal.
fn has_kill_pending(status: &[u8]) -> bool {
    const KILL: u64 = 1 << (nix::libc::SIGKILL - 1);
    let status = String::from_utf8_lossy(status);
    let mut sets =
        status.lines().filter_map(|line| line.strip_prefix("SigPnd:").or(line.strip_prefix("ShdPnd:")));
    sets.any(|set| u64::from_str_radix(set.trim(), 16).is_ok_and(|set| set & KILL != 0))
}

/// Whose a process is by its environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Marker {
    /// A run's, with this id.
    Run(OsString),
    /// A supervisor or one of its helpers.
    Supervisor,
    /// It carries no marker, or it is another user's.
    None,
    /// Its environment is empty: it was started with none, or is at this moment in `exec`.
    Empty,
}

/// Reads the marker of a process. `JRUN_SUPERVISOR` wins over `JRUN_ID`.
pub fn marker(stat: &Stat) -> Marker {
    let Ok(environment) = environment(stat) else { return Marker::None };
    if environment.is_empty() {
        return Marker::Empty;
    }
    let mut run = None;
    for variable in environment.split(|byte| *byte == 0) {
        if value_of(variable, SUPERVISOR_MARKER).is_some_and(|value| !value.is_empty()) {
            return Marker::Supervisor;
        }
        run = run.or_else(|| value_of(variable, RUN_MARKER).filter(|value| !value.is_empty()));
    }
    run.map_or(Marker::None, |id| Marker::Run(OsString::from_vec(id.to_vec())))
}

fn value_of<'a>(variable: &'a [u8], name: &str) -> Option<&'a [u8]> {
    variable.strip_prefix(name.as_bytes())?.strip_prefix(b"=")
}

/// The environment a process was started with. The folder of a process whose first thread has ended
/// shows none, but those of its other threads do.
fn environment(stat: &Stat) -> io::Result<Vec<u8>> {
    const LARGEST: u64 = 4 << 20;
    let pid = stat.id.pid;
    if stat.state != b'Z' {
        return read(format!("/proc/{pid}/environ"), LARGEST);
    }
    for thread in std::fs::read_dir(format!("/proc/{pid}/task"))? {
        let environment = read(thread?.path().join("environ"), LARGEST)?;
        if !environment.is_empty() {
            return Ok(environment);
        }
    }
    Ok(Vec::new())
}

/// A file that a process has open and holds a lock on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldLock {
    /// The process.
    pub pid: i32,
    /// The file, as its link in `/proc/<pid>/fd` tells.
    pub file: PathBuf,
}

/// The locks that a process holds (`lock:` lines of its descriptors).
pub fn held_locks(pid: i32) -> Vec<HeldLock> {
    let descriptors = std::fs::read_dir(format!("/proc/{pid}/fdinfo")).into_iter().flatten().flatten();
    descriptors
        .filter_map(|entry| {
            let info = read(entry.path(), 64 << 10).ok()?;
            let locked = info.split(|byte| *byte == b'\n').any(|line| line.starts_with(b"lock:"));
            let link = PathBuf::from(format!("/proc/{pid}/fd")).join(entry.file_name());
            locked.then(|| std::fs::read_link(link).ok()).flatten()
        })
        .map(|file| HeldLock { pid, file })
        .collect()
}

/// At most `limit` bytes of a file of `/proc`, whose length no one knows before.
fn read(path: impl AsRef<Path>, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(4096);
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_anything() {
        let line = b"42 (a) Z 1 (b)) S 7 42 41 0 -1 4194560 1 2 3 4 10 20 30 40 20 0 3 0 999 1 2 3";
        let stat = parse_stat(42, line).expect("a stat line");
        assert_eq!(stat.id, ProcessId { pid: 42, start_time: 999 });
        assert_eq!((stat.state, stat.parent, stat.session), (b'S', 7, 41));
        assert_eq!((stat.cpu_ticks, stat.threads, stat.is_kernel), (100, 3, false));
        assert_eq!(parse_stat(42, b"42 (a) S 7"), None);
    }

    #[test]
    fn a_zombie_with_living_threads_is_not_gone() {
        let line = |threads: u32| format!("42 (a) Z 7 42 41 0 -1 0 1 2 3 4 1 1 1 1 20 0 {threads} 0 999");
        let stat = |threads| parse_stat(42, line(threads).as_bytes()).expect("a stat line");
        assert!(stat(1).is_gone());
        assert!(!stat(2).is_gone());
    }

    #[test]
    fn a_kill_that_was_not_carried_out_yet_is_seen() {
        let status = |own: &str, shared: &str| {
            format!("Name:\tx\nSigQ:\t1/9\nSigPnd:\t{own}\nShdPnd:\t{shared}\nSigBlk:\t100\n")
        };
        let (none, kill, term) = ("0000000000000000", "0000000000000100", "0000000000004000");
        for (own, shared, killed) in
            [(none, none, false), (kill, none, true), (none, kill, true), (term, term, false)]
        {
            assert_eq!(has_kill_pending(status(own, shared).as_bytes()), killed, "{own} {shared}");
        }
        assert!(!is_killed(ProcessId::this().expect("this process")));
    }

    #[test]
    fn this_process_is_there() {
        let pid = rustix::process::getpid().as_raw_nonzero().get();
        let stat = stat(pid).expect("this process");
        assert!(!stat.is_gone() && !stat.is_kernel && stat.threads > 0);
        assert!(pids().expect("a readable /proc").contains(&pid));
    }

    #[test]
    fn a_held_lock_is_seen_and_a_free_one_is_not() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("file");
        let file = std::fs::File::create(&path).expect("a file");
        let pid = rustix::process::getpid().as_raw_nonzero().get();
        let held = || held_locks(pid).into_iter().any(|lock| lock.file == path);
        assert!(!held());
        file.lock().expect("a lock");
        assert!(held());
        file.unlock().expect("unlocked");
        assert!(!held());
    }
}
