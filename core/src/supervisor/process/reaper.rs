//! The reaper: the only one in a supervisor that waits for processes.
//!
//! `waitpid(-1)` beside `Child::wait` steals children, so whoever needs a command's result in a
//! supervisor asks [`Reaper::output`]. The reaper makes its process a subreaper: what a run leaves
//! behind when its parents die comes here and not to init, as long as this process lives.

use std::collections::{HashMap, HashSet, VecDeque};
use std::io;
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::io::Errno;
use rustix::process::{Pid, WaitOptions, WaitStatus, getpid, set_child_subreaper, waitpid};
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;

pub use crate::agent::Exit;

use super::{ProcessError, ProcessId, SUPERVISOR_MARKER, pidfd, procfs, sys};

/// Reads a wait status as `waitpid` and the kernel's files give it.
pub(super) fn exit_of(wait_status: i32) -> Exit {
    match wait_status & 0x7f {
        0 => Exit::code((wait_status >> 8) & 0xff),
        signal => Exit::signal(signal),
    }
}

/// How many ended children are remembered that nobody has asked for yet.
const REMEMBERED: usize = 1024;

/// The reaper of this process. Cloned freely; one per process.
#[derive(Debug, Clone)]
pub struct Reaper(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    table: Mutex<Table>,
    changed: Notify,
    /// Children that were there before: of the program that `exec` replaced by this one.
    earlier: HashSet<ProcessId>,
}

#[derive(Debug, Default)]
struct Table {
    /// Those that somebody waits for; with their end once it is known.
    watched: HashMap<ProcessId, (usize, Option<Exit>)>,
    /// The last ends that nobody waited for (yet): orphans, and children too quick for their parent.
    others: VecDeque<(ProcessId, Exit)>,
}

impl Reaper {
    /// Becomes the subreaper and starts to wait, within the current tokio runtime.
    ///
    /// # Errors
    /// When SIGCHLD cannot be listened to or the kernel refuses.
    pub fn start() -> Result<Self, ProcessError> {
        set_child_subreaper(Some(getpid())).map_err(|e| ProcessError::new("become subreaper", e))?;
        let mut ended = signal(SignalKind::child()).map_err(|e| ProcessError::new("listen to SIGCHLD", e))?;
        let shared = Arc::new(Shared {
            table: Mutex::default(),
            changed: Notify::new(),
            earlier: procfs::own_children()?.into_iter().collect(),
        });
        let weak = Arc::downgrade(&shared);
        tokio::spawn(async move {
            // The first pass takes what ended before the signal was listened to.
            while let Some(shared) = weak.upgrade() {
                shared.reap();
                drop(shared);
                if ended.recv().await.is_none() {
                    break;
                }
            }
        });
        Ok(Self(shared))
    }

    /// Waits for the end of a child, or of an orphan that came here. At once [unknown](Exit::known)
    /// when the process is neither and never was.
    pub fn exited(&self, id: ProcessId) -> impl Future<Output = Exit> + Send + use<> {
        let watch = Watch::new(self.0.clone(), id);
        async move { watch.ended().await }
    }

    /// Waits for the end of a process that is not our child, through its pidfd. How it ended is told
    /// where the kernel tells it, else it is [unknown](Exit::known).
    ///
    /// # Errors
    /// When no pidfd can be had; a process that is already gone is no error.
    pub fn adopted(id: ProcessId) -> Result<impl Future<Output = Exit> + Send + use<>, ProcessError> {
        let watched = match pidfd::open(id)? {
            Some(fd) => Some(sys::watched(fd).map_err(|e| ProcessError::new("watch a pidfd", e))?),
            None => None,
        };
        Ok(async move {
            let Some(pidfd) = watched else { return Exit::unknown() };
            match pidfd.readable().await {
                Ok(_ready) => pidfd::exit(id, pidfd.get_ref()).unwrap_or(Exit::unknown()),
                Err(_) => Exit::unknown(),
            }
        })
    }

    /// Runs a command to its end and gives back what it printed, as [`Command::output`] would.
    /// Dropped before that, it kills the command.
    ///
    /// # Errors
    /// When it cannot be started or read from.
    pub async fn output(&self, command: &mut Command) -> io::Result<Output> {
        self.begin(command)?.output().await
    }

    /// Starts a command whose output is read later; it waits when it prints much before that. On any
    /// thread.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn begin(&self, command: &mut Command) -> io::Result<Begun> {
        self.begin_with(command, Stdio::null())
    }

    /// As [`Reaper::begin`], with this as the command's standard input.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn begin_with(&self, command: &mut Command, stdin: Stdio) -> io::Result<Begun> {
        // What it leaves behind comes to this process, and must not pass for a run's.
        command.env(SUPERVISOR_MARKER, std::process::id().to_string());
        command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Nobody waits for it before it is known, however soon it ends.
        let table = self.0.table();
        let child = command.spawn()?;
        let known = procfs::stat(child.id().cast_signed()).map(|stat| stat.id);
        drop(table);
        Ok(Begun { child, helper: Helper { watch: Watch::new(self.0.clone(), known.ok_or(Errno::SRCH)?) } })
    }

    /// Whether the process was our child before the reaper was; so it is nothing of a run.
    pub(super) fn was_here_before(&self, id: ProcessId) -> bool {
        self.0.earlier.contains(&id)
    }
}

