//! Whether process ids still tell which processes are younger than a run.
//!
//! Linux gives ids in ascending order until they wrap. As long as they have not, a process with a
//! smaller id than the run's first one was there before it, and a look at the run need not read what
//! `/proc` says of it: on a machine with hundreds of processes that is most of what a look costs.

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

    /// Whether all that was made since the process `first` began has a larger id.
    pub(super) fn are_in_order(self, first: i32) -> bool {
        let made = procfs::forks().map(|now| now.saturating_sub(self.forks));
        made.is_some_and(|made| made < self.safe) && procfs::last_pid().is_some_and(|last| last >= first)
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
        assert!(!many.are_in_order(own));
        assert!(!births.are_in_order(i32::MAX), "the last id is smaller: they have wrapped");
        let last = procfs::last_pid().expect("the system tells");
        assert!(last > 0 && births.safe > 100);
    }
}
