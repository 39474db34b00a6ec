//! `done`: the agent's word that the task is done.

use clap::Args;

/// Say that the task is done (called by the agent that works on it)
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct DoneArgs {
    /// Task; else that of the calling run
    #[arg(value_name = "TASK")]
    pub target: Option<String>,
    /// One line on what was done
    #[arg(long, short = 'm', value_name = "TEXT")]
    pub message: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  run-agent done
  run-agent done -m \"login works, 14 tests pass\"

The same as writing the file DONE into the task's folder.";
