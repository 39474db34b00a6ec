//! The processes of one run, wherever they have gone.

use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::ops::RangeInclusive;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::births::Births;
use super::procfs::{self, Marker, Stat};
use super::{Cgroup, FileId, ProcessError, ProcessId, Reaper, files};
use crate::model::RunId;

/// How often, and how many times, a process is looked at again that may be in `exec`.
const SETTLE_EVERY: Duration = Duration::from_millis(1);
const SETTLE_LOOKS: u32 = 50;

/// The processes of one run.
///
/// Its members are those that carry its marker. Of those without any marker, also: what was a member
/// at an earlier look, what is in the run's control group, children of members and what shares the
/// session of a member that leads it, what came to this process as subreaper, and what writes to the
/// files named as the run's logs. What carries another marker is no member, whatever its parents; neither
/// is this process itself.
#[derive(Debug)]
pub struct Tree {
    run: OsString,
    leader: Option<ProcessId>,
    /// Since the first process began, where this process began it.
    births: Option<Births>,
    pub(super) cgroup: Option<Cgroup>,
    reaper: Option<Reaper>,
    logs: Vec<FileId>,
    members: HashSet<ProcessId>,
    /// Of those that lived at the last look, the ones that nothing but this process tells from strangers.
    unmarked: HashSet<ProcessId>,
    /// Processes at work whose environment stayed empty; so they are not in `exec`.
    bare: HashSet<ProcessId>,
    /// Processes without a marker that were no members; quick looks pass over them.
    strangers: HashSet<ProcessId>,
    /// Ids that were no member's since the last look at all: strangers', zombies', the kernel's.
    passed: HashSet<i32>,
    cpu: HashMap<ProcessId, u64>,
    cpu_ticks: u64,
}

/// What a run's processes are doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Activity {
    /// Clock ticks of CPU seen since the first look. It grows when any of them works; no account.
    pub cpu_ticks: u64,
    /// Processes that live now.
    pub processes: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    /// Reads the environment of every process.
    Full,
    /// Passes over those that were strangers before.
    Quick,
    /// Passes over the ids of what was no member at the looks before, without asking who has them now: it
    /// must be quicker than processes hand on to each other.
    Fresh,
}

impl Tree {
    /// The processes of a run.
    pub fn of_run(run: &RunId, cgroup: Option<Cgroup>) -> Self {
        Self {
            run: run.as_str().into(),
            leader: None,
            births: None,
            cgroup,
            reaper: None,
            logs: Vec::new(),
            members: HashSet::new(),
            unmarked: HashSet::new(),
            bare: HashSet::new(),
            strangers: HashSet::new(),
            passed: HashSet::new(),
            cpu: HashMap::new(),
            cpu_ticks: 0,
        }
    }

    /// Says which process is the run's first, as recorded; so it is a member whatever it does to its
    /// environment.
    #[must_use]
    pub fn with_leader(mut self, leader: ProcessId) -> Self {
        self.leader = Some(leader);
        self.members.insert(leader);
        self
    }

    /// Says which other processes were seen as members before, by a supervisor that is gone.
    #[must_use]
    pub fn with_members(mut self, members: impl IntoIterator<Item = ProcessId>) -> Self {
        self.members.extend(members);
        self
    }

    /// Says that the first process began just now: looks pass over what was there before it.
    #[must_use]
    pub fn begun_now(mut self) -> Self {
        self.births = Births::now();
        self
    }

    /// Counts unmarked orphans that come to this process as members, unless they began before the
    /// run's first process.
    #[must_use]
    pub fn with_orphans_of(mut self, reaper: &Reaper) -> Self {
        self.reaper = Some(reaper.clone());
        self
    }

    /// Names the files that the run's first process writes to: for whoever was not there when its processes
    /// began. Of what carries no marker, those that write to them are members, but not at quick looks: it
    /// costs a look at every descriptor of the user.
    #[must_use]
    pub fn with_logs(mut self, logs: impl IntoIterator<Item = FileId>) -> Self {
        self.logs.extend(logs);
        self
    }

    /// The members that live now.
    ///
    /// # Errors
    /// When `/proc` cannot be read, which must not look like an empty tree.
    pub fn find(&mut self) -> Result<Vec<ProcessId>, ProcessError> {
        Ok(self.look(Look::Full)?.iter().map(|stat| stat.id).collect())
    }

