//! The waiting side of the exec gate: the body of the hidden `run-agent __exec`.
//!
//! Runs before anything else of the program is set up, so that a launch costs next to nothing.

use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::fs::FileType;
use rustix::io::Errno;
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendFlags};

use super::gate::{DESCRIPTORS, FAILED, GO, SETUP, Stage};
use super::orders::Received;
use super::sys;

/// What it exits with when no supervisor called it.
const BY_HAND: i32 = 2;
/// What it exits with when it was never released.
const NOT_RELEASED: i32 = 125;
/// What it exits with when folder or program could not be used.
const NOT_STARTED: i32 = 127;

/// A step that failed, and how.
type Failed = (Stage, io::Error);

/// Waits on standard input to be told what to become and to be released, then becomes it; exits when it
/// is not.
pub fn exec_main() -> ! {
    let stdin = rustix::stdio::stdin();
    if !rustix::fs::fstat(stdin).is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode).is_socket()) {
        eprintln!("run-agent __exec is how supervisors start agents; it is not for calling");
        std::process::exit(BY_HAND);
    }
    // Away from descriptor 0, which the program's own standard input takes.
    let code = rustix::io::fcntl_dupfd_cloexec(stdin, 3).map_or(NOT_RELEASED, |gate| run(&gate));
    std::process::exit(code)
}

fn run(gate: &OwnedFd) -> i32 {
    match pass(gate) {
        Ok(()) => NOT_RELEASED,
        Err((stage, error)) => {
            let [a, b, c, d] = error.raw_os_error().unwrap_or(nix::libc::EIO).to_le_bytes();
            let message = [FAILED, stage as u8, a, b, c, d];
            // Nobody is left to be told when this fails.
            let _ = rustix::net::send(gate, &message, SendFlags::NOSIGNAL);
            NOT_STARTED
        }
    }
}

/// Returns only when the gate was closed, or with what went wrong.
fn pass(gate: &OwnedFd) -> Result<(), Failed> {
    leave_supervisor().map_err(prepare)?;
    let Some([orders, stdin, stdout, stderr]) = receive(gate).map_err(prepare)? else { return Ok(()) };
    let orders = Received::read(File::from(orders)).map_err(prepare)?;
    rustix::stdio::dup2_stdin(stdin).map_err(prepare)?;
    rustix::stdio::dup2_stdout(stdout).map_err(prepare)?;
    rustix::stdio::dup2_stderr(stderr).map_err(prepare)?;
    yield_to_others(&orders);
    if !released(gate).map_err(prepare)? {
        return Ok(());
    }
    rustix::process::chdir(&orders.cwd).map_err(|error| (Stage::WorkingFolder, error.into()))?;
    let mut program = Command::new(&orders.program);
    // This also empties the signal mask.
    Err((Stage::Exec, program.args(orders.args).env_clear().envs(orders.env).exec()))
}

/// Nothing of the supervisor outlives `exec`: descriptors, ignored signals, session.
fn leave_supervisor() -> io::Result<()> {
    sys::close_on_exec_from(3)?;
    sys::reset_signal_actions();
    rustix::process::setsid()?;
    Ok(())
}

/// Where a sandbox forbids this, an agent that weighs as much as its supervisor is better than none.
fn yield_to_others(orders: &Received) {
    if rustix::process::getpriority_process(None).is_ok_and(|nice| nice < orders.nice) {
        let _ = rustix::process::setpriority_process(None, orders.nice);
    }
    let path = "/proc/self/oom_score_adj";
    let score = std::fs::read_to_string(path).ok().and_then(|text| text.trim().parse::<i32>().ok());
    if score.is_some_and(|score| score < orders.oom_score_adj) {
        let _ = std::fs::write(path, orders.oom_score_adj.to_string());
    }
}

fn prepare(error: impl Into<io::Error>) -> Failed {
    (Stage::Prepare, error.into())
}

/// The orders and the three standard descriptors; none when the gate was closed.
fn receive(gate: &OwnedFd) -> Result<Option<[OwnedFd; DESCRIPTORS]>, Errno> {
    let mut data = [0u8; 1];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let received = retry(|| {
        let mut data = [io::IoSliceMut::new(&mut data)];
        rustix::net::recvmsg(gate.as_fd(), &mut data, &mut control, RecvFlags::CMSG_CLOEXEC)
    })?;
    if received.bytes == 0 {
        return Ok(None);
    }
    let descriptors = control.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(descriptors) => Some(descriptors),
        _ => None,
    });
    let descriptors: Vec<OwnedFd> = descriptors.flatten().collect();
    match (data[0], descriptors.try_into()) {
        (SETUP, Ok(descriptors)) => Ok(Some(descriptors)),
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
