//! `status`: everything about one task, or an overview of the root.

use clap::Args;

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
  run-agent status fix-login --json | jq .status";
