//! A root: the folder that holds projects, and `.conductor/`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::dir::Dir;
use super::error::{Result, StoreError, StoreErrorKind, optional};
use super::foreign::{self, Layout};
use super::lock::OfdLock;
use super::mend;
use super::project::{FLAT_TASK, ProjectDir};
use super::task::TaskDir;
use super::{version, yaml};
use crate::model::{ProjectId, TaskId};

/// The folder of our own files.
const CONDUCTOR: &str = ".conductor";
/// Held while a root is initialised; tells an unfinished root of ours from a foreign one.
const INIT_LOCK: &str = "init.lock";
/// Written last: with it the root is ours.
const ROOT_FILE: &str = "root.yaml";
/// The version of `root.yaml` that is written.
const VERSION: u32 = 1;
/// How long somebody else may take to initialise a root.
const INIT_WAIT: Duration = Duration::from_secs(20);
/// Folders that are made with a root.
const FOLDERS: [&str; 8] =
    ["state", "state/live", "state/queue", "state/attention", "run", "run/slots", "bin", "cache"];

/// An open root. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Root(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    dir: Dir,
    kind: RootKind,
}

/// Whose a root is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RootKind {
    /// Ours.
    Own {
        /// Its id.
        id: String,
        /// The version in `root.yaml`.
        version: u32,
    },
    /// Nothing is in it yet, or only what an unfinished initialisation left.
    Fresh,
    /// Ours, as a task in it or a torn `root.yaml` says and no task of another system denies, but nothing says
    /// its id and version. Not written until it is mended.
    Damaged,
    /// The seed system's, or any other: read in place, never written.
    Foreign,
}

#[derive(Debug, Serialize, Deserialize)]
struct RootFile {
    version: u32,
    root_id: String,
    created_at: Timestamp,
}

impl Root {
    /// Where the root is: the flag, `CONDUCTOR_ROOT`, the configured folder, or the one in the user's
    /// data folder.
    pub fn locate(flag: Option<&Path>, configured: Option<&Path>) -> PathBuf {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        flag.map(Path::to_owned)
            .or_else(|| variable("CONDUCTOR_ROOT"))
            .or_else(|| configured.map(Path::to_owned))
            .unwrap_or_else(|| {
                let home = || variable("HOME").unwrap_or_else(|| PathBuf::from("/")).join(".local/share");
                variable("XDG_DATA_HOME").unwrap_or_else(home).join("conductor-loop/runs")
            })
    }

    /// Opens a root without writing anything.
    ///
    /// # Errors
    /// When the folder is not there or cannot be read, or its `root.yaml` is a newer version's of another shape.
    pub fn open(path: &Path) -> Result<Self> {
        let path = std::path::absolute(path).map_err(|error| StoreError::io(path, "open", error))?;
        Self::look(Dir::open(&path)?)
    }

    /// Opens a root; a missing or empty one is initialised.
    ///
    /// # Errors
    /// When it can be neither opened nor initialised.
    pub fn open_or_init(path: &Path) -> Result<Self> {
        let path = std::path::absolute(path).map_err(|error| StoreError::io(path, "open", error))?;
        let root = Self::look(Dir::create_all(&path)?)?;
        if root.0.kind == RootKind::Fresh { Self::initialise(root.dir(), |_| Ok(())) } else { Ok(root) }
    }

    pub(super) fn look(dir: Dir) -> Result<Self> {
        let kind = kind_of(&dir)?;
        Ok(Self(Arc::new(Inner { dir, kind })))
    }

    /// `complete` gets the folder `.conductor` when all is in it but what makes the root ours.
    pub(super) fn initialise(dir: &Dir, complete: impl FnOnce(&Dir) -> Result<()>) -> Result<Self> {
        let conductor = dir.make_sub(CONDUCTOR)?;
        let _lock = OfdLock::acquire(&conductor, INIT_LOCK, INIT_WAIT)?;
        // A link that leads nowhere is as good as no file, and in the way of one.
        if read_root_file(dir).is_err_and(|error| error.is_lost()) {
            conductor.keep_damaged(ROOT_FILE, Timestamp::now())?;
            conductor.remove(ROOT_FILE)?;
        }
        if !conductor.exists(ROOT_FILE)? {
            for folder in FOLDERS {
                conductor.make_sub(folder)?;
            }
            crate::faults::step("root.folders");
            complete(&conductor)?;
            write_root_file(&conductor)?;
        }
        Self::look(dir.clone())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.dir.path()
    }

    /// Its folder.
    pub fn dir(&self) -> &Dir {
        &self.0.dir
    }

    /// Whose it is.
    pub fn kind(&self) -> &RootKind {
        &self.0.kind
    }

