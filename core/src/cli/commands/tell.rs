//! `tell`: a person's word to the agent.

use std::path::PathBuf;

use clap::Args;

use super::create::read_stdin;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::{show, style};

/// Tell a task's agent something
///
/// It reads it after this turn. With --now the turn is interrupted and the session goes on with it; that
/// of a paused task when it is resumed.
/// On a task that has ended it is a follow-up: same session, same folder, a new run.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, override_usage = "run-agent tell [OPTIONS] [TASK] <TEXT>")]
pub struct TellArgs {
    #[command(flatten)]
    pub words: TaskAndText,
    /// Interrupt the turn and go on with it at once
    #[arg(long)]
    pub now: bool,
    /// A file to go with it (repeatable)
    #[arg(long, value_name = "FILE")]
    pub attach: Vec<PathBuf>,
}

/// A task that may be left out, then a text. Options may stand between them, which clap's
/// `allow_missing_positional` does not take.
#[derive(Debug, Args)]
pub struct TaskAndText {
    /// The task, or the text where no task needs to be named; `-` reads the text from the standard input
    #[arg(value_name = "TASK_OR_TEXT")]
    first: String,
    /// The text, where a task is named
    #[arg(value_name = "TEXT")]
    second: Option<String>,
}

impl TaskAndText {
    /// The task where it was named, and the text.
    pub fn split(&self) -> (Option<&str>, &str) {
        match &self.second {
            Some(text) => (Some(&self.first), text),
            None => (None, &self.first),
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  run-agent tell fix-login \"The test user is alice\"
  run-agent tell fix-login --now \"Stop: leave the schema alone\"
  run-agent tell fix-login \"It should look like this\" --attach mock.png";

/// Posts it.
pub fn run(args: &TellArgs, context: &Context) -> Result<u8, Failure> {
    let (host, out) = (context.host()?, &context.out);
    let (target, text) = args.words.split();
    let task = host.task(target)?;
    let text = if text == "-" { read_stdin()? } else { text.to_owned() };
    let told = task.tell(&text, args.now, &args.attach)?;
    let words = match told.read.as_str() {
        "next_turn" => "reads it in its next turn",
        "now" => "is interrupted and goes on with it",
        "on_resume" if args.now => {
            "is paused: its turn is interrupted, and it goes on with it, when it is resumed"
        }
        "on_resume" => "is paused: reads it in its next turn after that",
        _ => "had ended and goes on with it",
    };
    if out.is_json() {
        out.json(&told)?;
    } else {
        out.line(format_args!("{} {} {words}", out.paint(style::GOOD, "✓"), show::slug(&told.task)))?;
    }
    Ok(0)
}
