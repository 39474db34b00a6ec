//! Runs that were found without an owner: taken over where they live, recorded where they do not.
//!
//! A second agent is never started beside a living one, and what cannot be seen from here (another
//! machine, another pid namespace) is not judged unless a person says that it is dead.

use std::time::Duration;

use super::apply;
use super::drive::Driver;
use super::error::SuperviseError;
use super::live::{End, ExitFuture, Live};
use super::notice;
use super::outcome::Outcome;
use super::process::{Cgroup, FileId, Machine, ProcessId, Reaper, Tree};
use super::record::Owned;
use super::slots;
use crate::agent::{AgentKind, AgentSettings, Exit};
use crate::bus::Query;
use crate::faults;
use crate::model::task::StopEvidence;
use crate::model::{MessageKind, RunId, RunInfo, RunStatus, TaskStatus};
use crate::store::{Listed, Open, RunDir, RunFile, TaskDir};

/// What is left of a run whose supervisor is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Remains {
    /// Its process lives.
    Alive(ProcessId),
    /// Its process is gone, on this boot: how it ended is told by its events.
    Gone,
    /// It is of another boot: nothing of it can live.
    OtherBoot,
    /// It was made and its process was never recorded: the gate let nothing begin.
    Unborn,
    /// It is of another machine or pid namespace.
    Elsewhere(&'static str),
}

/// The process that a run's record names.
pub(super) fn process_of(info: &RunInfo) -> Option<ProcessId> {
    Some(ProcessId { pid: info.pid?, start_time: info.process_start_time? })
}

fn remains(info: &RunInfo, here: &Machine) -> Remains {
    if info.machine_id.as_ref().is_some_and(|machine| *machine != here.machine_id) {
        return Remains::Elsewhere("machine");
    }
    if info.boot_id.as_ref().is_some_and(|boot| *boot != here.boot_id) {
        return Remains::OtherBoot;
    }
    if info.pid_namespace.is_some_and(|namespace| namespace != here.pid_namespace) {
        return Remains::Elsewhere("pid namespace");
    }
    match process_of(info) {
        None => Remains::Unborn,
        Some(id) if id.is_alive() => Remains::Alive(id),
        Some(_) => Remains::Gone,
    }
}

/// The processes of a run that was begun by somebody else, as far as they tell by themselves: by their mark,
/// or by writing to its logs.
pub(super) fn found_tree(task: &TaskDir, run: &RunId) -> Tree {
    let logs = task.run(run).map(|dir| logs(&dir)).unwrap_or_default();
    Tree::of_run(run, None).with_logs(logs)
}

/// The logs that can be found.
fn logs(run: &RunDir) -> Vec<FileId> {
    let found = [RunFile::Stdout, RunFile::Stderr].into_iter();
    let found = found.filter_map(|file| run.open(file, Open::Read).ok());
    found.filter_map(|file| FileId::of(&file).ok()).collect()
}

/// The processes of a run that was begun by somebody else, as far as its record and they themselves tell.
/// What it says of pids holds on its own machine, boot and pid namespace only.
pub(super) fn recorded_tree(run: &RunDir, info: &RunInfo, here: &Machine) -> Tree {
    let cgroup = info.cgroup.as_deref().and_then(Cgroup::recorded);
    let is_here = info.machine_id.as_ref() == Some(&here.machine_id)
        && info.boot_id.as_ref() == Some(&here.boot_id)
        && info.pid_namespace == Some(here.pid_namespace);
    let known = info.unmarked.iter().filter(|_| is_here);
    let known = known.map(|process| ProcessId { pid: process.pid, start_time: process.process_start_time });
    Tree::of_run(&info.run_id, cgroup).with_members(known).with_logs(logs(run))
}

/// Looks whether what a dead owner left can be judged from here at all. Changes nothing.
///
/// # Errors
/// When a run of the task may live where this process cannot see it, the record of the run that was at
/// work cannot be read (an agent may live that nobody knows of), or the state is a newer version's.
pub(super) fn check(owned: &Owned, here: &Machine, assume_dead: bool) -> Result<(), SuperviseError> {
    owned.task().may_write_state(owned.state())?;
    if let Some(current) = &owned.state().current_run {
        owned.task().run(current)?.info()?;
    }
    for info in unended_runs(owned)? {
        if let (Remains::Elsewhere(place), false) = (remains(&info, here), assume_dead) {
            return Err(SuperviseError::Elsewhere { run: info.run_id, place });
        }
    }
    Ok(())
}

