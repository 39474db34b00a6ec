//! What happens to one task, as it happens: read from its files, so that any process can follow it.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek};
use std::path::Path;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::dto::RunView;
use super::page::{self, PageRequest};
use super::{ApiError, App};
use crate::bus::{Bus, Follower};
use crate::hex::hex;
use crate::logs::watch::{Watch, Watcher};
use crate::model::task::OpenQuestion;
use crate::model::{Event, Message, RunId, TaskState, TaskStatus};
use crate::store::{RunDir, TaskDir};

/// How long at most until the next look while an agent is at work.
const WORKING: Duration = Duration::from_millis(200);
/// How long at most until the next look while nothing is.
const RESTING: Duration = Duration::from_secs(1);

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Moment {
    /// The task is in another status, or in the same one for another reason.
    Status(Standing),
    /// A run began.
    RunStarted(RunView),
    /// An agent reported something.
    Event {
        /// Its run.
        run: RunId,
        /// What it reported.
        #[serde(flatten)]
        event: Event,
    },
    /// A message was posted on the task's bus.
    Message(Message),
    /// A run ended.
    RunEnded(RunView),
}

/// Where a task stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Its status, checked against its lock.
    pub status: TaskStatus,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Turns of the loop so far.
    pub iteration: u32,
    /// US dollars of all ended runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
    /// The open question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<OpenQuestion>,
    /// When the usage limit resets or back-off ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wake_at: Option<jiff::Timestamp>,
    /// Why it failed, and what to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<crate::model::task::TaskError>,
}

/// What happened, in its order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct MomentPage {
    /// What happened.
    #[cfg_attr(feature = "server", schema(value_type = Vec<Object>))]
    pub items: Vec<Moment>,
    /// Where a reader stands that has seen it: `after` takes it.
    pub next: String,
}

/// Where a reader stands.
#[derive(Serialize, Deserialize)]
struct Mark {
    bus: crate::model::Cursor,
    /// Digest of the last standing.
    last: Option<String>,
    runs_seen: Option<RunId>,
    /// Bytes that were read of the events of the run that is at work.
    events: Option<u64>,
}

/// A reader of one task's happenings.
pub struct Feed {
    task: TaskDir,
    bus: Follower,
    folder: Watch,
    /// Digest of the last standing that was told.
    last: Option<String>,
    runs_seen: Option<RunId>,
    run: Option<RunReader>,
}

/// The events of the run that is at work.
struct RunReader {
    dir: RunDir,
    /// Wakes who waits for the task's folder.
    _watch: Watch,
    events: Option<BufReader<File>>,
    /// Bytes of the lines that were told.
    read: u64,
    partial: Vec<u8>,
}

impl Feed {
    /// From now on. Only `history` shows what was before: then the runs and messages so far come first.
    ///
    /// # Errors
    /// When the task's files cannot be read.
    pub fn open(task: &TaskDir, history: bool) -> Result<Self, ApiError> {
        let bus = Bus::task(task);
        let cursor = if history { crate::model::Cursor::START } else { bus.end()? };
        let past = if history { None } else { past_runs(task)? };
        Ok(Self {
            folder: Watcher::global().watch(task.path()),
            bus: bus.follow(cursor)?,
            last: None,
            runs_seen: past,
            run: None,
            task: task.clone(),
        })
    }

    /// Goes on where another reader stood.
    ///
    /// # Errors
    /// When the place is none, or the task's files cannot be read.
    pub fn resume(task: &TaskDir, place: &str) -> Result<Self, ApiError> {
        let request = PageRequest { cursor: Some(place.to_owned()), limit: None };
        let Some(mark) = request.mark::<Mark>()? else { return Self::open(task, false) };
        let folder = Watcher::global().watch(task.path());
        let run = match (mark.events, &mark.runs_seen) {
            (Some(read), Some(run)) => Some(RunReader::new(task.run(run)?, &folder, read)),
            _ => None,
        };
        Ok(Self {
            folder,
            bus: Bus::task(task).follow(mark.bus)?,
            last: mark.last,
            runs_seen: mark.runs_seen,
            run,
            task: task.clone(),
        })
    }

    /// Where a reader stands that has seen all so far: [`Feed::resume`] takes it.
    pub fn place(&self) -> String {
        page::cursor(&Mark {
            bus: self.bus.cursor(),
            last: self.last.clone(),
            runs_seen: self.runs_seen.clone(),
            events: self.run.as_ref().map(|run| run.read),
        })
    }

    /// Resolves when something may have happened, after the usual time at the latest.
    pub async fn changed(&self) {
        let _ = tokio::time::timeout(self.usual(), self.folder.changed()).await;
    }

