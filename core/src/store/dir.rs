//! A folder that was opened once; everything in it is reached relative to it, never through links
//! that lead out of it.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use rustix::fs::{AtFlags, FileType, Mode, OFlags};

use super::error::{Result, StoreError, StoreErrorKind};
use super::resolve::{is_plain, open_beneath};
use crate::faults::{self, Call, Failure};

/// Mode of new folders: their owner's alone.
const FOLDER_MODE: Mode = Mode::RWXU;
/// Mode of new files: their owner's alone.
const FILE_MODE: Mode = Mode::from_bits_truncate(0o600);

/// An open folder. Cheap to clone.
///
/// Paths given to its functions are relative to it and made of plain names; anything else is
/// [`StoreErrorKind::Escapes`]. Links inside are followed for reading as long as they stay below it;
/// what is written, created or removed is never reached through a link in the last place.
#[derive(Clone)]
pub struct Dir {
    fd: Arc<OwnedFd>,
    path: Arc<Path>,
}

/// How a file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// For reading.
    Read,
    /// For appending and reading; made when it is not there.
    Append,
    /// For writing; fails when it is there.
    CreateNew,
    /// For reading and writing anywhere in it; made when it is not there.
    ReadWrite,
}

/// One name in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name; names that are not UTF-8 are left out of listings.
    pub name: String,
    /// Whether it is a folder (a link to one is not).
    pub is_dir: bool,
    /// Whether it is a regular file.
    pub is_file: bool,
    /// Whether it is a link, wherever it leads.
    pub is_link: bool,
}

/// What changes with every change of a file, its rights and its name included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct FileStamp {
    inode: u64,
    len: i64,
    /// Seconds and nanoseconds of the last change: unlike the time of writing, nobody can set it.
    changed: (i64, u64),
    is_link: bool,
}

impl FileStamp {
    /// The number of its file, on its file system.
    pub(crate) fn inode(&self) -> u64 {
        self.inode
    }

    /// Whether it is that of a link.
    pub(crate) fn is_link(&self) -> bool {
        self.is_link
    }

    /// When the last change came: seconds and nanoseconds, to be compared only.
    pub(crate) fn changed(&self) -> (i64, u64) {
        self.changed
    }

    /// Whether the last change came before `time`.
    pub(crate) fn is_before(&self, time: Timestamp) -> bool {
        let nanoseconds = i32::try_from(self.changed.1).unwrap_or(0);
        Timestamp::new(self.changed.0, nanoseconds).is_ok_and(|changed| changed < time)
    }
}

/// What is known of a name without opening it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meta {
    /// Whether it is a regular file.
    pub is_file: bool,
    /// Whether it is a folder.
    pub is_dir: bool,
    /// Bytes in it.
    pub len: u64,
    /// When it was last written.
    pub modified: Timestamp,
}

impl Dir {
    /// Opens a folder by a path from outside the root: links in this path are followed.
    ///
    /// # Errors
    /// When it is not there, not a folder, or cannot be opened.
    pub fn open(path: &Path) -> Result<Self> {
        let flags = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC;
        let fd = rustix::fs::open(path, flags, Mode::empty())
            .map_err(|errno| StoreError::io(path, "open", errno.into()))?;
        Ok(Self { fd: Arc::new(fd), path: path.into() })
    }

    /// Makes the folder and those above it where they are missing, then opens it.
    ///
    /// # Errors
    /// When a folder can be neither made nor opened.
    pub fn create_all(path: &Path) -> Result<Self> {
        use std::os::unix::fs::DirBuilderExt;
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(FOLDER_MODE.bits())
            .create(path)
            .map_err(|error| StoreError::io(path, "create", error))?;
        Self::open(path)
    }

    /// Where it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path of something in it, for messages and for other programs.
    pub fn join(&self, rel: impl AsRef<Path>) -> PathBuf {
        self.path.join(rel)
    }

    /// Opens a folder in it.
    ///
    /// # Errors
    /// When it is not there, is no folder, or leads out.
    pub fn sub(&self, rel: impl AsRef<Path>) -> Result<Self> {
        let rel = rel.as_ref();
        let fd = self.open_fd(rel, OFlags::DIRECTORY | OFlags::RDONLY)?;
        Ok(Self { fd: Arc::new(fd), path: self.join(rel).into() })
    }

