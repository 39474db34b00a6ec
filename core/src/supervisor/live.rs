//! A living run under watch: its events, its clocks and its markers, until it has ended.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

use super::apply;
use super::awake::Awake;
use super::drive::Driver;
use super::error::SuperviseError;
use super::limits;
use super::news::BusFile;
use super::notice;
use super::process::freeze::FreezeError;
use super::process::{self, StopOptions, Tree};
use super::stopwatch::{Signs, Stopwatch};
use super::turn::{Cause, Look, Turn, turn};
use super::wake::{BREATH, QUIET_TICK, TICK};
use crate::agent::{Exit, Recorder, Verdict, early};
use crate::bus::Query;
use crate::config::AgentSettings;
use crate::faults;
use crate::logs::watch::Watch;
use crate::model::task::StopEvidence;
use crate::model::{Cursor, RecordedProcess, RunInfo};
use crate::store::{Marker, RunDir, RunFile};

/// Pieces of output that are parsed between two looks at markers and signals.
const PIECES: usize = 16;
/// How often the processes of a run are looked at.
const TREE_TICK: Duration = Duration::from_secs(5);
/// Processes without a marker that are recorded; a tree that makes more is not stopped by its record.
const MOST_UNMARKED: usize = 1000;
/// How long the end of a stopped process may take to be told.
const EXIT_PATIENCE: Duration = Duration::from_secs(2);

/// The end of a run's first process.
pub(super) type ExitFuture = Pin<Box<dyn Future<Output = process::Exit>>>;

/// A living run.
pub(super) struct Live {
    pub dir: RunDir,
    pub info: RunInfo,
    pub settings: AgentSettings,
    pub tree: Tree,
    pub exit: ExitFuture,
    pub recorder: Recorder,
    pub clocks: Stopwatch,
    /// Tells of new output, so that its events are there at once for whoever watches.
    pub output: Watch,
    /// Up to where the task's bus was looked at.
    pub read_to: Cursor,
    pub messages: u64,
    /// Whether a message wants the turn to be interrupted. It still does when a pause comes first.
    pub interrupt: bool,
    pub bus: BusFile,
    /// Whether more output is there than was parsed at the last look.
    pub behind: bool,
    pub frozen: bool,
    pub awake: Awake,
    pub done_seen: Option<Instant>,
    pub tree_seen: Instant,
    /// The children of this process at the last look: an orphan of the run becomes one.
    pub children: Option<Vec<i32>>,
}

/// How a run came to its end.
pub(super) struct End {
    /// Why its supervisor ended it; none where it ended by itself.
    pub cause: Option<Cause>,
    pub exit: Exit,
    pub evidence: StopEvidence,
    /// What its events said before it was ended.
    pub verdict: Option<Verdict>,
}

