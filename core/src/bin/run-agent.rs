//! The `run-agent` command.

use std::process::ExitCode;

use conductor_core::supervisor::process::gate;
use conductor_core::supervisor::{detach, serve};

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    let first = args.next();
    // Before anything else: supervisors start every agent through this.
    if first.as_ref().is_some_and(|first| first == gate::EXEC_ARGUMENT) {
        gate::exec_main(args);
    }
    if first.is_some_and(|first| first == detach::COMMAND) {
        return serve::main(&args.collect::<Vec<_>>());
    }
    conductor_core::cli::main()
}