    /// Opens a folder in it that is itself one: a link in the last place is refused, wherever it leads.
    ///
    /// # Errors
    /// [`StoreErrorKind::Link`] for a link; else as [`Dir::sub`].
    pub fn real_sub(&self, rel: impl AsRef<Path>) -> Result<Self> {
        let rel = rel.as_ref();
        let opened = self.open_fd(rel, OFlags::DIRECTORY | OFlags::RDONLY | OFlags::NOFOLLOW);
        match opened {
            Ok(fd) => Ok(Self { fd: Arc::new(fd), path: self.join(rel).into() }),
            Err(_) if self.is_link(rel) => Err(StoreError::new(self.join(rel), StoreErrorKind::Link)),
            Err(error) => Err(error),
        }
    }

    fn is_link(&self, rel: &Path) -> bool {
        let Ok((folder, name)) = self.place(rel) else { return false };
        folder.file_type(name).is_ok_and(|kind| kind.is_symlink())
    }

    /// The same folder after it was given another name.
    pub(super) fn renamed(&self, path: PathBuf) -> Self {
        Self { fd: Arc::clone(&self.fd), path: path.into() }
    }

    /// Opens a folder in it, made (0700, durable) when it is not there.
    ///
    /// # Errors
    /// When it can be neither made nor opened.
    pub fn make_sub(&self, name: &str) -> Result<Self> {
        match self.sub(name) {
            Err(error) if error.is_not_found() => match self.create_sub(name) {
                Err(error) if matches!(error.kind, StoreErrorKind::AlreadyExists) => self.sub(name),
                answer => answer,
            },
            answer => answer,
        }
    }

    /// Makes a folder (0700, durable) that must not be there yet, and opens it.
    ///
    /// # Errors
    /// [`StoreErrorKind::AlreadyExists`] when the name is taken.
    pub fn create_sub(&self, name: &str) -> Result<Self> {
        let made = self.draft_sub(name)?;
        self.place(Path::new(name))?.0.sync()?;
        Ok(made)
    }

    /// Makes a folder (0700) that must not be there yet and is durable only when it is published.
    pub(super) fn draft_sub(&self, name: &str) -> Result<Self> {
        let (folder, name) = self.place(Path::new(name))?;
        rustix::fs::mkdirat(&folder, name, FOLDER_MODE)
            .map_err(|errno| StoreError::io(folder.join(name), "create", errno.into()))?;
        folder.sub(name)
    }

    /// Reads a whole file of at most `max` bytes.
    ///
    /// # Errors
    /// [`StoreErrorKind::TooLarge`] for more; never blocks on what is not a regular file.
    pub fn read(&self, rel: impl AsRef<Path>, max: u64) -> Result<Vec<u8>> {
        let rel = rel.as_ref();
        let bytes = self.read_head(rel, max.saturating_add(1))?;
        if bytes.len() as u64 > max {
            return Err(StoreError::new(self.join(rel), StoreErrorKind::TooLarge { limit: max }));
        }
        Ok(bytes)
    }

    /// Reads the first `max` bytes of a file, or all where there are fewer.
    ///
    /// # Errors
    /// When it cannot be read; never blocks on what is not a regular file.
    pub fn read_head(&self, rel: impl AsRef<Path>, max: u64) -> Result<Vec<u8>> {
        let rel = rel.as_ref();
        let failed = |error| StoreError::io(self.join(rel), "read", error);
        let file = self.open_file(rel, Open::Read)?;
        if let Some(Failure::Errno(errno)) = faults::next(Call::Read) {
            return Err(failed(io::Error::from_raw_os_error(errno)));
        }
        let mut bytes = Vec::new();
        file.take(max).read_to_end(&mut bytes).map_err(failed)?;
        Ok(bytes)
    }

    /// Reads a whole UTF-8 file of at most `max` bytes.
    ///
    /// # Errors
    /// As [`Dir::read`], and [`StoreErrorKind::NotUtf8`].
    pub fn read_text(&self, rel: impl AsRef<Path>, max: u64) -> Result<String> {
        let rel = rel.as_ref();
        String::from_utf8(self.read(rel, max)?).map_err(|error| {
            let valid_up_to = error.utf8_error().valid_up_to();
            StoreError::new(self.join(rel), StoreErrorKind::NotUtf8 { valid_up_to })
        })
    }

