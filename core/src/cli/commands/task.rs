//! `task`: an agent works on it until it is really done.

use clap::Args;

use super::create::{self, CreateArgs, LIMITS};
use crate::api::requests::{NewLimits, NewTask};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::model::Workflow;
use crate::model::task::Continuation;

/// Have an agent work on something until it is really done
///
/// Runs the agent again and again until it says DONE (the Ralph loop), in the foreground with live
/// progress, or with --detach in the background. Ctrl-C stops the task and checks that nothing of it
/// is left; closing the terminal lets it go on.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct TaskArgs {
    #[command(flatten)]
    pub create: CreateArgs,
    /// Runs after the first before it gives up
    #[arg(long, help_heading = LIMITS, value_name = "N")]
    pub max_restarts: Option<u32>,
    /// Failed runs in a row before it gives up
    #[arg(long, help_heading = LIMITS, value_name = "N")]
    pub max_failures: Option<u32>,
    /// Continue the agent's session in each turn instead of starting fresh
    #[arg(long)]
    pub continue_session: bool,
    /// One more turn to gather what child tasks found, when DONE came before they ended
    #[arg(long)]
    pub gather: bool,
}

const EXAMPLES: &str = "\
Examples:
  run-agent task \"Fix the failing test in tests/login.rs\"
  run-agent task --agent codex --access edit --prompt-file plan.md --detach
  run-agent task --depends-on fix-login --wall-time 2h \"Write the release notes\"
  git diff | run-agent task -

Ends with: 0 completed, 1 failed, 5 stopped, 6 timed out, 7 waits or interrupted.";

/// Makes the task and starts it.
pub fn run(args: &TaskArgs, context: &Context) -> Result<u8, Failure> {
    let new = args.create.new_task()?;
    let continuation = if args.continue_session { Continuation::Session } else { Continuation::Fresh };
    let limits = NewLimits { max_restarts: args.max_restarts, max_failures: args.max_failures, ..new.limits };
    let new = NewTask { workflow: Workflow::Loop, continuation, gather: args.gather, limits, ..new };
    create::start(new, args.create.detach, context)
}
