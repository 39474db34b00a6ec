//! Makes anew what somebody emptied or tore: a task's state, the record of its run.
//!
//! Only the owner of a task does, and only from what is known for sure: the journal, the records of the
//! runs, the processes that carry a run's marker or write to its logs. The damaged file is kept beside the
//! new one.

use std::path::Path;

use super::account;
use super::adopt;
use super::error::SuperviseError;
use super::process::{Machine, ProcessId};
use super::record::{Owned, RecordErrorKind};
use crate::model::task::Session;
use crate::model::{RunId, RunInfo, TaskSpec, TaskState, TaskStatus};
use crate::store::{Journal, Listed, RunDir, RunFile, StoreError, TaskDir, TaskSummary};

/// What every word about a file that was made anew holds.
const MADE_ANEW: &str = "was made anew";

/// Those of a task's warnings that tell of files that were made anew, and are not among the earlier ones.
pub(super) fn news(warnings: &[String], before: &[String]) -> Vec<String> {
    let is_new = |words: &&String| words.contains(MADE_ANEW) && !before.contains(words);
    warnings.iter().filter(is_new).cloned().collect()
}

/// The state of a task; with words about it where it had to be made anew.
pub(super) fn state(
    task: &TaskDir,
    spec: &TaskSpec,
    journal: &Journal,
) -> Result<(TaskState, Option<String>), RecordErrorKind> {
    let stored = match task.state() {
        Ok(Some(state)) => return Ok((state, None)),
        Ok(None) => None,
        Err(error) if error.is_damage() => Some(error),
        Err(error) => return Err(error.into()),
    };
    let told = journal.last(task.project(), task.id())?.filter(|told| told.revision > 0);
    let runs: Vec<RunInfo> = task.run_infos()?.into_iter().filter_map(Listed::ok).collect();
    let has_ended = runs.iter().any(|run| run.status.is_ended());
    if stored.is_none() && told.is_none() && !has_ended {
        return Ok((TaskState::first(spec), None));
    }
    let kept = task.keep_damaged_state()?;
    let source =
        if told.is_some() { "the journal and its runs" } else { "its runs: the journal has nothing of it" };
    let mut state = told.map_or_else(|| from_runs(spec, &runs), from_journal);
    add_runs(&mut state, &runs);
    Ok((state, Some(words("state.yaml", stored.as_ref(), source, kept.as_deref()))))
}

/// What was asked of a task, and whether it is lost: then something stands in for it.
pub(super) fn spec_or_stand_in(task: &TaskDir) -> Result<(TaskSpec, bool), RecordErrorKind> {
    match task.spec() {
        Ok(spec) => Ok((spec, false)),
        Err(error) if error.is_lost() => Ok((stand_in(task)?, true)),
        Err(error) => Err(error.into()),
    }
}

/// Stands in for a lost `task.yaml`: whose task it is, as the journal told it last; where it ran, as its
/// runs tell. Of limits, prompts and access it knows nothing: enough to stop the task, and no more.
fn stand_in(task: &TaskDir) -> Result<TaskSpec, RecordErrorKind> {
    let told = Journal::open(task.root())?.last(task.project(), task.id())?;
    let runs: Vec<RunInfo> = task.run_infos()?.into_iter().filter_map(Listed::ok).collect();
    let last = runs.last();
    let began = runs.first().and_then(|run| run.start_time);
    let created_at = told.as_ref().map(|told| told.created_at).or(began);
    let cwd = last.and_then(|run| run.cwd.clone()).unwrap_or_else(|| "/".to_owned());
    let mut spec = TaskSpec {
        agent: last.map(|run| run.agent.clone()),
        parent_run_id: last.and_then(|run| run.parent_run_id.clone()),
        ..TaskSpec::new(
            task.project().clone(),
            task.id().clone(),
            created_at.unwrap_or_else(jiff::Timestamp::now),
            cwd,
        )
    };
    if let Some(told) = told {
        spec.agent = told.agent;
        spec.access = told.access;
        spec.workflow = told.workflow;
        spec.depends_on = told.depends_on;
        spec.group = told.group;
        spec.parent_run_id = told.parent_run_id;
        spec.parent_task = told.parent_task;
        spec.depth = told.depth;
    }
    Ok(spec)
}

fn words(name: &str, error: Option<&StoreError>, source: &str, kept: Option<&str>) -> String {
    let why =
        error.map_or_else(|| "is missing".to_owned(), |error| format!("cannot be read ({})", error.kind));
    let kept = kept.map(|kept| format!("; the damaged file is kept as {kept}")).unwrap_or_default();
    format!("{name} {why}: it {MADE_ANEW} from {source}{kept}")
}

/// What the journal told last.
fn from_journal(told: TaskSummary) -> TaskState {
    TaskState {
        revision: told.revision,
        reason: told.reason,
        phase: told.phase,
        started_at: told.started_at,
        ended_at: told.ended_at,
        end_reason: told.end_reason,
        agent: told.agent,
        current_run: told.current_run,
        runs: told.runs,
        iteration: told.iteration,
        spend: told.spend,
        question: told.question,
        wake_at: told.wake_at,
        error: told.error,
        ..TaskState::new(told.status, told.updated_at)
    }
}

