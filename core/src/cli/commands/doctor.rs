//! `doctor`: what this machine can do and what is wrong with it.

use clap::Args;
use serde::Serialize;

use crate::api::doctor::{Finding, Health};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::style;

/// Check this machine, the configuration and the root; say what to mend
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct DoctorArgs {}

const EXAMPLES: &str = "\
Examples:
  run-agent doctor
  run-agent doctor --json

Ends with: 0 all well, 1 something to mend.";

/// The JSON of `doctor`.
#[derive(Serialize)]
struct Document<'a> {
    findings: &'a [Finding],
}

/// Prints what was found.
pub fn run(_: &DoctorArgs, context: &Context) -> Result<u8, Failure> {
    let findings = context.host()?.diagnose()?;
    let out = &context.out;
    let code = u8::from(findings.iter().any(|finding| finding.health == Health::Problem));
    if out.is_json() {
        out.json(&Document { findings: &findings })?;
        return Ok(code);
    }
    for finding in &findings {
        let (sign, colour) = match finding.health {
            Health::Good => ("✓", style::GOOD),
            Health::Note => ("·", style::WAITS),
            Health::Problem => ("✗", style::BAD),
        };
        let what = out.paint(style::HEAD, format_args!("{:<8}", finding.what));
        out.line(format_args!("{} {what} {}", out.paint(colour, sign), out.safe(&finding.text)))?;
        if let Some(hint) = &finding.hint {
            out.line(format_args!("           {} {}", out.paint(style::HINT, "hint:"), out.safe(hint)))?;
        }
    }
    Ok(code)
}