impl Driver<'_> {
    /// Watches a run until nothing of it is left. Where the task's folder is removed it is ended.
    pub(super) async fn watch(&mut self, live: &mut Live) -> Result<End, SuperviseError> {
        match self.watch_on(live).await {
            Ok(end) => Ok(end),
            Err(error) => Err(self.give_up(error, Some(&mut live.tree)).await),
        }
    }

    async fn watch_on(&mut self, live: &mut Live) -> Result<End, SuperviseError> {
        loop {
            let look = self.look(live)?;
            match turn(&look) {
                Turn::Go => {}
                Turn::Freeze => self.freeze(live).await?,
                Turn::Thaw => {
                    self.thaw(live)?;
                    // What came meanwhile does not wait for news.
                    continue;
                }
                Turn::End(cause) => return self.stop_run(live, cause).await,
            }
            self.keep_awake(live)?;
            let most = match (live.behind, live.awake.is_asking()) {
                (true, _) => BREATH,
                (_, true) => TICK,
                _ => longest_sleep(&look),
            };
            let most = self.flushed_within(most)?;
            if let Some(exit) = self.until_news(live, most).await {
                return self.ended_by_itself(live, exit).await;
            }
        }
    }

    /// Waits for a reason to look again; the exit where it has ended.
    async fn until_news(&mut self, live: &mut Live, most: Duration) -> Option<Exit> {
        tokio::select! {
            exit = &mut live.exit => return Some(exit),
            () = self.wake.next(most) => {}
            () = live.output.changed() => {
                // Much output is looked at in one go.
                tokio::select! {
                    exit = &mut live.exit => return Some(exit),
                    () = tokio::time::sleep(BREATH) => {}
                }
            }
        }
        None
    }

    /// How the run looks now.
    fn look(&mut self, live: &mut Live) -> Result<Look, SuperviseError> {
        self.look_for_folder()?;
        self.note_signals()?;
        let now = Instant::now();
        self.record_events(live, PIECES)?;
        self.read_bus(live)?;
        self.note_signs(live, now)?;
        let markers = self.markers()?;
        if markers.done.is_none() {
            live.done_seen = None;
        } else {
            live.done_seen.get_or_insert(now);
        }
        let (spec, state) = (self.owned.spec(), self.owned.state());
        let limit = |seconds: u64| (seconds > 0).then(|| Duration::from_secs(seconds));
        Ok(Look {
            markers,
            done_for: live.done_seen.map(|seen| now.saturating_duration_since(seen)),
            shutdown: self.wake.asked().shutdown,
            interrupt: live.interrupt,
            hopeless: early(live.recorder.fold()).is_some(),
            frozen: live.frozen,
            idle_for: live.clocks.idle_for(now),
            idle_limit: limit(spec.limits.idle_seconds),
            worked: Duration::from_secs(state.active_seconds) + live.clocks.worked(now),
            wall_limit: limit(limits::wall_seconds(spec, state)),
        })
    }

    /// Parses output, at most so many pieces of it.
    pub(super) fn record_events(&self, live: &mut Live, pieces: usize) -> Result<(), SuperviseError> {
        live.behind = true;
        for _ in 0..pieces {
            let events = live.recorder.poll()?;
            if events.is_empty() {
                live.behind = false;
                break;
            }
        }
        Ok(())
    }

    /// Reads what is new on the task's bus.
    pub(super) fn read_bus(&self, live: &mut Live) -> Result<(), SuperviseError> {
        if !live.bus.has_news(&self.bus.path(), Instant::now()) {
            return Ok(());
        }
        for message in self.bus.read(&Query::after(live.read_to))? {
            live.read_to = message.cursor;
            live.messages += u64::from(!notice::is_supervisors(&message));
            live.interrupt |= notice::interrupts(&message);
        }
        Ok(())
    }

    fn note_signs(&self, live: &mut Live, now: Instant) -> Result<(), SuperviseError> {
        let size = |file: RunFile| {
            let meta = live.dir.dir().meta(file.name())?;
            Ok::<_, SuperviseError>(meta.map_or(0, |meta| meta.len))
        };
        let output = size(RunFile::Stdout)? + size(RunFile::Stderr)?;
        let tool = live.recorder.fold().is_tool_running();
        live.clocks.see(Signs { output, messages: live.messages, tool }, now);
        self.look_at_tree(live, now)
    }

    /// Looks at every process, which costs more: as often as the idle limit needs it, and when an orphan
    /// came to this process.
    fn look_at_tree(&self, live: &mut Live, now: Instant) -> Result<(), SuperviseError> {
        let limit = Duration::from_secs(self.owned.spec().limits.idle_seconds);
        let every = if limit.is_zero() { TREE_TICK } else { (limit / 8).clamp(TICK, TREE_TICK) };
        let children = process::procfs::child_pids();
        if children == live.children && now.saturating_duration_since(live.tree_seen) < every {
            return Ok(());
        }
        (live.children, live.tree_seen) = (children, now);
        live.clocks.see_cpu(live.tree.activity()?.cpu_ticks, now);
        self.record_unmarked(live)
    }

    /// Records the processes of the run that carry no marker: whoever comes after this process would take
    /// them for strangers. Those that are gone stay recorded until others come.
    fn record_unmarked(&self, live: &mut Live) -> Result<(), SuperviseError> {
        let seen = live.tree.unmarked().into_iter().take(MOST_UNMARKED);
        let seen: Vec<_> =
            seen.map(|id| RecordedProcess { pid: id.pid, process_start_time: id.start_time }).collect();
        if seen.iter().all(|process| live.info.unmarked.contains(process)) {
            return Ok(());
        }
        live.info.unmarked = seen;
        Ok(self.owned.write_run(&live.dir, &live.info)?)
    }

    async fn freeze(&mut self, live: &mut Live) -> Result<(), SuperviseError> {
        if let Err(error) = live.tree.freeze().await {
            // It runs on; the next look tries again.
            return match error {
                FreezeError::Lock { .. } => self.warn_once(error.to_string()),
                FreezeError::Process(error) => Err(error.into()),
            };
        }
        live.frozen = true;
        live.clocks.freeze(Instant::now());
        self.commit("task.paused", Some(&live.info), apply::freeze)
    }

    fn thaw(&mut self, live: &mut Live) -> Result<(), SuperviseError> {
        live.tree.thaw()?;
        live.frozen = false;
        let stood = live.clocks.thaw(Instant::now()).as_secs();
        live.info.paused_seconds = Some(live.info.paused_seconds.unwrap_or(0) + stood);
        self.owned.write_run(&live.dir, &live.info)?;
        self.commit("task.running", Some(&live.info), apply::thaw)
    }

    /// Ends a run: its whole tree, verified.
    async fn stop_run(&mut self, live: &mut Live, cause: Cause) -> Result<End, SuperviseError> {
        live.awake.let_go();
        if cause == Cause::Stop {
            let reason = self.stop_reason()?;
            self.commit("task.stopping", Some(&live.info), |state| apply::stopping(state, reason))?;
        }
        let verdict = early(live.recorder.fold());
        faults::step("run.before-stop");
        let evidence = self.stop_tree(&mut live.tree).await?;
        faults::step("run.after-stop");
        let exit = tokio::time::timeout(EXIT_PATIENCE, &mut live.exit).await;
        Ok(End { cause: Some(cause), exit: exit.unwrap_or(Exit::unknown()), evidence, verdict })
    }

    /// The agent is gone; what it left behind goes too.
    async fn ended_by_itself(&mut self, live: &mut Live, exit: Exit) -> Result<End, SuperviseError> {
        faults::step("run.after-exit");
        let evidence = self.stop_tree(&mut live.tree).await?;
        Ok(End { cause: None, exit, evidence, verdict: None })
    }

    /// Stops a tree; a second INT, or a STOP that wants it, cuts the grace short.
    pub(super) async fn stop_tree(&mut self, tree: &mut Tree) -> Result<StopEvidence, SuperviseError> {
        let mut forced = self.is_forced()?;
        loop {
            let options = if forced { StopOptions::forced() } else { StopOptions::default() };
            let stop = tree.stop(options);
            tokio::pin!(stop);
            loop {
                tokio::select! {
                    evidence = &mut stop => return Ok(evidence?),
                    () = self.wake.next(TICK) => {}
                }
                if !forced && self.is_forced()? {
                    forced = true;
                    break;
                }
            }
        }
    }

    fn is_forced(&self) -> Result<bool, SuperviseError> {
        let stop = self.owned.task().marker(Marker::Stop)?;
        Ok(self.wake.asked().interrupts > 1 || stop.is_some_and(|stop| stop.force))
    }
}

/// As seldom as the limits allow: only what is near them needs to be looked at every second.
fn longest_sleep(look: &Look) -> Duration {
    let near =
        |limit: Option<Duration>, used: Duration| limit.is_some_and(|limit| used + 2 * QUIET_TICK > limit);
    let is_near = near(look.idle_limit, look.idle_for) || near(look.wall_limit, look.worked);
    if is_near || look.done_for.is_some() { TICK } else { QUIET_TICK }
}
