//! The system calls that neither rustix nor nix offers safely.
#![expect(unsafe_code, reason = "raw system calls; each site says why it is sound")]

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd};

use nix::libc;
use tokio::io::unix::AsyncFd;

/// The pid of a child that has ended and was not waited for; it stays waitable.
///
/// # Errors
/// What `waitid` answers; `ECHILD` where there is no child at all.
pub(super) fn peek_ended_child() -> io::Result<Option<i32>> {
    let flags = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
    // SAFETY: `siginfo_t` is plain data for which all zeroes is a valid value.
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    // SAFETY: `info` outlives the call, which writes nothing but it.
    if unsafe { libc::waitid(libc::P_ALL, 0, &raw mut info, flags) } == -1 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: `waitid` succeeded, so the fields of SIGCHLD are set, or all are zero.
    let pid = unsafe { info.si_pid() };
    Ok((pid != 0).then_some(pid))
}

/// The wait status of the ended process behind a pidfd, once its parent has waited for it.
/// Nothing before that, and on kernels (before 6.15) that do not keep it.
pub(super) fn pidfd_wait_status(pidfd: BorrowedFd<'_>) -> Option<i32> {
    // SAFETY: `pidfd_info` is plain data for which all zeroes is a valid value.
    let mut info: libc::pidfd_info = unsafe { std::mem::zeroed() };
    info.mask = u64::from(libc::PIDFD_INFO_EXIT);
    // SAFETY: the size of `info` is part of the request's number, and `info` outlives the call.
    let answer = unsafe { libc::ioctl(pidfd.as_raw_fd(), libc::PIDFD_GET_INFO, &raw mut info) };
    (answer == 0 && info.mask & u64::from(libc::PIDFD_INFO_EXIT) != 0).then_some(info.exit_code)
}

/// Sets every signal to its default action. Ignored signals would outlive `exec`.
pub(super) fn reset_signal_actions() {
    for signal in 1..=libc::SIGRTMAX() {
        // SAFETY: the default action involves no code of this process. Signals that cannot be
        // changed (KILL, STOP, two of the C library's own) answer with an error and stay.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
}

/// Marks every descriptor from `first` on as close-on-exec.
///
/// # Errors
/// Where the kernel cannot do it at once and `/proc/self/fd` cannot be read either.
pub(super) fn close_on_exec_from(first: RawFd) -> io::Result<()> {
    let first = first.unsigned_abs();
    // SAFETY: only a flag of descriptors changes; none is closed under a value that owns it.
    let answer =
        unsafe { libc::syscall(libc::SYS_close_range, first, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC) };
    if answer == 0 {
        return Ok(());
    }
    for entry in std::fs::read_dir("/proc/self/fd")? {
        let number = entry?.file_name().to_string_lossy().parse::<RawFd>().ok();
        if let Some(fd) = number.filter(|fd| fd.unsigned_abs() >= first) {
            // SAFETY: as above; a number that is no descriptor any more answers with an error.
            unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) };
        }
    }
    Ok(())
}

/// Registers a descriptor with the current runtime.
///
/// # Errors
/// When the runtime cannot watch it.
pub(super) fn watched(fd: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    // SAFETY: an owned descriptor stays the same open file until it is dropped, which `AsyncFd` does
    // after it has deregistered it.
    unsafe { Ok(AsyncFd::register(fd)?) }
}
