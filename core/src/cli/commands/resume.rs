//! `resume`: lets a paused or ended task go on.

use clap::Args;

use crate::api::requests::Resume;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::{show, style};

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

/// Lets it go on, in the background.
pub fn run(args: &ResumeArgs, context: &Context) -> Result<u8, Failure> {
    let (host, out) = (context.host()?, &context.out);
    let resumed = host.task(args.target.as_deref())?.resume(Resume { agent: args.agent.clone() })?;
    if out.is_json() {
        out.json(&resumed)?;
        return Ok(0);
    }
    let slug = show::slug(&resumed.task);
    let granted =
        resumed.granted.as_ref().map(|limit| format!("; {limit} is granted once more")).unwrap_or_default();
    out.line(format_args!(
        "{} {slug} goes on: {}{granted}",
        out.paint(style::GOOD, "✓"),
        resumed.status.words()
    ))?;
    if out.is_terminal() {
        let name = context.name_of(&resumed.project, &resumed.task);
        out.line(format_args!("  {} run-agent watch {name}", out.paint(style::DIM, "watch")))?;
    }
    Ok(0)
}
