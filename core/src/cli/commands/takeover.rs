//! `takeover`: a person goes on in the agent's own session.

use clap::Args;

/// Take over an agent's session in your own terminal
///
/// Pauses the task after the agent's turn, then prints the folder and the agent's own command that
/// resumes the session. `run-agent resume` hands it back.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct TakeoverArgs {
    /// Task; else that of the current folder
    #[arg(value_name = "TASK")]
    pub target: Option<String>,
    /// Open the session in this terminal instead of printing the command
    #[arg(long)]
    pub open: bool,
}

const EXAMPLES: &str = "\
Examples:
  run-agent takeover fix-login
  run-agent takeover fix-login --open
  run-agent resume fix-login              hands it back";
