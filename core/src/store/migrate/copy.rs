//! Copying a root's files, so that it can be gone on with at any point.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FileType, Timespec, Timestamps};
use sha2::{Digest, Sha256};

use super::super::dir::{Dir, Meta, Open};
use super::super::error::{Result, StoreError, optional};
use super::super::root::Root;
use super::CONDUCTOR;
use super::mapping::Mapping;

/// The one file of a folder that is being copied; what a crash leaves is written over.
const TEMPORARY: &str = ".migrating.tmp";

/// Something that is not copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Where it is, relative to the root.
    pub path: PathBuf,
    /// Why.
    pub reason: &'static str,
}

/// What there is to copy.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) files: u64,
    pub(super) bytes: u64,
    pub(super) renamed: Vec<(PathBuf, PathBuf)>,
    pub(super) left_out: Vec<LeftOut>,
}

/// One name of the tree.
struct Item<'a> {
    folder: &'a Dir,
    name: &'a OsStr,
    path: &'a Path,
    kind: Kind,
}

impl Item<'_> {
    fn modified(&self) -> jiff::Timestamp {
        match self.kind {
            Kind::File(meta) => meta.modified,
            Kind::Folder | Kind::Link | Kind::Other(_) => jiff::Timestamp::UNIX_EPOCH,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Folder,
    File(Meta),
    Link,
    Other(&'static str),
}

/// What there is to copy, without copying it.
pub(super) fn survey(root: &Root) -> Result<Survey> {
    let mapping = Mapping::of(root)?;
    let mut survey = Survey::default();
    walk(root.dir(), Path::new(""), &mut |item| {
        match item.kind {
            Kind::File(meta) => {
                survey.files += 1;
                survey.bytes += meta.len;
                let target = mapping.target(item.path, meta.modified);
                if target != item.path {
                    survey.renamed.push((item.path.to_owned(), target));
                }
            }
            Kind::Other(reason) => survey.left_out.push(LeftOut { path: item.path.to_owned(), reason }),
            Kind::Folder | Kind::Link => {}
        }
        Ok(())
    })?;
    Ok(survey)
}

/// A value that changes when anything in the root does.
pub(super) fn fingerprint(root: &Root) -> Result<[u8; 32]> {
    let mut hash = Sha256::new();
    walk(root.dir(), Path::new(""), &mut |item| {
        hash.update(item.path.as_os_str().as_bytes());
        if let Kind::File(meta) = item.kind {
            hash.update(meta.len.to_le_bytes());
            hash.update(meta.modified.as_nanosecond().to_le_bytes());
        }
        hash.update([0]);
        Ok(())
    })?;
    Ok(hash.finalize().into())
}

/// Copies everything that is not there yet, with its times, and removes from the copy what an earlier
/// attempt put there and the root no longer holds.
pub(super) fn copy_all(root: &Root, staging: &Dir) -> Result<()> {
    let mapping = Mapping::of(root)?;
    prune(staging, Path::new(""), &targets(root, &mapping)?)?;
    walk(root.dir(), Path::new(""), &mut |item| copy_item(&mapping, &item, staging))
}

/// Everything that the copy shall hold, folders included.
fn targets(root: &Root, mapping: &Mapping) -> Result<HashSet<PathBuf>> {
    let mut targets = HashSet::new();
    walk(root.dir(), Path::new(""), &mut |item| {
        if !matches!(item.kind, Kind::Other(_)) {
            let target = mapping.target(item.path, item.modified());
            targets.extend(target.ancestors().map(Path::to_owned));
        }
        Ok(())
    })?;
    Ok(targets)
}

/// Removes what is not wanted from a copy of our making.
fn prune(dir: &Dir, at: &Path, wanted: &HashSet<PathBuf>) -> Result<()> {
    for (name, file_type) in dir.raw_entries()? {
        let path = at.join(&name);
        if path == Path::new(CONDUCTOR) {
            continue;
        }
        if file_type.is_dir() {
            prune(&dir.sub(&name)?, &path, wanted)?;
        }
        match (wanted.contains(&path), file_type.is_dir()) {
            (true, _) => {}
            (false, true) => drop(dir.remove_sub(&name)?),
            (false, false) => drop(dir.remove(&name)?),
        }
    }
    Ok(())
}

fn copy_item(mapping: &Mapping, item: &Item<'_>, staging: &Dir) -> Result<()> {
    let target = mapping.target(item.path, item.modified());
    match item.kind {
        Kind::Folder => folder(staging, &target).map(drop),
        Kind::File(meta) => {
            let (dir, name) = place(staging, &target)?;
            copy_file(item, meta, &dir, name)
        }
        Kind::Link => {
            let (dir, name) = place(staging, &target)?;
            copy_link(item, &dir, name)
        }
        Kind::Other(_) => Ok(()),
    }
}

fn copy_file(item: &Item<'_>, meta: Meta, dir: &Dir, name: &OsStr) -> Result<()> {
    let same = |there: Meta| there.is_file && there.len == meta.len && there.modified == meta.modified;
    if dir.meta(name)?.is_some_and(same) {
        return Ok(());
    }
    dir.remove(TEMPORARY)?;
    let mut from = item.folder.open_file(item.name, Open::Read)?;
    let mut to = dir.open_file(TEMPORARY, Open::CreateNew)?;
    let copied = io::copy(&mut from, &mut to).and_then(|_| set_time(&to, meta));
    copied.map_err(|error| StoreError::io(dir.join(name), "copy", error))?;
    dir.rename(TEMPORARY, name)
}

fn set_time(file: &std::fs::File, meta: Meta) -> io::Result<()> {
    let nanoseconds = i64::from(meta.modified.subsec_nanosecond());
    let time = Timespec { tv_sec: meta.modified.as_second(), tv_nsec: nanoseconds };
    Ok(rustix::fs::futimens(file, &Timestamps { last_access: time, last_modification: time })?)
}

/// Links are copied as they are; nobody follows them out of the root.
fn copy_link(item: &Item<'_>, dir: &Dir, name: &OsStr) -> Result<()> {
    if dir.meta(name)?.is_some() {
        return Ok(());
    }
    let failed = |errno: rustix::io::Errno| StoreError::io(dir.join(name), "copy", errno.into());
    let target = rustix::fs::readlinkat(item.folder, item.name, Vec::new()).map_err(failed)?;
    rustix::fs::symlinkat(target, dir, name).map_err(failed)
}

fn place<'a>(staging: &Dir, target: &'a Path) -> Result<(Dir, &'a OsStr)> {
    let parent = target.parent().unwrap_or(Path::new(""));
    Ok((folder(staging, parent)?, target.file_name().unwrap_or_default()))
}

/// Opens a folder of the copy, made where it is missing; the whole copy is put on disk at the end.
pub(super) fn folder(staging: &Dir, path: &Path) -> Result<Dir> {
    if path.as_os_str().is_empty() {
        return Ok(staging.clone());
    }
    if let Some(there) = optional(staging.sub(path))? {
        return Ok(there);
    }
    let mut dir = staging.clone();
    for name in path.iter() {
        match rustix::fs::mkdirat(&dir, name, rustix::fs::Mode::RWXU) {
            Ok(()) | Err(rustix::io::Errno::EXIST) => {}
            Err(errno) => return Err(StoreError::io(dir.join(name), "create", errno.into())),
        }
        dir = dir.sub(name)?;
    }
    Ok(dir)
}

/// Visits all below a folder, parents first, in the order of names.
fn walk(dir: &Dir, at: &Path, visit: &mut dyn FnMut(Item<'_>) -> Result<()>) -> Result<()> {
    for (name, file_type) in dir.raw_entries()? {
        let path = at.join(&name);
        let kind = kind(dir, &path, &name, file_type)?;
        visit(Item { folder: dir, name: &name, path: &path, kind })?;
        if kind == Kind::Folder {
            walk(&dir.sub(&name)?, &path, visit)?;
        }
    }
    Ok(())
}

fn kind(dir: &Dir, path: &Path, name: &OsStr, file_type: FileType) -> Result<Kind> {
    if path == Path::new(CONDUCTOR) {
        return Ok(Kind::Other("the seed system's own queue, which nothing else reads"));
    }
    Ok(match file_type {
        FileType::Directory => Kind::Folder,
        FileType::RegularFile => dir.meta(name)?.map_or(Kind::Other("it vanished"), Kind::File),
        FileType::Symlink => Kind::Link,
        _ => Kind::Other("it is no file, folder or link"),
    })
}
