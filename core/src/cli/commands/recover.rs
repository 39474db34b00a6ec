//! `recover`: puts right what a crash or a shutdown left.

use clap::Args;

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
