//! A project: a folder of tasks with a source folder.

use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::dir::Dir;
use super::error::{Result, StoreError, StoreErrorKind, optional};
use super::foreign::{self, Layout};
use super::lock::OfdLock;
use super::replace::sync_together;
use super::root::{Root, is_project};
use super::task::TaskDir;
use super::yaml;
use crate::model::{ProjectId, TaskId, TaskSpec};

/// Names the source folder.
const SOURCE_FILE: &str = "PROJECT-ROOT.txt";
/// The name under which the runs of the older shell tool are shown, as project and as task.
pub(super) const FLAT_TASK: &str = "runs";

/// Held while a project is looked for and made, in `.conductor/state/`.
const LOCK: &str = "projects.lock";
/// How long others may take to make theirs.
const PATIENCE: Duration = Duration::from_secs(30);

impl Root {
    /// Keeps others from making projects for a folder: whoever found none, and makes one, looks again under
    /// this lock and holds it until the project is there.
    ///
    /// # Errors
    /// When the root may not be written, or others hold it for half a minute.
    pub fn lock_projects(&self) -> Result<OfdLock> {
        OfdLock::acquire(&self.state_dir("")?, LOCK, PATIENCE)
    }
}

/// A project's folder. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ProjectDir {
    root: Root,
    id: ProjectId,
    dir: Dir,
    /// The root itself is what the older shell tool left.
    whole_root: bool,
}

/// What stands in a project's folder under the names of tasks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct TaskNames {
    /// Folders.
    pub(crate) tasks: Vec<TaskId>,
    /// Links, which are not followed.
    pub(crate) links: Vec<TaskId>,
}

impl ProjectDir {
    pub(super) fn open(root: &Root, id: &ProjectId) -> Result<Self> {
        let whole_root =
            root.is_foreign() && id.as_str() == FLAT_TASK && foreign::layout(root.dir()) != Layout::Nested;
        if !whole_root && !is_project(id.as_str()) {
            // What is the root's own, such as `.conductor`.
            return Err(StoreError::new(root.dir().join(id.as_str()), StoreErrorKind::NotFound));
        }
        let dir = if whole_root { root.dir().clone() } else { root.dir().real_sub(id.as_str())? };
        Ok(Self { root: root.clone(), id: id.clone(), dir, whole_root })
    }

    pub(super) fn create(root: &Root, id: &ProjectId, source: &Path) -> Result<Self> {
        root.writable()?;
        let path = root.dir().join(id.as_str());
        ProjectId::new(id.as_str()).map_err(|error| StoreError::new(path, error.into()))?;
        let dir = root.dir().make_sub(id.as_str())?;
        let source = std::path::absolute(source).map_err(|error| StoreError::io(source, "resolve", error))?;
        dir.create_new(SOURCE_FILE, format!("{}\n", source.display()).as_bytes())?;
        Ok(Self { root: root.clone(), id: id.clone(), dir, whole_root: false })
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
        Ok(self.names()?.tasks)
    }

