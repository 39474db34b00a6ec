//! `recover`: puts right what a crash or a shutdown left.

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use crate::api::outcome::RecoveredView;
use crate::api::recover::{RecoveryView, SentView};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::{Out, show, style, time};

/// Go on after a crash or a reboot: adopt what lives, restart what was not stopped
///
/// Safe to run at any time and more than once.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct RecoverArgs {
    /// Take tasks that another pid namespace or machine owned as dead
    ///
    /// For a container's entry point, where the old container is known to be gone.
    #[arg(long)]
    pub assume_dead: bool,
}

const EXAMPLES: &str = "\
Examples:
  run-agent recover
  run-agent recover --root /srv/conductor/runs --assume-dead";

/// The JSON of `recover`.
#[derive(Serialize)]
struct Document {
    mended: bool,
    tasks: Vec<RecoveredView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhooks: Option<SentView>,
}

/// Recovers; 1 where a task could not be recovered.
pub fn run(args: &RecoverArgs, context: &Context) -> Result<u8, Failure> {
    let (host, out) = (context.host()?, &context.out);
    let RecoveryView { mended, tasks, problems, webhooks } = host.recover(args.assume_dead)?;
    context.warn(&problems);
    for task in &tasks {
        context.warn(&task.notes);
    }
    let refused = tasks.iter().any(|task| task.outcome == "refused");
    if out.is_json() {
        out.json(&Document { mended, tasks, webhooks })?;
        return Ok(u8::from(refused));
    }
    if mended {
        let (sign, root) = (out.paint(style::GOOD, "✓"), host.root_path()?);
        out.line(format_args!("{sign} {root} has its .conductor/root.yaml and state/live again"))?;
    }
    print(&tasks, out)?;
    if let Some(sent) = webhooks.filter(|sent| !sent.is_nothing()) {
        out.line(sent_words(&sent, context.now(), out))?;
    }
    Ok(u8::from(refused))
}

/// What became of the outbox, in words.
fn sent_words(report: &SentView, now: Timestamp, out: &Out) -> String {
    let counts = [("sent", report.delivered), ("given up", report.failed), ("waiting", report.waiting)];
    let counts = counts.iter().filter(|(_, count)| *count > 0);
    let words: Vec<String> = counts.map(|(word, count)| format!("{count} {word}")).collect();
    let next = report.next_at.map(|at| format!(", next at {}", time::clock(at, now))).unwrap_or_default();
    let (sign, colour) = if report.failed > 0 { ("✗", style::BAD) } else { ("✓", style::GOOD) };
    format!("{} webhooks: {}{next}", out.paint(colour, sign), words.join(", "))
}

fn print(rows: &[RecoveredView], out: &Out) -> Result<(), Failure> {
    if rows.is_empty() {
        return out.line("nothing to recover: no task was left alive");
    }
    for row in rows {
        let (sign, colour) =
            if row.outcome == "refused" { ("✗", style::BAD) } else { ("✓", style::GOOD) };
        let pid = row.supervisor_pid.map(|pid| format!(", supervisor {pid}")).unwrap_or_default();
        let words = match row.outcome.as_str() {
            "alive" => "has its supervisor".to_owned(),
            "restarted" => format!("{}{pid}", row.reason.as_deref().unwrap_or_default()),
            "settled" => format!("had ended: {}", row.reason.as_deref().unwrap_or_default()),
            "never_made" => "was never made whole; its place was given up".to_owned(),
            _ => format!("was left as it is: {}", out.safe(row.reason.as_deref().unwrap_or_default())),
        };
        let name = out.paint(style::NAME, show::slug(&row.task));
        out.line(format_args!("{} {name} {words}", out.paint(colour, sign)))?;
    }
    Ok(())
}
