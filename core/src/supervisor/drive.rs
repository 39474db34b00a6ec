//! The loop of a supervisor: look, decide, carry out, look again.
//!
//! The policy is in [`super::decide`]; here is what each step does to files, processes and the bus. All
//! that matters is on disk after each commit, so that a supervisor may die between any two lines.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::apply;
use super::complete;
use super::error::SuperviseError;
use super::intent::bus_settings;
use super::launch::Ahead;
use super::news::OnDisk;
use super::notice;
use super::process::{Machine, Reaper, Tree};
use super::question;
use super::record::Owned;
use super::slots::{self, Slot, SlotRequest};
use super::step::{Concern, Effect, Ending, Step, Wait};
use super::wake::{BREATH, LONGEST, Wake};
use crate::bus::Bus;
use crate::config::Config;
use crate::faults;
use crate::model::task::TaskError;
use crate::model::{Owed, RunId, RunInfo, TaskState, TaskStatus};
use crate::store::{Intent, Marker};

/// How long the removal of a folder may take that has begun.
const REMOVAL: Duration = Duration::from_secs(10);
/// How long a free slot may take to be had before the task is shown as queued.
const AT_ONCE: Duration = Duration::from_millis(50);

/// What a supervisor works with, whatever its task.
pub(super) struct Desk<'a> {
    pub config: &'a Config,
    pub env: BTreeMap<OsString, OsString>,
    /// The `run-agent` that gates and agents call.
    pub cli: PathBuf,
    pub machine: Machine,
    pub reaper: Reaper,
}

/// A task being driven.
pub(super) struct Driver<'a> {
    pub owned: Owned,
    pub desk: Desk<'a>,
    pub bus: Bus,
    pub on_disk: OnDisk,
    pub wake: Wake,
    /// Whether what a dead owner left is being brought into order.
    pub adopting: bool,
    /// The run whose folder was made last.
    pub run: Option<RunId>,
    /// What a task that was made just now begins before anything is looked at.
    pub first: Option<(RunId, Ahead)>,
}

