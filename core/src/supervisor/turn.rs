//! What happens to a living run: whether it goes on, stands still, or is ended and why. Pure.

use std::time::Duration;

use super::limits;
use super::step::Markers;

/// Why a supervisor ends a run that would have gone on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// STOP.
    Stop,
    /// DONE, and its time to exit by itself is over.
    Done,
    /// The machine or a service manager told the supervisor to end.
    Shutdown,
    /// `tell --now`: the session goes on with the message.
    Interrupt,
    /// No sign of life.
    IdleTime,
    /// The task has worked as long as it may.
    WallTime,
    /// Its events say already that waiting is useless.
    Hopeless,
}

/// What is to be done with a living run now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Nothing.
    Go,
    /// Stand it still.
    Freeze,
    /// Let it go on.
    Thaw,
    /// Stop its tree.
    End(Cause),
}

/// A living run, as it looks now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    /// Markers in the task's folder.
    pub markers: Markers,
    /// Since when DONE was seen.
    pub done_for: Option<Duration>,
    /// The supervisor was told to end.
    pub shutdown: bool,
    /// A message wants the turn to be interrupted.
    pub interrupt: bool,
    /// The events allow no hope.
    pub hopeless: bool,
    /// It stands still.
    pub frozen: bool,
    /// Time without a sign of life.
    pub idle_for: Duration,
    /// How much of that is allowed.
    pub idle_limit: Option<Duration>,
    /// Work of all runs of the task.
    pub worked: Duration,
    /// How much of that is allowed.
    pub wall_limit: Option<Duration>,
}

/// What is to be done with it.
pub fn turn(look: &Look) -> Turn {
    if look.markers.stop_wins() {
        return Turn::End(Cause::Stop);
    }
    if look.shutdown {
        return Turn::End(Cause::Shutdown);
    }
    if look.markers.done.is_some() {
        return done(look);
    }
    if look.markers.pause.is_some_and(|pause| !pause.after_turn) {
        return if look.frozen { Turn::Go } else { Turn::Freeze };
    }
    if look.frozen {
        return Turn::Thaw;
    }
    let over = |limit: Option<Duration>, used: Duration| limit.is_some_and(|limit| used >= limit);
    if look.hopeless {
        Turn::End(Cause::Hopeless)
    } else if look.interrupt {
        Turn::End(Cause::Interrupt)
    } else if over(look.wall_limit, look.worked) {
        Turn::End(Cause::WallTime)
    } else if over(look.idle_limit, look.idle_for) {
        Turn::End(Cause::IdleTime)
    } else {
        Turn::Go
    }
}

/// A minute to exit by itself; none when a person wants it gone, or it cannot because it is frozen.
fn done(look: &Look) -> Turn {
    let over = look.done_for.is_some_and(|waited| waited >= limits::DONE_GRACE);
    let hurry = look.frozen || look.markers.stop.is_some();
    if over || hurry { Turn::End(Cause::Done) } else { Turn::Go }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supervisor::step::Pause;
    use crate::supervisor::testing::at;

    const SECOND: Duration = Duration::from_secs(1);

    fn look() -> Look {
        Look { idle_limit: Some(10 * SECOND), wall_limit: Some(100 * SECOND), ..Look::default() }
    }

    #[test]
    fn a_run_goes_on_until_a_limit() {
        assert_eq!(turn(&look()), Turn::Go);
        assert_eq!(turn(&Look { idle_for: 10 * SECOND, ..look() }), Turn::End(Cause::IdleTime));
        assert_eq!(turn(&Look { worked: 100 * SECOND, ..look() }), Turn::End(Cause::WallTime));
        assert_eq!(turn(&Look { hopeless: true, ..look() }), Turn::End(Cause::Hopeless));
        let unlimited = Look { idle_limit: None, wall_limit: None, ..look() };
        let long = 1_000_000 * SECOND;
        assert_eq!(turn(&Look { worked: long, idle_for: long, ..unlimited }), Turn::Go);
    }

    #[test]
    fn done_grants_a_minute_to_exit_by_itself() {
        let done = Markers { done: Some(at(0)), ..Markers::default() };
        let waited = |seconds| Look { markers: done, done_for: Some(seconds * SECOND), ..look() };
        assert_eq!(turn(&waited(59)), Turn::Go);
        assert_eq!(turn(&waited(60)), Turn::End(Cause::Done));
        assert_eq!(
            turn(&Look { idle_for: 50 * SECOND, ..waited(30) }),
            Turn::Go,
            "silence is no matter then"
        );
        assert_eq!(turn(&Look { frozen: true, ..waited(0) }), Turn::End(Cause::Done));
    }

    #[test]
    fn of_stop_and_done_the_first_decides_and_both_end_it_at_once() {
        let markers = |done, stop| Markers { done: Some(at(done)), stop: Some(at(stop)), pause: None };
        assert_eq!(turn(&Look { markers: markers(2, 1), ..look() }), Turn::End(Cause::Stop));
        assert_eq!(turn(&Look { markers: markers(1, 2), ..look() }), Turn::End(Cause::Done));
    }

    #[test]
    fn pause_freezes_and_its_end_thaws_but_a_takeover_lets_the_turn_end() {
        let paused = |after_turn| Markers { pause: Some(Pause { after_turn }), ..Markers::default() };
        let over = Look { idle_for: 60 * SECOND, markers: paused(false), ..look() };
        assert_eq!(turn(&over), Turn::Freeze);
        assert_eq!(turn(&Look { frozen: true, ..over }), Turn::Go);
        assert_eq!(turn(&Look { frozen: true, ..look() }), Turn::Thaw);
        assert_eq!(turn(&Look { markers: paused(true), ..look() }), Turn::Go);
    }

    #[test]
    fn stop_wins_over_pause() {
        let markers = Markers { stop: Some(at(0)), pause: Some(Pause { after_turn: false }), done: None };
        assert_eq!(turn(&Look { markers, frozen: true, ..look() }), Turn::End(Cause::Stop));
    }

    #[test]
    fn shutdown_and_interruption_end_the_turn() {
        assert_eq!(turn(&Look { shutdown: true, ..look() }), Turn::End(Cause::Shutdown));
        assert_eq!(turn(&Look { interrupt: true, ..look() }), Turn::End(Cause::Interrupt));
    }
}
