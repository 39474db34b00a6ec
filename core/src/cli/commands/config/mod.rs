//! `config`: looks at, checks, starts and trusts configuration.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Show, check, start or trust the configuration
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub struct ConfigArgs {
    #[command(subcommand)]
    pub command: ConfigCommand,
}

const EXAMPLES: &str = "\
Examples:
  run-agent config show --origin
  run-agent config init
  run-agent config check ./conductor.yaml";

/// What to do with it.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Show what is in force
    Show {
        /// Say where each value came from
        #[arg(long)]
        origin: bool,
    },
    /// Write a commented configuration file to start from
    Init {
        /// Where; else the user's config.yaml
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Print the JSON Schema of the configuration file
    Schema,
    /// Print which file is read
    Path,
    /// Check a file without using it
    Check {
        /// File; else the one that is read
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Trust a folder's conductor.yaml as it is now, so that it may set everything
    Trust {
        /// File; else ./conductor.yaml
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
}
