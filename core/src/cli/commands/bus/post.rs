//! `bus post`: one message, by a process that is as short as it can be.

use std::ffi::OsString;
use std::io::{IsTerminal, Read};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser};

use super::{Which, plain};
use crate::api::ApiError;
use crate::api::requests::Post;
use crate::bus::MAX_BODY;
use crate::cli::args::Common;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::{finish, parse};
use crate::model::{Link, MessageKind, Parent};

/// Post a message
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct PostArgs {
    /// Type: PROGRESS, FACT, DECISION, ERROR, INFO, ISSUE, REVIEW or a word of your own
    #[arg(long = "type", value_name = "TYPE", default_value = MessageKind::INFO)]
    pub kind: String,
    /// The text; else the standard input
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub body: Option<String>,
    /// Message that this one follows from (repeatable); `ID:kind` says how
    #[arg(long, value_name = "ID", value_parser = parse::parent)]
    pub parent: Vec<Parent>,
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

/// Posts without the other commands' grammar, and without any where the options are plain. None: let
/// the whole grammar say what is wrong.
pub fn quick(arguments: &[OsString]) -> Option<ExitCode> {
    let (common, post) = plain::read(&arguments[1..]).or_else(|| grammar(arguments))?;
    let context = Context::new(common);
    let result = run(&post, &context);
    Some(finish(&context.out, result))
}

/// The options of `bus post` by its grammar; the first argument is the command's name.
pub(super) fn grammar(arguments: &[OsString]) -> Option<(Common, PostArgs)> {
    let quick = QuickPost::try_parse_from(arguments).ok()?;
    Some((quick.common, quick.post))
}

/// Posts, and prints the message's id.
pub fn run(args: &PostArgs, context: &Context) -> Result<u8, Failure> {
    let bus = context.host()?.bus(args.which.on_project)?;
    let post = Post {
        kind: args.kind.clone(),
        body: body(args)?,
        parents: args.parent.clone(),
        links: args.link.clone(),
        meta: args.meta.iter().cloned().collect(),
        run: None,
        sync: args.sync,
    };
    let posted = bus.post(post, &args.attach)?;
    if context.out.is_json() {
        context.out.json(&posted)?
    } else {
        context.out.line(posted.msg_id)?
    }
    Ok(0)
}

fn body(args: &PostArgs) -> Result<String, ApiError> {
    let text = match &args.body {
        Some(body) => body.clone(),
        None => piped()?,
    };
    // What is attached may speak for itself; nothing at all is a mistake, such as a pipe that broke.
    if text.trim().is_empty() && args.attach.is_empty() { Err(no_text()) } else { Ok(text) }
}

fn no_text() -> ApiError {
    ApiError::usage("the message has no text").with_hint("say it with --body \"…\", or pipe it in")
}

/// The standard input.
fn piped() -> Result<String, ApiError> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return Err(no_text());
    }
    let mut bytes = Vec::new();
    let limit = MAX_BODY as u64 + 1;
    stdin
        .lock()
        .take(limit)
        .read_to_end(&mut bytes)
        .map_err(|error| ApiError::io("read the text", &error))?;
    String::from_utf8(bytes).map_err(|_| {
        ApiError::usage("the text is not UTF-8").with_hint("--attach FILE copies any file beside the bus")
    })
}
