//! `takeover`: a person goes on in the agent's own session.

use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use crate::agent::quote;
use crate::api::steer::TakeoverOutcome;
use crate::api::{ApiError, ErrorCode};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::{Out, style};
use crate::cli::parse;
use crate::model::TaskStatus;
use crate::store::TaskDir;

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
    /// Give up waiting for the turn's end after so long; the pause stays asked for
    #[arg(long, value_name = "TIME", value_parser = parse::duration, default_value = "10m")]
    pub wait: Duration,
}

const EXAMPLES: &str = "\
Examples:
  run-agent takeover fix-login
  run-agent takeover fix-login --open
  run-agent resume fix-login              hands it back";

/// The JSON of `takeover`.
#[derive(Serialize)]
struct Document<'a> {
    status: TaskStatus,
    cwd: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<&'a [String]>,
}

/// Pauses the task after its turn and tells how to go on, or goes on.
pub fn run(args: &TakeoverArgs, context: &Context) -> Result<u8, Failure> {
    let (app, out) = (context.app()?, &context.out);
    let task = app.task(args.target.as_deref())?;
    let slug = task.id().slug();
    if out.is_terminal() {
        out.line(out.paint(style::DIM, format_args!("waits until the turn of {slug} has ended…")))?;
        out.flush()?;
    }
    let taken = app.takeover(&task, args.wait)?;
    if args.open {
        return Err(open(&taken).into());
    }
    if out.is_json() {
        out.json(&Document {
            status: taken.status,
            cwd: &taken.cwd,
            agent: taken.agent.as_deref(),
            session: taken.session.as_deref(),
            command: taken.command.as_deref(),
        })?;
        return Ok(0);
    }
    print(&taken, &task, out)?;
    Ok(0)
}

fn print(taken: &TakeoverOutcome, task: &TaskDir, out: &Out) -> Result<(), Failure> {
    let slug = task.id().slug();
    out.line(format_args!(
        "{} {slug} is {}; its session is yours:",
        out.paint(style::GOOD, "✓"),
        taken.status.words()
    ))?;
    match command_line(taken) {
        Some(line) => out.line(format_args!("  {}", out.paint(style::COMMAND, line)))?,
        None => {
            out.line(format_args!("  its agent has no session to go on in; its folder is {}", taken.cwd))?
        }
    }
    let name = task.shortest_name();
    out.line(format_args!("  {} run-agent resume {name}", out.paint(style::DIM, "hand back:")))
}

/// What a person types to go on in the session.
fn command_line(taken: &TakeoverOutcome) -> Option<String> {
    let words: Vec<_> = taken.command.as_ref()?.iter().map(|word| quote(word).into_owned()).collect();
    Some(format!("cd {} && {}", quote(&taken.cwd), words.join(" ")))
}

/// Becomes the agent; returns only when that fails.
fn open(taken: &TakeoverOutcome) -> ApiError {
    let Some((program, arguments)) = taken.command.as_ref().and_then(|command| command.split_first()) else {
        return ApiError::new(ErrorCode::Agent, "its agent has no session that can be opened")
            .with_hint(format_args!("its folder is {}", taken.cwd));
    };
    let error = Command::new(program).args(arguments).current_dir(&taken.cwd).exec();
    ApiError::io(format_args!("open the session with {program}"), &error)
}