/// Runs that are not recorded as ended, oldest first. A damaged record hides no other.
fn unended_runs(owned: &Owned) -> Result<Vec<RunInfo>, SuperviseError> {
    let mut infos: Vec<RunInfo> = owned.task().run_infos()?.into_iter().filter_map(Listed::ok).collect();
    infos.retain(|info| info.status == RunStatus::Running);
    Ok(infos)
}

impl Driver<'_> {
    /// Brings everything that a dead owner left into order: runs that live are seen through to their
    /// end, the others are recorded and counted.
    pub(super) async fn take_over(&mut self) -> Result<(), SuperviseError> {
        self.adopting = true;
        self.count_recorded().await?;
        for info in unended_runs(&self.owned)? {
            self.first = None;
            let dir = self.owned.task().run(&info.run_id)?;
            match remains(&info, &self.desk.machine) {
                // Refused before the task was taken over, unless a person said that it is dead.
                Remains::Elsewhere(place) => {
                    self.write_off(&dir, info, &format!("of another {place}, declared dead"), None).await?;
                }
                Remains::OtherBoot => {
                    self.write_off(&dir, info, "the machine was started anew while it ran", None).await?;
                }
                Remains::Unborn if has_spoken(&dir)? => self.close(dir, info).await?,
                Remains::Unborn => {
                    let evidence = self.stop_tree(&mut self.tree_of(&dir, &info)).await?;
                    let why = "its supervisor died before it began";
                    self.write_off(&dir, info, why, Some(evidence)).await?;
                }
                Remains::Gone => self.close(dir, info).await?,
                Remains::Alive(leader) => self.adopt(dir, info, leader).await?,
            }
        }
        self.adopting = false;
        Ok(())
    }

    /// A run whose end was recorded and not counted.
    async fn count_recorded(&mut self) -> Result<(), SuperviseError> {
        let Some(current) = self.owned.state().current_run.clone() else { return Ok(()) };
        let dir = self.owned.task().run(&current)?;
        let info = dir.info()?;
        if info.status.is_ended() {
            let seconds = worked(&info, info.end_time).as_secs();
            let text = dir.dir().read_text("output.md", 1 << 20).ok();
            self.account(info, text, seconds, None).await?;
        }
        Ok(())
    }

    /// A run of which nothing can live.
    async fn write_off(
        &mut self,
        dir: &RunDir,
        info: RunInfo,
        why: &str,
        evidence: Option<StopEvidence>,
    ) -> Result<(), SuperviseError> {
        self.owned.task().establish_run(dir, &info)?;
        self.own(&info, None)?;
        self.finish_unborn(dir, info, Outcome::lost(why), evidence).await
    }

    /// A run whose process is gone: what it left behind is stopped, and its events tell how it ended.
    async fn close(&mut self, dir: RunDir, info: RunInfo) -> Result<(), SuperviseError> {
        self.own(&info, None)?;
        let mut tree = self.tree_of(&dir, &info);
        let evidence = self.stop_tree(&mut tree).await?;
        let never = std::future::ready(Exit::unknown());
        let live = self.adopted(dir, info, tree, Box::pin(never))?;
        self.finish(live, End { cause: None, exit: Exit::unknown(), evidence, verdict: None }).await
    }

    /// A run that lives: its events are replayed, its clocks go on, and it keeps its slot.
    async fn adopt(&mut self, dir: RunDir, info: RunInfo, leader: ProcessId) -> Result<(), SuperviseError> {
        let request = self.slot_request(&info.run_id);
        let slot = slots::adopt(self.owned.root(), &request)?;
        self.own(&info, Some("adopted after its supervisor died"))?;
        faults::step("adopt.after-state");
        let exit: ExitFuture = Box::pin(Reaper::adopted(leader)?);
        let tree = self.tree_of(&dir, &info).with_leader(leader);
        let mut live = self.adopted(dir, info, tree, exit)?;
        live.frozen = self.owned.state().status == TaskStatus::Paused;
        if live.frozen {
            live.clocks.freeze(std::time::Instant::now());
        } else {
            // Whoever resumed it without a supervisor took the pause away, and nobody the freeze.
            live.tree.thaw()?;
        }
        let end = self.watch(&mut live).await?;
        self.finish(live, end).await?;
        if let Some(slot) = slot {
            slot.release()?;
        }
        Ok(())
    }

    /// Says that this run is the task's current one, where its owner died before it could.
    fn own(&mut self, info: &RunInfo, reason: Option<&str>) -> Result<(), SuperviseError> {
        let known = self.owned.state().current_run.as_ref() == Some(&info.run_id);
        let now = self.owned.clock().now();
        if !known {
            self.commit("run.started", Some(info), |state| {
                apply::run_started(state, info, now);
                state.reason = reason.map(str::to_owned);
            })?;
        } else if let Some(reason) = reason {
            let stands = matches!(self.owned.state().status, TaskStatus::Paused | TaskStatus::Stopping);
            self.commit("run.adopted", Some(info), |state| apply::adopted(state, reason, stands))?;
        }
        self.say_started(info)
    }

    /// Posts the start of a run, unless its owner did before it died.
    fn say_started(&self, info: &RunInfo) -> Result<(), SuperviseError> {
        let query = Query { run: Some(info.run_id.to_string()), ..Query::last(1) };
        if self.bus.read(&query.kind(MessageKind::RUN_START))?.is_empty() {
            self.bus.append(&notice::run_started(info))?;
        }
        Ok(())
    }

    fn tree_of(&self, dir: &RunDir, info: &RunInfo) -> Tree {
        recorded_tree(dir, info, &self.desk.machine).with_orphans_of(&self.desk.reaper)
    }

    fn adopted(
        &self,
        dir: RunDir,
        info: RunInfo,
        tree: Tree,
        exit: ExitFuture,
    ) -> Result<Live, SuperviseError> {
        // An agent that was taken out of the configuration meanwhile is read as plain text.
        let settings = self
            .desk
            .config
            .agent(&info.agent)
            .unwrap_or_else(|_| AgentSettings::plain(&info.agent, AgentKind::Command));
        let since = match self.owned.state() {
            // It stood still since the pause was recorded.
            state if state.status == TaskStatus::Paused => Some(state.updated_at),
            _ => Some(self.owned.clock().now()),
        };
        let worked = worked(&info, since);
        self.live(dir, info, settings, tree, exit, worked)
    }
}

