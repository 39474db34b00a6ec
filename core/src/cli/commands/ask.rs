//! `ask`: a question to the person.

use std::time::Duration;

use clap::Args;

use super::create::read_stdin;
use crate::api::requests::Ask;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::live::STILL_WAITING;
use crate::cli::parse;

/// Ask the person something (called by the agent that works on the task)
///
/// Without --wait the agent should end its turn: the task waits for the answer without using a slot,
/// and the agent's session goes on with it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct AskArgs {
    /// The question; `-` reads it from the standard input
    #[arg(value_name = "QUESTION")]
    pub question: String,
    /// An answer to choose from (repeatable)
    #[arg(long, value_name = "TEXT")]
    pub choice: Vec<String>,
    /// What is answered when nobody does
    #[arg(long, value_name = "TEXT", requires = "after")]
    pub default: Option<String>,
    /// When the default takes effect
    #[arg(long, value_name = "TIME", value_parser = parse::duration, requires = "default")]
    pub after: Option<Duration>,
    /// Wait so long for the answer and print it; 7 when none came
    #[arg(long, value_name = "TIME", value_parser = parse::duration)]
    pub wait: Option<Duration>,
}

const EXAMPLES: &str = "\
Examples:
  run-agent ask \"Drop support for Node 18?\" --choice yes --choice no --default no --after 30m
  run-agent ask \"Which database may I use for the test?\" --wait 60s";

/// Posts the question; prints the answer where it came in time.
pub fn run(args: &AskArgs, context: &Context) -> Result<u8, Failure> {
    let (host, out) = (context.host()?, &context.out);
    let seconds = |span: Option<Duration>| span.map(|span| span.as_secs());
    let question = Ask {
        question: if args.question == "-" { read_stdin()? } else { args.question.clone() },
        choices: args.choice.clone(),
        default: args.default.clone(),
        after_seconds: seconds(args.after),
        wait_seconds: seconds(args.wait),
        run: None,
    };
    let asked = host.task(None)?.ask(question)?;
    if out.is_json() {
        out.json(&asked)?;
    } else {
        out.line(asked.answer.as_ref().or(asked.next.as_ref()).map_or("", String::as_str))?;
    }
    Ok(if args.wait.is_some() && asked.answer.is_none() { STILL_WAITING } else { 0 })
}
