//! `pause`: holds a task.

use clap::Args;
use serde::Serialize;

use crate::api::outcome::PausedView;
use crate::api::requests::Pause;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::{show, style};
use crate::model::TaskStatus;

/// Pause a task: freeze its processes and the clocks of its limits
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct PauseArgs {
    /// Tasks; else that of the current folder
    #[arg(value_name = "TASK")]
    pub targets: Vec<String>,
    /// Let the agent end its turn first, and leave no process
    #[arg(long)]
    pub after_turn: bool,
    /// Why; recorded and shown
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  run-agent pause fix-login
  run-agent pause fix-login --after-turn
  run-agent resume fix-login";

/// The JSON of `pause`.
#[derive(Serialize)]
struct Document {
    paused: Vec<PausedView>,
}

/// Pauses them one after the other.
pub fn run(args: &PauseArgs, context: &Context) -> Result<u8, Failure> {
    let (host, out) = (context.host()?, &context.out);
    let mut paused = Vec::new();
    for task in host.tasks(&args.targets)? {
        let how = Pause { after_turn: args.after_turn, reason: args.reason.clone() };
        let outcome = task.pause(how)?;
        if !out.is_json() {
            let words = match outcome.status {
                TaskStatus::Paused => "is paused",
                _ => "pauses when its turn has ended",
            };
            let children = match outcome.children {
                0 => String::new(),
                1 => ", and its child task".to_owned(),
                more => format!(", and its {more} child tasks"),
            };
            let sign = out.paint(style::GOOD, "✓");
            out.line(format_args!("{sign} {} {words}{children}", show::slug(&outcome.task)))?;
        }
        paused.push(outcome);
    }
    if out.is_json() {
        out.json(&Document { paused })?;
    }
    Ok(0)
}
