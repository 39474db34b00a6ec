//! What the core notes beside its results, for whoever looks for a fault: `CONDUCTOR_LOG=debug` shows it on
//! the standard error, which is supervisor.log for a supervisor.

use std::io;

use tracing_subscriber::EnvFilter;

/// The variable that asks for it, in the words of `tracing`'s filters: `debug`, `conductor_core::logs=debug`.
const VARIABLE: &str = "CONDUCTOR_LOG";

/// Begins to log where it is asked for; else nothing is formatted or written.
pub fn start() {
    let Some(filter) = std::env::var(VARIABLE).ok().filter(|filter| !filter.is_empty()) else { return };
    tracing_subscriber::fmt().with_env_filter(EnvFilter::new(filter)).with_writer(io::stderr).init();
}
