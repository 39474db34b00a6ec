//! Versions of files: what may be written over what.

use std::path::PathBuf;

use super::dir::{Dir, Entry};
use super::error::{Result, StoreError, StoreErrorKind};
use super::root::Root;

/// The version stands in a file's first lines.
const HEAD_BYTES: u64 = 16 * 1024;

/// Refuses to write a file whose version, in memory or on disk, is newer than what is known.
pub(super) fn check_writable(
    root: &Root,
    dir: &Dir,
    name: &str,
    key: &str,
    versions: Versions,
) -> Result<()> {
    root.writable()?;
    let on_disk = on_disk(dir, name, key)?;
    let found = versions.in_memory.max(on_disk);
    if found <= versions.known {
        return Ok(());
    }
    let kind =
        StoreErrorKind::NewerVersion { found, known: versions.known, binary: newer_binary(root.dir()) };
    Err(StoreError::new(dir.join(name), kind))
}

/// The version of the file that stands there; 0 where there is none.
fn on_disk(dir: &Dir, name: &str, key: &str) -> Result<u32> {
    match dir.read_head(name, HEAD_BYTES) {
        Ok(bytes) => Ok(peek(&bytes, key).unwrap_or(0)),
        // A folder, a pipe or a link that leads out is no file of ours: a write replaces it.
        Err(StoreError {
            kind: StoreErrorKind::NotFound | StoreErrorKind::NotAFile | StoreErrorKind::Escapes,
            ..
        }) => Ok(0),
        Err(error) => Err(error),
    }
}

/// The versions that a write has to do with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Versions {
    /// Of the value that is about to be written.
    pub in_memory: u32,
    /// The newest that this program writes.
    pub known: u32,
}

/// Says `NewerVersion` in place of a parser's complaint about a file of the root in this folder that is newer
/// than what is known.
pub(super) fn explain<T>(root: &Dir, text: &str, key: &str, known: u32, parsed: Result<T>) -> Result<T> {
    parsed.map_err(|error| match peek(text.as_bytes(), key) {
        Some(found) if found > known => {
            let kind = StoreErrorKind::NewerVersion { found, known, binary: newer_binary(root) };
            StoreError::new(error.path, kind)
        }
        _ => error,
    })
}

/// The number behind a key at the start of a line. Works on files that do not parse.
fn peek(bytes: &[u8], key: &str) -> Option<u32> {
    bytes.split(|byte| *byte == b'\n').find_map(|line| {
        let line = std::str::from_utf8(line).ok()?;
        line.strip_prefix(key)?.strip_prefix(':')?.trim().parse().ok()
    })
}

/// The newest program of the root's `bin/` that is newer than this one, by the version in its folder's
/// name: what this one cannot read, an older one cannot either.
pub(super) fn newer_binary(root: &Dir) -> Option<PathBuf> {
    let bin = root.sub(".conductor/bin").ok()?;
    let own = numbers(env!("CARGO_PKG_VERSION"));
    let version = |entry: &Entry| {
        numbers(entry.name.rsplit_once('-').map_or(entry.name.as_str(), |(version, _)| version))
    };
    let program = |entry: &Entry| bin.join(&entry.name).join("run-agent");
    let entries = bin.entries().ok()?.into_iter();
    let newer = entries.filter(|entry| entry.is_dir && version(entry) > own && program(entry).exists());
    newer.max_by_key(version).map(|entry| program(&entry))
}

fn numbers(version: &str) -> Vec<u64> {
    version.split('.').map(|part| part.parse().unwrap_or(0)).collect()
}