/// Nobody told of it: it goes on after the runs that have ended.
fn from_runs(spec: &TaskSpec, runs: &[RunInfo]) -> TaskState {
    let mut state = TaskState::first(spec);
    if let Some(first) = runs.first() {
        state.status = TaskStatus::Interrupted;
        state.started_at = first.start_time;
    }
    for run in runs.iter().filter(|run| run.status.is_ended()) {
        state.runs = state.runs.saturating_add(1);
        state.iteration += u32::from(account::counts(run));
        state.agent = Some(run.agent.clone());
        account::spend(&mut state, run);
    }
    state
}

/// What only the runs tell.
fn add_runs(state: &mut TaskState, runs: &[RunInfo]) {
    let current = state.current_run.clone();
    let ended: Vec<_> =
        runs.iter().filter(|run| run.status.is_ended() && Some(&run.run_id) != current.as_ref()).collect();
    state.restarts = state.iteration.saturating_sub(1);
    state.last_run = ended.last().map(|run| run.run_id.clone());
    let failed =
        ended.iter().rev().filter(|run| account::counts(run)).take_while(|run| account::is_failure(run));
    state.failures = u32::try_from(failed.count()).unwrap_or(u32::MAX);
    state.active_seconds = ended.iter().map(|run| adopt::worked(run, run.end_time).as_secs()).sum();
    let session = |run: &&&RunInfo| run.session_id.clone().map(|id| Session { agent: run.agent.clone(), id });
    state.session = ended.iter().rev().find_map(|run| session(&run));
    if let Some(read_to) =
        ended.iter().rev().filter(|run| !account::is_failure(run)).find_map(|run| run.read_to)
    {
        state.read_to = read_to;
    }
}

/// Makes the records of runs anew that may be at work and whose own cannot be read, so that what lives of
/// them is found, adopted or stopped like any other.
pub(super) fn runs(owned: &mut Owned, here: &Machine) -> Result<(), SuperviseError> {
    let current = owned.state().current_run.clone();
    let mut damaged = Vec::new();
    for listed in owned.task().run_infos()? {
        let Listed::Damaged { id, reason, .. } = listed else { continue };
        let Ok(run) = RunId::from_disk(&id) else { continue };
        let mended = reason.is_damage() || reason.is_not_found();
        if mended
            && (current.as_ref() == Some(&run) || !adopt::found_tree(owned.task(), &run).find()?.is_empty())
        {
            damaged.push((run, reason));
        }
    }
    for (run, reason) in damaged {
        let info = record_of(owned, &run, here)?;
        let dir = owned.task().run(&run)?;
        let kept = dir.keep_damaged_info()?;
        owned.begin_run(&dir, &info)?;
        let source = "what is known of it and the processes that carry its mark or write to its logs";
        let words = words(&format!("run-info.yaml of {run}"), Some(&reason), source, kept.as_deref());
        owned.commit("task.mended", Some(&info), |state| state.warnings.push(words))?;
    }
    match current.filter(|run| owned.task().run(run).is_err_and(|error| error.is_not_found())) {
        Some(run) => make_folder(owned, &run, here),
        None => Ok(()),
    }
}

/// The folder of the run that was at work is gone.
fn make_folder(owned: &mut Owned, run: &RunId, here: &Machine) -> Result<(), SuperviseError> {
    let info = record_of(owned, run, here)?;
    let dir: RunDir = owned.task().create_run(&info)?;
    owned.begin_run(&dir, &info)?;
    let words = words(&format!("folder of run {run}"), None, "the processes that carry its mark", None);
    Ok(owned.commit("task.mended", Some(&info), |state| state.warnings.push(words))?)
}

/// What is known of a run without its record: whose it is, where it ran, and its processes.
fn record_of(owned: &Owned, run: &RunId, here: &Machine) -> Result<RunInfo, SuperviseError> {
    let (spec, state) = (owned.spec(), owned.state());
    let agent = state.agent.as_ref().or(spec.agent.as_ref()).map_or("unknown", String::as_str);
    let mut info = RunInfo::new(spec.project_id.clone(), spec.task_id.clone(), run.clone(), agent);
    info.previous_run_id.clone_from(&state.last_run);
    info.parent_run_id.clone_from(&spec.parent_run_id);
    info.iteration = Some(state.iteration + 1);
    info.start_time = began(run);
    info.read_to = Some(state.read_to);
    info.cwd = Some(spec.cwd.clone());
    let folder = owned.task().path().join("runs").join(run.as_str());
    let path = |file: RunFile| Some(Path::new(&folder).join(file.name()).display().to_string());
    info.prompt_path = path(RunFile::Prompt);
    info.output_path = path(RunFile::Output);
    info.stdout_path = path(RunFile::Stdout);
    info.stderr_path = path(RunFile::Stderr);
    let leader = first_process(owned.task(), run)?;
    // Where it is found, else where the supervisor before this one ran.
    let place = owned.owner_before().filter(|_| leader.is_none());
    info.boot_id = Some(place.map_or(&here.boot_id, |place| &place.boot_id).clone());
    info.pid_namespace = Some(place.map_or(here.pid_namespace, |place| place.pid_namespace));
    info.machine_id = Some(place.map_or(&here.machine_id, |place| &place.machine_id).clone());
    if let Some(leader) = leader {
        (info.pid, info.pgid, info.process_start_time) =
            (Some(leader.pid), Some(leader.pid), Some(leader.start_time));
    }
    Ok(info)
}

