//! `stop`: ends a task, its processes and its child tasks, and says so only when nothing is left.

use std::time::Duration;

use super::{IntentError, IntentErrorKind, Target, Who};
use crate::model::task::StopEvidence;
use crate::model::{EndReason, ProjectId, TaskId, TaskState, TaskStatus};
use crate::store::{Intent, Marker, StoreError, TaskDir};
use crate::supervisor::adopt::{found_tree, recorded_tree};
use crate::supervisor::process::{Machine, StopOptions};
use crate::supervisor::record::Owned;
use crate::supervisor::{SuperviseOptions, children, complete, detach, mend, supervise};

/// Grace, KILL's patience and the time to write it down, on a loaded machine.
const LIMIT: Duration = Duration::from_secs(90);
/// A child that is being made while its parent ends is seen by a later look.
const ROUNDS: usize = 8;

/// How to stop.
#[derive(Debug, Clone, Default)]
pub struct StopRequest {
    /// Who asks, and why.
    pub who: Who,
    /// Kill at once, without time to end.
    pub force: bool,
}

/// A stop that was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StopOutcome {
    /// `stopped`; `failed` when something survived.
    pub status: TaskStatus,
    /// What was found and what is left.
    pub evidence: StopEvidence,
    /// Its child tasks, and theirs.
    pub children: Vec<StoppedChild>,
    /// What was found damaged, and how it was put right.
    pub notes: Vec<String>,
}

/// A child task that was stopped with its parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoppedChild {
    /// Its project.
    pub project: ProjectId,
    /// The task.
    pub task: TaskId,
    /// How it ended.
    pub status: TaskStatus,
    /// What was found and what is left.
    pub evidence: StopEvidence,
}

impl StopOutcome {
    /// Whether nothing is left, of the task and of its children.
    pub fn is_verified(&self) -> bool {
        self.evidence.left.is_empty() && self.children.iter().all(|child| child.evidence.left.is_empty())
    }
}

/// Stops a task and its children, and waits until that is verified. Where no supervisor lives, this
/// process takes the task's lock and does it itself.
///
/// # Errors
/// [`IntentErrorKind::Ended`] for a task that has ended, also by a DONE that was there first.
pub fn stop(target: &Target<'_>, request: &StopRequest) -> Result<StopOutcome, IntentError> {
    let task = target.open()?;
    if survived(target, &task)? {
        return stop_again(target, request);
    }
    let before = task.state();
    let lost_spec = task.spec().err().map(|error| format!("{error}: stopped without knowing what was asked"));
    let asked = ask_to_stop(target, &task, request)?;
    let below = descendants(target)?;
    let state = carried_out(target, &task)?;
    let stopped = state.status == TaskStatus::Stopped || state.end_reason == Some(EndReason::StopIncomplete);
    if !stopped {
        take_back(target, &task, &asked)?;
        return Err(target.failed(IntentErrorKind::Ended(state.status)));
    }
    let mut children = stop_children(target, request)?;
    for (project, task) in below {
        if !children.iter().any(|child| child.project == project && child.task == task) {
            children.extend(as_it_ended(target, &project, &task));
        }
    }
    let mut notes = notes(before, &state);
    notes.extend(lost_spec);
    Ok(StopOutcome { status: state.status, evidence: state.stop.unwrap_or_default(), children, notes })
}

/// What was damaged, and is whole now.
fn notes(before: Result<Option<TaskState>, StoreError>, now: &TaskState) -> Vec<String> {
    match before {
        Ok(before) => mend::news(&now.warnings, &before.map(|state| state.warnings).unwrap_or_default()),
        Err(error) => {
            let found = mend::news(&now.warnings, &[]);
            let by_owner = || vec![format!("{error}: its supervisor knew better and wrote it anew")];
            if found.is_empty() { by_owner() } else { found }
        }
    }
}

