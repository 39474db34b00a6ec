//! A run's folder: its run-info and the paths of its files.

use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};

use super::dir::{Dir, FileStamp, Open};
use super::error::Result;
use super::root::Root;
use super::task::TaskDir;
use super::version::{self, Versions};
use super::{foreign, yaml};
use crate::model::{ProjectId, RunId, RunInfo, TaskId};

pub(crate) const INFO_FILE: &str = "run-info.yaml";

/// A file of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RunFile {
    /// What the agent was told.
    Prompt,
    /// What it made of it.
    Output,
    /// Its standard output.
    Stdout,
    /// Its standard error.
    Stderr,
    /// Its normalised events.
    Events,
}

impl RunFile {
    /// Its name in the run's folder.
    pub fn name(self) -> &'static str {
        match self {
            RunFile::Prompt => "prompt.md",
            RunFile::Output => "output.md",
            RunFile::Stdout => "agent-stdout.txt",
            RunFile::Stderr => "agent-stderr.txt",
            RunFile::Events => "events.jsonl",
        }
    }
}

/// A run's folder. Cheap to clone.
#[derive(Debug, Clone)]
pub struct RunDir {
    root: Root,
    project: ProjectId,
    task: TaskId,
    id: RunId,
    dir: Dir,
}

impl RunDir {
    pub(super) fn new(task: &TaskDir, id: &RunId, dir: Dir) -> Self {
        let (project, task_id) = (task.project().clone(), task.id().clone());
        Self { root: task.root().clone(), project, task: task_id, id: id.clone(), dir }
    }

    /// Its root.
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// Its project.
    pub fn project(&self) -> &ProjectId {
        &self.project
    }

    /// Its task.
    pub fn task(&self) -> &TaskId {
        &self.task
    }

    /// Its id.
    pub fn id(&self) -> &RunId {
        &self.id
    }

    /// Whether it is a run of another system.
    pub fn is_foreign(&self) -> bool {
        self.root.is_foreign()
    }

    /// Its folder.
    pub fn dir(&self) -> &Dir {
        &self.dir
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// What is known of it.
    ///
    /// # Errors
    /// When run-info.yaml is missing or damaged.
    pub fn info(&self) -> Result<RunInfo> {
        if self.root.is_foreign() {
            return foreign::run_info(self);
        }
        let text = self.dir.read_text(INFO_FILE, yaml::MAX_BYTES)?;
        let parsed = yaml::parse(&text, &self.dir.join(INFO_FILE));
        version::explain(self.root.dir(), &text, "schema_version", RunInfo::VERSION, parsed)
    }

    /// Keeps a run-info.yaml that cannot be read under another name, whatever is written in its place; that
    /// name, none where there is no such file.
    ///
    /// # Errors
    /// When the root may not be written or the file not linked.
    pub fn keep_damaged_info(&self) -> Result<Option<String>> {
        self.root.writable()?;
        self.dir.keep_damaged(INFO_FILE, jiff::Timestamp::now())
    }

    /// Writes what is known of it, durably. Only the task's supervisor does.
    ///
    /// # Errors
    /// When the root may not be written or the file is a newer version's.
    pub fn write_info(&self, info: &RunInfo) -> Result<()> {
        self.dir.replace(INFO_FILE, self.emit(info)?.as_bytes())
    }

    /// As [`RunDir::write_info`]; the names in the folder `runs` are durable before that.
    pub(super) fn write_info_after(&self, info: &RunInfo, runs: &Dir) -> Result<()> {
        self.dir.replace_all(&[(OsStr::new(INFO_FILE), self.emit(info)?.as_bytes())], &[runs])
    }

    /// Writes its output, then what is known of it, durably. Nobody finds the second without the first.
    ///
    /// # Errors
    /// As [`RunDir::write_info`].
    pub fn write_end(&self, output: &str, info: &RunInfo) -> Result<()> {
        let text = self.emit(info)?;
        let output = (OsStr::new(RunFile::Output.name()), output.as_bytes());
        self.dir.replace_all(&[output, (OsStr::new(INFO_FILE), text.as_bytes())], &[])
    }

    /// As [`RunDir::write_info`], without waiting for the disk.
    ///
    /// # Errors
    /// As [`RunDir::write_info`].
    pub fn write_info_lazy(&self, info: &RunInfo) -> Result<()> {
        self.dir.replace_lazy(INFO_FILE, self.emit(info)?.as_bytes())
    }

    fn emit(&self, info: &RunInfo) -> Result<String> {
        let versions = Versions { in_memory: info.schema_version, known: RunInfo::VERSION };
        version::check_writable(&self.root, &self.dir, INFO_FILE, "schema_version", versions)?;
        yaml::emit_whole(info)
    }

    /// The path of one of its files, for other programs.
    pub fn file_path(&self, file: RunFile) -> PathBuf {
        self.dir.join(file.name())
    }

    /// Opens one of its files.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(&self, file: RunFile, how: Open) -> Result<File> {
        self.dir.open_file(file.name(), how)
    }

    /// The path of its run-info.
    pub fn info_path(&self) -> PathBuf {
        self.dir.join(INFO_FILE)
    }

    /// What changes with every change of its run-info; the error number where it has none.
    pub(crate) fn info_stamp(&self) -> Result<FileStamp, i32> {
        self.dir.stamp(INFO_FILE)
    }

    /// The path of its prompt.
    pub fn prompt_path(&self) -> PathBuf {
        self.file_path(RunFile::Prompt)
    }

    /// The path of its output.
    pub fn output_path(&self) -> PathBuf {
        self.file_path(RunFile::Output)
    }

    /// The path of its standard output.
    pub fn stdout_path(&self) -> PathBuf {
        self.file_path(RunFile::Stdout)
    }

    /// The path of its standard error.
    pub fn stderr_path(&self) -> PathBuf {
        self.file_path(RunFile::Stderr)
    }

    /// The path of its normalised events.
    pub fn events_path(&self) -> PathBuf {
        self.file_path(RunFile::Events)
    }
}
