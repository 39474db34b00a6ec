//! `output`: what an agent wrote.

use clap::Args;

/// Show what a task's agent wrote
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct OutputArgs {
    /// Task; else that of the current folder
    #[arg(value_name = "TASK")]
    pub target: Option<String>,
    /// Run; else the last one
    #[arg(long, value_name = "RUN")]
    pub run: Option<String>,
    /// Which file
    #[arg(long, value_name = "FILE", default_value = "output")]
    #[arg(value_parser = ["output", "stdout", "stderr", "prompt", "events"])]
    pub file: String,
    /// Only the last N lines
    #[arg(long, short = 'n', value_name = "N")]
    pub tail: Option<usize>,
    /// Go on until the run ends
    #[arg(long, short)]
    pub follow: bool,
    /// Bytes as they are, control sequences included
    #[arg(long)]
    pub raw: bool,
}

const EXAMPLES: &str = "\
Examples:
  run-agent output fix-login
  run-agent output fix-login --file stdout --follow
  run-agent output fix-login --file stderr --tail 20";
