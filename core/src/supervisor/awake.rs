//! Keeps the machine from going to sleep while an agent works, by an inhibitor of the login manager
//! (`org.freedesktop.login1.Manager.Inhibit`, see `systemd-inhibit(1)`): a descriptor that holds as long as its process lives.
//!
//! On a battery that gets low nothing is held: a machine that slept can go on, one that ran empty cannot.

use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::apply;
use super::drive::Driver;
use super::error::SuperviseError;
use super::live::Live;
use crate::config::Power;
use crate::logind;

/// How long a run lives before it is worth it: nothing falls asleep within a moment.
const WORTH: Duration = Duration::from_secs(1);
/// How often the battery is looked at.
const BATTERY_TICK: Duration = Duration::from_secs(30);
/// Where the kernel tells of batteries.
const SUPPLIES: &str = "/sys/class/power_supply";

/// What a run holds so that the machine stays awake.
pub(super) struct Awake {
    settings: Power,
    since: Instant,
    hold: Hold,
    battery: Option<(Instant, bool)>,
}

enum Hold {
    Nothing,
    /// The login manager was asked, then; it may take its time.
    Asked(Instant, Receiver<Option<OwnedFd>>),
    /// Its sleep is inhibited until this is closed.
    Held(OwnedFd),
    /// There is nobody who could keep it awake, or who wants to.
    Refused,
}

impl Awake {
    pub(super) fn new(settings: &Power, now: Instant) -> Self {
        Self { settings: settings.clone(), since: now, hold: Hold::Nothing, battery: None }
    }

    /// Takes, keeps or lets go what keeps the machine awake. `why` is shown to whoever looks what does.
    fn tend(&mut self, works: bool, now: Instant, why: impl FnOnce() -> String) {
        if !works || !self.settings.keep_awake || self.is_battery_low(now) {
            return self.let_go();
        }
        match &self.hold {
            Hold::Nothing if now.saturating_duration_since(self.since) >= WORTH => {
                self.hold = ask(why(), now);
            }
            Hold::Asked(since, answer) => match answer.try_recv() {
                Ok(Some(held)) => self.hold = Hold::Held(held),
                Ok(None) | Err(TryRecvError::Disconnected) => self.hold = Hold::Refused,
                Err(TryRecvError::Empty) if now.saturating_duration_since(*since) > logind::PATIENCE => {
                    self.hold = Hold::Refused;
                }
                Err(TryRecvError::Empty) => {}
            },
            Hold::Held(held) if is_gone(held) => self.hold = Hold::Nothing,
            Hold::Nothing | Hold::Held(_) | Hold::Refused => {}
        }
    }

    /// Lets go what keeps the machine awake. What is still on its way is closed when it comes.
    pub(super) fn let_go(&mut self) {
        if !matches!(self.hold, Hold::Refused) {
            self.hold = Hold::Nothing;
        }
    }

    fn holds(&self) -> bool {
        matches!(self.hold, Hold::Held(_))
    }

    /// Whether there will be news that nothing else tells of.
    pub(super) fn is_asking(&self) -> bool {
        matches!(self.hold, Hold::Asked(..))
    }

    fn is_battery_low(&mut self, now: Instant) -> bool {
        let fresh = self.battery.filter(|(seen, _)| now.saturating_duration_since(*seen) < BATTERY_TICK);
        let (_, is_low) = *self.battery.insert(fresh.unwrap_or_else(|| {
            let charge = discharging(Path::new(SUPPLIES));
            (now, charge.is_some_and(|percent| percent < self.settings.battery_floor))
        }));
        is_low
    }
}

impl Driver<'_> {
    /// Keeps the machine awake while the agent of a run works, and records whether it is.
    pub(super) fn keep_awake(&mut self, live: &mut Live) -> Result<(), SuperviseError> {
        let spec = self.owned.spec();
        let why = || format!("{} works on {}/{}", live.info.agent, spec.project_id, spec.task_id);
        live.awake.tend(!live.frozen, Instant::now(), why);
        let holds = live.awake.holds();
        if live.awake.is_asking() || self.owned.state().keeps_awake == holds {
            return Ok(());
        }
        self.commit("task.awake", None, |state| apply::keep_awake(state, holds))
    }
}

/// Whether the login manager has died, and with it what it held.
fn is_gone(held: &OwnedFd) -> bool {
    let mut look = [PollFd::new(held, PollFlags::empty())];
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    poll(&mut look, Some(&at_once)).is_ok() && look[0].revents().intersects(PollFlags::ERR | PollFlags::HUP)
}

/// Whether somebody waits for an answer. A bus that never gives one costs one thread, however many runs there are.
static IS_ASKING: AtomicBool = AtomicBool::new(false);

