//! `tell`: a person's word to the agent.

use std::path::PathBuf;

use clap::Args;

/// Tell a task's agent something
///
/// It reads it after this turn. With --now the turn is interrupted and the session goes on with it.
/// On a task that has ended it is a follow-up: same session, same folder, a new run.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, allow_missing_positional = true)]
pub struct TellArgs {
    /// Task; else that of the current folder
    #[arg(value_name = "TASK")]
    pub target: Option<String>,
    /// What to say; `-` reads it from the standard input
    #[arg(value_name = "TEXT")]
    pub text: String,
    /// Interrupt the turn and go on with it at once
    #[arg(long)]
    pub now: bool,
    /// A file to go with it (repeatable)
    #[arg(long, value_name = "FILE")]
    pub attach: Vec<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  run-agent tell fix-login \"The test user is alice\"
  run-agent tell fix-login --now \"Stop: leave the schema alone\"
  run-agent tell fix-login \"It should look like this\" --attach mock.png";
