//! The seed system's `run-info.yaml`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

use super::super::error::Result;
use super::super::run::RunDir;
use super::super::yaml;
use super::alive::{self, Proof};
use crate::model::{EndReason, RunId, RunInfo, RunStatus};

pub(super) const INFO_FILE: &str = "run-info.yaml";
/// What the seed system says when it has no exit code: still running, or killed by a signal.
const NO_EXIT_CODE: i32 = -1;

/// The file as it stands. Everything may be missing: a folder's name says which run it is.
#[derive(Debug, Deserialize)]
struct SeedRun {
    agent: Option<String>,
    agent_version: Option<String>,
    parent_run_id: Option<String>,
    previous_run_id: Option<String>,
    process_ownership: Option<String>,
    pid: Option<i32>,
    pgid: Option<i32>,
    start_time: Option<Timestamp>,
    end_time: Option<Timestamp>,
    exit_code: Option<i32>,
    status: Option<String>,
    cwd: Option<String>,
    prompt_path: Option<String>,
    output_path: Option<String>,
    stdout_path: Option<String>,
    stderr_path: Option<String>,
    commandline: Option<String>,
    error_summary: Option<String>,
    #[serde(flatten)]
    extra: BTreeMap<String, serde_json::Value>,
}

/// What a run of the seed system was, judged by all that its file says.
///
/// # Errors
/// When the text is not of that form.
pub(super) fn run_info(run: &RunDir, text: &str) -> Result<RunInfo> {
    let seed: SeedRun = yaml::parse(text, &run.dir().join(INFO_FILE))?;
    let agent = seed.agent.as_deref().unwrap_or("unknown");
    let mut info = RunInfo::new(run.project().clone(), run.task().clone(), run.id().clone(), agent);
    info.schema_version = 0;
    judge(&seed, &mut info);
    info.parent_run_id = id(seed.parent_run_id);
    info.previous_run_id = id(seed.previous_run_id);
    info.agent_version = seed.agent_version;
    info.process_ownership = seed.process_ownership;
    info.pid = seed.pid.filter(|pid| *pid > 0);
    info.pgid = seed.pgid.filter(|pgid| *pgid > 0);
    info.start_time = seed.start_time.filter(is_set);
    info.cwd = text_of(seed.cwd);
    info.prompt_path = text_of(seed.prompt_path);
    info.output_path = text_of(seed.output_path);
    info.stdout_path = text_of(seed.stdout_path);
    info.stderr_path = text_of(seed.stderr_path);
    info.commandline = text_of(seed.commandline);
    info.extra = seed.extra;
    // The folder decides where the run is; the names in the file said the same when it was written.
    for known in ["run_id", "project_id", "task_id"] {
        info.extra.remove(known);
    }
    Ok(info)
}

/// Status, end, exit and reason. An exit code, where there is one, speaks louder than the status; the
/// words of `error_summary` louder than an exit code that was written over later.
fn judge(seed: &SeedRun, info: &mut RunInfo) {
    info.end_time = seed.end_time.filter(is_set);
    info.exit_code = seed.exit_code.filter(|code| *code != NO_EXIT_CODE);
    info.error_summary = text_of(seed.error_summary.clone());
    let said = said_exit_code(info.error_summary.as_deref());
    let ended = info.end_time.is_some();
    let killed = ended && seed.exit_code == Some(NO_EXIT_CODE) || said == Some(NO_EXIT_CODE);
    let claims_running = seed.status.as_deref() == Some("running") || !ended;
    if killed {
        info.exit_code = None;
        // "exited with code -1" is all that the seed system says of a signal.
        info.error_summary = info.error_summary.take().filter(|_| said.is_none());
        end(info, RunStatus::Failed, EndReason::Killed, "killed by a signal");
    } else if claims_running {
        judge_unended(seed, info);
    } else {
        let code = said.or(info.exit_code);
        info.exit_code = code;
        match (seed.status.as_deref(), code) {
            (Some("completed"), Some(0)) => end(info, RunStatus::Completed, EndReason::Exited, ""),
            (_, Some(code)) if code != 0 => end(info, RunStatus::Failed, EndReason::Exited, ""),
            (Some("failed"), _) => end(info, RunStatus::Failed, EndReason::Exited, "failed"),
            _ => end(info, RunStatus::Lost, EndReason::Lost, "its end was not recorded"),
        }
    }
}

/// A run whose end is not recorded: it runs only if its very process does.
fn judge_unended(seed: &SeedRun, info: &mut RunInfo) {
    let external = seed.process_ownership.as_deref() == Some("external");
    let proof = if external { Proof::BeganBefore } else { Proof::Marker };
    let began = seed.start_time.filter(is_set);
    let alive = |pid| alive::is_alive(pid, info.run_id.as_str(), began, proof);
    info.exit_code = None;
    if seed.pid.is_some_and(alive) {
        info.status = RunStatus::Running;
        info.end_time = None;
    } else {
        end(
            info,
            RunStatus::Lost,
            EndReason::Lost,
            "no process of it lives on this machine, and its end was not recorded",
        );
    }
}

fn end(info: &mut RunInfo, status: RunStatus, reason: EndReason, words: &str) {
    info.status = status;
    info.end_reason = Some(reason);
    if info.error_summary.is_none() && !words.is_empty() {
        info.error_summary = Some(words.to_owned());
    }
}

/// The code in "agent exited with code N".
fn said_exit_code(summary: Option<&str>) -> Option<i32> {
    let (_, code) = summary?.rsplit_once("exited with code ")?;
    code.split_whitespace().next()?.parse().ok()
}

/// Whether a time is one: the seed system's "none" is the first instant of the year 1.
fn is_set(time: &Timestamp) -> bool {
    *time > Timestamp::UNIX_EPOCH
}

fn text_of(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

fn id(text: Option<String>) -> Option<RunId> {
    RunId::from_disk(&text?).ok()
}
