//! A task's folder: what was asked, what its supervisor knows, its markers and its runs.

use std::path::{Path, PathBuf};

use super::dir::{Dir, Entry};
use super::error::{Listed, Result, StoreError, StoreErrorKind, optional};
use super::foreign::{self, Layout};
use super::lock::{Holder, OfdLock};
use super::marker::{self, Intent, Marker};
use super::project::ProjectDir;
use super::root::Root;
use super::run::RunDir;
use super::version::{self, Versions};
use super::yaml;
use crate::model::{ProjectId, RunId, RunInfo, TaskId, TaskSpec, TaskState, TaskStatus};

pub(crate) const PROMPT_FILE: &str = "TASK.md";
pub(crate) const SPEC_FILE: &str = "task.yaml";
pub(crate) const STATE_FILE: &str = "state.yaml";
pub(crate) const RUNS: &str = "runs";
/// Held by a task's supervisor, which is known by it.
pub(crate) const SUPERVISOR_LOCK: &str = "supervisor.lock";
/// The largest prompt that is read at once.
const MAX_PROMPT: u64 = 16 * 1024 * 1024;

/// A task's folder. Cheap to clone.
#[derive(Debug, Clone)]
pub struct TaskDir {
    root: Root,
    project: ProjectId,
    id: TaskId,
    dir: Dir,
    layout: Layout,
}

impl TaskDir {
    pub(super) fn new(project: &ProjectDir, id: &TaskId, dir: Dir) -> Self {
        let root = project.root().clone();
        let layout = if root.is_foreign() { foreign::layout(&dir) } else { Layout::Nested };
        Self { root, project: project.id().clone(), id: id.clone(), dir, layout }
    }

    pub(super) fn layout(&self) -> Layout {
        self.layout
    }

