//! `demo`: the whole of it, without a key, a network or a configuration.

use std::path::PathBuf;

use clap::Args;

/// Watch the whole of it work: no key, no network, no configuration
///
/// A scripted agent works in a scratch git repository: three turns of the loop, two child tasks in
/// parallel, talk on the bus, a question, a commit. It goes through the code that real agents go through.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct DemoArgs {
    /// Folder to make it in; else a new one below the system's temporary folder
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  run-agent demo
  run-agent demo --dir ~/conductor-demo";
