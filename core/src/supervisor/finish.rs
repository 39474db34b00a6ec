//! From a run's end to its record: verdict, output, run-info, the task's counters, the word on the bus.

use std::ffi::OsStr;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::time::Instant;

use super::account::{RunEnd, account};
use super::change::Fingerprint;
use super::drive::Driver;
use super::error::SuperviseError;
use super::launch::compares;
use super::live::{End, Live};
use super::notice;
use super::outcome::{Outcome, outcome};
use super::question;
use super::turn::Cause;
use crate::agent::{Backend, Fold, backend_of, usage_of_run};
use crate::bus::Query;
use crate::faults;
use crate::git::head_commit;
use crate::logs::Mask;
use crate::model::task::StopEvidence;
use crate::model::{Cursor, EndReason, MessageKind, RunInfo, TaskState, Usage};
use crate::store::{Listed, Open, RunDir, RunFile};

/// The end of standard error that is read for the reason of a failure.
const STDERR_TAIL: u64 = 16 * 1024;
/// An output file up to this size is looked into: nothing but white space counts as empty.
const SMALL: u64 = 4096;

impl Driver<'_> {
    /// Records a run that has ended. Every step can be repeated by whoever takes over.
    pub(super) async fn finish(&mut self, mut live: Live, end: End) -> Result<(), SuperviseError> {
        self.record_events(&mut live, usize::MAX)?;
        self.read_bus(&mut live)?;
        let seconds = live.clocks.worked(Instant::now()).as_secs();
        let left = end.evidence.left.clone();
        let evidence = self.tells(end.cause, &end.evidence)?.then_some(end.evidence);
        let Live { dir, mut info, settings, recorder, .. } = live;
        let (_, fold) = recorder.finish()?;
        let output = missing_output(&dir, &fold)?;
        let backend = backend_of(&settings);
        let verdict = end.verdict.unwrap_or_else(|| backend.judge(&fold, &end.exit, &stderr_tail(&dir)));
        let told = fold.result.is_some() || fold.last_error.is_some();
        outcome(end.cause, &end.exit, verdict, told).write_to(&mut info);
        if end.cause == Some(Cause::IdleTime) {
            info.error_summary =
                Some(format!("no sign of life for {} s", self.owned.spec().limits.idle_seconds));
        }
        info.error_summary = info.error_summary.map(|why| self.without_secrets(&why));
        info.exit_code = end.exit.code;
        info.exit_signal = end.exit.signal;
        info.unmarked.retain(|process| left.contains(&process.pid));
        let usage = self.usage(backend, &info, &fold)?;
        describe(&mut info, backend, &fold, usage);
        info.end_time = Some(self.owned.clock().now());
        info.head_commit = head_commit(Path::new(&self.owned.spec().cwd));
        self.owned.end_run(&dir, output.as_deref(), &info)?;
        faults::step("run.after-info");
        self.account(info, fold.final_message(), seconds, evidence).await
    }

    /// Whether the task tells what was found of a run: it is stopped, or something outlived everything.
    fn tells(&self, cause: Option<Cause>, evidence: &StopEvidence) -> Result<bool, SuperviseError> {
        Ok(cause == Some(Cause::Stop) || !evidence.left.is_empty() || self.markers()?.stop_wins())
    }

    /// An agent that is refused may print its key; what we write of it must not hold it.
    fn without_secrets(&self, text: &str) -> String {
        let variable = |name: &str| self.desk.env.get(OsStr::new(name))?.to_str().map(str::to_owned);
        let mask = Mask::new(&self.desk.config.secrets(&variable));
        String::from_utf8_lossy(&mask.apply(text.as_bytes())).into_owned()
    }

    /// Records a run of which no process was ever seen at work.
    pub(super) async fn finish_unborn(
        &mut self,
        dir: &RunDir,
        mut info: RunInfo,
        outcome: Outcome,
        evidence: Option<StopEvidence>,
    ) -> Result<(), SuperviseError> {
        outcome.write_to(&mut info);
        info.end_time = Some(self.owned.clock().now());
        let evidence = match evidence {
            Some(evidence) if self.tells(None, &evidence)? => Some(evidence),
            _ => None,
        };
        info.head_commit = head_commit(Path::new(&self.owned.spec().cwd));
        self.owned.write_run(dir, &info)?;
        faults::step("run.after-info");
        self.account(info, None, 0, evidence).await
    }

    /// Counts an ended run, once: the commit that forgets it as the current one counts it. Where the task
    /// ends with it, that is the same commit.
    pub(super) async fn account(
        &mut self,
        info: RunInfo,
        text: Option<String>,
        seconds: u64,
        evidence: Option<StopEvidence>,
    ) -> Result<(), SuperviseError> {
        self.say_ended(&info)?;
        let asked = question::asked_by(&self.bus, &info.run_id, info.read_to.unwrap_or(Cursor::START))?;
        let mut end = RunEnd {
            info: &info,
            seconds,
            changed: true,
            fingerprint: None,
            question: asked.open,
            answered: asked.answered,
            now: self.owned.clock().now(),
        };
        let count = |before: &TaskState, end: &RunEnd<'_>| {
            let mut state = before.clone();
            account(&mut state, end);
            state.stop = evidence.clone().or(state.stop.take());
            state
        };
        let counted = count(self.owned.state(), &end);
        if let Some(ending) = self.ends_with(&counted, &info)? {
            self.commit_end(counted, &ending, &info).await?;
        } else {
            self.compare(&mut end, text.as_deref()).await?;
            let counted = count(self.owned.state(), &end);
            self.commit("run.ended", Some(&info), |state| *state = counted)?;
        }
        faults::step("run.after-account");
        Ok(())
    }

    /// Whether a run changed anything, and how it left the folder. Only asked where the loop goes on: what
    /// is done need not have changed much.
    async fn compare(&self, end: &mut RunEnd<'_>, text: Option<&str>) -> Result<(), SuperviseError> {
        if !compares(self.owned.spec()) {
            return Ok(());
        }
        let before = self.owned.state().fingerprint.as_deref();
        let after = Fingerprint::take(Path::new(&self.owned.spec().cwd), text, &self.desk.reaper).await;
        let differs = before.is_none_or(|before| after.differs_from(before));
        end.changed = differs || self.spoke(end.info)?;
        end.fingerprint = Some(after.to_text(before));
        Ok(())
    }

    /// Posts the end of a run, unless a dead supervisor has.
    fn say_ended(&self, info: &RunInfo) -> Result<(), SuperviseError> {
        let query = Query { run: Some(info.run_id.to_string()), ..Query::last(1) }
            .kind(MessageKind::RUN_STOP)
            .kind(MessageKind::RUN_CRASH);
        if self.adopting && !self.bus.read(&query)?.is_empty() {
            return Ok(());
        }
        let ended = notice::run_ended(info);
        let limit = info.error_summary.as_deref().filter(|_| info.end_reason == Some(EndReason::IdleTime));
        let said: Vec<_> =
            std::iter::once(ended).chain(limit.map(|why| notice::error("idle_time", why))).collect();
        self.bus.append_batch(&said)?;
        Ok(())
    }

    /// Whether the run said anything on the task's bus.
    fn spoke(&self, info: &RunInfo) -> Result<bool, SuperviseError> {
        let since = info.read_to.unwrap_or(Cursor::START);
        let query = Query { run: Some(info.run_id.to_string()), ..Query::after(since) };
        Ok(self.bus.read(&query)?.iter().any(|message| !notice::is_supervisors(message)))
    }

    /// What this run used; what its session used before is taken off where the agent counts that.
    fn usage(
        &self,
        backend: &dyn Backend,
        info: &RunInfo,
        fold: &Fold,
    ) -> Result<Option<Usage>, SuperviseError> {
        let earlier: Vec<RunInfo> = if backend.reports_session_usage() {
            self.owned.task().run_infos()?.into_iter().filter_map(Listed::ok).collect()
        } else {
            Vec::new()
        };
        Ok(usage_of_run(backend, fold, earlier.iter().filter(|run| run.run_id != info.run_id)))
    }
}