    /// The name of its bus, without ending: the older shell tool has its own.
    pub fn bus_stem(&self) -> &'static str {
        if self.layout == Layout::Nested { "TASK-MESSAGE-BUS" } else { "MESSAGE-BUS" }
    }

    /// Its root.
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// Its project.
    pub fn project(&self) -> &ProjectId {
        &self.project
    }

    /// Its id.
    pub fn id(&self) -> &TaskId {
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

    /// Whether the folder was removed, or is being: neither what was asked, nor how it stands, nor the supervisor's lock is
    /// in it. One that was moved is as good as before.
    pub fn is_removed(&self) -> bool {
        self.lacks(SPEC_FILE) && self.lacks(STATE_FILE) && self.lacks(SUPERVISOR_LOCK)
    }

    /// Whether what was asked and the supervisor's lock are in it.
    pub fn is_whole(&self) -> bool {
        !self.lacks(SPEC_FILE) && !self.lacks(SUPERVISOR_LOCK)
    }

    fn lacks(&self, name: &str) -> bool {
        matches!(self.dir.exists(name), Ok(false))
    }

    /// What was asked.
    ///
    /// # Errors
    /// When task.yaml is missing or damaged.
    pub fn spec(&self) -> Result<TaskSpec> {
        if self.root.is_foreign() {
            return foreign::spec(self);
        }
        self.read_versioned(SPEC_FILE, TaskSpec::VERSION)
    }

    /// Writes what was asked, durably. Under the task's lock.
    ///
    /// # Errors
    /// When the root may not be written or the file is a newer version's.
    pub fn write_spec(&self, spec: &TaskSpec) -> Result<()> {
        let versions = Versions { in_memory: spec.version, known: TaskSpec::VERSION };
        version::check_writable(&self.root, &self.dir, SPEC_FILE, "version", versions)?;
        self.dir.replace(SPEC_FILE, yaml::emit_whole(spec)?.as_bytes())
    }

    /// The prompt.
    ///
    /// # Errors
    /// When TASK.md is missing, too large or not UTF-8.
    pub fn prompt(&self) -> Result<String> {
        if self.root.is_foreign() {
            return foreign::prompt(self, MAX_PROMPT);
        }
        self.dir.read_text(PROMPT_FILE, MAX_PROMPT)
    }

    /// What its supervisor knows; none before it wrote for the first time.
    ///
    /// # Errors
    /// When state.yaml is damaged.
    pub fn state(&self) -> Result<Option<TaskState>> {
        if self.root.is_foreign() {
            return foreign::state(self).map(Some);
        }
        let state = optional(self.read_versioned(STATE_FILE, TaskState::VERSION))?;
        match state {
            Some(state) if !self.names_whole_runs(&state)? => {
                Err(StoreError::new(self.dir.join(STATE_FILE), StoreErrorKind::CutShort))
            }
            state => Ok(state),
        }
    }

    /// Whether the runs that a state names have whole ids: ours, or those of folders that were migrated. A
    /// file without an end may have been cut within one.
    fn names_whole_runs(&self, state: &TaskState) -> Result<bool> {
        for run in state.current_run.iter().chain(&state.last_run) {
            if RunId::new(run.as_str()).is_err() && !self.dir.exists(self.run_rel(run))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Its status as it was written; before that, as [`TaskDir::unwritten_state`].
    ///
    /// # Errors
    /// When state.yaml is damaged, or there is none and task.yaml is.
    pub fn status(&self) -> Result<TaskStatus> {
        match self.state()? {
            Some(state) => Ok(state.status),
            None => Ok(self.unwritten_state(&self.spec()?)?.status),
        }
    }

    /// What is known of it without state.yaml: how it begins. One that has a run begins it just now, or somebody
    /// removed the file: it works as long as somebody owns it.
    ///
    /// # Errors
    /// When its runs cannot be listed.
    pub fn unwritten_state(&self, spec: &TaskSpec) -> Result<TaskState> {
        let first = TaskState::first(spec);
        if self.runs()?.is_empty() {
            return Ok(first);
        }
        Ok(TaskState { status: TaskStatus::Running, reason: None, ..first })
    }

    /// Writes what its supervisor knows, durably. Only the holder of the task's lock does.
    ///
    /// # Errors
    /// When the root may not be written or the file is a newer version's.
    pub fn write_state(&self, state: &TaskState) -> Result<()> {
        self.may_write_state(state)?;
        self.dir.replace(STATE_FILE, yaml::emit_whole(state)?.as_bytes())
    }

    /// Keeps a state.yaml that cannot be read under another name, whatever is written in its place; that
    /// name, none where there is no such file.
    ///
    /// # Errors
    /// When the root may not be written or the file not linked.
    pub fn keep_damaged_state(&self) -> Result<Option<String>> {
        self.root.writable()?;
        self.dir.keep_damaged(STATE_FILE, jiff::Timestamp::now())
    }

    /// Whether [`TaskDir::write_state`] would be refused.
    ///
    /// # Errors
    /// When the root may not be written or the file is a newer version's.
    pub fn may_write_state(&self, state: &TaskState) -> Result<()> {
        let versions = Versions { in_memory: state.version, known: TaskState::VERSION };
        version::check_writable(&self.root, &self.dir, STATE_FILE, "version", versions)
    }

    fn read_versioned<T: serde::de::DeserializeOwned>(&self, name: &str, known: u32) -> Result<T> {
        let text = self.dir.read_text(name, yaml::MAX_BYTES)?;
        let parsed = yaml::parse(&text, &self.dir.join(name));
        version::explain(self.root.dir(), &text, "version", known, parsed)
    }

    /// Its runs in the order of time.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn runs(&self) -> Result<Vec<RunId>> {
        let mut ids = self.run_names(|entry| entry.is_dir)?;
        ids.sort_by_cached_key(|id| (self.began(id), id.clone()));
        Ok(ids)
    }

    fn run_names(&self, wanted: impl Fn(&Entry) -> bool) -> Result<Vec<RunId>> {
        let runs = match self.layout {
            Layout::Bare => Some(self.dir.clone()),
            Layout::Nested | Layout::Flat => optional(self.dir.sub(RUNS))?,
        };
        let Some(runs) = runs else { return Ok(Vec::new()) };
        let names = runs.entries()?.into_iter().filter(|entry| wanted(entry) && !entry.name.starts_with('.'));
        Ok(names.filter_map(|entry| RunId::from_disk(&entry.name).ok()).collect())
    }

    /// When a run began: ours say so in their name; of others only the second can be told by it.
    fn began(&self, id: &RunId) -> Option<jiff::Timestamp> {
        match ulid::Ulid::from_string(id.as_str()) {
            Ok(ulid) => jiff::Timestamp::from_millisecond(i64::try_from(ulid.timestamp_ms()).ok()?).ok(),
            Err(_) => foreign::began(self, id),
        }
    }

    /// Its runs with what is known of them, in the order of time; a damaged one hides no other.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn run_infos(&self) -> Result<Vec<Listed<RunInfo>>> {
        let listed = |id: RunId| {
            let info = self.run(&id).and_then(|run| run.info());
            Listed::from_result(&id, &self.run_path(&id), info)
        };
        // Links stand last: nothing says when their runs began.
        let links = match self.layout {
            Layout::Bare => Vec::new(),
            Layout::Nested | Layout::Flat => self.run_names(|entry| entry.is_link)?,
        };
        Ok(self.runs()?.into_iter().chain(links).map(listed).collect())
    }

    fn run_path(&self, id: &RunId) -> PathBuf {
        self.dir.join(self.run_rel(id))
    }

    fn run_rel(&self, id: &RunId) -> PathBuf {
        match self.layout {
            Layout::Bare => PathBuf::from(id.as_str()),
            Layout::Nested | Layout::Flat => Path::new(RUNS).join(id.as_str()),
        }
    }

    /// Opens a run.
    ///
    /// # Errors
    /// When it is not there.
    pub fn run(&self, id: &RunId) -> Result<RunDir> {
        Ok(RunDir::new(self, id, self.dir.real_sub(self.run_rel(id))?))
    }

    /// Makes a run's folder with its run-info. Both are durable with [`TaskDir::establish_run`]. Nobody
    /// sees the folder without the file.
    ///
    /// # Errors
    /// When the root may not be written or the run is there already.
    pub fn create_run(&self, info: &RunInfo) -> Result<RunDir> {
        self.root.writable()?;
        let (runs, id) = (self.dir.make_sub(RUNS)?, &info.run_id);
        let draft = format!(".{id}");
        let folder = runs.draft_sub(&draft)?;
        RunDir::new(self, id, folder.clone()).write_info_lazy(info)?;
        crate::faults::step("run.folder");
        runs.publish_lazy(&draft, id.as_str())?;
        Ok(RunDir::new(self, id, folder.renamed(runs.join(id.as_str()))))
    }

    /// Writes what is known of a run that was made just now, durably, the name of its folder included.
    ///
    /// # Errors
    /// As [`RunDir::write_info`].
    pub fn establish_run(&self, run: &RunDir, info: &RunInfo) -> Result<()> {
        run.write_info_after(info, &self.dir.sub(RUNS)?)
    }

    /// Takes the task's lock if it is free: whoever holds it is the task's supervisor.
    ///
    /// # Errors
    /// When the root may not be written or the file cannot be locked.
    pub fn lock_supervisor(&self) -> Result<Option<OfdLock>> {
        self.root.writable()?;
        let lock = OfdLock::try_acquire(&self.dir, SUPERVISOR_LOCK)?;
        if lock.is_some() {
            // Half-written files of a killed supervisor matter to nobody; failing to remove them neither.
            let _ = self.dir.sweep(jiff::Timestamp::now());
        }
        Ok(lock)
    }

    /// The living supervisor; none while the lock is free, whatever the file says.
    ///
    /// # Errors
    /// When the lock cannot be looked at, or its holder does not say who it is.
    pub fn supervisor(&self) -> Result<Option<Holder>> {
        OfdLock::holder(&self.dir, SUPERVISOR_LOCK)
    }

    /// The last holder of the task's lock that said who it is, whether it lives or not.
    ///
    /// # Errors
    /// When the lock's file cannot be read.
    pub fn last_supervisor(&self) -> Result<Option<Holder>> {
        OfdLock::last_holder(&self.dir, SUPERVISOR_LOCK)
    }

    /// Whether a supervisor lives.
    ///
    /// # Errors
    /// When the lock cannot be looked at.
    pub fn is_supervised(&self) -> Result<bool> {
        OfdLock::is_held(&self.dir, SUPERVISOR_LOCK)
    }

    /// What a marker says; none where it is not set.
    ///
    /// # Errors
    /// When that cannot be told.
    pub fn marker(&self, marker: Marker) -> Result<Option<Intent>> {
        if self.root.is_foreign() {
            return foreign::marker(self, marker);
        }
        marker::read(&self.dir, marker.file_name())
    }

    /// Sets a marker, durably. One that is there keeps its time.
    ///
    /// # Errors
    /// When the root may not be written.
    pub fn set_marker(&self, marker: Marker, intent: &Intent) -> Result<()> {
        self.root.writable()?;
        marker::write(&self.dir, marker.file_name(), intent)
    }

    /// Removes a marker, durably; whether it was set.
    ///
    /// # Errors
    /// When the root may not be written.
    pub fn clear_marker(&self, marker: Marker) -> Result<bool> {
        self.root.writable()?;
        marker::clear(&self.dir, marker.file_name())
    }

    /// Keeps DONE as `DONE.<run>`, durably; whether it was set.
    ///
    /// # Errors
    /// When the root may not be written.
    pub fn archive_done(&self, run: &RunId) -> Result<bool> {
        self.root.writable()?;
        let done = Marker::Done.file_name();
        match self.dir.rename(done, format!("{done}.{run}")) {
            Err(error) if error.is_not_found() => return Ok(false),
            renamed => renamed?,
        }
        self.dir.sync()?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RunStatus;
    use jiff::Timestamp;

    fn scene() -> (tempfile::TempDir, TaskDir) {
        let temp = tempfile::tempdir().expect("a temp folder");
        let root = Root::open_or_init(&temp.path().join("root")).expect("a fresh root");
        let project = ProjectId::new("demo").expect("valid");
        let id = TaskId::new("task-20261120-201300-fix-login").expect("valid");
        let spec = TaskSpec::for_test(&project, &id);
        let task = root
            .create_project(&project, temp.path())
            .and_then(|project| project.create_task(&spec, "Fix the login\n"))
            .expect("a task");
        (temp, task)
    }

    impl TaskSpec {
        fn for_test(project: &ProjectId, task: &TaskId) -> Self {
            let text = format!(
                "version: 1\nproject_id: {project}\ntask_id: {task}\ncreated_at: 2026-11-20T20:13:00Z\ncwd: /srv\n"
            );
            yaml::parse(&text, Path::new("task.yaml")).expect("a minimal spec")
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let (_temp, task) = scene();
        assert_eq!(task.prompt().expect("a prompt"), "Fix the login\n");
        assert_eq!(task.spec().expect("a spec"), TaskSpec::for_test(task.project(), task.id()));
        assert_eq!(task.state().expect("no state"), None);
        let state = TaskState::new(TaskStatus::Queued, Timestamp::UNIX_EPOCH);
        task.write_state(&state).expect("written");
        assert_eq!(task.state().expect("a state"), Some(state));
        let info = RunInfo::new(task.project().clone(), task.id().clone(), RunId::generate(), "claude");
        let run = task.create_run(&info).expect("a run");
        assert_eq!(run.info().expect("an info"), info);
        assert_eq!(info.status, RunStatus::Running);
        assert_eq!(task.runs().expect("runs"), [info.run_id]);
    }

    /// Files of earlier versions have no last line that tells.
    #[test]
    fn a_run_of_half_a_name_is_damage() {
        let (_temp, task) = scene();
        let text =
            "version: 1\nrevision: 3\nstatus: running\nupdated_at: 2026-11-20T20:13:00Z\ncurrent_run: ";
        let id = RunId::generate();
        let write = |id: &str| {
            std::fs::write(task.path().join(STATE_FILE), format!("{text}{id}")).expect("written");
        };
        write(id.as_str());
        assert_eq!(task.state().expect("whole").and_then(|state| state.current_run), Some(id.clone()));
        for cut in 1..26 {
            write(&id.as_str()[..cut]);
            assert!(task.state().is_err_and(|error| error.is_damage()), "{cut}");
        }
        let migrated = "run_20260110-101500-77";
        std::fs::create_dir_all(task.path().join(RUNS).join(migrated)).expect("a folder");
        write(migrated);
        assert!(task.state().is_ok());
    }

    #[test]
    fn what_we_write_and_somebody_cut_short_is_damage_wherever_it_was_cut() {
        let (_temp, task) = scene();
        let mut state = TaskState::new(TaskStatus::Running, Timestamp::UNIX_EPOCH);
        state.current_run = Some(RunId::generate());
        task.write_state(&state).expect("written");
        task.write_spec(&task.spec().expect("a spec")).expect("written");
        let mut info = RunInfo::new(task.project().clone(), task.id().clone(), RunId::generate(), "claude");
        (info.pid, info.iteration) = (Some(12345), Some(12));
        let run = task.create_run(&info).expect("a run");
        let all_cuts = |path: PathBuf, read: &dyn Fn() -> Option<StoreError>| {
            let text = std::fs::read_to_string(&path).expect("a file");
            for cut in 0..text.len() - 1 {
                std::fs::write(&path, &text[..cut]).expect("written");
                assert!(read().is_some_and(|error| error.is_damage()), "cut at {cut}: {}", path.display());
            }
            std::fs::write(&path, &text).expect("written");
            assert!(read().is_none());
        };
        all_cuts(task.path().join(STATE_FILE), &|| task.state().err());
        all_cuts(task.path().join(SPEC_FILE), &|| task.spec().err());
        all_cuts(run.path().join("run-info.yaml"), &|| run.info().err());
    }
}
