//! What a person did with the items of the attention list: seen, snoozed, archived.
//!
//! The list itself is made elsewhere, from tasks and questions; these records only say what was done
//! with an item, so that every face shows the same. One folder per task, written under a lock.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::dir::Dir;
use super::error::{Listed, Result, StoreError, StoreErrorKind, optional};
use super::lock::OfdLock;
use super::root::{Root, RootKind};
use super::yaml;
use crate::model::{ProjectId, TaskId};

const FOLDER: &str = "attention";
const RECORDS_FILE: &str = "records.yaml";
const LOCK_FILE: &str = "lock";
const VERSION: u32 = 1;
/// How long another writer may take.
const WAIT: Duration = Duration::from_secs(10);

/// The records of a root; of a foreign one they lie in the user's state folder.
#[derive(Debug, Clone)]
pub struct Attention {
    root: Root,
}

/// What was done with one item. All absent: nothing yet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AttentionRecord {
    /// When it was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<Timestamp>,
    /// Until when it shall not be shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snoozed_until: Option<Timestamp>,
    /// When it was put away for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived_at: Option<Timestamp>,
    /// Fields of newer versions, kept as they came.
    #[serde(flatten)]
    pub extra: BTreeMap<String, serde_json::Value>,
}

impl AttentionRecord {
    /// Whether the item is shown at this time.
    pub fn is_shown(&self, now: Timestamp) -> bool {
        self.archived_at.is_none() && self.snoozed_until.is_none_or(|until| until <= now)
    }
}

/// Records by item, as the attention list names it.
pub type AttentionRecords = BTreeMap<String, AttentionRecord>;

#[derive(Debug, Default, Serialize, Deserialize)]
struct RecordsFile {
    version: u32,
    #[serde(default)]
    items: AttentionRecords,
    #[serde(flatten)]
    extra: BTreeMap<String, serde_json::Value>,
}

impl Root {
    /// What a person did with the items of the attention list.
    pub fn attention(&self) -> Attention {
        Attention { root: self.clone() }
    }
}

impl Attention {
    /// The records of a task's items.
    ///
    /// # Errors
    /// When they are damaged.
    pub fn of_task(&self, project: &ProjectId, task: &TaskId) -> Result<AttentionRecords> {
        let Some(dir) = self.dir()? else { return Ok(AttentionRecords::new()) };
        match optional(dir.sub(format!("{project}/{task}")))? {
            Some(dir) => Ok(read(&dir)?.items),
            None => Ok(AttentionRecords::new()),
        }
    }

    /// The records of all tasks that have any; damaged ones hide no others.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn all(&self) -> Result<Vec<Listed<(ProjectId, TaskId, AttentionRecords)>>> {
        let Some(dir) = self.dir()? else { return Ok(Vec::new()) };
        let mut all = Vec::new();
        for project in dir.entries()?.into_iter().filter(|entry| entry.is_dir) {
            let Ok(project) = ProjectId::from_disk(&project.name) else { continue };
            let tasks = dir.sub(project.as_str())?.entries()?;
            for task in tasks.into_iter().filter_map(|entry| TaskId::from_disk(&entry.name).ok()) {
                let path = dir.join(format!("{project}/{task}"));
                let records =
                    self.of_task(&project, &task).map(|records| (project.clone(), task.clone(), records));
                all.push(Listed::from_result(&task, &path, records));
            }
        }
        Ok(all)
    }

    /// Changes the record of one item, durably; what it is then. A record that says nothing is removed.
    ///
    /// # Errors
    /// When the records are damaged, a newer version's, locked for too long, or cannot be written.
    pub fn update(
        &self,
        project: &ProjectId,
        task: &TaskId,
        item: &str,
        change: impl FnOnce(&mut AttentionRecord),
    ) -> Result<AttentionRecord> {
        let dir = self.made_dir()?.make_sub(project.as_str())?.make_sub(task.as_str())?;
        let _lock = OfdLock::acquire(&dir, LOCK_FILE, WAIT)?;
        let mut file = read(&dir)?;
        if file.version > VERSION {
            let kind = StoreErrorKind::NewerVersion { found: file.version, known: VERSION, binary: None };
            return Err(StoreError::new(dir.join(RECORDS_FILE), kind));
        }
        let mut record = file.items.remove(item).unwrap_or_default();
        change(&mut record);
        if record != AttentionRecord::default() {
            file.items.insert(item.to_owned(), record.clone());
        }
        dir.replace(RECORDS_FILE, yaml::emit(&file)?.as_bytes())?;
        Ok(record)
    }

    /// The folder, where it is there already: reading makes none.
    fn dir(&self) -> Result<Option<Dir>> {
        match self.root.kind() {
            RootKind::Own { .. } | RootKind::Damaged => {
                optional(self.root.dir().sub(format!(".conductor/state/{FOLDER}")))
            }
            RootKind::Fresh | RootKind::Foreign => {
                optional(Dir::open(&self.root.outside_state().join(FOLDER)))
            }
        }
    }

    fn made_dir(&self) -> Result<Dir> {
        match self.root.kind() {
            RootKind::Own { .. } | RootKind::Damaged => self.root.state_dir(FOLDER),
            RootKind::Fresh | RootKind::Foreign => Dir::create_all(&self.root.outside_state().join(FOLDER)),
        }
    }
}

fn read(dir: &Dir) -> Result<RecordsFile> {
    let none = RecordsFile { version: VERSION, ..RecordsFile::default() };
    Ok(optional(yaml::read(dir, RECORDS_FILE))?.unwrap_or(none))
}
