//! The scripted agent of the tests; `fake-agent --help` tells all of it.

use std::process::ExitCode;

fn main() -> ExitCode {
    conductor_tests::fake::main(std::env::args().skip(1).collect())
}
