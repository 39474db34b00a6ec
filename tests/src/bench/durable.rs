//! The durable writes that a launch and an end need at least, with bare system calls: their floor.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// A folder in which the writes are made, shaped as a root is.
pub struct Durable {
    live: PathBuf,
    project: PathBuf,
    made: u32,
}

/// As long as the files of a small task are.
const PROMPT: &[u8] = &[b'x'; 200];
const YAML: &[u8] = &[b'x'; 1200];

impl Durable {
    /// Makes the folders that are there before any task.
    pub fn new(folder: &Path) -> Self {
        let (live, project) = (folder.join("live"), folder.join("project"));
        for folder in [&live, &project] {
            fs::create_dir_all(folder).expect("a folder");
        }
        Self { live, project, made: 0 }
    }

    /// Tasks made so far.
    pub fn made(&self) -> u32 {
        self.made
    }

    /// What must be on disk before an agent begins: the entry in `live/`, TASK.md and task.yaml with
    /// their folder, the run's folder, and run-info with the process in it. Eight flushes.
    pub fn launch(&mut self) {
        self.made += 1;
        let name = format!("task-{}", self.made);
        File::create(self.live.join(&name)).expect("an entry");
        flush(&self.live);
        let draft = self.project.join(format!(".{name}"));
        fs::create_dir_all(draft.join("runs")).expect("a folder");
        write(&draft.join("TASK.md"), PROMPT);
        write(&draft.join("task.yaml"), YAML);
        flush(&draft);
        fs::rename(&draft, self.project.join(&name)).expect("renamed");
        flush(&self.project);
        let runs = self.project.join(&name).join("runs");
        fs::create_dir(runs.join("run")).expect("a folder");
        flush(&runs);
        replace(&runs.join("run"), "run-info.yaml", YAML);
    }

    /// What is on disk when a task is recorded as completed: its output, its run and its state. Six
    /// flushes.
    pub fn end(&mut self) {
        let task = self.project.join(format!("task-{}", self.made));
        let run = task.join("runs/run");
        replace(&run, "output.md", PROMPT);
        replace(&run, "run-info.yaml", YAML);
        replace(&task, "state.yaml", YAML);
    }
}

fn write(path: &Path, bytes: &[u8]) {
    let mut file = File::create(path).expect("a file");
    file.write_all(bytes).expect("written");
    file.sync_all().expect("flushed");
}

fn flush(folder: &Path) {
    File::open(folder).expect("a folder").sync_all().expect("flushed");
}

fn replace(folder: &Path, name: &str, bytes: &[u8]) {
    let draft = folder.join(".draft");
    write(&draft, bytes);
    fs::rename(draft, folder.join(name)).expect("renamed");
    flush(folder);
}