/// Whether a run whose process is not recorded has begun all the same: its record was made anew.
fn has_spoken(dir: &RunDir) -> Result<bool, SuperviseError> {
    Ok(dir.dir().meta(RunFile::Stdout.name())?.is_some_and(|meta| meta.len > 0))
}

/// How long a run has worked by the wall clock, pauses taken off.
pub(super) fn worked(info: &RunInfo, until: Option<jiff::Timestamp>) -> Duration {
    let (Some(start), Some(until)) = (info.start_time, until) else { return Duration::ZERO };
    let ran = Duration::try_from(until.duration_since(start)).unwrap_or_default();
    ran.saturating_sub(Duration::from_secs(info.paused_seconds.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supervisor::testing::{at, spec};

    fn here() -> Machine {
        Machine { boot_id: "boot".to_owned(), pid_namespace: 7, machine_id: "machine".to_owned() }
    }

    fn run() -> RunInfo {
        let spec = spec();
        let mut info = RunInfo::new(spec.project_id, spec.task_id, crate::model::RunId::generate(), "fake");
        info.boot_id = Some("boot".to_owned());
        info.pid_namespace = Some(7);
        info.machine_id = Some("machine".to_owned());
        info
    }

    #[test]
    fn what_is_left_of_a_run_is_told_by_pid_start_time_boot_namespace_and_machine() {
        assert_eq!(remains(&run(), &here()), Remains::Unborn);
        let this = ProcessId::this().expect("this process");
        let mut info = run();
        (info.pid, info.process_start_time) = (Some(this.pid), Some(this.start_time));
        assert_eq!(remains(&info, &here()), Remains::Alive(this));
        info.process_start_time = Some(this.start_time - 1);
        assert_eq!(remains(&info, &here()), Remains::Gone, "the pid was given to another process");
        info.pid_namespace = Some(8);
        assert_eq!(remains(&info, &here()), Remains::Elsewhere("pid namespace"));
        info.boot_id = Some("another".to_owned());
        assert_eq!(remains(&info, &here()), Remains::OtherBoot);
        info.machine_id = Some("another".to_owned());
        assert_eq!(remains(&info, &here()), Remains::Elsewhere("machine"));
    }

    #[test]
    fn pauses_are_no_work() {
        let mut info = run();
        info.start_time = Some(at(0));
        info.paused_seconds = Some(40);
        assert_eq!(worked(&info, Some(at(100))), Duration::from_secs(60));
        assert_eq!(worked(&info, Some(at(10))), Duration::ZERO);
        assert_eq!(worked(&info, None), Duration::ZERO);
    }
}
