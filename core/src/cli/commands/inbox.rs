//! `inbox`: what needs a person.

use std::time::Duration;

use clap::Args;

use crate::cli::parse;

/// Show what needs you: questions, limits reached, failures, interrupted tasks
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct InboxArgs {
    /// Also what was snoozed or archived
    #[arg(long, short)]
    pub all: bool,
    /// Mark an item as seen
    #[arg(long, value_name = "ID")]
    pub seen: Vec<String>,
    /// Hide an item for a while
    #[arg(long, value_name = "ID")]
    pub snooze: Vec<String>,
    /// How long `--snooze` hides it
    #[arg(long = "for", value_name = "TIME", value_parser = parse::duration, default_value = "1h")]
    pub span: Duration,
    /// Put an item away for good
    #[arg(long, value_name = "ID")]
    pub archive: Vec<String>,
}

const EXAMPLES: &str = "\
Examples:
  run-agent inbox
  run-agent inbox --snooze q-01JD8Z7W --for 2h
  run-agent inbox --archive f-01JD8Z7W";
