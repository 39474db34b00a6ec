//! Whether process ids still tell which processes are younger than a run.
//!
//! Linux gives ids in ascending order until they wrap. As long as they have not, a process whose id is
//! not between the run's first one and the last one that was given was there before the run, and a look
//! at the run need not read what `/proc` says of it: on a machine with hundreds of processes that is
//! most of what a look costs.

use super::procfs;

/// What is remembered from when a run began.
#[derive(Debug, Clone, Copy)]
pub(super) struct Births {
    /// Processes and threads made since boot, when the run had begun.
    forks: u64,
    /// As many forks as cannot make the ids wrap, those that failed after they had an id included.
    safe: u64,
}

impl Births {
    /// Now; none where the system does not tell.
    pub(super) fn now() -> Option<Self> {
        Some(Self { forks: procfs::forks()?, safe: procfs::largest_pid()? / 2 })
    }

    /// The id that was given last, where it and all that were given since the process `first` began
    /// stand in order.
    pub(super) fn last_since(self, first: i32) -> Option<i32> {
        let last = procfs::last_pid().filter(|last| *last >= first)?;
        let made = procfs::forks()?.saturating_sub(self.forks);
        (made < self.safe).then_some(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_ends_with_the_first_wrap() {
        let births = Births::now().expect("the system tells");
        let own = rustix::process::getpid().as_raw_nonzero().get();
        let many = Births { forks: 0, safe: 0 };
        assert_eq!(many.last_since(own), None);
        assert_eq!(births.last_since(i32::MAX), None, "the last id is smaller: they have wrapped");
        assert!(births.safe > 100);
    }
}
