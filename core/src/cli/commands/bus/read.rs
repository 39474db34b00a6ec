//! `bus read` and `bus follow`.

use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use super::Which;
use crate::api::App;
use crate::api::messages::OpenBus;
use crate::bus::Query;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::{Out, message};
use crate::cli::parse;
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
    let (app, out) = (context.app()?, &context.out);
    let bus = app.bus(args.filter.which.on_project)?;
    let query = Query { last: args.tail, limit: args.limit, ..query(&args.filter) };
    if args.follow {
        return follow_from(&bus, &query, args.filter.since.as_deref(), app, out);
    }
    let messages = find(&bus, &query, args.filter.since.as_deref())?;
    if out.is_json() {
        out.json(&Document { messages: &messages, cursor: messages.last().map(|message| message.cursor) })?;
    } else {
        print(&messages, app, out)?;
    }
    Ok(0)
}

/// Prints what comes.
pub fn follow(args: &FollowArgs, context: &Context) -> Result<u8, Failure> {
    let app = context.app()?;
    let bus = app.bus(args.filter.which.on_project)?;
    let history = args.tail.or_else(|| args.filter.since.is_none().then_some(0));
    let query = Query { last: history, ..query(&args.filter) };
    follow_from(&bus, &query, args.filter.since.as_deref(), app, &context.out)
}

fn follow_from(
    bus: &OpenBus,
    query: &Query,
    since: Option<&str>,
    app: &App,
    out: &Out,
) -> Result<u8, Failure> {
    // The place is taken before what is there is read: what comes in between is shown once, by the follower.
    let end = bus.bus.end()?;
    let mut messages = if query.last == Some(0) { Vec::new() } else { find(bus, query, since)? };
    messages.retain(|message| message.cursor <= end);
    let mut follower = bus.bus.follow(end)?;
    loop {
        if out.is_json() {
            messages.iter().try_for_each(|message| out.json_line(message))?;
        } else {
            print(&messages, app, out)?;
            out.flush()?;
        }
        messages = follower.wait(WAIT)?;
        messages.retain(|message| query.matches(message));
    }
}

fn find(bus: &OpenBus, query: &Query, since: Option<&str>) -> Result<Vec<Message>, Failure> {
    match since {
        Some(since) => Ok(bus.after(since, query)?),
        None => Ok(bus.bus.read(query)?),
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

fn print(messages: &[Message], app: &App, out: &Out) -> Result<(), Failure> {
    let now = app.clock.now();
    messages.iter().try_for_each(|one| message::print(out, one, now))
}
