//! `job`: one run of an agent.

use clap::Args;

use super::create::{self, CreateArgs};
use crate::api::requests::NewTask;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::model::Workflow;

/// Have an agent do one run, without the loop
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct JobArgs {
    #[command(flatten)]
    pub create: CreateArgs,
}

const EXAMPLES: &str = "\
Examples:
  run-agent job \"Explain what src/main.rs does\" --access read
  run-agent job --agent perplexity \"Which TLS versions does nginx 1.28 enable?\"
  run-agent output            shows the answer again

Ends with: 0 completed, 1 failed, 5 stopped, 6 timed out, 7 waits or interrupted.";

/// Makes the task and starts it.
pub fn run(args: &JobArgs, context: &Context) -> Result<u8, Failure> {
    let new = NewTask { workflow: Workflow::Once, ..args.create.new_task()? };
    create::start(new, args.create.detach, context)
}