    /// Opens a regular file; what is made has mode 0600.
    ///
    /// # Errors
    /// [`StoreErrorKind::NotAFile`] for folders, pipes and devices.
    pub fn open_file(&self, rel: impl AsRef<Path>, how: Open) -> Result<File> {
        let rel = rel.as_ref();
        let flags = match how {
            Open::Read => OFlags::RDONLY,
            Open::Append => OFlags::RDWR | OFlags::APPEND | OFlags::CREATE | OFlags::NOFOLLOW,
            Open::CreateNew => OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW,
            Open::ReadWrite => OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW,
        };
        // A pipe in the place of a file must not make its opener wait for the other end.
        let file = File::from(self.open_fd(rel, flags | OFlags::NONBLOCK | OFlags::NOCTTY)?);
        let metadata = file.metadata().map_err(|error| StoreError::io(self.join(rel), "stat", error))?;
        if !metadata.is_file() {
            return Err(StoreError::new(self.join(rel), StoreErrorKind::NotAFile));
        }
        // Agents inherit such descriptors and expect them to block.
        let flags = if how == Open::Append { OFlags::APPEND } else { OFlags::empty() };
        rustix::fs::fcntl_setfl(&file, flags)
            .map_err(|errno| StoreError::io(self.join(rel), "open", errno.into()))?;
        Ok(file)
    }

    /// Removes a file; whether there was one. Durable only after [`Dir::sync`].
    ///
    /// # Errors
    /// When it is a folder or cannot be removed.
    pub fn remove(&self, rel: impl AsRef<Path>) -> Result<bool> {
        self.unlink(rel.as_ref(), AtFlags::empty())
    }

    /// Removes an empty folder; whether there was one.
    ///
    /// # Errors
    /// When it is not empty or cannot be removed.
    pub fn remove_sub(&self, rel: impl AsRef<Path>) -> Result<bool> {
        self.unlink(rel.as_ref(), AtFlags::REMOVEDIR)
    }

    fn unlink(&self, rel: &Path, flags: AtFlags) -> Result<bool> {
        let (folder, name) = match self.place(rel) {
            Err(error) if error.is_not_found() => return Ok(false),
            place => place?,
        };
        match rustix::fs::unlinkat(&folder, name, flags) {
            Ok(()) => Ok(true),
            Err(rustix::io::Errno::NOENT) => Ok(false),
            Err(errno) => Err(StoreError::io(folder.join(name), "remove", errno.into())),
        }
    }

