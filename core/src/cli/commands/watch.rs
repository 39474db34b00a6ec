//! `watch`: follows a task until it ends.

use std::time::{Duration, Instant};

use clap::Args;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::live::{self, Until};
use crate::cli::parse;

/// Follow a task until it ends; without a task, everything that happens
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct WatchArgs {
    /// Task; else that of the current folder, else all tasks until Ctrl-C
    #[arg(value_name = "TASK")]
    pub target: Option<String>,
    /// Return after so much time with 7
    #[arg(long, value_name = "TIME", value_parser = parse::duration)]
    pub timeout: Option<Duration>,
}

const EXAMPLES: &str = "\
Examples:
  run-agent watch fix-login
  run-agent watch fix-login --timeout 10m && run-agent output fix-login
  run-agent watch --json | jq -r .what

Ends with: 0 completed, 1 failed, 5 stopped, 6 timed out, 7 interrupted or time is over.";

/// Follows.
pub fn run(args: &WatchArgs, context: &Context) -> Result<u8, Failure> {
    let deadline = args.timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    let until = deadline.map_or(Until::Ended, Until::Time);
    match context.host()?.task_if_meant(args.target.as_deref())? {
        Some(task) => live::follow(context, &*task, &until, false),
        None => live::follow_all(context, &until),
    }
}
