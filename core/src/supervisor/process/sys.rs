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
///
/// Past the C library, which keeps two of them to itself and so would leave them ignored.
pub(super) fn reset_signal_actions() {
    // The kernel's `sigaction`, at least as large as on any machine: all zero is the default action.
    let default_action = [0u64; 8];
    let set_bytes = size_of::<u64>();
    for signal in 1..=libc::SIGRTMAX() {
        let old = std::ptr::null_mut::<u64>();
        // SAFETY: the call reads `default_action` and writes nothing; the default action involves no
        // code of this process. Those that cannot be changed (KILL, STOP) answer with an error.
        unsafe { libc::syscall(libc::SYS_rt_sigaction, signal, default_action.as_ptr(), old, set_bytes) };
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
