//! `recover`: puts right what a crash or a shutdown left.

use clap::Args;
use serde::Serialize;

use crate::api::outcome::RecoveredView;
use crate::api::recover::{Outcome, Recovery};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::{Out, show, style};

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
}

/// Recovers; 1 where a task could not be recovered.
pub fn run(args: &RecoverArgs, context: &Context) -> Result<u8, Failure> {
    let (app, out) = (context.app()?, &context.out);
    let Recovery { mended, tasks, problems } = app.recover(args.assume_dead)?;
    context.warn(&problems);
    for task in &tasks {
        context.warn(&task.notes);
    }
    let refused = tasks.iter().any(|task| matches!(task.outcome, Outcome::Refused(_)));
    let rows: Vec<RecoveredView> = tasks.into_iter().map(RecoveredView::from).collect();
    if out.is_json() {
        out.json(&Document { mended, tasks: rows })?
    } else {
        if mended {
            let root = app.root_path().display();
            out.line(format_args!(
                "{} {root} has its .conductor/root.yaml again",
                out.paint(style::GOOD, "✓")
            ))?;
        }
        print(&rows, out)?
    }
    Ok(u8::from(refused))
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
