//! The clocks of a living run: how long it worked, and how long it gave no sign of life.
//!
//! Counts monotonic time. Both clocks stand while the run is frozen.

use std::time::{Duration, Instant};

/// Share of one CPU below which a tree's CPU time is housekeeping and no sign of life, in percent.
const HOUSEKEEPING: u64 = 2;
/// Clock ticks of CPU time in a second (`sysconf(_SC_CLK_TCK)` on Linux).
const TICKS_PER_SECOND: u64 = 100;

/// What tells that a run is alive: anything of it that grew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Signs {
    /// Bytes of standard output and standard error.
    pub output: u64,
    /// Messages on the task's bus since it began.
    pub messages: u64,
    /// Whether a tool is at work: then silence is no sign of death.
    pub tool: bool,
}

/// The clocks of one run.
#[derive(Debug)]
pub struct Stopwatch {
    /// When it began; moved on by each pause.
    began: Instant,
    alive_at: Instant,
    frozen_at: Option<Instant>,
    signs: Signs,
    cpu: (Instant, u64),
}

impl Stopwatch {
    /// A run that has worked for this long already.
    pub fn started(now: Instant, worked: Duration) -> Self {
        Self {
            began: now.checked_sub(worked).unwrap_or(now),
            alive_at: now,
            frozen_at: None,
            signs: Signs::default(),
            cpu: (now, 0),
        }
    }

    /// Takes note of what is seen now.
    pub fn see(&mut self, signs: Signs, now: Instant) {
        if signs.tool || signs != self.signs {
            self.alive_at = now;
        }
        self.signs = signs;
    }

    /// Takes note of the CPU time of the tree, in clock ticks.
    pub fn see_cpu(&mut self, ticks: u64, now: Instant) {
        let (seen_at, seen) = self.cpu;
        let elapsed = now.saturating_duration_since(seen_at).as_millis().min(u128::from(u32::MAX)) as u64;
        let housekeeping = elapsed * TICKS_PER_SECOND * HOUSEKEEPING / 100 / 1000;
        if ticks.saturating_sub(seen) > housekeeping {
            self.alive_at = now;
        }
        self.cpu = (now, ticks);
    }

    /// The clocks stand from now on.
    pub fn freeze(&mut self, now: Instant) {
        self.frozen_at.get_or_insert(now);
    }

    /// The clocks go on; for how long they stood.
    pub fn thaw(&mut self, now: Instant) -> Duration {
        let Some(frozen_at) = self.frozen_at.take() else { return Duration::ZERO };
        let stood = now.saturating_duration_since(frozen_at);
        self.began += stood;
        self.alive_at += stood;
        self.cpu.0 += stood;
        stood
    }

    /// How long it worked.
    pub fn worked(&self, now: Instant) -> Duration {
        self.frozen_at.unwrap_or(now).saturating_duration_since(self.began)
    }

    /// How long it gave no sign of life.
    pub fn idle_for(&self, now: Instant) -> Duration {
        self.frozen_at.unwrap_or(now).saturating_duration_since(self.alive_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn anything_that_grows_is_a_sign_of_life() {
        let start = Instant::now();
        let mut watch = Stopwatch::started(start, Duration::ZERO);
        watch.see(Signs { output: 1, ..Signs::default() }, start + SECOND);
        assert_eq!(watch.idle_for(start + 3 * SECOND), 2 * SECOND);
        watch.see(Signs { output: 1, messages: 1, tool: false }, start + 3 * SECOND);
        watch.see(Signs { output: 1, messages: 1, tool: false }, start + 5 * SECOND);
        assert_eq!(watch.idle_for(start + 5 * SECOND), 2 * SECOND);
        watch.see(Signs { output: 1, messages: 1, tool: true }, start + 9 * SECOND);
        assert_eq!(watch.idle_for(start + 9 * SECOND), Duration::ZERO);
    }

    #[test]
    fn cpu_counts_unless_it_is_housekeeping() {
        let start = Instant::now();
        let mut watch = Stopwatch::started(start, Duration::ZERO);
        watch.see_cpu(2, start + SECOND);
        assert_eq!(watch.idle_for(start + SECOND), SECOND);
        watch.see_cpu(50, start + 2 * SECOND);
        assert_eq!(watch.idle_for(start + 2 * SECOND), Duration::ZERO);
    }

    #[test]
    fn both_clocks_stand_while_it_is_frozen() {
        let start = Instant::now();
        let mut watch = Stopwatch::started(start, 5 * SECOND);
        watch.freeze(start + SECOND);
        assert_eq!(watch.worked(start + 100 * SECOND), 6 * SECOND);
        assert_eq!(watch.idle_for(start + 100 * SECOND), SECOND);
        assert_eq!(watch.thaw(start + 101 * SECOND), 100 * SECOND);
        assert_eq!(watch.worked(start + 102 * SECOND), 7 * SECOND);
        assert_eq!(watch.idle_for(start + 102 * SECOND), 2 * SECOND);
    }
}
