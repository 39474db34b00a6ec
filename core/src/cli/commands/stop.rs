//! `stop`: ends a task and makes sure that nothing of it is left.

use clap::Args;
use serde::Serialize;

use crate::api::ErrorCode;
use crate::api::outcome::StoppedView;
use crate::api::requests::Stop;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::{Out, show, style};

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
    stopped: Vec<StoppedView>,
}

/// Stops them one after the other; each returns when it is verified.
pub fn run(args: &StopArgs, context: &Context) -> Result<u8, Failure> {
    let (host, out) = (context.host()?, &context.out);
    let mut stopped = Vec::new();
    let mut verified = true;
    for task in host.tasks(&args.targets)? {
        let outcome = task.stop(Stop { force: args.force, reason: args.reason.clone() })?;
        context.warn(&outcome.notes);
        verified &= outcome.is_verified();
        stopped.push(outcome);
        if !out.is_json() {
            stopped.last().into_iter().try_for_each(|one| print(one, 0, out))?;
        }
    }
    if out.is_json() {
        out.json(&Document { stopped })?;
    }
    Ok(if verified { 0 } else { ErrorCode::StopIncomplete.exit_code() })
}

fn print(stopped: &StoppedView, depth: usize, out: &Out) -> Result<(), Failure> {
    let (sign, colour) =
        if stopped.evidence.left.is_empty() { ("✓", style::GOOD) } else { ("✗", style::BAD) };
    let name = out.paint(style::NAME, show::slug(&stopped.task));
    let words = format!("{}: {}", stopped.status.words(), show::evidence(&stopped.evidence));
    out.line(format_args!("{:depth$}{} {name} {words}", "", out.paint(colour, sign)))?;
    stopped.children.iter().try_for_each(|child| print(child, depth + 2, out))
}
