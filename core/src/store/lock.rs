//! Locks that belong to an open file description (`F_OFD_SETLK`).
//!
//! They vanish with their holder, whatever killed it, and can be looked at without being taken: an
//! observer never makes another one believe that somebody lives. Lock files are never removed, so
//! that two holders are impossible. The bus uses `flock` instead, which agents' tools know.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;
use serde::{Deserialize, Serialize};

use super::dir::{Dir, Open};
use super::error::{Result, StoreError, StoreErrorKind, optional};
use super::{replace, yaml};
use crate::faults::{self, Call, Failure};

/// Most bytes that a holder writes about itself.
const HOLDER_BYTES: u64 = 4096;
/// The longest pause between two tries of [`OfdLock::acquire`].
const LONGEST_PAUSE: Duration = Duration::from_millis(50);
/// How long a holder may take to write who it is after it took the lock.
const HOLDER_WRITES: Duration = Duration::from_millis(500);

/// A held lock; dropping it releases it.
#[derive(Debug)]
pub struct OfdLock {
    file: File,
    path: PathBuf,
}

/// The process that holds a lock, as it says itself.
///
/// A pid is only meaningful with its start time, on its boot, in its pid namespace, on its machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Process id.
    pub pid: i32,
    /// Start time in clock ticks since boot (`/proc/<pid>/stat`, field 22).
    pub start_time: u64,
    /// `/proc/sys/kernel/random/boot_id`.
    pub boot_id: String,
    /// Inode of `/proc/self/ns/pid`.
    pub pid_namespace: u64,
    /// The machine.
    pub machine_id: String,
}

impl OfdLock {
    /// Takes the lock if it is free. The file is made when it is not there.
    ///
    /// # Errors
    /// When the file can be neither opened nor locked for another reason than a holder.
    pub fn try_acquire(dir: &Dir, name: &str) -> Result<Option<Self>> {
        loop {
            let file = dir.open_file(name, Open::ReadWrite)?;
            let failed = |error| StoreError::io(dir.join(name), "lock", error);
            if !try_lock(&file).map_err(failed)? {
                return Ok(None);
            }
            // Somebody may have removed the file between opening and locking it: such a lock keeps
            // nobody out.
            let links = rustix::fs::fstat(&file).map_err(|errno| failed(errno.into()))?.st_nlink;
            if links > 0 {
                return Ok(Some(Self { file, path: dir.join(name) }));
            }
        }
    }

    /// Takes the lock, waiting for it at most this long.
    ///
    /// # Errors
    /// [`StoreErrorKind::Locked`] with what the holder wrote, when the time is over.
    pub fn acquire(dir: &Dir, name: &str, wait: Duration) -> Result<Self> {
        let deadline = Instant::now() + wait;
        let mut pause = Duration::from_millis(1);
        loop {
            if let Some(lock) = Self::try_acquire(dir, name)? {
                return Ok(lock);
            }
            if Instant::now() >= deadline {
                let holder = Self::holder_text(dir, name)?;
                return Err(StoreError::new(dir.join(name), StoreErrorKind::Locked { holder }));
            }
            // The kernel offers no wait with a time limit for these locks.
            std::thread::sleep(pause.min(deadline.saturating_duration_since(Instant::now())));
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Whether somebody holds the lock; never takes it. A missing file is a free lock.
    ///
    /// # Errors
    /// When the file cannot be opened for another reason.
    pub fn is_held(dir: &Dir, name: &str) -> Result<bool> {
        let file = match dir.open_file(name, Open::Read) {
            Err(error) if error.is_not_found() => return Ok(false),
            file => file?,
        };
        let mut probe = whole_file(libc::F_WRLCK);
        fcntl(&file, FcntlArg::F_OFD_GETLK(&mut probe))
            .map_err(|errno| StoreError::io(dir.join(name), "lock", errno.into()))?;
        Ok(i32::from(probe.l_type) != libc::F_UNLCK)
    }

    /// Who holds the lock; none when it is free.
    ///
    /// # Errors
    /// [`StoreErrorKind::Locked`] without a holder when it is held by one that does not say who it is.
    pub fn holder(dir: &Dir, name: &str) -> Result<Option<Holder>> {
        let deadline = Instant::now() + HOLDER_WRITES;
        while Self::is_held(dir, name)? {
            let text = dir.read_text(name, HOLDER_BYTES)?;
            let held_since_before = Self::is_held(dir, name)?;
            match yaml::parse::<Holder>(&text, Path::new(name)) {
                Ok(holder) if held_since_before => return Ok(Some(holder)),
                _ if Instant::now() >= deadline => {
                    return Err(StoreError::new(dir.join(name), StoreErrorKind::Locked { holder: None }));
                }
                _ => std::thread::sleep(Duration::from_millis(2)),
            }
        }
        Ok(None)
    }

    /// Who last said that it holds the lock, whether it still does or not.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn last_holder(dir: &Dir, name: &str) -> Result<Option<Holder>> {
        let bytes = optional(dir.read(name, HOLDER_BYTES))?;
        let text = String::from_utf8(bytes.unwrap_or_default()).unwrap_or_default();
        Ok(yaml::parse(&text, &dir.join(name)).ok())
    }

    /// The lock's file, for what its holder wants to say about itself.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Where the lock's file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes who holds the lock.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_holder(&self, holder: &Holder) -> Result<()> {
        self.write_text(&yaml::emit(holder)?)
    }

    /// Writes a text into the lock's file, over what the last holder left.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_text(&self, text: &str) -> Result<()> {
        let write = || -> io::Result<()> {
            let mut file = &self.file;
            file.set_len(0)?;
            file.seek(SeekFrom::Start(0))?;
            replace::write_all(&mut file.try_clone()?, text.as_bytes())
        };
        write().map_err(|error| StoreError::io(&self.path, "write", error))
    }

    /// What the last holder left in the lock's file.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn text(&self) -> Result<String> {
        let mut text = String::new();
        let mut file = &self.file;
        file.seek(SeekFrom::Start(0))
            .and_then(|_| file.take(HOLDER_BYTES).read_to_string(&mut text))
            .map_err(|error| StoreError::io(&self.path, "read", error))?;
        Ok(text)
    }

    fn holder_text(dir: &Dir, name: &str) -> Result<Option<String>> {
        let bytes = dir.read(name, HOLDER_BYTES)?;
        let text = String::from_utf8_lossy(&bytes);
        let words: Vec<&str> = text.split_whitespace().collect();
        Ok((!words.is_empty()).then(|| words.join(" ")))
    }
}

impl Drop for OfdLock {
    fn drop(&mut self) {
        // A child between fork and exec shares the description: closing alone would not release it.
        let _ = fcntl(&self.file, FcntlArg::F_OFD_SETLK(&whole_file(libc::F_UNLCK)));
    }
}

fn try_lock(file: &File) -> io::Result<bool> {
    loop {
        let answer = match faults::next(Call::Lock) {
            Some(Failure::Errno(errno)) => Err(nix::Error::from_raw(errno)),
            _ => fcntl(file, FcntlArg::F_OFD_SETLK(&whole_file(libc::F_WRLCK))),
        };
        match answer {
            Ok(_) => return Ok(true),
            Err(nix::Error::EAGAIN | nix::Error::EACCES) => return Ok(false),
            Err(nix::Error::EINTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
}

/// A lock of this type from the file's first byte to its end.
fn whole_file(kind: libc::c_int) -> libc::flock {
    libc::flock {
        l_type: kind as libc::c_short,
        l_whence: libc::SEEK_SET as libc::c_short,
        l_start: 0,
        l_len: 0,
        l_pid: 0,
    }
}
