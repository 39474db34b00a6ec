//! The desktop app.

use std::process::ExitCode;

fn main() -> ExitCode {
    conductor_desktop::run()
}
