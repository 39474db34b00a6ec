//! Freezing a run's processes, and never with a bus lock in their hands.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use tokio::time::sleep;

use super::procfs::{self, HeldLock, Stat};
use super::{Cgroup, ProcessError, Tree};

/// A frozen run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frozen {
    /// Processes that stand still.
    pub processes: u32,
}

/// Why a run could not be frozen. It runs on.
#[derive(Debug, thiserror::Error)]
pub enum FreezeError {
    /// One of its processes did not let go of a lock that everybody needs.
    #[error("process {pid} keeps a lock on {}", file.display())]
    Lock {
        /// The process.
        pid: i32,
        /// The locked file.
        file: PathBuf,
    },
    /// Its processes could not be looked at or signalled.
    #[error(transparent)]
    Process(#[from] ProcessError),
}

/// How long a lock's holder is given chances to let go of it.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long it runs each time.
const CHANCE: Duration = Duration::from_millis(10);
/// How long a stop signal may take to be obeyed; a process in an uninterruptible call obeys after it.
const OBEYED: Duration = Duration::from_secs(2);

impl Tree {
    /// Stands all of the run still. While one of its processes holds a lock on a bus or on a file of
    /// `.conductor`, which all others wait for, they run on for 10 ms and are frozen again.
    ///
    /// # Errors
    /// When such a lock is not let go of within 10 s, or processes cannot be looked at; all of them
    /// run on then.
    pub async fn freeze(&mut self) -> Result<Frozen, FreezeError> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let frozen = match self.stand_still().await {
                Ok(frozen) => frozen,
                Err(error) => {
                    // The first failure is what is told; a second one says no more.
                    let _ = self.thaw();
                    return Err(error.into());
                }
            };
            let Some(lock) = frozen.iter().find_map(|stat| bus_lock(stat.id.pid)) else {
                return Ok(Frozen { processes: u32::try_from(frozen.len()).unwrap_or(u32::MAX) });
            };
            self.thaw()?;
            if Instant::now() >= deadline {
                return Err(FreezeError::Lock { pid: lock.pid, file: lock.file });
            }
            sleep(CHANCE).await;
        }
    }

    /// Lets all of the run go on. Harmless where nothing is frozen.
    ///
    /// # Errors
    /// When processes cannot be looked at, or the group or one of them refuses; the others go on.
    pub fn thaw(&mut self) -> Result<(), ProcessError> {
        let group = self.cgroup.as_ref().map_or(Ok(()), Cgroup::thaw);
        let go_on = |stat: &Stat| stat.id.signal(Signal::CONT).map(drop);
        self.stats()?.iter().map(go_on).fold(group, Result::and)
    }

    /// Freezes the group, stops what is outside of it, and looks until all that is found stands.
    async fn stand_still(&mut self) -> Result<Vec<Stat>, ProcessError> {
        if let Some(cgroup) = &self.cgroup {
            cgroup.freeze()?;
        }
        let deadline = Instant::now() + OBEYED;
        let mut told = HashSet::new();
        loop {
            let members = self.stats()?;
            let in_group: HashSet<i32> = self.cgroup.iter().flat_map(Cgroup::pids).collect();
            let mut news = false;
            let mut moving = false;
            for stat in members.iter().filter(|stat| !in_group.contains(&stat.id.pid)) {
                moving |= !stat.is_stopped();
                if !stat.is_stopped() && told.insert(stat.id) {
                    news = true;
                    stat.id.signal(Signal::STOP)?;
                }
            }
            if !news && (!moving || Instant::now() >= deadline) {
                return Ok(members);
            }
            if !news {
                sleep(Duration::from_millis(1)).await;
            }
        }
    }
}

/// A lock of the process that others wait for.
fn bus_lock(pid: i32) -> Option<HeldLock> {
    procfs::held_locks(pid).into_iter().find(|lock| is_shared(&lock.file))
}

/// A bus, any of its segments, or a file of the root's own folder. What else an agent locks (its
/// build folder, its database) is its own affair.
fn is_shared(file: &Path) -> bool {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let is_bus = name.contains("TASK-MESSAGE-BUS") || name.contains("PROJECT-MESSAGE-BUS");
    is_bus || file.components().any(|part| part.as_os_str() == ".conductor")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_others_wait_for_counts() {
        for shared in [
            "/r/p/PROJECT-MESSAGE-BUS.md",
            "/r/p/t/TASK-MESSAGE-BUS.01J.md",
            "/r/.conductor/state/journal.md",
        ] {
            assert!(is_shared(Path::new(shared)), "{shared}");
        }
        for own in ["/src/target/debug/.cargo-lock", "/r/p/t/notes.md", "/r/p/t/x/conductor"] {
            assert!(!is_shared(Path::new(own)), "{own}");
        }
    }
}
