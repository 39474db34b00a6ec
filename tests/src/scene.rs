//! A fresh root with tasks that nothing works on, for tests of what is on disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use conductor_core::model::{ProjectId, RunId, RunInfo, TaskSpec};
use conductor_core::store::{Root, TaskDir, yaml};
use jiff::Timestamp;

/// The time at which everything in a scene happens.
pub fn now() -> Timestamp {
    "2026-11-20T20:13:00.123456Z".parse().expect("a time")
}

/// What was asked, with nothing but what must be there.
pub fn spec(project: &str, task: &str) -> TaskSpec {
    let text = format!(
        "version: 1\nproject_id: {project}\ntask_id: {task}\ncreated_at: {}\ncwd: /srv/demo\n",
        now()
    );
    yaml::parse(&text, Path::new("task.yaml")).expect("a spec")
}

/// A fresh root in a folder of its own.
pub struct Scene {
    temp: tempfile::TempDir,
    /// The root.
    pub root: Root,
}

impl Default for Scene {
    fn default() -> Self {
        Self::new()
    }
}

impl Scene {
    /// Makes the root.
    pub fn new() -> Self {
        let temp = tempfile::tempdir().expect("a temp folder");
        let root = Root::open_or_init(&temp.path().join("root")).expect("a root");
        Self { temp, root }
    }

    /// The folder around the root, which holds nothing else.
    pub fn around(&self) -> &Path {
        self.temp.path()
    }

    /// A path in the root.
    pub fn path(&self, rel: &str) -> PathBuf {
        self.temp.path().join("root").join(rel)
    }

    /// Makes a task in the project `demo`.
    pub fn task(&self, name: &str) -> TaskDir {
        let project = ProjectId::new("demo").expect("valid");
        let spec = spec("demo", &format!("task-20261120-201300-{name}"));
        let project = self.root.create_project(&project, Path::new("/srv/demo")).expect("a project");
        project.create_task(&spec, "Do it.\n").expect("a task")
    }
}

/// A run that is about to start.
pub fn run_of(task: &TaskDir) -> RunInfo {
    RunInfo::new(task.project().clone(), task.id().clone(), RunId::generate(), "claude")
}

/// Every file below a folder with its bytes and its time.
pub fn snapshot(folder: &Path) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    let mut all = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("listed") {
            let path = entry.expect("an entry").path();
            let metadata = path.symlink_metadata().expect("there");
            let bytes = if metadata.is_file() { std::fs::read(&path).expect("read") } else { Vec::new() };
            if metadata.is_dir() {
                folders.push(path.clone());
            }
            all.insert(path, (bytes, metadata.modified().expect("a time")));
        }
    }
    all
}
