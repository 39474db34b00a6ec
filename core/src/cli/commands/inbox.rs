//! `inbox`: what needs a person.

use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use crate::api::dto::{AttentionItem, AttentionKind};
use crate::api::requests::Handle;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::{Out, show, style, time};
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
  run-agent inbox --snooze question-3f9a01cc --for 2h
  run-agent inbox --archive failure-77b0e2d1";

/// The JSON of `inbox`.
#[derive(Serialize)]
struct Document<'a> {
    items: &'a [AttentionItem],
}

/// Handles what was named, else prints the list.
pub fn run(args: &InboxArgs, context: &Context) -> Result<u8, Failure> {
    let (host, out) = (context.host()?, &context.out);
    let named = |ids: &[String], handling| ids.iter().map(|id| (id.clone(), handling)).collect::<Vec<_>>();
    let mut handled = named(&args.seen, Handle::Seen {});
    handled.extend(named(&args.snooze, Handle::Snooze { seconds: args.span.as_secs() }));
    handled.extend(named(&args.archive, Handle::Archive {}));
    let mut items = Vec::new();
    for (id, handling) in &handled {
        items.push(host.handle(id, *handling)?);
    }
    if handled.is_empty() {
        items = host.inbox(args.all)?;
    }
    if out.is_json() {
        out.json(&Document { items: &items })?;
    } else if !handled.is_empty() {
        items
            .iter()
            .try_for_each(|item| out.line(format_args!("{} {}", out.paint(style::GOOD, "✓"), item.id)))?;
    } else if items.is_empty() && out.is_terminal() {
        out.line(out.paint(style::DIM, "nothing needs you"))?;
    } else {
        print_items(&items, context)?;
    }
    Ok(0)
}

/// Items, two or three lines each; in a pipe: kind, id, task, since, text.
pub fn print_items(items: &[AttentionItem], context: &Context) -> Result<(), Failure> {
    let (out, now) = (&context.out, context.now());
    for item in items {
        if !out.is_terminal() {
            let task = format!("{}/{}", item.project, item.task);
            out.line(
                [item.kind.as_str(), &item.id, &task, &item.since.to_string(), &out.safe(&item.text)]
                    .join("\t"),
            )?;
            continue;
        }
        let (sign, colour) = look(item.kind);
        let age = out.paint(style::DIM, format_args!("{}  {}", time::ago(item.since, now), item.id));
        let name = out.paint(style::NAME, show::slug(&item.task));
        out.line(format_args!("{} {name}  {}  {age}", out.paint(colour, sign), out.safe(&item.text)))?;
        if let Some(choices) = choices(item, now, out) {
            out.line(format_args!("    {choices}"))?;
        }
        out.line(format_args!("    {}", out.paint(style::DIM, &item.hint)))?;
    }
    Ok(())
}

fn look(kind: AttentionKind) -> (&'static str, style::Style) {
    match kind {
        AttentionKind::Question | AttentionKind::Limit | AttentionKind::Review => ("?", style::NEEDS),
        AttentionKind::Stuck | AttentionKind::Interrupted => ("!", style::NEEDS),
        AttentionKind::Failure => ("✗", style::BAD),
    }
}

fn choices(item: &AttentionItem, now: Timestamp, out: &Out) -> Option<String> {
    let mut parts: Vec<String> = item
        .choices
        .iter()
        .enumerate()
        .map(|(index, choice)| format!("{} {}", index + 1, out.safe(choice)))
        .collect();
    if let (Some(default), Some(at)) = (&item.default, item.default_at) {
        let left = time::took(at.duration_since(now));
        parts.push(out.paint(style::DIM, format_args!("(`{}` in {left})", out.safe(default))));
    }
    (!parts.is_empty()).then(|| parts.join("   "))
}
