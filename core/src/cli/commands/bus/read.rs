//! `bus read` and `bus follow`.

use clap::Args;
use jiff::Timestamp;

use super::Which;
use crate::cli::parse;

/// Read messages
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ReadArgs {
    /// Only the last N
    #[arg(long, short = 'n', value_name = "N")]
    pub tail: Option<usize>,
    #[command(flatten)]
    pub filter: Filter,
    /// At most N
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Go on with what comes
    #[arg(long, short)]
    pub follow: bool,
}

/// Follow messages as they come
#[derive(Debug, Args)]
#[command(after_help = FOLLOW_EXAMPLES)]
pub struct FollowArgs {
    /// Begin with the last N
    #[arg(long, short = 'n', value_name = "N")]
    pub tail: Option<usize>,
    #[command(flatten)]
    pub filter: Filter,
}

/// Which messages.
#[derive(Debug, Args)]
pub struct Filter {
    /// Only what came after this message
    #[arg(long, value_name = "ID")]
    pub since: Option<String>,
    /// Only what came after this time: RFC 3339, or 15m for the last 15 minutes
    #[arg(long, value_name = "TIME", value_parser = parse::moment)]
    pub since_time: Option<Timestamp>,
    /// Only these types (repeatable, or separated by commas)
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',')]
    pub kinds: Vec<String>,
    /// Only what has this message as a parent
    #[arg(long, value_name = "ID")]
    pub parent: Option<String>,
    /// Only what this run posted
    #[arg(long, value_name = "RUN")]
    pub run: Option<String>,
    #[command(flatten)]
    pub which: Which,
}

const EXAMPLES: &str = "\
Examples:
  run-agent bus read --tail 20
  run-agent bus read --type QUESTION,ANSWER --since-time 2h
  run-agent bus read --since MSG-01JD8Z7W3QK5T9X2M4N6P8R0SA --json";

const FOLLOW_EXAMPLES: &str = "\
Examples:
  run-agent bus follow
  run-agent bus follow --on-project --type FACT --json";
