//! Process descriptors: a hold on one very process, whatever becomes of its id.

use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::MetadataExt;

use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::reaper::{Exit, exit_of};
use super::{ProcessError, ProcessId, sys};

/// A hold on the process; none when it is gone, zombies excepted.
///
/// # Errors
/// When the kernel refuses the descriptor.
pub fn open(id: ProcessId) -> Result<Option<OwnedFd>, ProcessError> {
    let Some(pid) = Pid::from_raw(id.pid) else { return Ok(None) };
    match pidfd_open(pid, PidfdFlags::empty()) {
        // Compared after opening: from here on the number cannot pass to another process unseen.
        Ok(pidfd) => Ok(id.stat().map(|_| pidfd)),
        Err(Errno::SRCH) => Ok(None),
        Err(error) => Err(ProcessError::new(format!("pidfd of process {id}"), error)),
    }
}

/// Sends a signal to this very process; `false` when it is gone.
///
/// # Errors
/// When it lives and the signal is refused.
pub fn signal(id: ProcessId, signal: Signal) -> Result<bool, ProcessError> {
    let Some(pidfd) = open(id)? else { return Ok(false) };
    match pidfd_send_signal(&pidfd, signal) {
        Ok(()) => Ok(true),
        Err(Errno::SRCH) => Ok(false),
        Err(error) => Err(ProcessError::new(format!("signal to process {id}"), error)),
    }
}

/// How the ended process behind `pidfd` ended; none where the kernel does not say (yet).
///
/// A zombie's status is in `/proc`, that of a process that was waited for in its pidfd (Linux 6.15).
pub fn exit(id: ProcessId, pidfd: impl AsFd) -> Option<Exit> {
    let kept = || sys::pidfd_wait_status(pidfd.as_fd());
    kept().or_else(|| zombie_status(id)).or_else(kept).map(exit_of)
}

/// Strangers' zombies show 0 in place of their status, so only those of our own user count.
fn zombie_status(id: ProcessId) -> Option<i32> {
    let user = rustix::process::geteuid().as_raw();
    let owner = std::fs::metadata(format!("/proc/{}", id.pid)).ok()?.uid();
    let stat = id.stat().filter(|stat| stat.is_gone() && (owner == user || user == 0))?;
    Some(stat.wait_status)
}
