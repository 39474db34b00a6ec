//! Everything that happens on a root, from its journal.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::Serialize;

use super::{STILL_WAITING, Until};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::{Out, show, style, time};
use crate::store::{Journal, JournalEntry, JournalRead, RunSummary, TaskSummary};

/// How long one wait takes; then the time limit is looked at.
const WAIT: Duration = Duration::from_secs(1);

/// A line of `watch --json` without a task.
#[derive(Serialize)]
struct Line<'a> {
    cursor: String,
    /// `task.queued`, `run.started`, …
    what: &'a str,
    at: Timestamp,
    task: &'a TaskSummary,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<&'a RunSummary>,
}

/// Follows every task from now on, or those of the project that is named; returns when the time is over.
pub fn follow_all(context: &Context, until: &Until<'_>) -> Result<u8, Failure> {
    let (app, out) = (context.app()?, &context.out);
    let root = app.root()?;
    let project = app.named_project()?;
    let journal = Journal::open(root)?;
    let mut follower = journal.follow(journal.end()?)?;
    if out.is_terminal() {
        let place = project.as_ref().map(|project| format!("project {project} of ")).unwrap_or_default();
        let words = format!("everything in {place}{}, Ctrl-C ends this", root.path().display());
        out.line(out.paint(style::DIM, words))?;
        out.flush()?;
    }
    while !until.is_over() {
        let left = until.deadline().map_or(WAIT, |at| at.saturating_duration_since(Instant::now()));
        // Another journal has nothing older to tell: what is shown begins with what comes.
        let JournalRead::Entries(entries) = follower.wait(left.min(WAIT))? else { continue };
        let is_wanted = |entry: &&JournalEntry| {
            entry.is_news && project.as_ref().is_none_or(|project| *project == entry.record.task.project)
        };
        for entry in entries.iter().filter(is_wanted) {
            print(entry, app.clock.now(), out)?;
        }
        out.flush()?;
    }
    Ok(STILL_WAITING)
}

fn print(entry: &JournalEntry, now: Timestamp, out: &Out) -> Result<(), Failure> {
    let record = &entry.record;
    let task = &record.task;
    if out.is_json() {
        let cursor = entry.cursor.to_string();
        return out.json_line(&Line {
            cursor,
            what: &record.kind,
            at: record.at,
            task,
            run: record.run.as_ref(),
        });
    }
    let reason = task.question.as_ref().map(|question| question.text.as_str()).or(task.reason.as_deref());
    let reason = out.safe(reason.unwrap_or_default());
    if !out.is_terminal() {
        let name = format!("{}/{}", task.project, task.task);
        return out
            .line([&record.at.to_string(), &record.kind, &name, task.status.as_str(), &reason].join("\t"));
    }
    let (sign, colour) = style::task_status(task.status);
    let at = out.paint(style::DIM, time::clock(record.at, now));
    let name = out.paint(style::NAME, task.task.slug());
    let turn = if task.iteration > 0 { format!(", turn {}", task.iteration) } else { String::new() };
    let words = out.paint(colour, format_args!("{sign} {}{turn}", show::short(task.status)));
    let line = format!("{at}  {name}  {words}  {reason}");
    out.line(console::truncate_str(line.trim_end(), out.width(), "…"))
}