    /// Its id; none while it is not ours.
    pub fn id(&self) -> Option<&str> {
        match &self.0.kind {
            RootKind::Own { id, .. } => Some(id),
            RootKind::Fresh | RootKind::Damaged | RootKind::Foreign => None,
        }
    }

    /// Whether it is another system's.
    pub fn is_foreign(&self) -> bool {
        self.0.kind == RootKind::Foreign
    }

    /// Whether it may be written.
    ///
    /// # Errors
    /// Why it may not: it is another system's, a newer version's, damaged, or not initialised yet.
    pub fn writable(&self) -> Result<()> {
        let kind = match &self.0.kind {
            RootKind::Own { version, .. } if *version <= VERSION => return Ok(()),
            RootKind::Own { version, .. } => StoreErrorKind::NewerVersion {
                found: *version,
                known: VERSION,
                binary: version::newer_binary(self.dir()),
            },
            RootKind::Fresh => StoreErrorKind::NotInitialised,
            RootKind::Damaged => StoreErrorKind::RootFileLost,
            RootKind::Foreign => StoreErrorKind::ReadOnlyRoot,
        };
        Err(StoreError::new(self.path(), kind))
    }

    /// The folder `.conductor`.
    ///
    /// # Errors
    /// When it is not there.
    pub fn conductor(&self) -> Result<Dir> {
        self.dir().sub(CONDUCTOR)
    }

    /// The folder `state/<sub>`, made when it is missing; `""` is `state` itself.
    ///
    /// # Errors
    /// When the root may not be written, or the folder can be neither made nor opened.
    pub fn state_dir(&self, sub: &str) -> Result<Dir> {
        self.own_dir("state", sub)
    }

    /// The folder `run/<sub>`, made when it is missing; `""` is `run` itself.
    ///
    /// # Errors
    /// As [`Root::state_dir`].
    pub fn run_dir(&self, sub: &str) -> Result<Dir> {
        self.own_dir("run", sub)
    }

    fn own_dir(&self, folder: &str, sub: &str) -> Result<Dir> {
        self.writable()?;
        let mut dir = self.conductor()?.make_sub(folder)?;
        for name in sub.split('/').filter(|name| !name.is_empty()) {
            dir = dir.make_sub(name)?;
        }
        Ok(dir)
    }

    /// The projects, by name.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn projects(&self) -> Result<Vec<ProjectId>> {
        if self.is_foreign() && foreign::layout(self.dir()) == Layout::Bare {
            return Ok(ProjectId::from_disk(FLAT_TASK).into_iter().collect());
        }
        let names = self.dir().entries()?.into_iter().filter(|entry| entry.is_dir && is_project(&entry.name));
        Ok(names.filter_map(|entry| ProjectId::from_disk(&entry.name).ok()).collect())
    }

    /// Links that stand where a project may be meant. They are not followed.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub(crate) fn links(&self) -> Result<Vec<ProjectId>> {
        let names =
            self.dir().entries()?.into_iter().filter(|entry| entry.is_link && is_project(&entry.name));
        Ok(names.filter_map(|entry| ProjectId::from_disk(&entry.name).ok()).collect())
    }

    /// Opens a project.
    ///
    /// # Errors
    /// When it is not there.
    pub fn project(&self, id: &ProjectId) -> Result<ProjectDir> {
        ProjectDir::open(self, id)
    }

    /// Makes a project whose agents work in `source`; one that is there is opened as it is.
    ///
    /// # Errors
    /// When the root may not be written or the name is not one of ours.
    pub fn create_project(&self, id: &ProjectId, source: &Path) -> Result<ProjectDir> {
        ProjectDir::create(self, id, source)
    }

    /// Opens a task.
    ///
    /// # Errors
    /// When it is not there.
    pub fn task(&self, project: &ProjectId, task: &TaskId) -> Result<TaskDir> {
        self.project(project)?.task(task)
    }

    /// Tasks that a person may mean: by full name, else by slug, else by the end of the name.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn find_task(&self, text: &str) -> Result<Vec<(ProjectId, TaskId)>> {
        let (project, text) = match text.split_once('/') {
            Some((project, task)) => (Some(project), task),
            None => (None, text),
        };
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let mut all = Vec::new();
        for id in self.projects()?.into_iter().filter(|id| project.is_none_or(|name| id.as_str() == name)) {
            // A project that cannot be read hides no task of another one.
            let Ok(names) = self.project(&id).and_then(|project| project.names()) else { continue };
            // A link is found too: who asks for it is told that it is one.
            all.extend(names.tasks.into_iter().chain(names.links).map(|task| (id.clone(), task)));
        }
        let by = |matches: &dyn Fn(&TaskId) -> bool| -> Vec<_> {
            all.iter().filter(|(_, task)| matches(task)).cloned().collect()
        };
        let tries = [
            by(&|task| task.as_str() == text),
            by(&|task| task.slug() == text),
            by(&|task| task.as_str().ends_with(text)),
        ];
        Ok(tries.into_iter().find(|found| !found.is_empty()).unwrap_or_default())
    }
}

