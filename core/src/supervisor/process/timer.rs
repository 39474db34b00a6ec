//! A timer that wakes its process once.
//!
//! The runtime's own timers pass a time that is a second away from wheel to wheel, and wake the
//! process each time. A supervisor does little else than to wait for the next second.

use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::time::{Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec};
use tokio::io::unix::AsyncFd;

use super::{ProcessError, sys};

/// One timer of the current runtime.
#[derive(Debug)]
pub struct Timer(AsyncFd<OwnedFd>);

impl Timer {
    /// Makes it; it does not run.
    ///
    /// # Errors
    /// When the system has no more of them.
    pub fn new() -> Result<Self, ProcessError> {
        let flags = TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK;
        let timer = rustix::time::timerfd_create(TimerfdClockId::Monotonic, flags)
            .map_err(|error| ProcessError::new("make a timer", error))?;
        Ok(Self(sys::watched(timer).map_err(|error| ProcessError::new("watch a timer", error))?))
    }

    /// Waits so long. Whoever calls it anew, or drops it, ends the wait before.
    pub async fn after(&self, time: Duration) {
        // Zero would stop the timer.
        let time = Timespec::try_from(time.max(Duration::from_nanos(1))).unwrap_or_default();
        let once = Itimerspec { it_interval: Timespec::default(), it_value: time };
        if rustix::time::timerfd_settime(&self.0, TimerfdTimerFlags::empty(), &once).is_err() {
            // Only a time that is out of range is refused: that is as good as never.
            return std::future::pending().await;
        }
        let mut count = [0; size_of::<u64>()];
        while let Ok(mut ready) = self.0.readable().await {
            // Readiness of an earlier wait may be left.
            match rustix::io::read(&self.0, &mut count) {
                Err(rustix::io::Errno::AGAIN) => ready.clear_ready(),
                _ => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn it_waits_as_long_as_was_said_last() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let timer = Timer::new().expect("a timer");
            let hour = Duration::from_secs(3600);
            for _ in 0..3 {
                let dropped = tokio::time::timeout(Duration::from_millis(1), timer.after(hour)).await;
                assert!(dropped.is_err());
                let begin = Instant::now();
                timer.after(Duration::from_millis(20)).await;
                assert!(begin.elapsed() >= Duration::from_millis(20));
                timer.after(Duration::ZERO).await;
            }
        });
    }
}