    /// Renames within the folder, over what is there. Durable only after [`Dir::sync`].
    ///
    /// # Errors
    /// When `from` is not there or the rename fails.
    pub fn rename(&self, from: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<()> {
        let (source, name) = self.place(from.as_ref())?;
        let (target, new_name) = self.place(to.as_ref())?;
        let failed = |error| StoreError::io(source.join(name), "rename", error);
        if let Some(Failure::Errno(errno)) = faults::next(Call::Rename) {
            return Err(failed(io::Error::from_raw_os_error(errno)));
        }
        rustix::fs::renameat(&source, name, &target, new_name).map_err(|errno| failed(errno.into()))
    }

    /// Gives a damaged file a second name, `<name>.damaged-<time>`, that stays when the first one is
    /// replaced; none where there is no such file. What is no file has that name alone from then on. Durable
    /// only after [`Dir::sync`], or a replace.
    ///
    /// # Errors
    /// When it can be neither linked nor renamed.
    pub(super) fn keep_damaged(&self, name: &str, now: jiff::Timestamp) -> Result<Option<String>> {
        let Some(meta) = self.meta(name)? else { return Ok(None) };
        let kept = damaged_name(name, now);
        if !meta.is_file {
            self.rename(name, &kept)?;
            return Ok(Some(kept));
        }
        let (source, from) = self.place(name.as_ref())?;
        let (target, to) = self.place(kept.as_ref())?;
        match rustix::fs::linkat(&source, from, &target, to, rustix::fs::AtFlags::empty()) {
            // Who tried it a moment ago has kept it.
            Ok(()) | Err(rustix::io::Errno::EXIST) => Ok(Some(kept)),
            Err(rustix::io::Errno::NOENT) => Ok(None),
            Err(errno) => Err(StoreError::io(self.join(name), "link", errno.into())),
        }
    }

    /// Whether something of that name is there, a link included.
    ///
    /// # Errors
    /// When that cannot be told.
    pub fn exists(&self, rel: impl AsRef<Path>) -> Result<bool> {
        Ok(self.meta(rel)?.is_some())
    }

    /// What is known of a name; links are not followed in the last place.
    ///
    /// # Errors
    /// When that cannot be told.
    pub fn meta(&self, rel: impl AsRef<Path>) -> Result<Option<Meta>> {
        let (folder, name) = match self.place(rel.as_ref()) {
            Err(error) if error.is_not_found() => return Ok(None),
            place => place?,
        };
        match rustix::fs::statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(meta(&stat))),
            Err(rustix::io::Errno::NOENT) => Ok(None),
            Err(errno) => Err(StoreError::io(folder.join(name), "stat", errno.into())),
        }
    }

    /// The stamp of a name; the error number where it has none. Links on the way to it are followed, as
    /// nothing is read: it tells only whether something changed.
    pub(crate) fn stamp(&self, rel: impl AsRef<Path>) -> Result<FileStamp, i32> {
        let stat = rustix::fs::statat(self, rel.as_ref(), AtFlags::SYMLINK_NOFOLLOW);
        let stat = stat.map_err(rustix::io::Errno::raw_os_error)?;
        Ok(FileStamp {
            inode: stat.st_ino,
            len: stat.st_size,
            changed: (stat.st_ctime, stat.st_ctime_nsec as u64),
            is_link: FileType::from_raw_mode(stat.st_mode).is_symlink(),
        })
    }

    /// Its names in order, without `.` and `..`.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn entries(&self) -> Result<Vec<Entry>> {
        let entry = |(name, kind): (OsString, FileType)| {
            Some(Entry {
                name: name.into_string().ok()?,
                is_dir: kind.is_dir(),
                is_file: kind.is_file(),
                is_link: kind.is_symlink(),
            })
        };
        Ok(self.raw_entries()?.into_iter().filter_map(entry).collect())
    }

    /// As [`Dir::entries`], with the names that are not UTF-8.
    pub(super) fn raw_entries(&self) -> Result<Vec<(OsString, FileType)>> {
        let failed = |errno: rustix::io::Errno| StoreError::io(self.path(), "list", errno.into());
        let mut entries = Vec::new();
        for entry in rustix::fs::Dir::read_from(self).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name == "." || name == ".." {
                continue;
            }
            let kind = match entry.file_type() {
                FileType::Unknown => self.file_type(name)?,
                kind => kind,
            };
            entries.push((name.to_owned(), kind));
        }
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(entries)
    }

    fn file_type(&self, name: &OsStr) -> Result<FileType> {
        rustix::fs::statat(self, name, AtFlags::SYMLINK_NOFOLLOW)
            .map(|stat| FileType::from_raw_mode(stat.st_mode))
            .map_err(|errno| StoreError::io(self.join(name), "stat", errno.into()))
    }

    /// Makes the names in it durable.
    ///
    /// # Errors
    /// When the disk does not take them.
    pub fn sync(&self) -> Result<()> {
        super::replace::sync_fd(self.as_fd()).map_err(|error| StoreError::io(self.path(), "sync", error))
    }

    fn open_fd(&self, rel: &Path, flags: OFlags) -> Result<OwnedFd> {
        let failed = |error| StoreError::io(self.join(rel), "open", error);
        if let Some(Failure::Errno(errno)) = faults::next(Call::Open) {
            return Err(failed(io::Error::from_raw_os_error(errno)));
        }
        let mode = if flags.contains(OFlags::CREATE) { FILE_MODE } else { Mode::empty() };
        open_beneath(self.as_fd(), rel, flags, mode).map_err(failed)
    }

    /// The folder that holds the last name of a path, and that name.
    pub(super) fn place<'a>(&self, rel: &'a Path) -> Result<(Self, &'a OsStr)> {
        let escapes = || StoreError::new(self.join(rel), StoreErrorKind::Escapes);
        if !is_plain(rel) {
            return Err(escapes());
        }
        let name = rel.file_name().ok_or_else(escapes)?;
        // A name with NUL would be cut by nothing we call, but it can be no file either.
        if name.as_bytes().contains(&0) {
            return Err(escapes());
        }
        match rel.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => Ok((self.sub(parent)?, name)),
            _ => Ok((self.clone(), name)),
        }
    }
}

/// The name under which a damaged file is kept.
pub(super) fn damaged_name(name: &str, now: Timestamp) -> String {
    format!("{name}.damaged-{}", now.strftime("%Y%m%d-%H%M%S"))
}

fn meta(stat: &rustix::fs::Stat) -> Meta {
    let kind = FileType::from_raw_mode(stat.st_mode);
    let nanoseconds = i32::try_from(stat.st_mtime_nsec).unwrap_or(0);
    Meta {
        is_file: kind.is_file(),
        is_dir: kind.is_dir(),
        len: u64::try_from(stat.st_size).unwrap_or(0),
        modified: Timestamp::new(stat.st_mtime, nanoseconds).unwrap_or(Timestamp::UNIX_EPOCH),
    }
}

impl AsFd for Dir {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl std::fmt::Debug for Dir {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Dir").field(&self.path()).finish()
    }
}
