//! `pause`: holds a task.

use clap::Args;

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
