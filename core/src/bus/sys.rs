//! The system calls of the bus, each of which a test can make fail.

use std::fs::{File, TryLockError};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::time::{Duration, Instant};

use rustix::fs::{AtFlags, StatxFlags};
use rustix::io::Errno;
use rustix::path::Arg;

use crate::faults::{self, Call, Failure};

fn planned(call: Call) -> io::Result<Option<usize>> {
    match faults::next(call) {
        None => Ok(None),
        Some(Failure::Errno(number)) => Err(io::Error::from_raw_os_error(number)),
        Some(Failure::Short(bytes)) => Ok(Some(bytes)),
    }
}

/// Lets the system call be tried again when a signal came in between.
fn retried<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// Takes the `flock` of the file; false when somebody held it all the `limit` long.
///
/// Asking again beats waiting in the kernel: the lock is held for about a microsecond, less than it
/// takes to be woken up, and a wait can have a limit.
pub(super) fn lock(file: &File, limit: Duration) -> io::Result<bool> {
    // More would only make two writers take turns, which is slower than one that goes on.
    const SPINS: u32 = 2;
    let mut deadline = None;
    let mut pause = Duration::from_micros(50);
    for turn in 0u32.. {
        if try_lock(file)? {
            return Ok(true);
        }
        if turn < SPINS {
            std::thread::yield_now();
            continue;
        }
        if Instant::now() >= *deadline.get_or_insert_with(|| Instant::now() + limit) {
            return Ok(false);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(2));
    }
    Ok(false)
}

/// Takes the `flock` of the file if it is free.
pub(super) fn try_lock(file: &File) -> io::Result<bool> {
    retried(|| {
        planned(Call::Lock)?;
        match file.try_lock() {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(error),
        }
    })
}

/// Lets the lock go. It cannot fail on an open file, and closing the file does it as well.
pub(super) fn unlock(file: &File) {
    let _ = file.unlock();
}

/// One `write`; tells how much was written.
pub(super) fn write(mut file: &File, bytes: &[u8]) -> io::Result<usize> {
    retried(|| match planned(Call::Write)? {
        Some(short) => file.write(&bytes[..short.min(bytes.len())]),
        None => file.write(bytes),
    })
}

/// Reads until `buffer` is full or the file ends; tells how much.
pub(super) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut done = 0;
    while done < buffer.len() {
        let read = retried(|| {
            planned(Call::Read)?;
            file.read_at(&mut buffer[done..], offset + done as u64)
        })?;
        if read == 0 {
            break;
        }
        done += read;
    }
    Ok(done)
}

/// The bytes from `from` to `to`; fewer where the file is shorter.
pub(super) fn read_range(file: &File, from: u64, to: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; to.saturating_sub(from) as usize];
    let read = read_at(file, &mut bytes, from)?;
    bytes.truncate(read);
    Ok(bytes)
}

/// Where the file ends. The cheapest question about a file there is.
pub(super) fn end(mut file: &File) -> io::Result<u64> {
    io::Seek::seek(&mut file, io::SeekFrom::End(0))
}

/// Where the descriptor's last write ended.
pub(super) fn position(mut file: &File) -> io::Result<u64> {
    io::Seek::stream_position(&mut file)
}

/// Whether the file system appends the bytes of one `write` side by side, whoever else appends: the
/// local ones hold the inode's lock from looking for the end of the file to the last byte.
pub(super) fn appends_whole(file: &File) -> bool {
    const EXT: i64 = 0xEF53;
    const XFS: i64 = 0x5846_5342;
    const BTRFS: i64 = 0x9123_683E;
    const TMPFS: i64 = 0x0102_1994;
    // Not overlayfs: what lies under it may be anything.
    rustix::fs::fstatfs(file).is_ok_and(|system| [EXT, XFS, BTRFS, TMPFS].contains(&system.f_type))
}

/// `fdatasync`.
pub(super) fn sync(file: &File) -> io::Result<()> {
    retried(|| {
        planned(Call::Sync)?;
        file.sync_data()
    })
}

/// What tells one file from another, and how much is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stat {
    pub(super) device: u64,
    pub(super) inode: u64,
    pub(super) size: u64,
}

impl Stat {
    /// Not a file's times: where they were asked for, the kernel gives the next write exact ones and
    /// the inode is written anew, which makes a write half as dear again.
    const WANTED: StatxFlags = StatxFlags::INO.union(StatxFlags::SIZE);

    /// Of an open file.
    pub(super) fn of(file: &File) -> io::Result<Self> {
        Ok(Self::ask(file, c"", AtFlags::EMPTY_PATH)?)
    }

    /// Of what a name in a folder stands for; none where nothing does.
    pub(super) fn at(dir: impl AsFd, name: impl Arg + Copy) -> io::Result<Option<Self>> {
        match Self::ask(dir, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(stat)),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn ask(fd: impl AsFd, name: impl Arg + Copy, flags: AtFlags) -> Result<Self, Errno> {
        match rustix::fs::statx(&fd, name, flags, Self::WANTED) {
            Ok(stat) => Ok(Self {
                device: rustix::fs::makedev(stat.stx_dev_major, stat.stx_dev_minor),
                inode: stat.stx_ino,
                size: stat.stx_size,
            }),
            Err(Errno::NOSYS) => {
                let stat = rustix::fs::statat(&fd, name, flags)?;
                Ok(Self { device: stat.st_dev, inode: stat.st_ino, size: stat.st_size.cast_unsigned() })
            }
            Err(error) => Err(error),
        }
    }

    pub(super) fn same_file(&self, other: &Self) -> bool {
        self.inode == other.inode && self.device == other.device
    }
}

/// The process that holds the `flock` of the file, where the system tells.
pub(super) fn lock_holder(file: &File) -> Option<i32> {
    let inode = file.metadata().ok()?.ino().to_string();
    let locks = std::fs::read_to_string("/proc/locks").ok()?;
    locks.lines().find_map(|line| {
        let mut words = line.split_whitespace().skip(1);
        let is_held_flock = words.next() == Some("FLOCK");
        let (pid, file) = (words.nth(2)?, words.next()?);
        (is_held_flock && file.rsplit(':').next() == Some(&inode)).then(|| pid.parse().ok()).flatten()
    })
}
