//! `bus post`: one message, by a process that is as short as it can be.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser};

use super::Which;
use crate::cli::args::Common;
use crate::cli::parse;
use crate::model::Link;

/// Post a message
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct PostArgs {
    /// Type: PROGRESS, FACT, DECISION, ERROR, INFO, ISSUE, REVIEW or a word of your own
    #[arg(long = "type", value_name = "TYPE", default_value = "INFO")]
    pub kind: String,
    /// The text; else the standard input
    #[arg(long, value_name = "TEXT")]
    pub body: Option<String>,
    /// Message that this one follows from (repeatable); `ID:kind` says how
    #[arg(long, value_name = "ID")]
    pub parent: Vec<String>,
    /// Address that it refers to (repeatable); `label=address` names it
    #[arg(long, value_name = "URL", value_parser = parse::link)]
    pub link: Vec<Link>,
    /// A value beside the text (repeatable)
    #[arg(long, value_name = "KEY=VALUE", value_parser = parse::meta)]
    pub meta: Vec<(String, serde_json::Value)>,
    /// A file to be copied beside the bus (repeatable)
    #[arg(long, value_name = "FILE")]
    pub attach: Vec<PathBuf>,
    /// Return only when the message is on disk
    #[arg(long)]
    pub sync: bool,
    #[command(flatten)]
    pub which: Which,
}

const EXAMPLES: &str = "\
Examples:
  run-agent bus post --type PROGRESS --body \"login works, tests are next\"
  run-agent bus post --type FACT --on-project < findings.md
  run-agent bus post --type REVIEW --body \"fine\" --parent MSG-01JD8Z7W3QK5T9X2M4N6P8R0SA:reviews";

/// The grammar of `bus post` alone.
#[derive(Debug, Parser)]
#[command(name = "run-agent bus post", disable_help_flag = true)]
struct QuickPost {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    post: PostArgs,
}

/// Posts without the other commands' grammar. None: let the whole grammar say what is wrong.
pub fn quick(arguments: &[OsString]) -> Option<ExitCode> {
    let quick = QuickPost::try_parse_from(arguments).ok()?;
    let _ = (quick.common, quick.post);
    None
}
