//! `doctor`: what this machine can do and what is wrong with it.

use clap::Args;

/// Check this machine, the configuration and the root; say what to mend
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct DoctorArgs {}

const EXAMPLES: &str = "\
Examples:
  run-agent doctor
  run-agent doctor --json

Ends with: 0 all well, 1 something to mend.";
