//! Whom the loop kills.

use conductor_core::supervisor::process::ProcessId;
use rustix::process::Signal;

use super::watch::is_agent;
use crate::TestEnv;

/// What dies in one blow.
#[derive(Debug, Clone, Copy)]
pub enum Victim {
    /// A supervisor; which of them is left to chance.
    Supervisor,
    /// An agent.
    Agent,
    /// Any process: a command of the agent, its tool, the gate, a supervisor.
    Any,
    /// Every supervisor at once.
    Supervisors,
    /// Everything at once, as when the machine goes down.
    Everything,
}

impl Victim {
    /// Of each so many in ten.
    pub fn pick(chance: u64) -> Self {
        match chance % 10 {
            0..=2 => Victim::Supervisor,
            3 | 4 => Victim::Agent,
            5 | 6 => Victim::Any,
            7 | 8 => Victim::Supervisors,
            _ => Victim::Everything,
        }
    }

    /// The word in the report.
    pub fn name(self) -> &'static str {
        match self {
            Victim::Supervisor => "supervisor",
            Victim::Agent => "agent",
            Victim::Any => "any process",
            Victim::Supervisors => "all supervisors",
            Victim::Everything => "everything",
        }
    }

    /// Kills; tells how many.
    pub fn strike(self, env: &TestEnv, chance: u64) -> usize {
        let all = env.processes();
        let of = |wanted: fn(&str) -> bool| -> Vec<i32> {
            all.iter().filter(|(_, command)| wanted(command)).map(|(pid, _)| *pid).collect()
        };
        let pids = match self {
            Victim::Supervisor => one(&of(is_supervisor), chance),
            Victim::Agent => one(&of(is_agent), chance),
            Victim::Any => one(&of(|_| true), chance),
            Victim::Supervisors => of(is_supervisor),
            Victim::Everything => of(|_| true),
        };
        let killed = |pid: &&i32| {
            ProcessId::of(**pid).is_some_and(|id| id.signal(Signal::KILL).is_ok_and(|sent| sent))
        };
        pids.iter().filter(killed).count()
    }
}

fn one(pids: &[i32], chance: u64) -> Vec<i32> {
    let index = usize::try_from(chance).unwrap_or(0).checked_rem(pids.len());
    index.map(|index| vec![pids[index]]).unwrap_or_default()
}

fn is_supervisor(command: &str) -> bool {
    command.contains("__supervise")
}
