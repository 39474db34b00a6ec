//! What the person set for this desktop (`desktop.json` in the folder of the configuration), and what the app
//! remembers between two starts (`desktop.json` in the folder of the state).

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use conductor_core::store::{Dir, StoreError};
use jiff::civil::Time;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::notify::Records;

const FOLDER: &str = "conductor-loop";
const FILE: &str = "desktop.json";
const ANNOUNCED: &str = "announced.json";
/// Most bytes of a file of ours.
const LARGEST: u64 = 4 << 20;

/// What the person set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default)]
pub struct Settings {
    /// What is told by notifications.
    pub notifications: Notifications,
    /// When nothing is told: from a time of day to another one, `22:00` to `07:00`; absent: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub quiet: Option<Quiet>,
    /// The command that opens a file, with `{file}` and `{line}`; absent: the first editor that is found.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub editor: Option<String>,
    /// The command that opens a terminal, with `{command}` where a shell's command line goes; absent: the first
    /// terminal that is found.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub terminal: Option<String>,
    /// Which colours the window has.
    pub theme: Theme,
    /// Fields of newer versions, kept as they came.
    #[serde(flatten)]
    #[cfg_attr(test, ts(skip))]
    pub extra: Map<String, Value>,
}

/// What is told by notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default)]
pub struct Notifications {
    /// An agent asks, is stuck, or lost its supervisor; something is ready to be looked at.
    pub questions: bool,
    /// A task failed for good.
    pub failures: bool,
    /// A limit is reached.
    pub limits: bool,
    /// What was completed, once nothing else is at work.
    pub completed: bool,
}

/// When nothing is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Quiet {
    /// From this time of day on.
    #[cfg_attr(test, ts(type = "string"))]
    pub from: Time,
    /// To this one, of the next day where it is the earlier one.
    #[cfg_attr(test, ts(type = "string"))]
    pub to: Time,
}

/// Which colours the window has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// Those of the desktop.
    #[default]
    System,
    /// Light ones.
    Light,
    /// Dark ones.
    Dark,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            notifications: Notifications::default(),
            quiet: None,
            editor: None,
            terminal: None,
            theme: Theme::System,
            extra: Map::new(),
        }
    }
}

impl Default for Notifications {
    fn default() -> Self {
        Self { questions: true, failures: true, limits: true, completed: true }
    }
}

impl Quiet {
    /// Whether it is quiet at this time of day. The same time twice: never.
    pub fn holds(&self, now: Time) -> bool {
        if self.from <= self.to {
            self.from <= now && now < self.to
        } else {
            now >= self.from || now < self.to
        }
    }
}

/// What the app remembers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// Whether it was said that closing the window leaves the app in the tray.
    pub told_of_tray: bool,
    /// What was said to be missing on this desktop.
    pub told_missing: BTreeSet<String>,
    /// Fields of newer versions, kept as they came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A file of ours, read once and written when it changes.
#[derive(Debug)]
pub struct Kept<T> {
    folder: PathBuf,
    file: &'static str,
    now: Mutex<T>,
}

impl Kept<Settings> {
    /// The person's settings; those of a file that cannot be read are the usual ones.
    pub fn settings() -> Self {
        Self::read(base("XDG_CONFIG_HOME", ".config"), FILE)
    }
}

impl Kept<Memory> {
    /// What the app remembers.
    pub fn memory() -> Self {
        Self::read(base("XDG_STATE_HOME", ".local/state"), FILE)
    }
}

impl Kept<Records> {
    /// What was told of each root.
    pub fn announced() -> Self {
        Self::read(base("XDG_STATE_HOME", ".local/state"), ANNOUNCED)
    }
}

impl<T: Default + Clone + PartialEq + Serialize + DeserializeOwned> Kept<T> {
    fn read(folder: PathBuf, file: &'static str) -> Self {
        let text = Dir::open(&folder).and_then(|folder| folder.read(file, LARGEST)).unwrap_or_default();
        let read = if text.is_empty() { Ok(T::default()) } else { serde_json::from_slice(&text) };
        let now = read.unwrap_or_else(|error| {
            tracing::warn!(%error, file = %folder.join(file).display(), "cannot be read; the usual values hold");
            T::default()
        });
        Self { folder, file, now: Mutex::new(now) }
    }

    /// As it is now.
    pub fn get(&self) -> T {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes it, durably; what it is then. An unchanged one is not written.
    ///
    /// # Errors
    /// When the file cannot be written: then nothing has changed.
    pub fn change(&self, change: impl FnOnce(&mut T)) -> Result<T, StoreError> {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = now.clone();
        change(&mut next);
        if next != *now {
            let text = serde_json::to_vec_pretty(&next).unwrap_or_default();
            Dir::create_all(&self.folder)?.replace(self.file, &text)?;
            *now = next.clone();
        }
        Ok(next)
    }
}

/// A folder of ours below one of the person's own.
fn base(variable: &str, below_home: &str) -> PathBuf {
    home_or(variable, below_home).join(FOLDER)
}

/// One of the person's own folders.
pub fn home_or(variable: &str, below_home: &str) -> PathBuf {
    let set = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    set(variable).unwrap_or_else(|| set("HOME").unwrap_or_else(|| PathBuf::from("/")).join(below_home))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_may_go_past_midnight() {
        let quiet = |from: &str, to: &str| Quiet {
            from: from.parse().expect("a time"),
            to: to.parse().expect("a time"),
        };
        let at = |quiet: Quiet, now: &str| quiet.holds(now.parse().expect("a time"));
        let night = quiet("22:00", "07:00");
        assert!(at(night, "22:00") && at(night, "03:00") && at(night, "06:59"));
        assert!(!at(night, "07:00") && !at(night, "12:00") && !at(night, "21:59"));
        let lunch = quiet("12:00", "13:00");
        assert!(at(lunch, "12:30") && !at(lunch, "13:00") && !at(lunch, "11:59"));
        assert!(!at(quiet("12:00", "12:00"), "12:00"));
    }

    #[test]
    fn what_was_set_is_there_again_and_what_is_newer_is_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("deep");
        let kept = Kept::<Settings>::read(path.clone(), FILE);
        assert_eq!(kept.get(), Settings::default());
        std::fs::create_dir_all(&path).expect("made");
        std::fs::write(path.join(FILE), r#"{"theme": "dark", "sparkle": 3}"#).expect("written");
        let kept = Kept::<Settings>::read(path.clone(), FILE);
        assert_eq!(kept.get().theme, Theme::Dark);
        kept.change(|settings| settings.notifications.failures = false).expect("written");
        let again = Kept::<Settings>::read(path.clone(), FILE).get();
        assert!(!again.notifications.failures && again.notifications.questions);
        assert_eq!(again.extra.get("sparkle"), Some(&3.into()));
        std::fs::write(path.join(FILE), "{").expect("written");
        assert_eq!(Kept::<Settings>::read(path, FILE).get(), Settings::default());
    }
}
