//! `resume`: lets a paused or ended task go on.

use clap::Args;

/// Let a paused, stopped or ended task go on
///
/// Totals are kept; a limit that was exhausted is granted once more.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ResumeArgs {
    /// Task; else that of the current folder
    #[arg(value_name = "TASK")]
    pub target: Option<String>,
    /// Go on with another agent: a fresh session, given the diff and the last output
    #[arg(long, value_name = "NAME")]
    pub agent: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  run-agent resume fix-login
  run-agent resume fix-login --agent codex";
