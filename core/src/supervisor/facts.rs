//! Gathers what a decision depends on from the task's files, its bus and other tasks.

use std::time::Duration;

use super::decide::{Facts, decide};
use super::depend::{self, Dependencies};
use super::drive::Driver;
use super::error::SuperviseError;
use super::notice;
use super::question;
use super::step::{Ending, Markers, Needs, Pause, Step};
use crate::agent::choose;
use crate::model::{FailureClass, MessageKind, Owed, RunInfo, RunStatus, TaskState, TaskStatus, Workflow};
use crate::store::{Listed, Marker};

/// What a decision depends on, gathered.
struct Seen {
    markers: Markers,
    needs: Needs,
    children: Vec<String>,
    reply: Option<String>,
    news: bool,
    word: bool,
    fallback: Option<String>,
}

impl Driver<'_> {
    /// What the task does next.
    pub(super) fn next_step(&mut self) -> Result<Step, SuperviseError> {
        self.note_signals()?;
        let state = self.owned.state();
        if state.status.is_ended() {
            return Ok(Step::Rest);
        }
        Ok(self.step_from(state, self.last_run(state).as_ref())?.0)
    }

    /// How the task ends now that a run of it has ended, which is counted in `state`; none where anything
    /// is to be done before that.
    pub(super) fn ends_with(
        &mut self,
        state: &TaskState,
        last: &RunInfo,
    ) -> Result<Option<Ending>, SuperviseError> {
        if self.adopting {
            return Ok(None);
        }
        self.note_signals()?;
        Ok(match self.step_from(state, Some(last))? {
            (Step::End(ending), markers) if ending.status == TaskStatus::Completed => {
                // STOP is also for its child tasks, which takes a while.
                markers.stop.is_none().then_some(ending)
            }
            _ => None,
        })
    }

    fn step_from(
        &self,
        state: &TaskState,
        last: Option<&RunInfo>,
    ) -> Result<(Step, Markers), SuperviseError> {
        let seen = self.gather(state, last)?;
        let step = decide(&Facts {
            spec: self.owned.spec(),
            state,
            last,
            now: self.owned.clock().now(),
            shutdown: self.wake.asked().shutdown,
            markers: seen.markers,
            needs: &seen.needs,
            children: &seen.children,
            reply: seen.reply.as_deref(),
            news: seen.news,
            word: seen.word,
            fallback: seen.fallback.as_deref(),
        });
        Ok((step, seen.markers))
    }

    fn gather(&self, state: &TaskState, last: Option<&RunInfo>) -> Result<Seen, SuperviseError> {
        let children = self.active_children()?;
        let reply = match &state.question {
            Some(question) => question::reply(&self.bus, question.msg_id)?,
            None => None,
        };
        let matters = !children.is_empty() || state.unchanged > 0;
        let markers = self.markers()?;
        Ok(Seen {
            word: self.word_keeps(state, last, &markers)?,
            markers,
            needs: self.needs(),
            news: matters && self.has_news(state)?,
            fallback: last.and_then(|last| self.fallback(last)),
            children,
            reply,
        })
    }

    /// The markers in the task's folder.
    pub(super) fn markers(&self) -> Result<Markers, SuperviseError> {
        let task = self.owned.task();
        let since = |marker| Ok::<_, SuperviseError>(task.marker(marker)?.map(|intent| intent.at));
        let pause = task.marker(Marker::Pause)?;
        Ok(Markers {
            done: since(Marker::Done)?,
            stop: since(Marker::Stop)?,
            pause: pause.map(|intent| Pause { after_turn: intent.after_turn }),
        })
    }

    /// Child tasks that have not ended, in words.
    pub(super) fn active_children(&self) -> Result<Vec<String>, SuperviseError> {
        Ok(self
            .child_tasks()?
            .iter()
            .map(|child| format!("{}/{} ({})", child.project, child.task, child.status.words()))
            .collect())
    }

    fn needs(&self) -> Needs {
        if self.owned.spec().depends_on.is_empty() {
            return Needs::Met;
        }
        let words = |unmet: Vec<depend::Unmet>| unmet.iter().map(ToString::to_string).collect();
        match depend::look(self.owned.root(), self.owned.spec()) {
            Ok(Dependencies::Ready(_)) => Needs::Met,
            Ok(Dependencies::Waiting(unmet)) => Needs::Open(words(unmet)),
            Ok(Dependencies::Failed(unmet)) => Needs::Failed(words(unmet)),
            // A damaged neighbour is waited for, and named, until somebody mends it.
            Err(error) => Needs::Open(vec![error.to_string()]),
        }
    }

    /// Whether the bus holds words for the agent that no prompt has carried yet.
    fn has_news(&self, state: &TaskState) -> Result<bool, SuperviseError> {
        let task = &self.owned.spec().task_id;
        for message in self.bus.messages(state.read_to)? {
            if notice::is_for_agent(&message?, task) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the task would complete, and a person said something that no prompt has carried.
    fn word_keeps(
        &self,
        state: &TaskState,
        last: Option<&RunInfo>,
        markers: &Markers,
    ) -> Result<bool, SuperviseError> {
        // Nothing was promised to who said it before the first turn but that one, which DONE makes needless.
        let Some(last) = last else { return Ok(false) };
        if markers.done.is_none() && self.owned.spec().workflow != Workflow::Once {
            return Ok(false);
        }
        // A bad run's words are told again to the next one, and no reason for one.
        let told = last.read_to.filter(|_| last.status != RunStatus::Lost).unwrap_or(state.read_to);
        let task = &self.owned.spec().task_id;
        for message in self.bus.messages(told.max(state.read_to))? {
            let message = message?;
            if message.kind.is(MessageKind::USER) && notice::is_for_agent(&message, task) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether DONE is taken back by the run that is about to begin: it gathers, or reads a word that keeps
    /// the task from completing.
    pub(super) fn takes_done_back(&self, owed: Option<Owed>) -> Result<bool, SuperviseError> {
        if owed == Some(Owed::Gather) {
            return Ok(true);
        }
        let (state, markers) = (self.owned.state(), self.markers()?);
        Ok(markers.done.is_some() && self.word_keeps(state, self.last_run(state).as_ref(), &markers)?)
    }

    /// The record of the run before.
    fn last_run(&self, state: &TaskState) -> Option<RunInfo> {
        let last = state.last_run.as_ref()?;
        self.owned.task().run(last).and_then(|run| run.info()).ok()
    }

    /// The agent to go on with where the last one failed for good and the task is pinned to none.
    fn fallback(&self, last: &RunInfo) -> Option<String> {
        if self.owned.spec().agent.is_some() || last.failure != Some(FailureClass::Permanent) {
            return None;
        }
        let selection = self.desk.config.selection.as_ref()?;
        let runs = self.owned.task().run_infos().ok()?;
        let failed: Vec<String> = runs
            .into_iter()
            .filter_map(Listed::ok)
            .filter(|run| run.failure == Some(FailureClass::Permanent))
            .map(|run| run.agent)
            .collect();
        choose::fall_back(selection, &last.agent, &failed).map(str::to_owned)
    }

    /// How long a wait in a status may sleep before it looks by itself.
    pub(super) fn sleep_at_most(&self, until: Option<jiff::Timestamp>, watches_others: bool) -> Duration {
        let most = if watches_others { super::wake::TICK } else { super::wake::LONGEST };
        let Some(until) = until else { return most };
        let left = until.duration_since(self.owned.clock().now());
        Duration::try_from(left).unwrap_or_default().min(most).max(Duration::from_millis(1))
    }
}
