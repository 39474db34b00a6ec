//! What the core notes beside its results, for whoever looks for a fault: `CONDUCTOR_LOG=debug` shows it on
//! the standard error, which is supervisor.log for a supervisor.

use std::io;
#[cfg(feature = "server")]
use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// The variable that asks for it, in the words of `tracing`'s filters: `debug`, `conductor_core::logs=debug`.
const VARIABLE: &str = "CONDUCTOR_LOG";

/// Begins to log where it is asked for; else nothing is formatted or written.
pub fn start() {
    let Some(filter) = std::env::var(VARIABLE).ok().filter(|filter| !filter.is_empty()) else { return };
    tracing_subscriber::fmt().with_env_filter(EnvFilter::new(filter)).with_writer(io::stderr).init();
}

/// Begins the log of a server, on the standard error: what it answered, unless the variable says otherwise.
#[cfg(feature = "server")]
pub fn serve(json: bool) {
    if std::env::var_os(VARIABLE).is_some_and(|filter| !filter.is_empty()) {
        return;
    }
    let quiet = EnvFilter::new("warn,conductor_core::server=info");
    let log = tracing_subscriber::fmt().with_env_filter(quiet).with_writer(io::stderr);
    let log = log.with_ansi(io::stderr().is_terminal()).with_target(false);
    if json { log.json().flatten_event(true).init() } else { log.init() }
}
