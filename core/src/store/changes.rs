//! How a task's working folder was: when its first run began, when it ended, when somebody last looked.
//!
//! `changes/` in the task's folder. What the folder's repository does not have lies beside each record in a
//! folder of git objects. The records of the begin and the end are truth and written by the task's supervisor;
//! what somebody looked at may be deleted at any time.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::dir::Dir;
use super::error::{Result, StoreError, optional};
use super::lock::OfdLock;
use super::task::TaskDir;
use super::version::{self, Versions};
use super::yaml;
use crate::model::Snapshot;

const FOLDER: &str = "changes";
const LOCK: &str = "lock";
/// How long others who look may take.
const WAIT: Duration = Duration::from_secs(60);

/// A moment of which it is known how the folder was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FolderMoment {
    /// Before the first run of the task began.
    Begin,
    /// When the task ended.
    End,
    /// When somebody last looked.
    Now,
}

impl FolderMoment {
    fn file(self) -> &'static str {
        match self {
            FolderMoment::Begin => "begin.yaml",
            FolderMoment::End => "end.yaml",
            FolderMoment::Now => "now.yaml",
        }
    }

    fn objects(self) -> &'static str {
        match self {
            FolderMoment::Begin => "begin",
            FolderMoment::End => "end",
            FolderMoment::Now => "now",
        }
    }
}

/// What is known of a task's working folder. Cheap to clone.
#[derive(Debug, Clone)]
pub struct FolderStates {
    task: TaskDir,
}

impl TaskDir {
    /// What is known of its working folder.
    pub fn folder_states(&self) -> FolderStates {
        FolderStates { task: self.clone() }
    }
}

impl FolderStates {
    /// How the folder was; none where that was not recorded.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn read(&self, moment: FolderMoment) -> Result<Option<Snapshot>> {
        let Some(folder) = optional(self.task.dir().real_sub(FOLDER))? else { return Ok(None) };
        let Some(text) = optional(folder.read_text(moment.file(), yaml::MAX_BYTES))? else { return Ok(None) };
        let parsed = yaml::parse(&text, &folder.join(moment.file()));
        let explained = version::explain(self.task.root().dir(), &text, "version", Snapshot::VERSION, parsed);
        explained.map(Some)
    }

    /// Whether it was recorded how the folder was, well or not.
    ///
    /// # Errors
    /// When that cannot be told.
    pub fn has(&self, moment: FolderMoment) -> Result<bool> {
        self.task.dir().exists(Path::new(FOLDER).join(moment.file()))
    }

    /// Records how the folder was: durably, but for what somebody looked at.
    ///
    /// # Errors
    /// When the root may not be written, or the file is a newer version's.
    pub fn write(&self, moment: FolderMoment, snapshot: &Snapshot) -> Result<()> {
        let folder = self.made()?;
        let versions = Versions { in_memory: snapshot.version, known: Snapshot::VERSION };
        version::check_writable(self.task.root(), &folder, moment.file(), "version", versions)?;
        let text = yaml::emit_whole(snapshot)?;
        match moment {
            FolderMoment::Now => folder.replace_lazy(moment.file(), text.as_bytes()),
            FolderMoment::Begin | FolderMoment::End => {
                let file = (moment.file().as_ref(), text.as_bytes());
                folder.replace_all(&[file], &[self.task.dir()])
            }
        }
    }

    /// The folder of objects beside the record; none where there is none.
    ///
    /// # Errors
    /// When that cannot be told.
    pub fn objects(&self, moment: FolderMoment) -> Result<Option<PathBuf>> {
        let Some(folder) = optional(self.task.dir().real_sub(FOLDER))? else { return Ok(None) };
        Ok(optional(folder.real_sub(moment.objects()))?.map(|objects| objects.path().to_owned()))
    }

    /// An empty folder for the objects beside a record that is about to be written. The record and the objects
    /// of before are gone then.
    ///
    /// # Errors
    /// When the root may not be written.
    pub fn fresh_objects(&self, moment: FolderMoment) -> Result<PathBuf> {
        let folder = self.made()?;
        folder.remove(moment.file())?;
        if folder.exists(moment.objects())? {
            let path = folder.join(moment.objects());
            // Follows no link; one in its place is an error.
            std::fs::remove_dir_all(&path).map_err(|error| StoreError::io(path, "remove", error))?;
        }
        Ok(folder.draft_sub(moment.objects())?.path().to_owned())
    }

    /// Held by who looks at the folder now: others wait.
    ///
    /// # Errors
    /// When the root may not be written; when others look for too long.
    pub fn lock(&self) -> Result<OfdLock> {
        OfdLock::acquire(&self.made()?, LOCK, WAIT)
    }

    fn made(&self) -> Result<Dir> {
        self.task.root().writable()?;
        match self.task.dir().draft_sub(FOLDER) {
            Err(_) if self.task.dir().exists(FOLDER)? => self.task.dir().real_sub(FOLDER),
            made => made,
        }
    }
}
