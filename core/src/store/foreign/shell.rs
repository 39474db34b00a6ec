//! The older shell tool: flat folders `runs/run_YYYYMMDD-HHMMSS-PID/` with a `cwd.txt`, and one
//! `MESSAGE-BUS.md` beside them. The whole of it is shown as one task.

use super::super::dir::Dir;
use super::super::error::Result;
use super::super::run::RunDir;
use super::alive::{self, Proof};
use super::stamp;
use crate::model::{EndReason, RunInfo, RunStatus};

const FACTS_FILE: &str = "cwd.txt";
const MAX_FACTS: u64 = 64 * 1024;
/// Begins the name of a run's folder.
const PREFIX: &str = "run_";

/// Where the runs of a task are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Layout {
    /// In `runs/`.
    Nested,
    /// In `runs/`, by the shell tool.
    Flat,
    /// In the folder itself, by the shell tool: somebody named its `runs` folder.
    Bare,
}

/// How the runs in a folder lie.
pub(in super::super) fn layout(folder: &Dir) -> Layout {
    if has_flat_runs(folder) {
        Layout::Bare
    } else if folder.sub("runs").is_ok_and(|runs| has_flat_runs(&runs)) {
        Layout::Flat
    } else {
        Layout::Nested
    }
}

fn has_flat_runs(folder: &Dir) -> bool {
    let flat = |name: &str| {
        name.starts_with(PREFIX) && folder.exists(format!("{name}/{FACTS_FILE}")).unwrap_or(false)
    };
    folder.entries().is_ok_and(|entries| entries.iter().any(|entry| entry.is_dir && flat(&entry.name)))
}

/// What a run of the shell tool was. Without an exit code nobody saw its end.
///
/// # Errors
/// When `cwd.txt` is missing or cannot be read.
pub(super) fn run_info(run: &RunDir) -> Result<RunInfo> {
    let bytes = run.dir().read(FACTS_FILE, MAX_FACTS)?;
    let facts = Facts::parse(&String::from_utf8_lossy(&bytes));
    let agent = facts.agent.as_deref().unwrap_or("unknown");
    let mut info = RunInfo::new(run.project().clone(), run.task().clone(), run.id().clone(), agent);
    info.schema_version = 0;
    info.process_ownership = None;
    info.cwd = facts.cwd;
    info.start_time = stamp(run.id().as_str());
    info.pid = run.id().as_str().rsplit('-').next().and_then(|pid| pid.parse().ok());
    info.exit_code = facts.exit_code;
    match facts.exit_code {
        Some(code) => {
            // The tool writes the code last.
            info.end_time = run.dir().meta(FACTS_FILE)?.map(|meta| meta.modified);
            info.status = if code == 0 { RunStatus::Completed } else { RunStatus::Failed };
            info.end_reason = Some(EndReason::Exited);
            info.error_summary = (code != 0).then(|| format!("exited with code {code}"));
        }
        None if is_alive(&info) => info.status = RunStatus::Running,
        None => {
            info.status = RunStatus::Lost;
            info.end_reason = Some(EndReason::Lost);
            info.error_summary = Some("its end was not recorded".to_owned());
        }
    }
    Ok(info)
}

/// The pid in the name is the tool's own, which sets no marker: only its start can tell.
fn is_alive(info: &RunInfo) -> bool {
    info.pid.is_some_and(|pid| alive::is_alive(pid, info.run_id.as_str(), info.start_time, Proof::Began))
}

#[derive(Debug, Default)]
struct Facts {
    cwd: Option<String>,
    agent: Option<String>,
    exit_code: Option<i32>,
}

impl Facts {
    /// Lines `KEY=value`, and a path on a line of its own.
    fn parse(text: &str) -> Self {
        let mut facts = Self::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            match line.split_once('=') {
                Some((key, value)) if key.eq_ignore_ascii_case("EXIT_CODE") => {
                    facts.exit_code = value.trim().parse().ok()
                }
                Some((key, value)) if key.eq_ignore_ascii_case("AGENT") => {
                    facts.agent = Some(value.trim().to_owned())
                }
                Some((key, value)) if key.eq_ignore_ascii_case("CWD") => {
                    facts.cwd = Some(value.trim().to_owned())
                }
                _ if facts.cwd.is_none() && line.starts_with('/') => facts.cwd = Some(line.to_owned()),
                _ => {}
            }
        }
        facts
    }
}
