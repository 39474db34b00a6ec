//! `agents`: which agents can be used here.

use clap::Args;
use serde::Serialize;

use crate::api::agents::{AgentView, Usable};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::table::Table;
use crate::cli::output::{Out, style};

/// Show the agents that can be used here: path, version, logged in or not
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct AgentsArgs {}

const EXAMPLES: &str = "\
Examples:
  run-agent agents
  run-agent agents --json";

/// The JSON of `agents`.
#[derive(Serialize)]
struct Document<'a> {
    agents: &'a [AgentView],
}

/// Prints them.
pub fn run(_: &AgentsArgs, context: &Context) -> Result<u8, Failure> {
    let agents = context.host()?.agents()?;
    let out = &context.out;
    if out.is_json() {
        out.json(&Document { agents: &agents })?;
        return Ok(0);
    }
    let mut table = Table::new(&["AGENT", "", "VERSION", "MODEL", "ACCESS", "NOTE"]);
    for agent in &agents {
        let (sign, words, colour) = look(agent.usable);
        let name = if agent.default { format!("{} (default)", agent.agent) } else { agent.agent.clone() };
        table.row(vec![
            out.paint(style::NAME, name),
            if out.is_terminal() {
                out.paint(colour, format_args!("{sign} {words}"))
            } else {
                words.to_owned()
            },
            agent.version.clone().unwrap_or_default(),
            agent.model.clone().unwrap_or_default(),
            agent.access.to_string(),
            out.safe(&note(agent, out)),
        ]);
    }
    table.print(out)?;
    Ok(0)
}

fn look(usable: Usable) -> (&'static str, &'static str, style::Style) {
    match usable {
        Usable::Yes => ("✓", "ready", style::GOOD),
        Usable::Unknown => ("✓", "here", style::GOOD),
        Usable::NoLogin => ("!", "not logged in", style::NEEDS),
        Usable::Missing => ("·", "not here", style::DIM),
    }
}

/// What to do about it where it cannot be used, else how it is logged in and where it is.
fn note(agent: &AgentView, out: &Out) -> String {
    let parts: Vec<&str> = agent.login.iter().chain(&agent.path).map(String::as_str).collect();
    if out.is_terminal() && matches!(agent.usable, Usable::Missing | Usable::NoLogin) {
        return agent.login.clone().unwrap_or_default();
    }
    parts.join("  ")
}
