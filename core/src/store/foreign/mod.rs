//! Roots of other systems, read in place: the seed system's and its older shell tool's.
//!
//! Gives the same [`RunInfo`], [`TaskSpec`] and [`TaskState`] as a root of ours, judged truthfully:
//! what was killed is never completed, and what nobody owns is not running. Nothing is written.

mod alive;
mod judge;
mod seed;
mod shell;

use super::dir::Dir;
use super::error::{Result, optional};
use super::marker::{self, Intent, Marker};
use super::run::RunDir;
use super::task::TaskDir;
use super::yaml;
use crate::model::{RunId, RunInfo};

pub(super) use judge::{prompt, spec, state};
pub(super) use shell::{Layout, layout};

/// Files that make a folder of a foreign project a task.
const SIGNS_OF_A_TASK: [&str; 6] =
    ["TASK.md", "runs", "TASK-MESSAGE-BUS.md", "TASK-CONFIG.yaml", "DONE", "CANCELLED"];

/// Whether a folder of a foreign project is a task.
pub(super) fn is_task(project: &Dir, name: &str) -> bool {
    if name.starts_with('.') {
        return false;
    }
    let shows = |sign: &&str| project.exists(format!("{name}/{sign}")).unwrap_or(false);
    name.starts_with("task-") || SIGNS_OF_A_TASK.iter().any(shows)
}

/// What is known of a run.
///
/// # Errors
/// When its file is missing or damaged.
pub(super) fn run_info(run: &RunDir) -> Result<RunInfo> {
    match optional(run.dir().read_text(seed::INFO_FILE, yaml::MAX_BYTES))? {
        Some(text) => seed::run_info(run, &text),
        None => shell::run_info(run),
    }
}

/// When a run began, for its place in a list; from its name where its file does not tell.
pub(super) fn began(task: &TaskDir, id: &RunId) -> Option<jiff::Timestamp> {
    let written = task.run(id).and_then(|run| run.info()).ok().and_then(|info| info.start_time);
    written.or_else(|| stamp(id.as_str()))
}

/// What a marker of the seed system says.
///
/// # Errors
/// When that cannot be told.
pub(super) fn marker(task: &TaskDir, marker: Marker) -> Result<Option<Intent>> {
    let names: &[&str] = match marker {
        Marker::Done => &["DONE"],
        Marker::Stop => &["STOP-REQUESTED", "CANCELLED"],
        Marker::Pause => &[],
    };
    for name in names {
        if let Some(intent) = marker::read(task.dir(), name)? {
            return Ok(Some(intent));
        }
    }
    Ok(None)
}

/// The first `YYYYMMDD-HHMMSS` in a name, taken as UTC.
fn stamp(name: &str) -> Option<jiff::Timestamp> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let at = (0..name.len()).find(|&at| {
        let Some(part) = name.get(at..at + 15) else { return false };
        digits(&part[..8]) && &part[8..9] == "-" && digits(&part[9..])
    })?;
    let time = jiff::civil::DateTime::strptime("%Y%m%d-%H%M%S", &name[at..at + 15]).ok()?;
    jiff::tz::TimeZone::UTC.to_timestamp(time).ok()
}
