//! The waiting side of the exec gate: the body of the hidden `run-agent __exec`.
//!
//! Runs before anything else of the program is set up, so that a launch costs next to nothing.

use std::ffi::{OsStr, OsString};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::io::Errno;
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendFlags};

use super::gate::{FAILED, GO, SETUP, Stage};
use super::sys;

/// What it exits with when it was never released.
const NOT_RELEASED: i32 = 125;
/// What it exits with when folder or program could not be used.
const NOT_STARTED: i32 = 127;

/// Waits on standard input to be released, then becomes the program; exits when it is not.
///
/// `args`: nice value, oom_score_adj, working folder, program, the program's arguments.
pub fn exec_main(args: impl IntoIterator<Item = OsString>) -> ! {
    let code = match Request::from(args) {
        Some(request) => request.run(),
        None => {
            eprintln!("run-agent __exec is how supervisors start agents; it is not for calling");
            2
        }
    };
    std::process::exit(code)
}

struct Request {
    nice: i32,
    oom_score_adj: i32,
    cwd: OsString,
    program: OsString,
    args: Vec<OsString>,
}

/// A step that failed, and how.
type Failed = (Stage, io::Error);

impl Request {
    fn from(args: impl IntoIterator<Item = OsString>) -> Option<Self> {
        let mut args = args.into_iter();
        let mut number = || args.next()?.to_str()?.parse().ok();
        let (nice, oom_score_adj) = (number()?, number()?);
        Some(Self { nice, oom_score_adj, cwd: args.next()?, program: args.next()?, args: args.collect() })
    }

    fn run(self) -> i32 {
        // Away from descriptor 0, which the program's own standard input takes.
        let Ok(gate) = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3) else {
            return NOT_RELEASED;
        };
        match self.pass(&gate) {
            Ok(()) => NOT_RELEASED,
            Err((stage, error)) => {
                let [a, b, c, d] = error.raw_os_error().unwrap_or(nix::libc::EIO).to_le_bytes();
                let message = [FAILED, stage as u8, a, b, c, d];
                // Nobody is left to be told when this fails.
                let _ = rustix::net::send(&gate, &message, SendFlags::NOSIGNAL);
                NOT_STARTED
            }
        }
    }

    /// Returns only when the gate was closed, or with what went wrong.
    fn pass(&self, gate: &OwnedFd) -> Result<(), Failed> {
        let Some(stdin) = receive_stdin(gate).map_err(prepare)? else { return Ok(()) };
        self.prepare(stdin).map_err(prepare)?;
        if !released(gate).map_err(prepare)? {
            return Ok(());
        }
        let cwd: &OsStr = &self.cwd;
        rustix::process::chdir(cwd).map_err(|error| (Stage::WorkingFolder, error.into()))?;
        // This also empties the signal mask.
        Err((Stage::Exec, Command::new(&self.program).args(&self.args).exec()))
    }

    fn prepare(&self, stdin: OwnedFd) -> io::Result<()> {
        sys::close_on_exec_from(3)?;
        sys::reset_signal_actions();
        rustix::process::setsid()?;
        rustix::stdio::dup2_stdin(stdin)?;
        self.yield_to_others();
        Ok(())
    }

    /// Where a sandbox forbids this, an agent that weighs as much as its supervisor is better than none.
    fn yield_to_others(&self) {
        if rustix::process::getpriority_process(None).is_ok_and(|nice| nice < self.nice) {
            let _ = rustix::process::setpriority_process(None, self.nice);
        }
        let path = "/proc/self/oom_score_adj";
        let score = std::fs::read_to_string(path).ok().and_then(|text| text.trim().parse::<i32>().ok());
        if score.is_some_and(|score| score < self.oom_score_adj) {
            let _ = std::fs::write(path, self.oom_score_adj.to_string());
        }
    }
}

fn prepare(error: impl Into<io::Error>) -> Failed {
    (Stage::Prepare, error.into())
}

/// The program's standard input; none when the gate was closed.
fn receive_stdin(gate: &OwnedFd) -> Result<Option<OwnedFd>, Errno> {
    let mut data = [0u8; 1];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let received = retry(|| {
        let mut data = [io::IoSliceMut::new(&mut data)];
        rustix::net::recvmsg(gate.as_fd(), &mut data, &mut control, RecvFlags::CMSG_CLOEXEC)
    })?;
    if received.bytes == 0 {
        return Ok(None);
    }
    let mut descriptors = control.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(descriptors) => Some(descriptors),
        _ => None,
    });
    let stdin = descriptors.next().and_then(|mut descriptors| descriptors.next());
    match (data[0], stdin) {
        (SETUP, Some(stdin)) => Ok(Some(stdin)),
        _ => Err(Errno::BADMSG),
    }
}

/// Waits for the word; `false` when the gate was closed instead.
fn released(gate: &OwnedFd) -> Result<bool, Errno> {
    let mut data = [0u8; 1];
    let (received, _) = retry(|| rustix::net::recv(gate, &mut data, RecvFlags::empty()))?;
    Ok(received == 1 && data[0] == GO)
}

/// A closed socket whose last message was not read answers `CONNRESET`; that, too, is its end.
fn retry<T>(mut call: impl FnMut() -> Result<T, Errno>) -> Result<T, Errno> {
    loop {
        match call() {
            Err(Errno::INTR) => continue,
            other => return other,
        }
    }
}
