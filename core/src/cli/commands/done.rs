//! `done`: the agent's word that the task is done.

use clap::Args;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::style;

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

/// Sets the marker.
pub fn run(args: &DoneArgs, context: &Context) -> Result<u8, Failure> {
    let (host, out) = (context.host()?, &context.out);
    let done = host.task(args.target.as_deref())?.done(args.message.clone())?;
    if out.is_json() {
        out.json(&done)?;
    } else {
        out.line(format_args!("{} {} is done", out.paint(style::GOOD, "✓"), done.task))?;
    }
    Ok(0)
}
