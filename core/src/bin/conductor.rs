//! The `conductor` command: alone it serves; with a command it is `run-agent`.

use std::process::ExitCode;

fn main() -> ExitCode {
    conductor_core::cli::conductor_main()
}
