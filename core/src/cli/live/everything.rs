//! Everything that happens on a root, from its journal.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::Serialize;

use super::{STILL_WAITING, Until};
use crate::api::news::News;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::{Out, show, style, time};

/// How long one wait takes; then the time limit is looked at.
const WAIT: Duration = Duration::from_secs(1);

/// Follows every task from now on, or those of the project that is named; returns when the time is over.
pub fn follow_all(context: &Context, until: &Until<'_>) -> Result<u8, Failure> {
    let (host, out) = (context.host()?, &context.out);
    let (project, mut news) = host.news()?;
    if out.is_terminal() {
        let place = project.as_ref().map(|project| format!("project {project} of ")).unwrap_or_default();
        let words = format!("everything in {place}{}, Ctrl-C ends this", host.root_path()?);
        out.line(out.paint(style::DIM, words))?;
        out.flush()?;
    }
    while !until.is_over() {
        let left = until.deadline().map_or(WAIT, |at| at.saturating_duration_since(Instant::now()));
        let page = news.next(left.min(WAIT))?;
        if page.resync {
            print_resync(page.next, context.now(), out)?;
        }
        for one in page.items {
            print(&one, context.now(), out)?;
        }
        out.flush()?;
    }
    Ok(STILL_WAITING)
}

/// A line that tells of no task: what happened until now is not known any more.
#[derive(Serialize)]
struct Resync {
    cursor: String,
    what: &'static str,
    at: Timestamp,
}

/// Says that something may have happened that nobody can tell any more.
fn print_resync(cursor: String, now: Timestamp, out: &Out) -> Result<(), Failure> {
    let what = "resync";
    if out.is_json() {
        return out.json_line(&Resync { cursor, what, at: now });
    }
    let words = "what happened before is not known any more: `run-agent list` shows how things stand";
    if out.is_terminal() {
        let line = format!("{}  {words}", time::clock(now, now));
        return out.line(out.paint(style::DIM, line));
    }
    out.line([&now.to_string(), what, words].join("\t"))
}

fn print(news: &News, now: Timestamp, out: &Out) -> Result<(), Failure> {
    let task = &news.task;
    if out.is_json() {
        return out.json_line(news);
    }
    let reason = task.question.as_ref().map(|question| question.text.as_str()).or(task.reason.as_deref());
    let reason = out.safe(reason.unwrap_or_default());
    if !out.is_terminal() {
        let name = format!("{}/{}", task.project, task.task);
        return out.line([&news.at.to_string(), &news.what, &name, task.status.as_str(), &reason].join("\t"));
    }
    let (sign, colour) = style::task_status(task.status);
    let at = out.paint(style::DIM, time::clock(news.at, now));
    let name = out.paint(style::NAME, task.task.slug());
    let turn = if task.iteration > 0 { format!(", turn {}", task.iteration) } else { String::new() };
    let words = out.paint(colour, format_args!("{sign} {}{turn}", show::short(task.status)));
    let line = format!("{at}  {name}  {words}  {reason}");
    out.line(console::truncate_str(line.trim_end(), out.width(), "…"))
}
