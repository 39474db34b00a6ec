//! `bus`: messages of a task or of a project.

mod discover;
mod plain;
pub mod post;
mod read;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::cli::context::Context;
use crate::cli::failure::Failure;

/// Post, read and follow messages
///
/// The bus is the task's where a task is known (--task, the calling run, the current folder), else
/// the project's.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub struct BusArgs {
    #[command(subcommand)]
    pub command: BusCommand,
}

const EXAMPLES: &str = "\
Examples:
  run-agent bus post --type PROGRESS --body \"login works, tests are next\"
  run-agent bus read --tail 20
  run-agent bus follow --task fix-login";

/// What to do with it.
#[derive(Debug, Subcommand)]
pub enum BusCommand {
    Post(post::PostArgs),
    Read(read::ReadArgs),
    Follow(read::FollowArgs),
    /// List the buses of a root or a project
    Discover,
    /// Check every record of a bus
    Verify(Which),
    /// Close the current segment of a bus and begin the next
    Rotate(Which),
}

/// Which bus, where the task's is not meant.
#[derive(Debug, Clone, Default, Args)]
pub struct Which {
    /// The project's bus, also where a task is known
    #[arg(long)]
    pub on_project: bool,
}

/// Runs the subcommand.
pub fn run(args: &BusArgs, context: &Context) -> Result<u8, Failure> {
    match &args.command {
        BusCommand::Post(args) => post::run(args, context),
        BusCommand::Read(args) => read::read(args, context),
        BusCommand::Follow(args) => read::follow(args, context),
        BusCommand::Discover => discover::discover(context),
        BusCommand::Verify(which) => discover::verify(which, context),
        BusCommand::Rotate(which) => discover::rotate(which, context),
    }
}

/// `bus post` by its shortest way: no other command's grammar, no runtime, no index. None: not that command.
pub fn quick_post(arguments: &[OsString]) -> Option<ExitCode> {
    let is_post = arguments.get(1)? == "bus" && arguments.get(2)? == "post";
    let asks = |argument: &OsString| argument == "--help" || argument == "-h" || argument == "--version";
    if !is_post || arguments.iter().any(asks) {
        return None;
    }
    post::quick(&arguments[2..])
}
