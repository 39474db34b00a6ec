//! The exec gate: a process that exists, and is known, before the program in it begins.
//!
//! `start` starts `run-agent __exec`, which waits on a socket: early, since it takes as long to start as
//! any program. `prepare` tells it what to become; its identity can be recorded in peace. `release` lets
//! it become that. Whatever ends the caller before closes the socket, and the waiting process exits: at
//! no moment does a program live that no file knows.
//!
//! Waiting in a `pre_exec` hook instead would deadlock `Command::spawn`, which returns only when the
//! child has executed. The socket is the child's standard input until the real one takes its place,
//! which travels over it with the other descriptors: so none but the socket need ever be inheritable,
//! and none can leak into a process that another thread starts at the same time.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketFlags, SocketType,
};

use super::orders::Orders;
use super::{Cgroup, ProcessId, RUN_MARKER, SUPERVISOR_MARKER, procfs};
use crate::faults;
use crate::model::RunId;

pub use super::exec::exec_main;

/// First argument that makes `run-agent` a gate; `main` looks for it before anything else.
pub const EXEC_ARGUMENT: &str = "__exec";

/// The message with which the orders and the three standard descriptors travel.
pub(super) const SETUP: u8 = b'S';
/// How many descriptors that are.
pub(super) const DESCRIPTORS: usize = 4;
/// The message that lets the program begin.
pub(super) const GO: u8 = b'G';
/// The message that tells why it could not: this byte, a [`Stage`], the error number (little endian).
pub(super) const FAILED: u8 = b'E';

/// How long a released process may take to begin. Only a hung file system takes longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program to start behind a gate, in a session of its own.
#[derive(Debug)]
pub struct GatedLaunch<'a> {
    /// The program; searched for in the `PATH` of `env` when it has no slash.
    pub program: &'a Path,
    /// Its arguments, without its name.
    pub args: &'a [OsString],
    /// Its whole environment, the markers included: the run's is that of the gate.
    pub env: &'a BTreeMap<OsString, OsString>,
    /// Its working folder.
    pub cwd: &'a Path,
    /// Its standard input.
    pub stdin: File,
    /// Its standard output.
    pub stdout: File,
    /// Its standard error.
    pub stderr: File,
    /// Its nice value; the inherited one stays where that is higher.
    pub nice: i32,
    /// Its `oom_score_adj`; the inherited one stays where that is higher.
    pub oom_score_adj: i32,
    /// The control group it begins in.
    pub cgroup: Option<&'a Cgroup>,
}

/// Why a program did not start.
#[derive(Debug, thiserror::Error)]
#[error("start {}: {kind}", program.display())]
pub struct GateError {
    /// The program that was to start.
    pub program: PathBuf,
    /// What went wrong.
    pub kind: GateErrorKind,
}

/// What kept a program from starting.
#[derive(Debug, thiserror::Error)]
pub enum GateErrorKind {
    /// The gate itself could not be started or spoken to.
    #[error("the gate {}: {source}", exe.display())]
    Gate {
        /// The binary that was to be the gate.
        exe: PathBuf,
        /// What the system answered.
        source: io::Error,
    },
    /// The process could not be prepared (session, standard input).
    #[error("preparing its process: {0}")]
    Prepare(io::Error),
    /// The working folder cannot be entered.
    #[error("working folder {}: {source}", cwd.display())]
    WorkingFolder {
        /// The folder.
        cwd: PathBuf,
        /// What the system answered.
        source: io::Error,
    },
    /// The program cannot be executed; `NotFound` means that it, or its interpreter, is missing.
    #[error("{0}")]
    Exec(io::Error),
    /// The waiting process ended before it was released.
    #[error("its process ended while it waited")]
    Ended,
    /// It was released and neither began nor failed in time.
    #[error("no sign of it after {} s", PATIENCE.as_secs())]
    Silent,
}