impl Shared {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for all children that have ended. The start time is read while the zombie keeps its
    /// entry, so the end is filed under a process and not under a number.
    fn reap(&self) {
        let mut table = self.table();
        while let Ok(Some(pid)) = sys::peek_ended_child() {
            let stat = procfs::stat(pid);
            let Some(status) = wait_for(pid) else { continue };
            if let Some(stat) = stat {
                table.file(stat.id, exit_of(status.as_raw()));
            }
        }
        drop(table);
        self.changed.notify_waiters();
    }
}

fn wait_for(pid: i32) -> Option<WaitStatus> {
    loop {
        match waitpid(Pid::from_raw(pid), WaitOptions::NOHANG) {
            Err(Errno::INTR) => continue,
            Ok(ended) => return ended.map(|(_, status)| status),
            Err(_) => return None,
        }
    }
}

impl Table {
    fn file(&mut self, id: ProcessId, exit: Exit) {
        if let Some((_, known)) = self.watched.get_mut(&id) {
            *known = Some(exit);
            return;
        }
        if self.others.len() == REMEMBERED {
            self.others.pop_front();
        }
        self.others.push_back((id, exit));
    }
}

/// Interest in one process; while it lasts, its end is not forgotten.
#[derive(Debug)]
struct Watch {
    shared: Arc<Shared>,
    id: ProcessId,
}

impl Watch {
    fn new(shared: Arc<Shared>, id: ProcessId) -> Self {
        let mut table = shared.table();
        let known = table.others.iter().find(|(other, _)| *other == id).map(|(_, exit)| *exit);
        table.watched.entry(id).or_insert((0, known)).0 += 1;
        drop(table);
        Self { shared, id }
    }

    async fn ended(&self) -> Exit {
        loop {
            let changed = self.shared.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            // Not ours to wait for is decided first: between the two looks only a child can end.
            let is_child = self.is_child();
            if let Some(exit) = self.known() {
                return exit;
            }
            if !is_child {
                return Exit::unknown();
            }
            changed.await;
        }
    }

    fn known(&self) -> Option<Exit> {
        self.shared.table().watched.get(&self.id).and_then(|(_, exit)| *exit)
    }

    fn is_child(&self) -> bool {
        let own = getpid().as_raw_nonzero().get();
        self.id.stat().is_some_and(|stat| stat.parent == own)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut table = self.shared.table();
        if let Some((count, known)) = table.watched.get_mut(&self.id) {
            *count -= 1;
            if *count == 0 {
                let known = *known;
                table.watched.remove(&self.id);
                let filed = table.others.iter().any(|(id, _)| *id == self.id);
                if let Some(exit) = known.filter(|_| !filed) {
                    table.file(self.id, exit);
                }
            }
        }
    }
}

/// A command that was started. Dropped, it is killed.
#[derive(Debug)]
pub struct Begun {
    child: Child,
    helper: Helper,
}

impl Begun {
    /// Reads what it prints until its end.
    ///
    /// # Errors
    /// When it cannot be read from.
    pub async fn output(mut self) -> io::Result<Output> {
        use std::os::unix::process::ExitStatusExt;
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let (from_stdout, from_stderr) = (self.child.stdout.take(), self.child.stderr.take());
        tokio::try_join!(
            drain(from_stdout.map(OwnedFd::from), &mut stdout),
            drain(from_stderr.map(OwnedFd::from), &mut stderr)
        )?;
        let status = match self.helper.watch.ended().await {
            Exit { code: Some(code), .. } => code << 8,
            Exit { signal: Some(signal), .. } => signal,
            _ => return Err(Errno::CHILD.into()),
        };
        Ok(Output { status: std::process::ExitStatus::from_raw(status), stdout, stderr })
    }
}

/// A command of ours; killed when it is dropped before its end.
#[derive(Debug)]
struct Helper {
    watch: Watch,
}

impl Drop for Helper {
    fn drop(&mut self) {
        if self.watch.known().is_none() {
            // It may have ended meanwhile, which is what was wanted.
            let _ = self.watch.id.signal(rustix::process::Signal::KILL);
        }
    }
}

async fn drain(from: Option<OwnedFd>, into: &mut Vec<u8>) -> io::Result<()> {
    if let Some(fd) = from {
        pipe::Receiver::from_owned_fd(fd)?.read_to_end(into).await?;
    }
    Ok(())
}
