//! `list`: tasks or runs, newest first.

use clap::Args;

/// List tasks, newest first
///
/// What claims to be alive was checked against its lock.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ListArgs {
    /// Runs instead of tasks
    #[arg(long)]
    pub runs: bool,
    /// Only those in this status: running, waiting_answer, failed, … (repeatable)
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    pub status: Vec<String>,
    /// Only those that have not ended
    #[arg(long, conflicts_with = "status")]
    pub active: bool,
    /// At most so many; on a terminal 50 unless said
    #[arg(long, short = 'n', value_name = "N")]
    pub limit: Option<usize>,
    /// All projects, also inside a project's folder
    #[arg(long, short, conflicts_with = "project")]
    pub all: bool,
}

const EXAMPLES: &str = "\
Examples:
  run-agent list --active
  run-agent list --project webshop --status failed,timed_out
  run-agent list --runs -n 10 --json";