/// The oldest living process of a run that leads a session, as each agent does.
fn first_process(task: &TaskDir, run: &RunId) -> Result<Option<ProcessId>, SuperviseError> {
    let leaders = adopt::found_tree(task, run).session_leaders()?;
    Ok(leaders.into_iter().min_by_key(|id| id.start_time))
}

/// When a run was made: its id says so.
fn began(run: &RunId) -> Option<jiff::Timestamp> {
    let ulid = ulid::Ulid::from_string(run.as_str()).ok()?;
    jiff::Timestamp::from_millisecond(i64::try_from(ulid.timestamp_ms()).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RunStatus;
    use crate::store::Root;
    use crate::supervisor::testbed::{make, project, root, spec, task_id};

    fn take(root: &Root) -> Owned {
        Owned::take(root, &project(), &task_id("a")).expect("a free task")
    }

    /// A task that was at work, with a run that failed and one that is recorded as running.
    fn scene() -> (tempfile::TempDir, Root, TaskDir, RunId) {
        let (folder, root) = root();
        let task = make(&root, &spec("a"), None);
        let mut owned = take(&root);
        let run = |status: RunStatus| {
            let mut info = RunInfo::new(project(), task_id("a"), RunId::generate(), "fake");
            info.status = status;
            info.session_id = Some("session".to_owned());
            task.create_run(&info).expect("a run");
            info
        };
        let (failed, running) = (run(RunStatus::Failed), run(RunStatus::Running));
        let now = jiff::Timestamp::now();
        for info in [&failed, &running] {
            owned
                .commit("run.started", Some(info), |state| super::super::apply::run_started(state, info, now))
                .expect("a start");
        }
        owned.commit("run.counted", None, |state| state.iteration = 1).expect("a count");
        (folder, root, task, running.run_id)
    }

    #[test]
    fn a_torn_or_missing_state_is_made_anew_from_the_journal_and_the_runs() {
        for tear in ["", "version: 1\nrevision: 3\nstat", "\u{0}\u{0}"] {
            let (_folder, root, task, running) = scene();
            let whole = task.state().expect("a state").expect("written");
            let path = task.path().join("state.yaml");
            std::fs::write(&path, tear).expect("a torn file");
            let mended = take(&root).state().clone();
            assert_eq!(mended.revision, whole.revision + 1);
            assert_eq!((mended.status, mended.current_run), (TaskStatus::Running, Some(running)));
            assert_eq!((mended.runs, mended.iteration, mended.failures), (2, 1, 1));
            assert_eq!(mended.session.expect("a session").id, "session");
            let [words] = &mended.warnings[..] else { panic!("{:?}", mended.warnings) };
            let kept = words.rsplit(' ').next().expect("a name");
            assert_eq!(std::fs::read_to_string(task.path().join(kept)).expect("kept"), tear);
            std::fs::remove_file(&path).expect("removed");
            let again = take(&root).state().clone();
            assert_eq!((again.status, again.revision), (TaskStatus::Running, whole.revision + 2));
        }
    }

    #[test]
    fn without_a_journal_a_task_goes_on_after_its_runs() {
        let (_folder, root, task, _) = scene();
        std::fs::write(task.path().join("state.yaml"), "").expect("an empty file");
        std::fs::remove_file(root.path().join(".conductor/state/journal.md")).expect("removed");
        let mended = take(&root).state().clone();
        assert_eq!((mended.status, mended.runs, mended.iteration), (TaskStatus::Interrupted, 1, 1));
    }

    #[test]
    fn a_state_of_a_newer_version_is_not_damage() {
        let (_folder, root, task, _) = scene();
        let newer = "version: 9\nstatus: [dreaming]\n";
        std::fs::write(task.path().join("state.yaml"), newer).expect("a newer file");
        assert!(Owned::take(&root, &project(), &task_id("a")).is_err());
        assert_eq!(std::fs::read_to_string(task.path().join("state.yaml")).expect("a file"), newer);
    }

    #[test]
    fn the_record_of_the_run_at_work_is_made_anew() {
        let (_folder, root, task, running) = scene();
        let path = task.path().join("runs").join(running.as_str()).join("run-info.yaml");
        std::fs::write(&path, "").expect("an empty file");
        let mut owned = take(&root);
        let here = Machine::this().expect("a machine");
        runs(&mut owned, &here).expect("mended");
        let info = task.run(&running).and_then(|run| run.info()).expect("a record");
        assert_eq!((info.status, info.pid, info.agent.as_str()), (RunStatus::Running, None, "fake"));
        assert_eq!(info.boot_id, Some(here.boot_id));
        assert_eq!(news(&owned.state().warnings, &[]).len(), 1);
    }
}