/// Makes the root ours. The last step of everything that does.
pub(super) fn write_root_file(conductor: &Dir) -> Result<()> {
    let root_id = ulid::Ulid::generate().to_string();
    let file = RootFile { version: VERSION, root_id, created_at: Timestamp::now() };
    conductor.create_new(ROOT_FILE, yaml::emit(&file)?.as_bytes()).map(drop)
}

fn read_root_file(root: &Dir) -> Result<RootFile> {
    let name = Path::new(CONDUCTOR).join(ROOT_FILE);
    let text = root.read_text(&name, yaml::MAX_BYTES)?;
    match as_written(&text) {
        Some(file) => Ok(file),
        None => version::explain(root, &text, "version", VERSION, yaml::parse(&text, &root.join(&name))),
    }
}

/// The file in the very form in which we write it. Every command begins with it, so that the YAML parser
/// is left out where it is not needed.
fn as_written(text: &str) -> Option<RootFile> {
    let (version, rest) = text.strip_prefix("version: ")?.split_once("\nroot_id: ")?;
    let (root_id, rest) = rest.split_once("\ncreated_at: \"")?;
    let created_at = rest.strip_suffix("\"\n")?;
    let is_plain = root_id.len() == ulid::ULID_LEN && root_id.bytes().all(|c| c.is_ascii_alphanumeric());
    let is_number = version.bytes().all(|c| c.is_ascii_digit());
    let created_at = created_at.parse().ok().filter(|_| is_plain && is_number)?;
    Some(RootFile { version: version.parse().ok()?, root_id: root_id.to_owned(), created_at })
}

/// Whether a folder of a root is a project: hidden ones and the seed system's `_audit` are not.
pub(super) fn is_project(name: &str) -> bool {
    !name.starts_with(['.', '_']) && name != "lost+found"
}

fn kind_of(dir: &Dir) -> Result<RootKind> {
    if let Said::Own(own) = said_of(dir)? {
        return Ok(own);
    }
    let others =
        dir.entries()?.into_iter().any(|entry| entry.name != CONDUCTOR && entry.name != "lost+found");
    if others {
        // Whoever made the root ours since the first look may have made a project, too.
        let is_torn = match said_of(dir)? {
            Said::Own(own) => return Ok(own),
            Said::Nothing => false,
            Said::Torn => true,
        };
        return Ok(if mend::is_ours(dir, is_torn)? { RootKind::Damaged } else { RootKind::Foreign });
    }
    let conductor = optional(dir.sub(CONDUCTOR))?;
    let unfinished = match &conductor {
        None => true,
        // Between making the folder and the lock in it, it is empty; in this order, the lock that comes
        // between the two looks is seen.
        Some(conductor) => conductor.entries()?.is_empty() || conductor.exists(INIT_LOCK)?,
    };
    Ok(if unfinished { RootKind::Fresh } else { RootKind::Foreign })
}

/// What `root.yaml` says of a folder.
enum Said {
    Own(RootKind),
    /// Somebody emptied, tore or changed it.
    Torn,
    /// It is not there.
    Nothing,
}

fn said_of(root: &Dir) -> Result<Said> {
    match optional(read_root_file(root)) {
        Ok(Some(file)) => Ok(Said::Own(RootKind::Own { id: file.root_id, version: file.version })),
        Ok(None) => Ok(Said::Nothing),
        Err(error) if error.is_damage() => Ok(Said::Torn),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_root_that_others_make_and_fill_at_this_moment_is_ours() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for round in 0..100 {
            let path = folder.path().join(round.to_string());
            let make = |name: &str| {
                let root = Root::open_or_init(&path).expect("a root");
                let project = ProjectId::new(name).expect("a name");
                root.create_project(&project, folder.path()).expect("a root of ours");
            };
            std::thread::scope(|scope| {
                for name in ["a", "b", "c", "d"] {
                    scope.spawn(move || make(name));
                }
            });
        }
    }

    #[test]
    fn what_we_write_is_read_without_the_parser_and_means_the_same() {
        let file = RootFile {
            version: VERSION,
            root_id: ulid::Ulid::generate().to_string(),
            created_at: Timestamp::now(),
        };
        let text = yaml::emit(&file).expect("YAML");
        let read = as_written(&text).expect("the form in which it was written");
        let parsed: RootFile = yaml::parse(&text, Path::new("")).expect("YAML");
        assert_eq!(format!("{read:?}"), format!("{parsed:?}"));
        for cut in 0..text.len() {
            assert!(as_written(&text[..cut]).is_none(), "cut at {cut}");
        }
    }
}
