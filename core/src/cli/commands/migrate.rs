//! `migrate`: makes a seed system's root ours.

use clap::Args;

/// Make the root of an older system ours; shows what it would do unless told to
///
/// Until then such a root is read in place and never written to.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct MigrateArgs {
    /// Do it; the original is kept beside it
    #[arg(long)]
    pub execute: bool,
}

const EXAMPLES: &str = "\
Examples:
  run-agent migrate --root ~/old-runs
  run-agent migrate --root ~/old-runs --execute";
