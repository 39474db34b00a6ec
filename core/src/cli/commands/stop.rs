//! `stop`: ends a task and makes sure that nothing of it is left.

use clap::Args;
use serde::Serialize;

use crate::api::ErrorCode;
use crate::api::steer::StopOutcome;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::{Out, show, style};
use crate::model::TaskStatus;
use crate::model::task::StopEvidence;
use crate::store::TaskDir;

/// Stop a task, its processes and its child tasks, and check that nothing is left
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct StopArgs {
    /// Tasks; else that of the current folder
    #[arg(value_name = "TASK")]
    pub targets: Vec<String>,
    /// Kill at once, without time to end
    #[arg(long, short)]
    pub force: bool,
    /// Why; recorded and shown
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  run-agent stop fix-login
  run-agent stop fix-login --reason \"wrong branch\"
  run-agent stop fix-login release-notes --force";

/// The JSON of `stop`.
#[derive(Serialize)]
struct Document {
    stopped: Vec<Stopped>,
}

#[derive(Serialize)]
struct Stopped {
    project: String,
    task: String,
    status: TaskStatus,
    evidence: StopEvidence,
    children: Vec<Stopped>,
    /// What was damaged, and how it was put right.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

/// Stops them one after the other; each returns when it is verified.
pub fn run(args: &StopArgs, context: &Context) -> Result<u8, Failure> {
    let (app, out) = (context.app()?, &context.out);
    let mut stopped = Vec::new();
    let mut verified = true;
    for task in app.tasks(&args.targets)? {
        let outcome = app.stop(&task, args.force, args.reason.clone())?;
        context.warn(&outcome.notes);
        verified &= outcome.is_verified();
        stopped.push(document(&task, outcome));
        if !out.is_json() {
            stopped.last().into_iter().try_for_each(|one| print(one, 0, out))?;
        }
    }
    if out.is_json() {
        out.json(&Document { stopped })?;
    }
    Ok(if verified { 0 } else { ErrorCode::StopIncomplete.exit_code() })
}

fn document(task: &TaskDir, outcome: StopOutcome) -> Stopped {
    let children = outcome.children.into_iter().map(|child| Stopped {
        project: child.project.to_string(),
        task: child.task.to_string(),
        status: child.status,
        evidence: child.evidence,
        children: Vec::new(),
        notes: Vec::new(),
    });
    Stopped {
        project: task.project().to_string(),
        task: task.id().to_string(),
        status: outcome.status,
        evidence: outcome.evidence,
        children: children.collect(),
        notes: outcome.notes,
    }
}

fn print(stopped: &Stopped, depth: usize, out: &Out) -> Result<(), Failure> {
    let (sign, colour) =
        if stopped.evidence.left.is_empty() { ("✓", style::GOOD) } else { ("✗", style::BAD) };
    let name = out.paint(style::NAME, show::slug(&stopped.task));
    let words = format!("{}: {}", stopped.status.words(), show::evidence(&stopped.evidence));
    out.line(format_args!("{:depth$}{} {name} {words}", "", out.paint(colour, sign)))?;
    stopped.children.iter().try_for_each(|child| print(child, depth + 2, out))
}
