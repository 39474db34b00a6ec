//! The `run-agent` command.

use std::process::ExitCode;

use conductor_core::supervisor::process::gate;

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    // Before anything else: supervisors start every agent through this.
    if args.next().is_some_and(|first| first == gate::EXEC_ARGUMENT) {
        gate::exec_main(args);
    }
    conductor_core::cli::main()
}