/// A STOP that came after the end means nothing, and must not be found by who opens the task again. One
/// that somebody else set meanwhile stays.
fn take_back(target: &Target<'_>, task: &TaskDir, asked: &Intent) -> Result<(), IntentError> {
    let failed = |error| target.failed(error);
    if task.marker(Marker::Stop).map_err(failed)?.as_ref() == Some(asked) {
        task.clear_marker(Marker::Stop).map_err(failed)?;
    }
    Ok(())
}

/// The tasks below this one that have not ended, nearest first.
fn descendants(target: &Target<'_>) -> Result<Vec<(ProjectId, TaskId)>, IntentError> {
    let active = children::active(target.root, target.project, target.task);
    let active = active.map_err(|error| target.failed(error))?;
    let mut all: Vec<_> = active.into_iter().map(|child| (child.project, child.task)).collect();
    for index in 0..all.len() {
        let (project, task) = all[index].clone();
        all.extend(descendants(&target.of(&project, &task))?);
    }
    Ok(all)
}

/// Asks for a stop without waiting for it.
///
/// # Errors
/// [`IntentErrorKind::Ended`] for a task that has ended.
pub fn request_stop(target: &Target<'_>, request: &StopRequest) -> Result<(), IntentError> {
    let task = target.open()?;
    ask_to_stop(target, &task, request).map(drop)
}

/// Sets STOP; what stands in it then.
fn ask_to_stop(target: &Target<'_>, task: &TaskDir, request: &StopRequest) -> Result<Intent, IntentError> {
    let failed = |error| target.failed(error);
    match children::checked_status(task) {
        Ok(status) if status.is_ended() => return Err(target.failed(IntentErrorKind::Ended(status))),
        // Whether it has ended is told by who owns it, or takes it and makes its state anew.
        Err(error) if !error.is_lost() => return Err(failed(error)),
        Ok(_) | Err(_) => {}
    }
    let mut intent = request.who.intent(target.clock);
    // Of two that ask, one may ask for force: it stays asked for.
    let before = task.marker(Marker::Stop).map_err(failed)?;
    intent.force = request.force || before.is_some_and(|before| before.force);
    target.mark(task, Marker::Stop, &intent)?;
    Ok(task.marker(Marker::Stop).map_err(failed)?.unwrap_or(intent))
}

