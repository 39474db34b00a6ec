//! Waiting for a server: 200 ms, then twice as long each time, 5 s at most, with an end.

use std::time::{Duration, Instant};

const FIRST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(5);

/// A wait for a server that does not answer.
#[derive(Debug)]
pub struct Patience {
    until: Instant,
    next: Duration,
}

impl Patience {
    /// Waits so long in all.
    pub fn new(limit: Duration, now: Instant) -> Self {
        // What is further away than clocks reach never comes.
        let until = now.checked_add(limit).unwrap_or_else(|| now + Duration::from_secs(1 << 32));
        Self { until, next: FIRST }
    }

    /// How long to wait before the next try; none when the time is over.
    pub fn pause(&mut self, now: Instant) -> Option<Duration> {
        let left = self.until.checked_duration_since(now).filter(|left| !left.is_zero())?;
        let pause = self.next.min(left);
        self.next = (self.next * 2).min(LONGEST);
        Some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_five_seconds_and_end() {
        let (start, mut at) = (Instant::now(), Instant::now());
        let mut patience = Patience::new(Duration::from_secs(20), start);
        let mut pauses = Vec::new();
        while let Some(pause) = patience.pause(at) {
            pauses.push(pause.as_millis());
            at += pause;
        }
        assert_eq!(pauses[..6], [200, 400, 800, 1600, 3200, 5000]);
        assert!(at.duration_since(start) <= Duration::from_secs(21), "{pauses:?}");
        assert_eq!(Patience::new(Duration::ZERO, start).pause(start), None);
    }
}
