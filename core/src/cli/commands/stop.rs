//! `stop`: ends a task and makes sure that nothing of it is left.

use clap::Args;

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