impl GateError {
    /// Whether trying again cannot help: program or folder are missing or may not be used.
    pub fn is_permanent(&self) -> bool {
        use io::ErrorKind::{IsADirectory, NotADirectory, NotFound, PermissionDenied};
        match &self.kind {
            GateErrorKind::Exec(source) | GateErrorKind::WorkingFolder { source, .. } => {
                matches!(source.kind(), NotFound | PermissionDenied | NotADirectory | IsADirectory)
                    || source.raw_os_error() == Some(nix::libc::ENOEXEC)
            }
            _ => false,
        }
    }
}

/// The step at which the waiting process failed, as it travels over the socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Prepare = 1,
    WorkingFolder = 2,
    Exec = 3,
}

/// A process that waits to be told what to become. Dropped, it exits.
#[derive(Debug)]
pub struct Gate {
    id: ProcessId,
    socket: OwnedFd,
    exe: PathBuf,
}

/// A process that waits to become its program. Dropped, it exits.
#[derive(Debug)]
pub struct Gated {
    gate: Gate,
    program: PathBuf,
    cwd: PathBuf,
}

/// A process that has become its program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Child {
    id: ProcessId,
}

impl Child {
    /// The process; also the leader of its session.
    pub fn id(&self) -> ProcessId {
        self.id
    }
}

/// Starts the gate of a run, whose marker it carries from its first moment. Returns when its process
/// exists. `exe` is the `run-agent` binary.
///
/// Steps for crash tests: `launch.forked` (it exists, nobody knows it yet), `launch.released`.
///
/// # Errors
/// When it cannot be started.
pub fn start(exe: &Path, run: &RunId) -> Result<Gate, GateError> {
    let failed = |source: io::Error| GateError {
        program: exe.to_owned(),
        kind: GateErrorKind::Gate { exe: exe.to_owned(), source },
    };
    let (ours, theirs) = socket_pair().map_err(|e| failed(e.into()))?;
    let mut command = Command::new(exe);
    command
        .arg(EXEC_ARGUMENT)
        .env_remove(SUPERVISOR_MARKER)
        .env(RUN_MARKER, run.as_str())
        .stdin(Stdio::from(theirs))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // The reaper waits for it, so the handle that could do so is not kept.
    let pid = command.spawn().map_err(failed)?.id().cast_signed();
    faults::step("launch.forked");
    // Even one that has ended keeps its entry until the reaper has waited for it.
    let id = procfs::stat(pid).map(|stat| stat.id).ok_or_else(|| failed(Errno::SRCH.into()))?;
    Ok(Gate { id, socket: ours, exe: exe.to_owned() })
}

/// A gate that is being started on a thread of its own. Dropped, it exits.
#[derive(Debug)]
pub struct Starting {
    exe: PathBuf,
    run: RunId,
    thread: Option<JoinHandle<Result<Gate, GateError>>>,
}

impl Starting {
    /// Starts the gate of a run, as [`start`] does, while the caller goes on.
    pub fn begin(exe: &Path, run: &RunId) -> Self {
        let (path, id) = (exe.to_owned(), run.clone());
        let thread = std::thread::Builder::new().name("gate".to_owned()).spawn(move || start(&path, &id));
        Self { exe: exe.to_owned(), run: run.clone(), thread: thread.ok() }
    }

    /// The gate; waits for it.
    ///
    /// # Errors
    /// As [`start`].
    pub fn wait(self) -> Result<Gate, GateError> {
        match self.thread.map(JoinHandle::join) {
            Some(Ok(gate)) => gate,
            // No thread could be had.
            None | Some(Err(_)) => start(&self.exe, &self.run),
        }
    }
}

impl Gate {
    /// Joins it to its control group and tells it what to become; it prepares itself while the caller
    /// records it.
    ///
    /// # Errors
    /// When it cannot be joined or told.
    pub fn prepare(self, launch: GatedLaunch<'_>) -> Result<Gated, GateError> {
        let failed = |source: io::Error| GateError {
            program: launch.program.to_owned(),
            kind: GateErrorKind::Gate { exe: self.exe.clone(), source },
        };
        if let Some(cgroup) = launch.cgroup {
            cgroup.add(self.id.pid).map_err(|error| failed(error.source))?;
        }
        match self.tell(&launch) {
            // It is gone; why is told when it is released.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            told => told.map_err(failed)?,
        }
        Ok(Gated { gate: self, program: launch.program.to_owned(), cwd: launch.cwd.to_owned() })
    }