/// Stops the children of a task that is stopping or stopped, and theirs, and waits until that is
/// verified. All are asked first, so that they end beside each other.
///
/// # Errors
/// The first of them, after all were tried.
pub fn stop_children(target: &Target<'_>, request: &StopRequest) -> Result<Vec<StoppedChild>, IntentError> {
    let (mut stopped, mut failure) = (Vec::new(), None);
    let because = format!("its parent {} was stopped", target.name());
    let who = Who { reason: Some(because), ..request.who.clone() };
    let request = StopRequest { who, ..*request };
    for _ in 0..ROUNDS {
        let active = children::active(target.root, target.project, target.task);
        let active = active.map_err(|error| target.failed(error))?;
        for child in &active {
            // Each is tried again below, and its failure told there.
            let _ = request_stop(&target.of(&child.project, &child.task), &request);
        }
        for child in &active {
            match stop(&target.of(&child.project, &child.task), &request) {
                Ok(outcome) => {
                    stopped.extend(with_its_own(child.project.clone(), child.task.clone(), outcome))
                }
                Err(error) if matches!(*error.kind, IntentErrorKind::Ended(_)) => {
                    stopped.extend(as_it_ended(target, &child.project, &child.task));
                }
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        if active.is_empty() || failure.is_some() {
            break;
        }
    }
    failure.map_or(Ok(stopped), Err)
}

fn with_its_own(project: ProjectId, task: TaskId, outcome: StopOutcome) -> Vec<StoppedChild> {
    let mut all = outcome.children;
    all.insert(0, StoppedChild { project, task, status: outcome.status, evidence: outcome.evidence });
    all
}

/// A child that a supervisor stopped, its own or its parent's, before this process came to it.
fn as_it_ended(target: &Target<'_>, project: &ProjectId, task: &TaskId) -> Option<StoppedChild> {
    let state = target.root.task(project, task).and_then(|task| task.state()).ok()??;
    let by_stop = state.status == TaskStatus::Stopped || state.end_reason == Some(EndReason::StopIncomplete);
    by_stop.then(|| StoppedChild {
        project: project.clone(),
        task: task.clone(),
        status: state.status,
        evidence: state.stop.unwrap_or_default(),
    })
}

/// Waits until the task has ended; carries the stop out where no supervisor does.
fn carried_out(target: &Target<'_>, task: &TaskDir) -> Result<TaskState, IntentError> {
    let ended = target.wait_for(task, LIMIT, || {
        let failed = |error| target.failed(error);
        match task.state() {
            Ok(Some(state)) if state.status.is_ended() => return Ok(Some(state)),
            Err(error) if !error.is_damage() => return Err(failed(error)),
            Ok(_) | Err(_) => {}
        }
        if !task.is_supervised().map_err(failed)? {
            if target.lasting {
                detach::start(target.root, target.project, target.task, &[])
                    .map_err(|error| target.failed(error))?;
            } else {
                supervise_here(target)?;
            }
        }
        Ok(None)
    })?;
    ended.ok_or_else(|| target.failed(IntentErrorKind::NotYet(LIMIT)))
}

/// Runs the task's supervisor in this process: it finds STOP, ends what lives, and returns.
fn supervise_here(target: &Target<'_>) -> Result<(), IntentError> {
    let options = SuperviseOptions { to_stop: true, ..SuperviseOptions::default() };
    match supervise(target.root, target.config, target.project, target.task, options) {
        Ok(_) => Ok(()),
        // Somebody else was faster, and carries it out.
        Err(error) if error.is_held() => Ok(()),
        Err(error) => Err(target.failed(error)),
    }
}

/// The state of a task that ended because something survived its stop.
fn survived(target: &Target<'_>, task: &TaskDir) -> Result<bool, IntentError> {
    let state = match task.state() {
        Err(error) if error.is_damage() => return Ok(false),
        state => state.map_err(|error| target.failed(error))?,
    };
    // A state that was made anew knows no evidence.
    let left = |state: TaskState| state.stop.is_none_or(|evidence| !evidence.left.is_empty());
    Ok(state.is_some_and(|state| state.end_reason == Some(EndReason::StopIncomplete) && left(state)))
}

/// Ends what survived an earlier stop, and records what is left now. The task stays `failed`.
fn stop_again(target: &Target<'_>, request: &StopRequest) -> Result<StopOutcome, IntentError> {
    let owned = Owned::take_to_stop(target.root, target.project, target.task);
    let mut owned = owned.map_err(|error| target.failed(error))?;
    let here = Machine::this().map_err(|error| target.failed(error))?;
    let mut evidence = StopEvidence::default();
    for run in owned.task().runs().map_err(|error| target.failed(error))? {
        // What is left of a run is found by its id, also where its record is damaged.
        let known = owned.task().run(&run).and_then(|dir| Ok((dir.info()?, dir)));
        let mut tree = match known {
            Ok((info, dir)) => recorded_tree(&dir, &info, &here),
            Err(_) => found_tree(owned.task(), &run),
        };
        let options = if request.force { StopOptions::forced() } else { StopOptions::default() };
        let stopped = tree.stop_blocking(options);
        let stopped = stopped.map_err(|error| target.failed(error))?;
        evidence.found += stopped.found;
        evidence.killed += stopped.killed;
        evidence.left.extend(stopped.left);
    }
    let recorded = owned.commit("task.stop_repeated", None, |state| state.stop = Some(evidence.clone()));
    recorded.map_err(|error| target.failed(error))?;
    let status = owned.state().status;
    complete::settle(&mut owned, super::bus_settings(target.config)).map_err(|error| target.failed(error))?;
    owned.release().map_err(|error| target.failed(error))?;
    let children = stop_children(target, request)?;
    Ok(StopOutcome { status, evidence, children, notes: Vec::new() })
}
