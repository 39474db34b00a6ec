//! Stopping a run's processes: told to end, then killed, and only believed when none is found.

use std::collections::HashSet;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::process::Signal;

use super::{ProcessError, ProcessId, Tree, pidfd, sys};
use crate::model::task::StopEvidence;

/// How long each step of a stop may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StopOptions {
    /// Between TERM and KILL.
    pub grace: Duration,
    /// How long what survives KILL is tried again before it is given up.
    pub kill_wait: Duration,
}

impl Default for StopOptions {
    fn default() -> Self {
        Self { grace: Duration::from_secs(5), kill_wait: Duration::from_secs(10) }
    }
}

impl StopOptions {
    /// KILL at once.
    pub fn forced() -> Self {
        Self { grace: Duration::ZERO, ..Self::default() }
    }
}

/// How long what others start on the machine is looked at, to be sure that none of it is of the run.
const HUNT: Duration = Duration::from_millis(500);
/// The longest time between two looks while processes are given time to end.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// The same once they are killed, and while what they still made is hunted.
const KILL_EVERY: Duration = Duration::from_millis(20);

impl Tree {
    /// Stops all of the run: TERM and CONT, grace, KILL, until nothing is left or what is left has
    /// survived KILL for [`StopOptions::kill_wait`]; that is named in the evidence.
    ///
    /// Can be dropped and called again; it begins anew with what is left.
    ///
    /// # Errors
    /// When processes cannot be looked at, which must not pass for a stop.
    pub async fn stop(&mut self, options: StopOptions) -> Result<StopEvidence, ProcessError> {
        let mut stop = Stop::new(options);
        loop {
            match stop.step(self)? {
                Next::Done(evidence) => return Ok(evidence),
                // Whoever forces the stop must be heard also while ever more is found.
                Next::Again => tokio::task::yield_now().await,
                Next::Wait(ends, until) => ends.wait(until).await?,
            }
        }
    }

    /// [`Tree::stop`] for callers without a runtime.
    ///
    /// # Errors
    /// As [`Tree::stop`].
    pub fn stop_blocking(&mut self, options: StopOptions) -> Result<StopEvidence, ProcessError> {
        let mut stop = Stop::new(options);
        loop {
            match stop.step(self)? {
                Next::Done(evidence) => return Ok(evidence),
                Next::Again => {}
                Next::Wait(ends, until) => ends.wait_blocking(until)?,
            }
        }
    }
}

/// A stop under way.
struct Stop {
    options: StopOptions,
    kill_from: Instant,
    told: HashSet<ProcessId>,
    killed: HashSet<ProcessId>,
}

enum Next {
    Done(StopEvidence),
    /// Look again at once.
    Again,
    /// Look again when one of them ends, and not later than at this time.
    Wait(Ends, Instant),
}

impl Stop {
    fn new(options: StopOptions) -> Self {
        Self {
            options,
            kill_from: Instant::now() + options.grace,
            told: HashSet::new(),
            killed: HashSet::new(),
        }
    }

    fn step(&mut self, tree: &mut Tree) -> Result<Next, ProcessError> {
        let found = tree.hunt(HUNT)?;
        if found.is_empty() {
            return Ok(Next::Done(self.evidence(&[])));
        }
        let now = Instant::now();
        if now >= self.kill_from + self.options.kill_wait && !self.killed.is_empty() {
            return Ok(Next::Done(self.evidence(&found)));
        }
        let (news, until) = if now < self.kill_from {
            (self.tell(tree, &found), self.kill_from.min(now + LOOK_EVERY))
        } else {
            (self.kill(tree, &found), now + KILL_EVERY)
        };
        // What has just come may have made more before it was reached.
        if news { Ok(Next::Again) } else { Ok(Next::Wait(Ends::of(&found)?, until)) }
    }

    /// TERM and CONT for those that were not told yet; whether there were any.
    fn tell(&mut self, tree: &Tree, found: &[ProcessId]) -> bool {
        let news: Vec<_> = found.iter().filter(|id| self.told.insert(**id)).collect();
        for id in &news {
            send(**id, Signal::TERM);
            send(**id, Signal::CONT);
        }
        if let Some(cgroup) = &tree.cgroup {
            // A group that is gone has nothing frozen in it.
            let _ = cgroup.thaw();
        }
        !news.is_empty()
    }

    /// KILL for all; whether any of them was not killed before.
    fn kill(&mut self, tree: &Tree, found: &[ProcessId]) -> bool {
        self.told.extend(found);
        for id in found {
            send(*id, Signal::KILL);
        }
        if let Some(cgroup) = &tree.cgroup {
            cgroup.kill();
        }
        found.iter().filter(|id| self.killed.insert(**id)).count() > 0
    }

    fn evidence(&self, left: &[ProcessId]) -> StopEvidence {
        let count = |set: &HashSet<ProcessId>| u32::try_from(set.len()).unwrap_or(u32::MAX);
        let left = left.iter().map(|id| id.pid).collect();
        StopEvidence { found: count(&self.told), killed: count(&self.killed), left }
    }
}

/// What refuses a signal (it has become another user's) is found again, and named when it stays.
fn send(id: ProcessId, signal: Signal) {
    if let Err(error) = id.signal(signal) {
        tracing::debug!(pid = id.pid, %error, "signal refused");
    }
}

/// Tells when one of several processes ends.
struct Ends {
    epoll: OwnedFd,
    /// Closing them would end the watch.
    _pidfds: Vec<OwnedFd>,
}

impl Ends {
    /// Watching a few is enough of a hint; a tree of thousands must not take all descriptors.
    const WATCHED: usize = 64;

    fn of(processes: &[ProcessId]) -> Result<Self, ProcessError> {
        let failed = |error| ProcessError::new("watch processes", error);
        let epoll = epoll::create(CreateFlags::CLOEXEC).map_err(failed)?;
        let mut pidfds = Vec::new();
        for id in processes.iter().take(Self::WATCHED) {
            if let Some(pidfd) = pidfd::open(*id)? {
                epoll::add(&epoll, &pidfd, EventData::new_u64(0), EventFlags::IN).map_err(failed)?;
                pidfds.push(pidfd);
            }
        }
        Ok(Self { epoll, _pidfds: pidfds })
    }

    async fn wait(self, until: Instant) -> Result<(), ProcessError> {
        let epoll = sys::watched(self.epoll).map_err(|e| ProcessError::new("watch processes", e))?;
        // Running out of time is as good a reason to look as an end is.
        let _ = tokio::time::timeout_at(until.into(), epoll.readable()).await;
        Ok(())
    }

    fn wait_blocking(self, until: Instant) -> Result<(), ProcessError> {
        let rest = until.saturating_duration_since(Instant::now());
        let rest = Timespec::try_from(rest).unwrap_or_default();
        match rustix::event::poll(&mut [PollFd::new(&self.epoll, PollFlags::IN)], Some(&rest)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(ProcessError::new("watch processes", error)),
        }
    }
}
