//! `status`: everything about one task, or an overview of the root.

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use super::list::{run_table, task_table};
use crate::api::dto::{AttentionItem, TaskDetail, TaskView};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::{Out, show, style, time};
use crate::host::{Host, ListQuery};
use crate::model::TaskStatus;

/// Show everything about a task, or an overview of all
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct StatusArgs {
    /// Task; else that of the current folder, else an overview
    #[arg(value_name = "TASK")]
    pub target: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  run-agent status
  run-agent status fix-login
  run-agent status fix-login --json | jq -r .status";

/// The JSON of `status` without a task.
#[derive(Serialize)]
struct Overview<'a> {
    root: String,
    counts: std::collections::BTreeMap<&'static str, usize>,
    needs_you: &'a [AttentionItem],
    active: &'a [TaskView],
}

/// Prints the task, or the overview.
pub fn run(args: &StatusArgs, context: &Context) -> Result<u8, Failure> {
    let host = context.host()?;
    match host.task_if_meant(args.target.as_deref())? {
        Some(task) => {
            let detail = task.detail()?;
            if context.out.is_json() { context.out.json(&detail)? } else { print(&detail, context)? }
        }
        None => overview(host, context)?,
    }
    Ok(0)
}

fn overview(host: &dyn Host, context: &Context) -> Result<(), Failure> {
    let out = &context.out;
    let list = host.list(&ListQuery::default())?;
    let inbox = host.inbox(false)?;
    let mut counts = std::collections::BTreeMap::new();
    for task in &list.tasks {
        *counts.entry(task.status.as_str()).or_insert(0) += 1;
    }
    let active: Vec<TaskView> = list.tasks.into_iter().filter(|task| !task.status.is_ended()).collect();
    if out.is_json() {
        let root = host.root_path()?;
        return out.json(&Overview { root, counts, needs_you: &inbox, active: &active });
    }
    let words: Vec<String> = TaskStatus::all()
        .filter_map(|status| {
            let (sign, colour) = style::task_status(status);
            let count = counts.get(status.as_str())?;
            Some(out.paint(colour, format_args!("{sign} {count} {}", show::short(status))))
        })
        .collect();
    out.line(if words.is_empty() { "no tasks yet".to_owned() } else { words.join("   ") })?;
    if !inbox.is_empty() {
        out.line(out.paint(style::NEEDS, format_args!("\n{} need you:", inbox.len())))?;
        super::inbox::print_items(&inbox, context)?;
    }
    if !active.is_empty() {
        out.line("")?;
        task_table(&active, context).print(out)?;
    }
    Ok(())
}

/// The whole task as a page.
fn print(detail: &TaskDetail, context: &Context) -> Result<(), Failure> {
    let (out, now) = (&context.out, context.now());
    headline(detail, now, out)?;
    if !detail.task.title.is_empty() {
        out.line(format_args!("  {}", out.safe(&detail.task.title)))?;
    }
    out.line("")?;
    for (label, value) in facts(detail, now, out) {
        out.line(format_args!("  {} {value}", out.paint(style::DIM, format_args!("{label:<9}"))))?;
    }
    if !detail.run_list.is_empty() {
        out.line("")?;
        run_table(&detail.run_list, context, false).print(out)?;
    }
    for item in &detail.damaged {
        out.line(
            out.paint(style::BAD, format_args!("! damaged: {}: {}", item.name, out.safe(&item.reason))),
        )?;
    }
    if let Some(question) = &detail.question {
        out.line("")?;
        show::question(out, question, now).iter().try_for_each(|line| out.line(line))?;
    }
    print_hint(detail, out)
}

fn headline(detail: &TaskDetail, now: Timestamp, out: &Out) -> Result<(), Failure> {
    let task = &detail.task;
    let (sign, colour) = style::task_status(task.status);
    let mut words = task.status.words().to_owned();
    if let Some(reason) = &task.reason {
        words.push_str(&format!(": {}", out.safe(reason)));
    }
    let span = show::span(task, now).map(|span| format!("  {span}")).unwrap_or_default();
    out.line(format_args!(
        "{} {}  {}{}",
        out.paint(colour, sign),
        out.paint(style::HEAD, show::slug(&task.task)),
        out.paint(colour, words),
        out.paint(style::DIM, span)
    ))
}

/// Label and value of what is known.
fn facts(detail: &TaskDetail, now: Timestamp, out: &Out) -> Vec<(&'static str, String)> {
    let task = &detail.task;
    let mut facts = vec![("task", format!("{}/{}", task.project, task.task))];
    if let Some(agent) = &task.agent {
        let model = detail.model.as_ref().map(|model| format!(" ({model})")).unwrap_or_default();
        facts.push(("agent", format!("{agent}{model}")));
    }
    if let Some(access) = task.access {
        facts.push(("access", format!("{access}: {}", access.describe())));
    }
    facts.push(("works in", detail.cwd.clone()));
    facts.push(("files", detail.path.clone()));
    if let Some(pid) = detail.supervisor_pid {
        facts.push(("owner", format!("supervisor {pid}, alive")));
    }
    facts.push(("used", used(detail)));
    if !detail.depends_on.is_empty() {
        facts.push(("after", detail.depends_on.join(", ")));
    }
    if !detail.children.is_empty() {
        let children = detail.children.iter().map(|child| {
            let (sign, colour) = style::task_status(child.status);
            format!("{} {}", out.paint(colour, sign), show::slug(&child.task))
        });
        facts.push(("children", children.collect::<Vec<_>>().join("  ")));
    }
    if let Some(at) = detail.wake_at.filter(|_| !task.status.is_ended()) {
        facts.push(("goes on", time::clock(at, now)));
    }
    if let Some(stop) = &detail.stop {
        facts.push(("stopped", show::evidence(stop)));
    }
    // Beside its status, it is shown already.
    let error = detail.error.iter().filter(|error| Some(&error.message) != task.reason.as_ref());
    facts.extend(error.map(|error| ("error", out.paint(style::BAD, out.safe(&error.message)))));
    facts.extend(detail.warnings.iter().map(|words| ("warning", out.paint(style::NEEDS, out.safe(words)))));
    facts
}

fn used(detail: &TaskDetail) -> String {
    let runs = detail.run_list.len();
    let mut parts = vec![format!("{runs} run{}", if runs == 1 { "" } else { "s" })];
    parts.extend(show::usage(&detail.spend));
    if detail.failures.used > 0 {
        let of = detail.failures.of.map(|limit| format!(" of {limit}")).unwrap_or_default();
        parts.push(format!("{}{of} failures in a row", detail.failures.used));
    }
    parts.join(", ")
}

/// What a person would do next.
fn print_hint(detail: &TaskDetail, out: &Out) -> Result<(), Failure> {
    match &detail.next {
        Some(next) if out.is_terminal() => {
            out.line(format_args!("\n{} {}", out.paint(style::HINT, "hint:"), out.safe(next)))
        }
        _ => Ok(()),
    }
}
