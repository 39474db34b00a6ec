//! Crash points and failing system calls for tests (feature `faults`); nothing without it.
//!
//! `CONDUCTOR_CRASH_AT=<step>[:<n>]` kills the process (SIGKILL to itself) when it passes the named
//! step for the n-th time, 1 unless said; it leaves its pid in the file that `CONDUCTOR_CRASH_NOTE` names.
//! A thread can also plan that its n-th call of a kind fails.

/// Kinds of system calls that can be made to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// `write`.
    Write,
    /// `fsync` and `fdatasync`.
    Sync,
    /// `rename`.
    Rename,
    /// `open`.
    Open,
    /// `flock` and record locks.
    Lock,
    /// `read`.
    Read,
}

/// How a planned call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// With this error number, nothing done.
    Errno(i32),
    /// Only this many bytes are written.
    Short(usize),
}

#[cfg(not(feature = "faults"))]
mod plan {
    use super::{Call, Failure};

    /// Marks a step at which a process may be killed by a test.
    #[inline(always)]
    pub fn step(_name: &str) {}

    /// What the next call of this kind shall do instead of its work.
    #[inline(always)]
    pub fn next(_call: Call) -> Option<Failure> {
        None
    }
}

#[cfg(feature = "faults")]
mod plan {
    use std::cell::RefCell;
    use std::collections::HashMap;
    use std::sync::{Mutex, OnceLock};

    use super::{Call, Failure};

    thread_local! {
        static PLAN: RefCell<Vec<(Call, u32, Failure)>> = const { RefCell::new(Vec::new()) };
    }

    /// Marks a step at which a process may be killed by a test.
    pub fn step(name: &str) {
        static TARGET: OnceLock<Option<(String, u32)>> = OnceLock::new();
        static PASSED: Mutex<Option<HashMap<String, u32>>> = Mutex::new(None);
        let target = TARGET.get_or_init(|| {
            let value = std::env::var("CONDUCTOR_CRASH_AT").ok()?;
            let (step, count) = value.split_once(':').unwrap_or((&value, "1"));
            Some((step.to_owned(), count.parse().unwrap_or(1)))
        });
        let Some((step, count)) = target else { return };
        if step != name {
            return;
        }
        let mut passed = PASSED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let seen = passed.get_or_insert_default().entry(name.to_owned()).or_insert(0);
        *seen += 1;
        if *seen == *count {
            if let Some(note) = std::env::var_os("CONDUCTOR_CRASH_NOTE") {
                let _ = std::fs::write(note, std::process::id().to_string());
            }
            let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        }
    }

    /// What the next call of this kind shall do instead of its work.
    pub fn next(call: Call) -> Option<Failure> {
        PLAN.with_borrow_mut(|plan| {
            let index = plan.iter().position(|(planned, _, _)| *planned == call)?;
            plan[index].1 -= 1;
            (plan[index].1 == 0).then(|| plan.remove(index).2)
        })
    }

    /// Plans that this thread's n-th call (from 1) of a kind fails.
    pub fn plan(call: Call, nth: u32, failure: Failure) {
        PLAN.with_borrow_mut(|plan| plan.push((call, nth.max(1), failure)));
    }

    /// Forgets what this thread had planned; tells whether all of it had happened.
    pub fn clear() -> bool {
        PLAN.with_borrow_mut(|plan| {
            let done = plan.is_empty();
            plan.clear();
            done
        })
    }
}

#[cfg(feature = "faults")]
pub use plan::{clear, plan};
pub use plan::{next, step};
