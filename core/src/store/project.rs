//! A project: a folder of tasks with a source folder.

use std::path::{Path, PathBuf};

use super::dir::Dir;
use super::error::{Result, StoreError, StoreErrorKind, optional};
use super::root::Root;
use super::task::TaskDir;
use super::yaml;
use crate::model::{ProjectId, TaskId, TaskSpec};

/// Names the source folder.
const SOURCE_FILE: &str = "PROJECT-ROOT.txt";

/// A project's folder. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ProjectDir {
    root: Root,
    id: ProjectId,
    dir: Dir,
}

impl ProjectDir {
    pub(super) fn open(root: &Root, id: &ProjectId) -> Result<Self> {
        Ok(Self { root: root.clone(), id: id.clone(), dir: root.dir().sub(id.as_str())? })
    }

    pub(super) fn create(root: &Root, id: &ProjectId, source: &Path) -> Result<Self> {
        root.writable()?;
        let path = root.dir().join(id.as_str());
        ProjectId::new(id.as_str()).map_err(|error| StoreError::new(path, error.into()))?;
        let dir = root.dir().make_sub(id.as_str())?;
        let source = std::path::absolute(source).map_err(|error| StoreError::io(source, "resolve", error))?;
        dir.create_new(SOURCE_FILE, format!("{}\n", source.display()).as_bytes())?;
        Ok(Self { root: root.clone(), id: id.clone(), dir })
    }

    /// Its root.
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// Its id.
    pub fn id(&self) -> &ProjectId {
        &self.id
    }

    /// Its folder.
    pub fn dir(&self) -> &Dir {
        &self.dir
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The folder its agents work in, where it is known.
    ///
    /// # Errors
    /// When `PROJECT-ROOT.txt` is there and cannot be read.
    pub fn source(&self) -> Result<Option<PathBuf>> {
        let text = optional(self.dir.read_text(SOURCE_FILE, 64 * 1024))?;
        let line = text.as_deref().and_then(|text| text.lines().map(str::trim).find(|line| !line.is_empty()));
        Ok(line.map(PathBuf::from))
    }

    /// Its tasks, by name.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn tasks(&self) -> Result<Vec<TaskId>> {
        let names =
            self.dir.entries()?.into_iter().filter(|entry| entry.is_dir && !entry.name.starts_with('.'));
        Ok(names.filter_map(|entry| TaskId::from_disk(&entry.name).ok()).collect())
    }

    /// Opens a task.
    ///
    /// # Errors
    /// When it is not there.
    pub fn task(&self, id: &TaskId) -> Result<TaskDir> {
        Ok(TaskDir::new(self, id, self.dir.sub(id.as_str())?))
    }

    /// Makes a task, durably: TASK.md and task.yaml are there with its folder, or nothing is.
    ///
    /// # Errors
    /// [`StoreErrorKind::AlreadyExists`] when the name is taken.
    pub fn create_task(&self, spec: &TaskSpec, prompt: &str) -> Result<TaskDir> {
        self.root.writable()?;
        let id = &spec.task_id;
        let taken = || StoreError::new(self.dir.join(id.as_str()), StoreErrorKind::AlreadyExists);
        TaskId::new(id.as_str())
            .map_err(|error| StoreError::new(self.dir.join(id.as_str()), error.into()))?;
        if self.dir.exists(id.as_str())? {
            return Err(taken());
        }
        let draft = format!(".{id}.{}", ulid::Ulid::generate());
        let made =
            self.write_draft(&draft, spec, prompt).and_then(|()| self.dir.publish(&draft, id.as_str()));
        if made.is_err() {
            self.discard_draft(&draft);
        }
        made?;
        self.task(id)
    }

    fn write_draft(&self, draft: &str, spec: &TaskSpec, prompt: &str) -> Result<()> {
        let folder = self.dir.make_sub(draft)?;
        folder.replace(super::task::PROMPT_FILE, prompt.as_bytes())?;
        folder.replace(super::task::SPEC_FILE, yaml::emit(spec)?.as_bytes())?;
        folder.make_sub(super::task::RUNS)?;
        Ok(())
    }

    fn discard_draft(&self, draft: &str) {
        for file in [super::task::PROMPT_FILE, super::task::SPEC_FILE] {
            let _ = self.dir.remove(Path::new(draft).join(file));
        }
        let _ = self.dir.remove_sub(Path::new(draft).join(super::task::RUNS));
        let _ = self.dir.remove_sub(draft);
    }
}