    /// The members that live now. None means that there are none, also of those that were made behind the
    /// back of a look by a parent that was gone when the look came to it: looks go on until no process was
    /// made during one. Where others start processes without end, they end after `limit`.
    ///
    /// # Errors
    /// As [`Tree::find`].
    pub(super) fn hunt(&mut self, limit: Duration) -> Result<Vec<ProcessId>, ProcessError> {
        let until = Instant::now() + limit;
        let mut found = self.look(Look::Full)?;
        let mut last = None;
        while found.is_empty() && Instant::now() < until {
            let now = procfs::last_pid();
            if now.is_some() && now == last {
                break;
            }
            // One at least, also where the system tells the same id for ever.
            found = self.look(Look::Fresh)?;
            // Where the system does not tell, a second look is all that can be done.
            if now.is_none() {
                break;
            }
            last = now;
        }
        Ok(found.iter().map(|stat| stat.id).collect())
    }

    /// The members that live now and lead a session.
    ///
    /// # Errors
    /// When `/proc` cannot be read.
    pub fn session_leaders(&mut self) -> Result<Vec<ProcessId>, ProcessError> {
        let members = self.look(Look::Full)?;
        Ok(members.iter().filter(|stat| stat.session == stat.id.pid).map(|stat| stat.id).collect())
    }

    /// What they are doing. Cheap enough for every second.
    ///
    /// # Errors
    /// When `/proc` cannot be read.
    pub fn activity(&mut self) -> Result<Activity, ProcessError> {
        let members = self.look(Look::Quick)?;
        let now: HashMap<_, _> = members.iter().map(|stat| (stat.id, stat.cpu_ticks)).collect();
        let grown = |(id, ticks): (&ProcessId, &u64)| {
            ticks.saturating_sub(self.cpu.get(id).copied().unwrap_or_default())
        };
        self.cpu_ticks += now.iter().map(grown).sum::<u64>();
        self.cpu = now;
        Ok(Activity {
            cpu_ticks: self.cpu_ticks,
            processes: u32::try_from(members.len()).unwrap_or(u32::MAX),
        })
    }

    /// The members without a marker that lived at the last look, in order; without the first process.
    pub fn unmarked(&self) -> Vec<ProcessId> {
        let mut unmarked: Vec<_> = self.unmarked.iter().copied().collect();
        unmarked.sort_unstable();
        unmarked
    }

    /// The members that live now, with what the system says of them.
    pub(super) fn stats(&mut self) -> Result<Vec<Stat>, ProcessError> {
        self.look(Look::Full)
    }

    fn look(&mut self, look: Look) -> Result<Vec<Stat>, ProcessError> {
        let own = rustix::process::getpid().as_raw_nonzero().get();
        let mut sorted = Sorted::default();
        let mut unsettled = Vec::new();
        let in_group: HashSet<i32> = self.cgroup.iter().flat_map(Cgroup::pids).collect();
        let listed = procfs::pids()?;
        // Asked after they were listed, so that none of them can be younger than the answer.
        let young = self.young();
        let before =
            |pid: &i32| !in_group.contains(pid) && young.as_ref().is_some_and(|young| !young.contains(pid));
        if look != Look::Fresh {
            self.passed.clear();
        }
        for pid in listed.into_iter().filter(|pid| *pid != own && !before(pid)) {
            if self.passed.contains(&pid) {
                continue;
            }
            let Some(stat) = procfs::stat(pid).filter(|stat| !stat.is_gone() && !stat.is_kernel) else {
                self.passed.insert(pid);
                continue;
            };
            if look == Look::Quick && self.strangers.contains(&stat.id) {
                sorted.unmarked.push(stat);
                continue;
            }
            match procfs::marker(&stat) {
                Marker::Empty if stat.may_be_in_exec() && !self.bare.contains(&stat.id) => {
                    unsettled.push(stat)
                }
                marker => sorted.add(stat, marker, &self.run),
            }
        }
        self.settle(unsettled, &mut sorted);
        let Sorted { mut members, mut unmarked, others } = sorted;
        let marked = members.len();
        let logs = if look == Look::Quick { &[][..] } else { &self.logs };
        let own_claim =
            |stat: &Stat| self.is_claimed(stat, &in_group, own) || files::writes_to(stat.id.pid, logs);
        claim(&mut members, &mut unmarked, own_claim);
        self.members.retain(|id| !others.contains(id));
        self.members.extend(members.iter().map(|stat| stat.id));
        // Once is not enough: a child that was looked at before its parent, which then was gone, is nobody's.
        let again = unmarked.iter().map(|stat| stat.id).filter(|id| self.strangers.contains(id));
        self.passed.extend(again.chain(others.iter().copied()).map(|id| id.pid));
        if look != Look::Fresh {
            self.unmarked.clear();
            self.strangers.clear();
            self.bare.retain(|id| self.members.contains(id) || unmarked.iter().any(|stat| stat.id == *id));
        }
        let claimed = members[marked..].iter().map(|stat| stat.id);
        self.unmarked.extend(claimed.filter(|id| Some(*id) != self.leader));
        self.strangers.extend(unmarked.iter().map(|stat| stat.id));
        Ok(members)
    }

