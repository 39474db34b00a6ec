//! Deleting a task: its folder goes as a whole, or stays.

use super::error::{Result, StoreError, StoreErrorKind};
use super::lock::OfdLock;
use super::task::TaskDir;

/// What the names of folders begin with that are being deleted; no list shows them.
pub(super) const DOOMED: &str = ".deleted-";

impl TaskDir {
    /// Deletes it with all that is in it. The lock of its supervisor is taken for it, so that nobody begins to
    /// work on it meanwhile.
    ///
    /// # Errors
    /// [`StoreErrorKind::Locked`] while a supervisor lives; when the folder cannot be moved or removed.
    pub fn delete(&self) -> Result<()> {
        self.root().writable()?;
        let Some(lock) = self.lock_supervisor()? else {
            let holder = self.supervisor().ok().flatten().map(|holder| format!("pid {}", holder.pid));
            return Err(StoreError::new(self.path(), StoreErrorKind::Locked { holder }));
        };
        let project = self.root().project(self.project())?;
        let doomed = format!("{DOOMED}{}-{}", self.id(), ulid::Ulid::generate());
        project.dir().rename(self.id().as_str(), &doomed)?;
        project.dir().sync()?;
        drop::<OfdLock>(lock);
        let path = project.dir().join(&doomed);
        // Follows no link, and begins at a folder that was opened without following one.
        std::fs::remove_dir_all(&path).map_err(|error| StoreError::io(path, "remove", error))
    }

    /// Bytes of all files in it.
    pub fn bytes(&self) -> u64 {
        bytes_below(self.path())
    }
}

fn bytes_below(folder: &std::path::Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let of = |entry: std::fs::DirEntry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => bytes_below(&entry.path()),
        Ok(kind) if kind.is_file() => entry.metadata().map_or(0, |meta| meta.len()),
        _ => 0,
    };
    entries.map(of).sum()
}