/// What the agent reported of itself.
fn describe(info: &mut RunInfo, backend: &dyn Backend, fold: &Fold, usage: Option<Usage>) {
    if fold.session.is_some() && backend.has_sessions() {
        info.session_id.clone_from(&fold.session);
    }
    if fold.model.is_some() {
        info.model.clone_from(&fold.model);
    }
    info.usage = usage;
    info.cost_usd = usage.and_then(|usage| usage.cost_usd);
}

/// `output.md` is what the agent wrote there, or else its final message, which is returned then; never an
/// empty file.
fn missing_output(dir: &RunDir, fold: &Fold) -> Result<Option<String>, SuperviseError> {
    if has_output(dir) {
        return Ok(None);
    }
    let message = fold.final_message();
    if message.is_none() {
        dir.dir().remove(RunFile::Output.name())?;
    }
    Ok(message)
}

fn has_output(dir: &RunDir) -> bool {
    match dir.dir().meta(RunFile::Output.name()) {
        Ok(Some(meta)) if meta.is_file => {
            let small = meta.len <= SMALL;
            let text = if small { dir.dir().read(RunFile::Output.name(), SMALL).ok() } else { None };
            text.is_none_or(|text| !text.trim_ascii().is_empty())
        }
        _ => false,
    }
}

fn stderr_tail(dir: &RunDir) -> String {
    let Ok(mut file) = dir.open(RunFile::Stderr, Open::Read) else { return String::new() };
    let start = file.metadata().map_or(0, |meta| meta.len().saturating_sub(STDERR_TAIL));
    let mut tail = Vec::new();
    let read = file.seek(SeekFrom::Start(start)).and_then(|_| file.take(STDERR_TAIL).read_to_end(&mut tail));
    if read.is_err() {
        return String::new();
    }
    String::from_utf8_lossy(&tail).into_owned()
}
