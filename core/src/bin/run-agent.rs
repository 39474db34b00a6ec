//! The `run-agent` command.

fn main() {}
