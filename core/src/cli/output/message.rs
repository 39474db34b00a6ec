//! How messages look.

use jiff::Timestamp;

use super::{Out, style, time};
use crate::cli::failure::Failure;
use crate::model::{Message, MessageKind};

/// One message: a head line and its body, indented.
pub fn print(out: &Out, message: &Message, now: Timestamp) -> Result<(), Failure> {
    let kind = out.safe(message.kind.as_str());
    let head = if out.is_terminal() {
        let at = message.ts.map(|at| time::clock(at, now)).unwrap_or_default();
        let by = message.run_id.as_deref().map(|run| format!("run {}", tail(run))).unwrap_or_default();
        let details = out.paint(style::DIM, format_args!("{at}  {by}"));
        format!("{} {}", out.paint(colour(&message.kind), kind), details.trim_end())
    } else {
        let at = message.ts.map(|at| at.to_string()).unwrap_or_default();
        [message.msg_id.as_deref().unwrap_or("-"), &at, &kind].join(" ")
    };
    out.line(head)?;
    for line in message.body.lines() {
        out.line(format_args!("  {}", out.safe_line(line)))?;
    }
    for link in &message.links {
        let label = link.label.as_deref().unwrap_or("link");
        let words = format!("  → {}: {}", out.safe(label), out.safe(&link.url));
        out.line(out.paint(style::DIM, words))?;
    }
    Ok(())
}

fn tail(run: &str) -> &str {
    run.get(run.len().saturating_sub(8)..).unwrap_or(run)
}

fn colour(kind: &MessageKind) -> style::Style {
    match kind.as_str() {
        MessageKind::ERROR | MessageKind::RUN_CRASH => style::ERROR,
        MessageKind::QUESTION | MessageKind::ANSWER | MessageKind::USER => style::NEEDS,
        MessageKind::RUN_START | MessageKind::RUN_STOP => style::DIM,
        MessageKind::TASK_DONE => style::GOOD,
        _ => style::NAME,
    }
}
