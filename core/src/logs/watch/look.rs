//! How a path looks, for noticing a change without being told.

use std::fs::{self, Metadata};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// A short summary of a file, or of a folder and what stands directly in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Look(u64);

impl Look {
    pub(super) fn at(path: &Path) -> Self {
        let mut hash = DefaultHasher::new();
        if let Ok(meta) = fs::metadata(path) {
            note(&meta, &mut hash);
            if meta.is_dir() {
                note_entries(path, &mut hash);
            }
        }
        Self(hash.finish())
    }

    /// Looks again; tells whether it looks different now.
    pub(super) fn renew(&mut self, path: &Path) -> bool {
        let now = Self::at(path);
        std::mem::replace(self, now) != now
    }
}

fn note(meta: &Metadata, hash: &mut DefaultHasher) {
    (meta.dev(), meta.ino(), meta.len(), meta.mtime(), meta.mtime_nsec(), meta.ctime(), meta.ctime_nsec())
        .hash(hash);
}

fn note_entries(path: &Path, hash: &mut DefaultHasher) {
    let mut entries: Vec<_> = fs::read_dir(path).into_iter().flatten().flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        entry.file_name().hash(hash);
        if let Ok(meta) = entry.metadata() {
            note(&meta, hash);
        }
    }
}
