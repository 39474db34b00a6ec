//! `config`: looks at, checks, starts and trusts configuration.

mod files;
mod show;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::context::Context;
use crate::cli::failure::Failure;

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
    /// Print which files are read
    Path,
    /// Check a file without using it
    Check {
        /// File; else those that are read
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Trust a folder's conductor.yaml as it is now, so that it may set everything
    Trust {
        /// File; else ./conductor.yaml
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        /// Take the trust back
        #[arg(long)]
        revoke: bool,
    },
}

/// Runs the subcommand.
pub fn run(args: &ConfigArgs, context: &Context) -> Result<u8, Failure> {
    match &args.command {
        ConfigCommand::Show { origin } => show::run(*origin, context),
        ConfigCommand::Init { file } => files::init(file.as_deref(), context),
        ConfigCommand::Schema => files::schema(context),
        ConfigCommand::Path => files::path(context),
        ConfigCommand::Check { file } => files::check(file.as_deref(), context),
        ConfigCommand::Trust { file, revoke } => files::trust(file.as_deref(), *revoke, context),
    }
}
