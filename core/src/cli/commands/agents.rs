//! `agents`: which agents can be used here.

use clap::Args;

/// Show the agents that can be used here: path, version, logged in or not
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct AgentsArgs {}

const EXAMPLES: &str = "\
Examples:
  run-agent agents
  run-agent agents --json";
