//! What wakes a supervisor: signals, a change in its task's folder, a time that has come.
//!
//! Nothing is polled more often than once a second, so an idle supervisor costs next to nothing.

use std::path::Path;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::process::{ProcessError, Timer};
use crate::logs::watch::{Watch, Watcher};

/// How often what tells nobody (other tasks, processes) is looked at.
pub(super) const TICK: Duration = Duration::from_secs(1);
/// How often a quiet run is looked at; its folder and its output tell of themselves.
pub(super) const QUIET_TICK: Duration = Duration::from_secs(2);
/// The longest sleep of a supervisor that waits for its own folder only.
pub(super) const LONGEST: Duration = Duration::from_secs(30);

/// The shortest time between two looks at what others write.
pub(super) const BREATH: Duration = Duration::from_millis(50);

/// What was asked of the supervisor by signals, so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Asked {
    /// TERM: stop the tree, leave the task to recovery.
    pub shutdown: bool,
    /// How often INT came: once asks for a verified stop, twice forces it.
    pub interrupts: u32,
}

/// The sources of a supervisor's wake-ups.
pub(super) struct Wake {
    look: Signal,
    person: Option<Person>,
    folder: Watch,
    timer: Timer,
    asked: Asked,
}

/// Signals that a terminal or a service manager sends.
struct Person {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Wake {
    /// Begins to listen. `signals`: also to INT, TERM and HUP, in place of what they do by themselves.
    pub(super) fn listen(folder: &Path, signals: bool) -> Result<Self, ProcessError> {
        let listen = |kind, name| signal(kind).map_err(|error| ProcessError::new(name, error));
        let person = if signals {
            Some(Person {
                interrupt: listen(SignalKind::interrupt(), "listen to SIGINT")?,
                terminate: listen(SignalKind::terminate(), "listen to SIGTERM")?,
                hang_up: listen(SignalKind::hangup(), "listen to SIGHUP")?,
            })
        } else {
            None
        };
        Ok(Self {
            look: listen(SignalKind::user_defined1(), "listen to SIGUSR1")?,
            person,
            folder: Watcher::global().watch(folder),
            timer: Timer::new()?,
            asked: Asked::default(),
        })
    }

    /// What was asked so far.
    pub(super) fn asked(&self) -> Asked {
        self.asked
    }

    /// Waits until there is a reason to look, at most so long. Dropping the future loses nothing.
    pub(super) async fn next(&mut self, at_most: Duration) {
        tokio::select! {
            _ = self.look.recv() => {}
            () = settled(&self.folder) => {}
            () = told(&mut self.person, &mut self.asked) => {}
            () = self.timer.after(at_most) => {}
        }
    }
}

/// Waits for a change in the folder and for what comes with it: a busy bus is looked at in one go.
async fn settled(folder: &Watch) {
    folder.changed().await;
    tokio::time::sleep(BREATH).await;
}

/// Waits for one of the signals of a person and notes it.
async fn told(person: &mut Option<Person>, asked: &mut Asked) {
    let Some(person) = person else { return std::future::pending().await };
    tokio::select! {
        _ = person.interrupt.recv() => asked.interrupts += 1,
        _ = person.terminate.recv() => asked.shutdown = true,
        // The terminal is gone; the task goes on without it.
        _ = person.hang_up.recv() => {}
    }
}
