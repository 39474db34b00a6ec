//! The `run-agent` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    conductor_core::cli::main()
}
