//! The system's side of watching on Linux: one inotify instance, read by one thread.
//!
//! Only changes are asked for: whoever opens or reads a file, as every look at a folder does, wakes
//! nobody. Writes are told by themselves, so that closing a file (a lock's) tells nothing more.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use rustix::io::Errno;

/// Room for several events with the longest names.
const BUFFER: usize = 4096;
/// Reading events and looking into a table needs no more.
const STACK: usize = 64 << 10;

/// What happened to a watched folder.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Happened {
    /// Something in it changed: of this name, or the folder as such.
    Change(Option<OsString>),
    /// It went away, and its watch with it.
    End,
}

/// Told of what happened in a folder; without a folder: events were lost.
type Tell = dyn Fn(Option<&Path>, Happened) + Send;

/// An inotify instance. Its thread ends when it is dropped.
pub(super) struct Inotify {
    shared: Arc<Shared>,
    /// Closing it ends the thread.
    _alive: OwnedFd,
}

struct Shared {
    instance: OwnedFd,
    folders: Mutex<HashMap<i32, PathBuf>>,
}

impl Inotify {
    pub(super) fn start(tell: Box<Tell>) -> io::Result<Self> {
        let instance = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
        let (ended, alive) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)?;
        let shared = Arc::new(Shared { instance, folders: Mutex::default() });
        let reader = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("inotify".to_owned()).stack_size(STACK);
        thread.spawn(move || reader.follow(&ended, &*tell))?;
        Ok(Self { shared, _alive: alive })
    }

    /// Begins to watch a folder.
    pub(super) fn watch(&self, folder: &Path) -> io::Result<()> {
        let what = WatchFlags::ATTRIB
            | WatchFlags::CREATE
            | WatchFlags::DELETE
            | WatchFlags::DELETE_SELF
            | WatchFlags::MODIFY
            | WatchFlags::MOVE
            | WatchFlags::MOVE_SELF
            | WatchFlags::ONLYDIR;
        // Held over the call, so that no event of a folder comes before its name is known.
        let mut folders = self.shared.folders();
        let number = inotify::add_watch(&self.shared.instance, folder, what)?;
        folders.insert(number, folder.to_owned());
        Ok(())
    }

    /// Ends the watch of a folder, if there is one.
    pub(super) fn unwatch(&self, folder: &Path) {
        let mut folders = self.shared.folders();
        let numbers: Vec<i32> =
            folders.iter().filter(|(_, path)| *path == folder).map(|(number, _)| *number).collect();
        for number in numbers {
            folders.remove(&number);
            // The folder may be gone, and its watch with it.
            let _ = inotify::remove_watch(&self.shared.instance, number);
        }
    }
}

impl Shared {
    /// Tells of events until the other end of `ended` is closed.
    fn follow(&self, ended: &OwnedFd, tell: &Tell) {
        let mut buffer = [MaybeUninit::uninit(); BUFFER];
        loop {
            let mut ready = [PollFd::new(&self.instance, PollFlags::IN), PollFd::new(ended, PollFlags::IN)];
            match poll(&mut ready, None) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(_) => return,
            }
            if !ready[1].revents().is_empty() {
                return;
            }
            let mut events = inotify::Reader::new(&self.instance, &mut buffer);
            while let Ok(event) = events.next() {
                let name = event.file_name().map(|name| OsStr::from_bytes(name.to_bytes()));
                self.told(event.wd(), event.events(), name, tell);
            }
        }
    }

    fn told(&self, number: i32, what: ReadFlags, name: Option<&OsStr>, tell: &Tell) {
        if what.contains(ReadFlags::QUEUE_OVERFLOW) {
            return tell(None, Happened::Change(None));
        }
        let gone = ReadFlags::DELETE_SELF | ReadFlags::MOVE_SELF | ReadFlags::UNMOUNT | ReadFlags::IGNORED;
        if what.intersects(gone) {
            let folder = self.folders().remove(&number);
            if let Some(folder) = folder {
                if !what.contains(ReadFlags::IGNORED) {
                    // One that was moved is still watched, under a name that it no longer has.
                    let _ = inotify::remove_watch(&self.instance, number);
                }
                tell(Some(&folder), Happened::End);
            }
            return;
        }
        let folder = self.folders().get(&number).cloned();
        if let Some(folder) = folder {
            tell(Some(&folder), Happened::Change(name.map(OsStr::to_owned)));
        }
    }

    fn folders(&self) -> MutexGuard<'_, HashMap<i32, PathBuf>> {
        self.folders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