    /// The ids that were given since the first process began, while they tell that.
    fn young(&self) -> Option<RangeInclusive<i32>> {
        let first = self.leader?.pid;
        Some(first..=self.births?.last_since(first)?)
    }

    /// Looks again at processes that may be in `exec`, in whose midst the environment is empty for a
    /// moment; taken as unmarked, such a process would slip through the last look of a stop.
    fn settle(&mut self, mut unsettled: Vec<Stat>, sorted: &mut Sorted) {
        for _ in 0..SETTLE_LOOKS {
            if unsettled.is_empty() {
                return;
            }
            sleep(SETTLE_EVERY);
            let before = std::mem::take(&mut unsettled);
            for stat in before.iter().filter_map(|stat| stat.id.stat()).filter(|stat| !stat.is_gone()) {
                match procfs::marker(&stat) {
                    Marker::Empty if stat.may_be_in_exec() => unsettled.push(stat),
                    marker => sorted.add(stat, marker, &self.run),
                }
            }
        }
        for stat in unsettled {
            self.bare.insert(stat.id);
            sorted.add(stat, Marker::Empty, &self.run);
        }
    }

    /// Whether a process without a marker belongs to the run whatever its parents are.
    fn is_claimed(&self, stat: &Stat, in_group: &HashSet<i32>, own: i32) -> bool {
        let received = |leader: ProcessId, reaper: &Reaper| {
            stat.id.start_time >= leader.start_time && !reaper.was_here_before(stat.id)
        };
        let is_orphan = || {
            stat.parent == own && self.leader.zip(self.reaper.as_ref()).is_some_and(|(l, r)| received(l, r))
        };
        self.members.contains(&stat.id) || in_group.contains(&stat.id.pid) || is_orphan()
    }
}

/// Moves those of the unmarked that belong to the run to its members, and what belongs to those, until no
/// more are found.
fn claim(members: &mut Vec<Stat>, unmarked: &mut Vec<Stat>, is_claimed: impl Fn(&Stat) -> bool) {
    let mut found: Vec<Stat> = unmarked.extract_if(.., |stat| is_claimed(stat)).collect();
    let mut pids: HashSet<i32> = members.iter().map(|stat| stat.id.pid).collect();
    loop {
        pids.extend(found.iter().map(|stat| stat.id.pid));
        members.append(&mut found);
        found = unmarked
            .extract_if(.., |stat| pids.contains(&stat.parent) || pids.contains(&stat.session))
            .collect();
        if found.is_empty() {
            return;
        }
    }
}

/// Processes by their marker.
#[derive(Default)]
struct Sorted {
    members: Vec<Stat>,
    unmarked: Vec<Stat>,
    others: HashSet<ProcessId>,
}

impl Sorted {
    fn add(&mut self, stat: Stat, marker: Marker, run: &OsStr) {
        match marker {
            Marker::Run(marked) if marked == *run => self.members.push(stat),
            Marker::None | Marker::Empty => self.unmarked.push(stat),
            Marker::Run(_) | Marker::Supervisor => {
                self.others.insert(stat.id);
            }
        }
    }
}
