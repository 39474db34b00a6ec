//! `answer`: the person's word to an open question.

use clap::Args;

/// Answer a task's open question
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, allow_missing_positional = true)]
pub struct AnswerArgs {
    /// Task; may be left out where just one waits for an answer
    #[arg(value_name = "TASK")]
    pub target: Option<String>,
    /// The answer, or the number of a choice; `-` reads it from the standard input
    #[arg(value_name = "ANSWER")]
    pub answer: String,
    /// The question that is meant; else the open one
    #[arg(long, value_name = "MSG")]
    pub question: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  run-agent answer fix-login yes
  run-agent answer fix-login 2            the second choice
  run-agent answer \"use the staging database\"";