    fn tell(&self, launch: &GatedLaunch<'_>) -> io::Result<()> {
        let GatedLaunch { program, args, env, cwd, nice, oom_score_adj, .. } = *launch;
        let orders = Orders { nice, oom_score_adj, cwd, program, args, env }.write()?;
        let files = [&orders, &launch.stdin, &launch.stdout, &launch.stderr];
        Ok(send(&self.socket, files.map(File::as_fd))?)
    }
}

impl Gated {
    /// The process, which stays the same when it becomes the program; leader of a session of its own.
    pub fn id(&self) -> ProcessId {
        self.gate.id
    }

    /// Lets the program begin; returns when it has, or why it could not.
    ///
    /// # Errors
    /// When folder or program cannot be used, or the process is gone. It has then ended, or will.
    pub fn release(self) -> Result<Child, GateError> {
        let go = rustix::net::send(&self.gate.socket, &[GO], SendFlags::NOSIGNAL);
        // A process that failed before it was released has said why, and then closed the socket.
        let answer = self.answer(Instant::now() + PATIENCE)?;
        match (answer, go) {
            (Some((stage, error)), _) => Err(self.failed(stage, error)),
            (None, Ok(_)) => {
                faults::step("launch.released");
                Ok(Child { id: self.id() })
            }
            (None, Err(_)) => Err(self.error(GateErrorKind::Ended)),
        }
    }

    /// Waits for a failure; none when the socket was closed, which `exec` does.
    fn answer(&self, deadline: Instant) -> Result<Option<(u8, i32)>, GateError> {
        let Gate { socket, exe, .. } = &self.gate;
        let broken =
            |error: Errno| self.error(GateErrorKind::Gate { exe: exe.clone(), source: error.into() });
        loop {
            let rest = deadline.saturating_duration_since(Instant::now());
            let rest = Timespec::try_from(rest).unwrap_or_default();
            let mut fds = [PollFd::new(socket, PollFlags::IN)];
            match rustix::event::poll(&mut fds, Some(&rest)) {
                Ok(0) => return Err(self.error(GateErrorKind::Silent)),
                Err(Errno::INTR) => continue,
                ready => ready.map_err(broken)?,
            };
            let mut message = [0u8; 6];
            return match rustix::net::recv(socket, &mut message, RecvFlags::empty()) {
                Ok((6, _)) if message[0] == FAILED => {
                    let [_, stage, number @ ..] = message;
                    Ok(Some((stage, i32::from_le_bytes(number))))
                }
                Ok(_) | Err(Errno::CONNRESET) => Ok(None),
                Err(Errno::INTR) => continue,
                Err(error) => Err(broken(error)),
            };
        }
    }

    fn failed(&self, stage: u8, number: i32) -> GateError {
        let source = io::Error::from_raw_os_error(number);
        self.error(match stage {
            stage if stage == Stage::Exec as u8 => GateErrorKind::Exec(source),
            stage if stage == Stage::WorkingFolder as u8 => {
                GateErrorKind::WorkingFolder { cwd: self.cwd.clone(), source }
            }
            _ => GateErrorKind::Prepare(source),
        })
    }

    fn error(&self, kind: GateErrorKind) -> GateError {
        GateError { program: self.program.clone(), kind }
    }
}

fn socket_pair() -> Result<(OwnedFd, OwnedFd), Errno> {
    rustix::net::socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)
}

fn send(socket: &OwnedFd, descriptors: [BorrowedFd<'_>; DESCRIPTORS]) -> Result<(), Errno> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    assert!(control.push(SendAncillaryMessage::ScmRights(&descriptors)), "the space is for so many");
    let data = [io::IoSlice::new(&[SETUP])];
    rustix::net::sendmsg(socket, &data, &mut control, SendFlags::NOSIGNAL).map(|_| ())
}
