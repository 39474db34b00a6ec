//! The process's inotify instance and who wants to know about which folder.
//!
//! Folders are watched, not files: a file may not exist yet or be replaced by rename. Lock order:
//! `watcher` before `folders`, and `folders` is never held while the watcher is asked for something,
//! because its own thread takes `folders` to deliver events.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use notify::event::{ModifyKind, RenameMode};
use notify::{Config, Event, EventKind, EventKindMask, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::signal::Signal;

/// Changes alone: whoever opens or reads a file, as every look at a folder does, wakes nobody.
const CHANGES: EventKindMask = EventKindMask::CORE;

type Folders = Arc<Mutex<HashMap<PathBuf, Vec<Interest>>>>;

/// Who wants to know what about a folder.
struct Interest {
    /// The name of a file in it; none: everything in it.
    name: Option<OsString>,
    signal: Arc<Signal>,
}

pub(super) struct Hub {
    watcher: Mutex<RecommendedWatcher>,
    folders: Folders,
}

/// Being told about a path; ends when dropped.
pub(super) struct Subscription {
    hub: Arc<Hub>,
    folder: PathBuf,
    signal: Arc<Signal>,
}

impl Hub {
    pub(super) fn new() -> notify::Result<Self> {
        let folders = Folders::default();
        let told = Arc::clone(&folders);
        let config = Config::default().with_event_kinds(CHANGES);
        let watcher = RecommendedWatcher::new(move |event| deliver(&told, event), config)?;
        Ok(Self { watcher: Mutex::new(watcher), folders })
    }

    pub(super) fn subscribe(
        self: &Arc<Self>,
        path: &Path,
        signal: &Arc<Signal>,
    ) -> notify::Result<Subscription> {
        let (folder, name) = split(path)?;
        let mut watcher = lock(&self.watcher);
        let interest = Interest { name, signal: Arc::clone(signal) };
        let first = {
            let mut folders = lock(&self.folders);
            let interests = folders.entry(folder.clone()).or_default();
            interests.push(interest);
            interests.len() == 1
        };
        // Made before the call that can fail, so that its drop takes the interest back.
        let subscription = Subscription { hub: Arc::clone(self), folder, signal: Arc::clone(signal) };
        if first {
            // A folder of this name that moved away may still be watched as the same path.
            let _ = watcher.unwatch(&subscription.folder);
            let watched = watcher.watch(&subscription.folder, RecursiveMode::NonRecursive);
            drop(watcher);
            watched?;
        }
        Ok(subscription)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut watcher = lock(&self.hub.watcher);
        let last = {
            let mut folders = lock(&self.hub.folders);
            let Some(interests) = folders.get_mut(&self.folder) else { return };
            interests.retain(|interest| !Arc::ptr_eq(&interest.signal, &self.signal));
            let last = interests.is_empty();
            if last {
                folders.remove(&self.folder);
            }
            last
        };
        if last {
            // The folder may be gone, and its watch with it.
            let _ = watcher.unwatch(&self.folder);
        }
    }
}

/// The folder to watch and the name to look for in it. Folders are made canonical: inotify knows
/// each only once, whatever the way to it.
fn split(path: &Path) -> notify::Result<(PathBuf, Option<OsString>)> {
    if path.is_dir() {
        return Ok((path.canonicalize()?, None));
    }
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(notify::Error::path_not_found());
    };
    Ok((parent.canonicalize()?, Some(name.to_owned())))
}

fn deliver(folders: &Folders, event: notify::Result<Event>) {
    let event = match event {
        Ok(event) if event.need_rescan() => return all(folders),
        Ok(event) => event,
        Err(_) => return all(folders),
    };
    let mut folders = lock(folders);
    for path in &event.paths {
        if is_end(&event.kind) {
            // The folder itself went away: notify has dropped its watch, or will tell nothing more.
            for interest in folders.remove(path).unwrap_or_default() {
                interest.signal.lose();
            }
        } else if let Some(interests) = folders.get(path) {
            wake(interests, None);
        }
        if let Some(interests) = path.parent().and_then(|parent| folders.get(parent)) {
            wake(interests, path.file_name());
        }
    }
}

/// Wakes those who wait for this name or for everything.
fn wake(interests: &[Interest], name: Option<&OsStr>) {
    for interest in interests {
        if name.is_none() || interest.name.is_none() || interest.name.as_deref() == name {
            interest.signal.raise();
        }
    }
}

/// Events were lost: everybody looks.
fn all(folders: &Folders) {
    for interests in lock(folders).values() {
        wake(interests, None);
    }
}

fn is_end(kind: &EventKind) -> bool {
    matches!(kind, EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(RenameMode::From)))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