    /// Its tasks, and the links that stand where a task should.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub(crate) fn names(&self) -> Result<TaskNames> {
        if self.whole_root {
            return Ok(TaskNames {
                tasks: TaskId::from_disk(FLAT_TASK).into_iter().collect(),
                links: Vec::new(),
            });
        }
        let flat = self.is_flat();
        let is_task = |name: &str| match self.root.is_foreign() {
            true => foreign::is_task(&self.dir, name) || (flat && name == FLAT_TASK),
            false => is_own_task(&self.dir, name),
        };
        let mut names = TaskNames::default();
        for entry in self.dir.entries()? {
            let id = TaskId::from_disk(&entry.name);
            if entry.is_dir && is_task(&entry.name) {
                names.tasks.extend(id);
            } else if entry.is_link && is_named_as_task(&entry.name) {
                names.links.extend(id);
            }
        }
        Ok(names)
    }

    /// Whether the older shell tool's runs lie in this folder; they are shown as one task.
    fn is_flat(&self) -> bool {
        self.root.is_foreign() && foreign::layout(&self.dir) != Layout::Nested
    }

    /// Opens a task.
    ///
    /// # Errors
    /// When it is not there.
    pub fn task(&self, id: &TaskId) -> Result<TaskDir> {
        let flat = id.as_str() == FLAT_TASK && self.is_flat();
        let dir = if flat { self.dir.clone() } else { self.dir.real_sub(id.as_str())? };
        Ok(TaskDir::new(self, id, dir))
    }

    /// Makes a task, durably: TASK.md and task.yaml are there with its folder, or nothing is.
    ///
    /// # Errors
    /// [`StoreErrorKind::AlreadyExists`] when the name is taken.
    pub fn create_task(&self, spec: &TaskSpec, prompt: &str) -> Result<TaskDir> {
        self.make_task(spec, prompt, false)
    }

    /// As [`ProjectDir::create_task`], named among the live ones, durably, before it is there.
    ///
    /// # Errors
    /// As [`ProjectDir::create_task`].
    pub fn create_live_task(&self, spec: &TaskSpec, prompt: &str) -> Result<TaskDir> {
        self.make_task(spec, prompt, true)
    }

    fn make_task(&self, spec: &TaskSpec, prompt: &str, live: bool) -> Result<TaskDir> {
        self.root.writable()?;
        let id = &spec.task_id;
        let taken = || StoreError::new(self.dir.join(id.as_str()), StoreErrorKind::AlreadyExists);
        TaskId::new(id.as_str())
            .map_err(|error| StoreError::new(self.dir.join(id.as_str()), error.into()))?;
        if self.dir.exists(id.as_str())? {
            return Err(taken());
        }
        let draft = format!(".{id}.{}", ulid::Ulid::generate());
        let made = self.write_draft(&draft, spec, prompt, live).and_then(|folder| {
            self.dir.publish(&draft, id.as_str())?;
            Ok(folder.renamed(self.dir.join(id.as_str())))
        });
        if made.is_err() {
            self.discard_draft(&draft);
        }
        Ok(TaskDir::new(self, id, made?))
    }

    /// All of a task but its name, durably, and its name among the live ones. They reach the disk at
    /// once: a draft that a crash leaves is nobody's, whatever of it is there.
    fn write_draft(&self, draft: &str, spec: &TaskSpec, prompt: &str, live: bool) -> Result<Dir> {
        let folder = self.dir.draft_sub(draft)?;
        let prompt = folder.write_part(super::task::PROMPT_FILE, prompt.as_bytes())?;
        let text = folder.write_part(super::task::SPEC_FILE, yaml::emit_whole(spec)?.as_bytes())?;
        folder.draft_sub(super::task::RUNS)?;
        let live = if live { Some(self.root.live_add_lazy(&self.id, &spec.task_id)?) } else { None };
        let mut together = vec![prompt.as_fd(), text.as_fd(), folder.as_fd()];
        together.extend(live.as_ref().map(AsFd::as_fd));
        sync_together(&together).map_err(|error| StoreError::io(folder.path(), "sync", error))?;
        crate::faults::step("create.live");
        Ok(folder)
    }

    fn discard_draft(&self, draft: &str) {
        for file in [super::task::PROMPT_FILE, super::task::SPEC_FILE] {
            let _ = self.dir.remove(Path::new(draft).join(file));
        }
        let _ = self.dir.remove_sub(Path::new(draft).join(super::task::RUNS));
        let _ = self.dir.remove_sub(draft);
    }
}

/// Whether a name says by itself that a task is meant, in our manner or the seed system's.
fn is_named_as_task(name: &str) -> bool {
    name.starts_with("task-")
}

/// Whether a folder of a project of ours is a task: by its name, whatever is missing in it, else by
/// what is in it.
fn is_own_task(project: &Dir, name: &str) -> bool {
    let has_spec = || project.exists(Path::new(name).join(super::task::SPEC_FILE)).unwrap_or(false);
    !name.starts_with('.') && (TaskId::new(name).is_ok() || has_spec())
}
