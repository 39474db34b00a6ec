//! Where a process was that a file names: a pid says nothing on another machine, boot or namespace.
//!
//! A root can be shared with another machine or a container. Liveness is judged only for one's own;
//! of the rest it is said where it is.

use super::error::Result;
use super::lock::Holder;
use super::task::TaskDir;
use crate::model::RunInfo;

/// This machine, boot and pid namespace, or those that a file names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Where<'a> {
    /// The machine.
    pub machine_id: &'a str,
    /// `/proc/sys/kernel/random/boot_id`.
    pub boot_id: &'a str,
    /// Inode of `/proc/self/ns/pid`.
    pub pid_namespace: u64,
}

/// Where a process is or was, seen from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// Same machine, boot and pid namespace: its pid can be looked at.
    Here,
    /// The machine has been started again since: the process is gone.
    OtherBoot,
    /// Another pid namespace of this machine, such as a container: its pid means nothing here.
    OtherNamespace,
    /// Another machine: nothing can be said of it.
    OtherMachine,
    /// The file does not say.
    Unknown,
}

impl Place {
    /// Where a run's process is or was.
    pub fn of_run(info: &RunInfo, here: Where<'_>) -> Self {
        match (&info.machine_id, &info.boot_id, info.pid_namespace) {
            (Some(machine_id), Some(boot_id), Some(pid_namespace)) => {
                Self::between(Where { machine_id, boot_id, pid_namespace }, here)
            }
            _ => Place::Unknown,
        }
    }

    /// Where the holder of a lock is or was.
    pub fn of_holder(holder: &Holder, here: Where<'_>) -> Self {
        let Holder { machine_id, boot_id, pid_namespace, .. } = holder;
        Self::between(Where { machine_id, boot_id, pid_namespace: *pid_namespace }, here)
    }

    fn between(there: Where<'_>, here: Where<'_>) -> Self {
        if there.machine_id != here.machine_id {
            Place::OtherMachine
        } else if there.boot_id != here.boot_id {
            // Two containers without a machine id of their own share one; a boot id never is.
            Place::OtherBoot
        } else if there.pid_namespace != here.pid_namespace {
            Place::OtherNamespace
        } else {
            Place::Here
        }
    }
}

/// Whether a task's supervisor lives, as far as it can be told from here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Supervision {
    /// It holds the task's lock.
    Alive(Holder),
    /// The lock is free: nobody supervises the task.
    Free,
    /// The lock looks free, but the last holder was on another machine, whose locks may not be seen
    /// from here.
    Elsewhere(Holder),
}

impl TaskDir {
    /// Whether a supervisor lives, told for one's own machine only.
    ///
    /// # Errors
    /// When the lock cannot be looked at, or its holder does not say who it is.
    pub fn supervision(&self, here: Where<'_>) -> Result<Supervision> {
        if let Some(holder) = self.supervisor()? {
            return Ok(Supervision::Alive(holder));
        }
        let last = self.last_supervisor()?;
        Ok(match last {
            Some(last) if Place::of_holder(&last, here) == Place::OtherMachine => {
                Supervision::Elsewhere(last)
            }
            _ => Supervision::Free,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Where<'_> = Where { machine_id: "m", boot_id: "b", pid_namespace: 7 };

    #[test]
    fn a_process_is_placed_by_machine_then_boot_then_namespace() {
        let place = |machine_id, boot_id, pid_namespace| {
            Place::between(Where { machine_id, boot_id, pid_namespace }, HERE)
        };
        assert_eq!(place("m", "b", 7), Place::Here);
        assert_eq!(place("m", "b", 8), Place::OtherNamespace);
        assert_eq!(place("m", "c", 7), Place::OtherBoot);
        assert_eq!(place("n", "b", 7), Place::OtherMachine);
    }
}