/// Asks the login manager, which may have to be started first, beside everything else.
fn ask(why: String, now: Instant) -> Hold {
    if IS_ASKING.swap(true, Ordering::Relaxed) {
        return Hold::Nothing;
    }
    let (answer, asked) = channel();
    let asking = std::thread::Builder::new().name("awake".to_owned()).spawn(move || {
        let held = logind::inhibit_sleep(&why)
            .inspect_err(|error| tracing::info!(%error, "nothing keeps this machine awake"));
        IS_ASKING.store(false, Ordering::Relaxed);
        // Who asked may have ended meanwhile.
        let _ = answer.send(held.ok());
    });
    match asking {
        Ok(_) => Hold::Asked(now, asked),
        Err(_) => {
            IS_ASKING.store(false, Ordering::Relaxed);
            Hold::Refused
        }
    }
}

/// The charge of this machine's batteries in percent, where it runs on them.
fn discharging(supplies: &Path) -> Option<u8> {
    let read = |path: &Path, name: &str| {
        std::fs::read_to_string(path.join(name)).ok().map(|text| text.trim().to_owned())
    };
    let batteries: Vec<_> = std::fs::read_dir(supplies)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| read(path, "type").as_deref() == Some("Battery"))
        // That of a mouse or a keyboard.
        .filter(|path| read(path, "scope").as_deref() != Some("Device"))
        .collect();
    let is_used = batteries.iter().any(|path| read(path, "status").as_deref() == Some("Discharging"));
    let charges = batteries.iter().filter_map(|path| read(path, "capacity")?.parse::<u8>().ok());
    // One battery may be used up before the next one is begun.
    charges.max().filter(|_| is_used)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn supplies(all: &[(&str, &[(&str, &str)])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (name, files) in all {
            let path = folder.path().join(name);
            std::fs::create_dir(&path).expect("a folder");
            for (file, text) in *files {
                std::fs::write(path.join(file), format!("{text}\n")).expect("a file");
            }
        }
        folder
    }

    #[test]
    fn the_charge_is_that_of_batteries_that_are_used() {
        let battery = |status, capacity| [("type", "Battery"), ("status", status), ("capacity", capacity)];
        let (used, charged) = (battery("Discharging", "17"), battery("Charging", "17"));
        let (empty, waits) = (battery("Discharging", "3"), battery("Not charging", "90"));
        let mouse = [("type", "Battery"), ("scope", "Device"), ("status", "Discharging"), ("capacity", "5")];
        let odd = battery("Discharging", "full of it");
        let mains = [("type", "Mains"), ("online", "1")];
        for (all, charge) in [
            (vec![("BAT0", &used[..])], Some(17)),
            (vec![("AC", &mains[..]), ("BAT0", &charged[..])], None),
            (vec![("BAT0", &empty[..]), ("BAT1", &waits[..])], Some(90)),
            (vec![("AC", &mains[..]), ("hidpp_battery_0", &mouse[..])], None),
            (vec![("BAT0", &odd[..])], None),
            (vec![], None),
        ] {
            assert_eq!(discharging(supplies(&all).path()), charge, "{all:?}");
        }
        assert_eq!(discharging(Path::new("/nowhere")), None);
    }

    #[test]
    fn what_may_not_or_need_not_be_kept_awake_asks_nobody() {
        let began = Instant::now();
        let off = Power { keep_awake: false, ..Power::default() };
        let mut awake = Awake::new(&off, began);
        awake.tend(true, began + 2 * WORTH, || unreachable!("it is turned off"));
        let mut awake = Awake::new(&Power::default(), began);
        awake.tend(true, began + WORTH / 2, || unreachable!("it may end at once"));
        awake.tend(false, began + 2 * WORTH, || unreachable!("it is frozen"));
        awake.battery = Some((began + 2 * WORTH, true));
        awake.tend(true, began + 2 * WORTH, || unreachable!("the battery is low"));
        assert!(!awake.holds() && !awake.is_asking());
    }

    #[test]
    fn who_refused_or_did_not_answer_is_not_asked_again() {
        let began = Instant::now();
        let mut awake = Awake::new(&Power { battery_floor: 0, ..Power::default() }, began);
        let (_silent, asked) = channel();
        awake.hold = Hold::Asked(began, asked);
        awake.tend(true, began + logind::PATIENCE / 2, || unreachable!("it was asked"));
        assert!(awake.is_asking());
        for seconds in [0, 1, 60] {
            let now = began + 2 * logind::PATIENCE + Duration::from_secs(seconds);
            awake.tend(true, now, || unreachable!("it did not answer"));
            assert!(!awake.is_asking() && !awake.holds());
        }
    }
}