impl Driver<'_> {
    /// Drives the task until it has ended or is left to recovery. Where its folder is removed meanwhile, nobody could
    /// see its run or stop it any more: the run is ended.
    pub(super) async fn drive(&mut self) -> Result<TaskStatus, SuperviseError> {
        match self.drive_on().await {
            Ok(status) => Ok(status),
            Err(error @ SuperviseError::Removed { .. }) => Err(error),
            Err(error) => {
                // Of a run that could not be watched yet no more is known than its marker.
                let run = self.run.clone().or_else(|| self.owned.state().current_run.clone());
                Err(self.give_up(error, run.map(|run| Tree::of_run(&run, None)).as_mut()).await)
            }
        }
    }

    async fn drive_on(&mut self) -> Result<TaskStatus, SuperviseError> {
        if self.owned.state().revision > 0 {
            self.first = None;
        }
        self.take_over().await?;
        self.begin_first();
        self.warn_of_company()?;
        loop {
            faults::step("drive.before-decision");
            self.look_for_folder()?;
            let step = self.next_step()?;
            if !matches!(step, Step::Run(_)) {
                self.first = None;
            }
            match step {
                Step::Rest => {
                    complete::settle(&mut self.owned, bus_settings(self.desk.config))?;
                    return Ok(self.owned.state().status);
                }
                Step::Leave => {
                    self.commit("task.interrupted", None, apply::leave)?;
                    return Ok(self.owned.state().status);
                }
                Step::Stop => self.carry_out_stop().await?,
                Step::End(ending) => self.end(&ending).await?,
                Step::Wait(wait) => self.wait(&wait).await?,
                Step::Ask(concern) => self.ask(concern)?,
                Step::AnswerByDefault(answer) => self.answer_by_default(&answer)?,
                Step::Heed(effect) => self.heed(effect)?,
                Step::Switch(agent) => {
                    self.commit("task.agent", None, |state| apply::switch(state, &agent))?
                }
                Step::Run(owed) => self.run(owed).await?,
            }
        }
    }

    /// An error where the task's folder is gone.
    pub(super) fn look_for_folder(&self) -> Result<(), SuperviseError> {
        let task = self.owned.task();
        if task.is_removed() {
            return Err(SuperviseError::Removed { path: task.path().to_owned(), ended: 0 });
        }
        Ok(())
    }

    /// What the task is given up for: the error, or, where it came of the removal of the task's folder, that. Then the
    /// processes are ended, too.
    pub(super) async fn give_up(&mut self, error: SuperviseError, tree: Option<&mut Tree>) -> SuperviseError {
        if !self.is_being_removed().await {
            return error;
        }
        let ended = match tree {
            Some(tree) => self.stop_tree(tree).await.map(|evidence| evidence.found),
            None => Ok(0),
        };
        match ended {
            Ok(ended) => SuperviseError::Removed { path: self.owned.task().path().to_owned(), ended },
            Err(error) => error,
        }
    }

    /// Whether the task's folder is gone. Waits where some of it is: its removal may have just begun.
    async fn is_being_removed(&self) -> bool {
        let until = Instant::now() + REMOVAL;
        while !self.owned.task().is_removed() {
            if self.is_whole() || Instant::now() > until {
                return false;
            }
            tokio::time::sleep(BREATH).await;
        }
        true
    }

    fn is_whole(&self) -> bool {
        let task = self.owned.task();
        let run = self.run.as_ref().or(self.owned.state().current_run.as_ref());
        task.is_whole() && run.is_none_or(|run| task.run(run).is_ok())
    }

    /// A task that nobody has worked on yet, and that waits for no other, nearly always goes on to a run.
    fn begin_first(&mut self) {
        let is_new = self.owned.state().revision == 0 && self.owned.spec().depends_on.is_empty();
        if is_new && self.owned.has_spec() && self.first.is_none() {
            let run = RunId::generate();
            self.first = Some((run.clone(), self.begin(&run)));
        }
    }

    /// One run, from its slot to its recorded end.
    async fn run(&mut self, owed: Option<Owed>) -> Result<(), SuperviseError> {
        if !self.owned.has_spec() {
            return Err(SuperviseError::NoSpec);
        }
        let (run, ahead) = self.first.take().unzip();
        let run = run.unwrap_or_else(RunId::generate);
        let mut ahead = ahead.or_else(|| Some(self.begin(&run)));
        let Some(slot) = self.queue(&run, owed, &mut ahead).await? else { return Ok(()) };
        faults::step("drive.after-slot");
        if self.takes_done_back(owed)?
            && let Some(last) = self.owned.state().last_run.clone()
        {
            self.owned.task().archive_done(&last)?;
        }
        let ahead = ahead.unwrap_or_else(|| self.begin(&run));
        if let Some(mut live) = self.launch(run, owed, ahead).await? {
            let end = self.watch(&mut live).await?;
            self.finish(live, end).await?;
        }
        slot.release()?;
        Ok(())
    }

    /// Waits for a slot. None when something else is to be done first. What was begun ahead is let go
    /// where it takes longer than a moment.
    async fn queue(
        &mut self,
        run: &RunId,
        owed: Option<Owed>,
        ahead: &mut Option<Ahead>,
    ) -> Result<Option<Slot>, SuperviseError> {
        let (root, request) = (self.owned.root().clone(), self.slot_request(run));
        let acquire = slots::acquire(&root, &request);
        tokio::pin!(acquire);
        if let Ok(slot) = tokio::time::timeout(AT_ONCE, &mut acquire).await {
            return Ok(Some(slot?));
        }
        *ahead = None;
        self.commit("task.queued", None, apply::queue)?;
        loop {
            let most = self.flushed_within(LONGEST)?;
            tokio::select! {
                slot = &mut acquire => return Ok(Some(slot?)),
                // The slot looks after itself; all else that matters here is told.
                () = self.wake.next(most) => {}
            }
            // Who stops waiting keeps the place, and is passed over until it waits again.
            if self.next_step()? != Step::Run(owed) {
                return Ok(None);
            }
        }
    }

    pub(super) fn slot_request(&self, run: &RunId) -> SlotRequest {
        let spec = self.owned.spec();
        SlotRequest {
            run: run.clone(),
            project: spec.project_id.clone(),
            task: spec.task_id.clone(),
            parent_task: spec.parent_task.clone(),
            max_running: self.desk.config.defaults.slots(),
        }
    }

    async fn wait(&mut self, wait: &Wait) -> Result<(), SuperviseError> {
        if !apply::waits_already(self.owned.state(), wait) {
            let kind = format!("task.{}", wait.status);
            self.commit(&kind, None, |state| apply::wait(state, wait))?;
        }
        let watches_others = matches!(wait.status, TaskStatus::Running | TaskStatus::Waiting);
        let most = self.flushed_within(self.sleep_at_most(wait.until, watches_others))?;
        self.wake.next(most).await;
        Ok(())
    }

    /// A sleep that ends early where messages wait for the disk.
    pub(super) fn flushed_within(&mut self, most: Duration) -> Result<Duration, SuperviseError> {
        let left = self.on_disk.keep(&self.bus)?;
        Ok(left.map_or(most, |left| left.min(most)))
    }

    fn ask(&mut self, concern: Concern) -> Result<(), SuperviseError> {
        let text = self.concern_text(concern)?;
        if let Concern::Limit(limit) = concern {
            self.bus.append(&notice::error(
                limit.as_str(),
                &limit.describe(self.owned.spec(), self.owned.state()),
            ))?;
        }
        let question = question::ask(&self.bus, concern, &text)?;
        faults::step("drive.after-question");
        self.commit("task.waiting_answer", None, |state| apply::ask(state, question))
    }

    fn concern_text(&self, concern: Concern) -> Result<String, SuperviseError> {
        Ok(match concern {
            Concern::Children => format!(
                "The agent says that the task is done, but child tasks go on: {}. Wait for them, complete \
                 without them, or stop?",
                self.active_children()?.join(", ")
            ),
            Concern::NoChange => "Two iterations in a row changed nothing: no commit, no changed file, no \
                                  message, no new text. Continue, stop, or tell the agent what to do."
                .to_owned(),
            Concern::Limit(limit) => {
                format!("{}. Continue?", limit.describe(self.owned.spec(), self.owned.state()))
            }
        })
    }

    fn answer_by_default(&mut self, answer: &str) -> Result<(), SuperviseError> {
        if let Some(question) = &self.owned.state().question {
            self.bus.append(&notice::default_answer(question.msg_id, answer))?;
        }
        Ok(())
    }

    fn heed(&mut self, effect: Effect) -> Result<(), SuperviseError> {
        let spec = self.owned.spec().clone();
        self.commit("question.answered", None, |state| apply::heed(&spec, state, effect))
    }

    async fn end(&mut self, ending: &Ending) -> Result<(), SuperviseError> {
        if ending.status == TaskStatus::Completed && self.owned.task().marker(Marker::Stop)?.is_some() {
            self.stop_children().await?;
        }
        let now = self.record_end().await;
        // Whoever sees that it ended finds the reason on the bus.
        if let Some(error) = ending.error.as_ref().filter(|_| ending.status != TaskStatus::Completed) {
            self.say_failed(error)?;
        }
        let kind = format!("task.{}", ending.status);
        self.commit(&kind, None, |state| apply::end(state, ending, now))?;
        faults::step("drive.after-end");
        Ok(())
    }

    /// Ends the task with its last run, which is counted in `state`: one change, one flush.
    pub(super) async fn commit_end(
        &mut self,
        mut state: TaskState,
        ending: &Ending,
        last: &RunInfo,
    ) -> Result<(), SuperviseError> {
        apply::end(&mut state, ending, self.record_end().await);
        // Nobody looked how the folder is: a run that follows is compared with how it finds it.
        state.fingerprint = None;
        self.commit(&format!("task.{}", ending.status), Some(last), |current| *current = state)?;
        faults::step("drive.after-end");
        Ok(())
    }

    /// Says why the task ended, and which child tasks it leaves at work.
    fn say_failed(&self, error: &TaskError) -> Result<(), SuperviseError> {
        let children = self.active_children()?;
        let left = if children.is_empty() {
            String::new()
        } else {
            format!(". Child tasks go on: {}", children.join(", "))
        };
        self.bus.append(&notice::error(&error.code, &format!("{}{left}", error.message)))?;
        Ok(())
    }

    /// STOP, when no run lives: child tasks first, then the status, with the evidence.
    async fn carry_out_stop(&mut self) -> Result<(), SuperviseError> {
        let reason = self.stop_reason()?;
        if self.owned.state().status != TaskStatus::Stopping {
            self.commit("task.stopping", None, |state| apply::stopping(state, reason))?;
        }
        self.stop_children().await?;
        let now = self.record_end().await;
        let evidence = self.owned.state().stop.clone().unwrap_or_default();
        let complete = evidence.left.is_empty();
        let kind = if complete { "task.stopped" } else { "task.failed" };
        self.commit(kind, None, |state| apply::stopped(state, evidence, now))?;
        faults::step("drive.after-stopped");
        if let Some(error) = self.owned.state().error.clone().filter(|_| !complete) {
            self.say_failed(&error)?;
        }
        Ok(())
    }

    /// Who wants it stopped, and why.
    pub(super) fn stop_reason(&self) -> Result<String, SuperviseError> {
        let Some(intent) = self.owned.task().marker(Marker::Stop)? else {
            return Ok("stop was asked".to_owned());
        };
        let by = intent.by.as_deref().unwrap_or("a person");
        let why = intent.reason.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
        Ok(format!("stopped by {by}{why}"))
    }

    /// Takes note of what signals asked for. INT is STOP, so that it outlives whatever happens next.
    pub(super) fn note_signals(&mut self) -> Result<(), SuperviseError> {
        if self.wake.asked().interrupts > 0 && self.owned.task().marker(Marker::Stop)?.is_none() {
            let now = self.owned.clock().now();
            let intent = Intent::new(Some("ctrl-c".to_owned()), now, None);
            self.owned.task().set_marker(Marker::Stop, &intent)?;
        }
        Ok(())
    }

    /// Records a change.
    pub(super) fn commit(
        &mut self,
        kind: &str,
        run: Option<&RunInfo>,
        change: impl FnOnce(&mut TaskState),
    ) -> Result<(), SuperviseError> {
        Ok(self.owned.commit(kind, run, change)?)
    }
}
