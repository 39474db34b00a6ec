//! `bus read` and `bus follow`.

use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use super::Which;
use crate::bus::Query;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::message;
use crate::cli::parse;
use crate::host::HostBus;
use crate::model::{Cursor, Message, MessageKind};

/// How long one wait for messages takes; then the output is looked at again.
const WAIT: Duration = Duration::from_secs(60);

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
    /// Only what follows from this message
    #[arg(long, value_name = "ID")]
    pub parent: Option<String>,
    /// Only what this run posted
    #[arg(long, value_name = "RUN")]
    pub run: Option<String>,
    /// Only what refers to this address
    #[arg(long, value_name = "URL")]
    pub link: Option<String>,
    /// Only what has this value (repeatable)
    #[arg(long, value_name = "KEY=VALUE", value_parser = parse::pair)]
    pub meta: Vec<(String, String)>,
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

/// The JSON of `bus read`. With `--follow`, and for `bus follow`, each message is a line of its own.
#[derive(Serialize)]
struct Document<'a> {
    messages: &'a [Message],
    /// Where a reader stands that has seen all of them: `--since` takes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<Cursor>,
}

/// Prints what is there.
pub fn read(args: &ReadArgs, context: &Context) -> Result<u8, Failure> {
    let bus = context.host()?.bus(args.filter.which.on_project)?;
    let query = Query { last: args.tail, limit: args.limit, ..query(&args.filter) };
    if args.follow {
        return follow_from(&*bus, &query, args.filter.since.as_deref(), context);
    }
    let messages = bus.read(&query, args.filter.since.as_deref())?;
    if context.out.is_json() {
        let cursor = messages.last().map(|message| message.cursor);
        context.out.json(&Document { messages: &messages, cursor })?;
    } else {
        print(&messages, context)?;
    }
    Ok(0)
}

/// Prints what comes.
pub fn follow(args: &FollowArgs, context: &Context) -> Result<u8, Failure> {
    let bus = context.host()?.bus(args.filter.which.on_project)?;
    let history = args.tail.or_else(|| args.filter.since.is_none().then_some(0));
    let query = Query { last: history, ..query(&args.filter) };
    follow_from(&*bus, &query, args.filter.since.as_deref(), context)
}

fn follow_from(
    bus: &dyn HostBus,
    query: &Query,
    since: Option<&str>,
    context: &Context,
) -> Result<u8, Failure> {
    let mut reader = bus.follow(query, since)?;
    loop {
        let messages = reader.next(WAIT)?;
        if context.out.is_json() {
            messages.iter().try_for_each(|message| context.out.json_line(message))?;
        } else {
            print(&messages, context)?;
            context.out.flush()?;
        }
    }
}

fn query(filter: &Filter) -> Query {
    Query {
        kinds: filter.kinds.iter().map(|kind| MessageKind::from(kind.as_str())).collect(),
        parent: filter.parent.clone(),
        run: filter.run.clone(),
        link: filter.link.clone(),
        meta: filter.meta.clone(),
        since_time: filter.since_time,
        ..Query::default()
    }
}

fn print(messages: &[Message], context: &Context) -> Result<(), Failure> {
    let now = context.now();
    messages.iter().try_for_each(|one| message::print(&context.out, one, now))
}
