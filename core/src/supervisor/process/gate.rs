//! The exec gate: a process that exists, and is known, before the program in it begins.
//!
//! `spawn` starts `run-agent __exec`, which waits on a socket; its identity can be recorded in peace.
//! `release` lets it become the program. Whatever ends the caller before that closes the socket, and
//! the waiting process exits: at no moment does a program live that no file knows.
//!
//! Waiting in a `pre_exec` hook instead would deadlock `Command::spawn`, which returns only when the
//! child has executed. The socket is the child's standard input until the real one, which travels
//! over it, takes its place: so no other descriptor need ever be inheritable, and none can leak into
//! a process that another thread starts at the same time.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketFlags, SocketType,
};

use super::{Cgroup, ProcessId, procfs};
use crate::faults;

pub use super::exec::exec_main;

/// First argument that makes `run-agent` a gate; `main` looks for it before anything else.
pub const EXEC_ARGUMENT: &str = "__exec";

/// The message with which the standard input travels.
pub(super) const SETUP: u8 = b'S';
/// The message that lets the program begin.
pub(super) const GO: u8 = b'G';
/// The message that tells why it could not: this byte, a [`Stage`], the error number (little endian).
pub(super) const FAILED: u8 = b'E';

/// How long a released process may take to begin. Only a hung file system takes longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program to start behind a gate, in a session of its own.
#[derive(Debug)]
pub struct GatedLaunch<'a> {
    /// The `run-agent` binary.
    pub exe: &'a Path,
    /// The program; searched for in the `PATH` of `env` when it has no slash.
    pub program: &'a Path,
    /// Its arguments, without its name.
    pub args: &'a [OsString],
    /// Its whole environment, the markers included.
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

/// A process that waits to become the program. Dropped, it exits.
#[derive(Debug)]
pub struct Gated {
    id: ProcessId,
    socket: OwnedFd,
    exe: PathBuf,
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

/// Starts the gate. Returns when its process exists; it prepares itself while the caller records it.
///
/// Steps for crash tests: `launch.forked` (it exists, nobody knows it yet), `launch.released`.
///
/// # Errors
/// When the gate cannot be started or joined to its control group.
pub fn spawn(launch: GatedLaunch<'_>) -> Result<Gated, GateError> {
    let failed = |source: io::Error| GateError {
        program: launch.program.to_owned(),
        kind: GateErrorKind::Gate { exe: launch.exe.to_owned(), source },
    };
    let (ours, theirs) = socket_pair().map_err(|e| failed(e.into()))?;
    let mut command = Command::new(launch.exe);
    command
        .arg(EXEC_ARGUMENT)
        .args([launch.nice.to_string(), launch.oom_score_adj.to_string()])
        .arg(launch.cwd)
        .arg(launch.program)
        .args(launch.args)
        .env_clear()
        .envs(launch.env)
        .stdin(Stdio::from(theirs))
        .stdout(launch.stdout)
        .stderr(launch.stderr);
    // The reaper waits for it, so the handle that could do so is not kept.
    let pid = command.spawn().map_err(failed)?.id().cast_signed();
    faults::step("launch.forked");
    // Even one that has ended keeps its entry until the reaper, which runs between the caller's
    // steps and not inside of them, has waited for it.
    let id = procfs::stat(pid).map(|stat| stat.id).ok_or_else(|| failed(Errno::SRCH.into()))?;
    if let Some(cgroup) = launch.cgroup {
        cgroup.add(pid).map_err(|error| failed(error.source))?;
    }
    send_stdin(&ours, &launch.stdin).map_err(|e| failed(e.into()))?;
    Ok(Gated {
        id,
        socket: ours,
        exe: launch.exe.to_owned(),
        program: launch.program.to_owned(),
        cwd: launch.cwd.to_owned(),
    })
}

impl Gated {
    /// The process, which stays the same when it becomes the program; leader of a session of its own.
    pub fn id(&self) -> ProcessId {
        self.id
    }

    /// Lets the program begin; returns when it has, or why it could not.
    ///
    /// # Errors
    /// When folder or program cannot be used, or the process is gone. It has then ended, or will.
    pub fn release(self) -> Result<Child, GateError> {
        let go = rustix::net::send(&self.socket, &[GO], SendFlags::NOSIGNAL);
        // A process that failed before it was released has said why, and then closed the socket.
        let answer = self.answer(Instant::now() + PATIENCE)?;
        match (answer, go) {
            (Some((stage, error)), _) => Err(self.failed(stage, error)),
            (None, Ok(_)) => {
                faults::step("launch.released");
                Ok(Child { id: self.id })
            }
            (None, Err(_)) => Err(self.error(GateErrorKind::Ended)),
        }
    }

    /// Waits for a failure; none when the socket was closed, which `exec` does.
    fn answer(&self, deadline: Instant) -> Result<Option<(u8, i32)>, GateError> {
        let broken =
            |error: Errno| self.error(GateErrorKind::Gate { exe: self.exe.clone(), source: error.into() });
        loop {
            let rest = deadline.saturating_duration_since(Instant::now());
            let rest = Timespec::try_from(rest).unwrap_or_default();
            let mut fds = [PollFd::new(&self.socket, PollFlags::IN)];
            match rustix::event::poll(&mut fds, Some(&rest)) {
                Ok(0) => return Err(self.error(GateErrorKind::Silent)),
                Err(Errno::INTR) => continue,
                ready => ready.map_err(broken)?,
            };
            let mut message = [0u8; 6];
            return match rustix::net::recv(&self.socket, &mut message, RecvFlags::empty()) {
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

fn send_stdin(socket: &OwnedFd, stdin: &File) -> Result<(), Errno> {
    let descriptors = [stdin.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    assert!(control.push(SendAncillaryMessage::ScmRights(&descriptors)), "the space is for one descriptor");
    let data = [io::IoSlice::new(&[SETUP])];
    rustix::net::sendmsg(socket, &data, &mut control, SendFlags::NOSIGNAL).map(|_| ())
}