    /// What happened since the last look. The first one tells where the task stands.
    ///
    /// # Errors
    /// When the task's files cannot be read; it can be asked again.
    pub fn poll(&mut self, app: &App) -> Result<Vec<Moment>, ApiError> {
        let mut moments = Vec::new();
        let state = self.task.state()?;
        self.read_runs(&mut moments)?;
        moments.extend(self.bus.poll()?.into_iter().map(Moment::Message));
        let standing = standing(app, &self.task, state)?;
        let digest = digest(&standing);
        if self.last.as_ref() != Some(&digest) {
            moments.push(Moment::Status(standing));
            self.last = Some(digest);
        }
        Ok(moments)
    }

    /// Waits until something may have happened, at most until `deadline`.
    pub fn wait(&self, deadline: Option<Instant>) {
        let usual = self.usual();
        let left = deadline.map_or(usual, |deadline| deadline.saturating_duration_since(Instant::now()));
        // One wait for both: the end of a task is told by its folder while its run's events are watched.
        self.folder.wait(left.min(usual));
    }

    fn usual(&self) -> Duration {
        if self.run.is_some() { WORKING } else { RESTING }
    }

    fn read_runs(&mut self, moments: &mut Vec<Moment>) -> Result<(), ApiError> {
        loop {
            if self.run.is_none() {
                let Some(next) = self.next_run()? else { return Ok(()) };
                moments.push(Moment::RunStarted(RunView::from(&next.info()?)));
                self.runs_seen = Some(next.id().clone());
                self.run = Some(RunReader::new(next, &self.folder, 0));
            }
            let Some(run) = &mut self.run else { return Ok(()) };
            // Read before the events: what a run says ends with what its record says.
            let info = run.dir.info()?;
            run.read(moments)?;
            if !info.status.is_ended() {
                return Ok(());
            }
            moments.push(Moment::RunEnded(RunView::from(&info)));
            self.run = None;
        }
    }

    fn next_run(&self) -> Result<Option<RunDir>, ApiError> {
        let runs = self.task.runs()?;
        let begin = match &self.runs_seen {
            Some(seen) => runs.iter().position(|run| run == seen).map_or(runs.len(), |index| index + 1),
            None => 0,
        };
        // A damaged run hides none that came after it.
        let readable = |run| self.task.run(run).ok().filter(|dir| dir.info().is_ok());
        Ok(runs[begin..].iter().find_map(readable))
    }
}

impl RunReader {
    /// From byte `read` of its events on.
    fn new(dir: RunDir, folder: &Watch, read: u64) -> Self {
        let watch = Watcher::global().watch_with(&dir.events_path(), folder);
        Self { dir, _watch: watch, events: None, read, partial: Vec::new() }
    }

    /// The complete lines that came since the last look.
    fn read(&mut self, moments: &mut Vec<Moment>) -> Result<(), ApiError> {
        let path = self.dir.events_path();
        if self.events.is_none() {
            self.events = open_at(&path, self.read).ok();
        }
        let Some(events) = &mut self.events else { return Ok(()) };
        loop {
            let failed = |error| ApiError::io(format_args!("read {}", path.display()), &error);
            events.read_until(b'\n', &mut self.partial).map_err(failed)?;
            if self.partial.last() != Some(&b'\n') {
                return Ok(());
            }
            if let Ok(event) = serde_json::from_slice(&self.partial) {
                moments.push(Moment::Event { run: self.dir.id().clone(), event });
            }
            self.read += self.partial.len() as u64;
            self.partial.clear();
        }
    }
}

fn open_at(path: &Path, offset: u64) -> io::Result<BufReader<File>> {
    let mut file = File::open(path)?;
    file.seek(io::SeekFrom::Start(offset))?;
    Ok(BufReader::new(file))
}

/// What tells one standing from another.
fn digest(standing: &Standing) -> String {
    let text = serde_json::to_vec(standing).unwrap_or_default();
    hex(&Sha256::digest(&text)[..8])
}

fn past_runs(task: &TaskDir) -> Result<Option<RunId>, ApiError> {
    let mut past = None;
    for run in task.runs()? {
        if task.run(&run)?.info().is_ok_and(|info| !info.status.is_ended()) {
            break;
        }
        past = Some(run);
    }
    Ok(past)
}

fn standing(app: &App, task: &TaskDir, state: Option<TaskState>) -> Result<Standing, ApiError> {
    let checked = app.check(task, state.as_ref())?;
    // The check may have read a newer state than ours: what ended in between is told by the next look.
    let state = state.filter(|state| state.status == checked.status);
    Ok(Standing {
        status: checked.status,
        reason: state.as_ref().and_then(|state| state.reason.clone()),
        iteration: state.as_ref().map_or(0, |state| state.iteration),
        cost_usd: state.as_ref().and_then(|state| state.spend.cost_usd),
        wake_at: state.as_ref().and_then(|state| state.wake_at),
        error: state.as_ref().and_then(|state| state.error.clone()),
        question: state.and_then(|state| state.question),
    })
}
