//! The commands: one file each, as thin as it can be.

pub mod agents;
pub mod answer;
pub mod ask;
pub mod bus;
pub mod completion;
pub mod config;
mod create;
pub mod demo;
pub mod diff;
pub mod doctor;
pub mod done;
pub mod inbox;
pub mod job;
pub mod list;
pub mod migrate;
pub mod output;
pub mod pause;
pub mod recover;
pub mod resume;
#[cfg(feature = "server")]
pub mod serve;
#[cfg(feature = "server")]
pub mod service;
pub mod status;
pub mod stop;
pub mod takeover;
pub mod task;
pub mod tell;
#[cfg(feature = "server")]
pub mod token;
pub mod watch;
pub mod webhook;

use std::ffi::OsString;
use std::process::ExitCode;

use super::args::Command;
use super::context::Context;
use super::failure::Failure;
use crate::api;
use crate::supervisor::process::{exec, gate};
use crate::supervisor::{detach, serve as supervise};

/// Runs one command; its exit code where it did not fail.
pub fn run(command: &Command, context: &Context) -> Result<u8, Failure> {
    match command {
        Command::Task(args) => task::run(args, context),
        Command::Job(args) => job::run(args, context),
        Command::Answer(args) => answer::run(args, context),
        Command::Tell(args) => tell::run(args, context),
        Command::Takeover(args) => takeover::run(args, context),
        Command::Stop(args) => stop::run(args, context),
        Command::Pause(args) => pause::run(args, context),
        Command::Resume(args) => resume::run(args, context),
        Command::Recover(args) => recover::run(args, context),
        #[cfg(feature = "server")]
        Command::Serve(args) => serve::run(args, context),
        #[cfg(feature = "server")]
        Command::Service(args) => service::run(args, context),
        #[cfg(feature = "server")]
        Command::Token(args) => token::run(args, context),
        Command::Doctor(args) => doctor::run(args, context),
        Command::Done(args) => done::run(args, context),
        Command::Ask(args) => ask::run(args, context),
        Command::Diff(args) => diff::run(args, context),
        Command::Output(args) => output::run(args, context),
        Command::Migrate(args) => migrate::run(args, context),
        Command::Demo(args) => demo::run(args, context),
        Command::Completion(args) => completion::run(args, context),
        Command::List(args) => list::run(args, context),
        Command::Status(args) => status::run(args, context),
        Command::Inbox(args) => inbox::run(args, context),
        Command::Watch(args) => watch::run(args, context),
        Command::Agents(args) => agents::run(args, context),
        Command::Bus(args) => bus::run(args, context),
        Command::Config(args) => config::run(args, context),
        Command::Webhook(args) => webhook::run(args, context),
    }
}

/// What only our own processes call, by the first argument; before any grammar, since it must be quick.
pub fn hidden(arguments: &[OsString]) -> Option<ExitCode> {
    match arguments.get(1)?.to_str()? {
        api::demo::AGENT_ARGUMENT => Some(api::demo::agent()),
        "__rest" => Some(crate::agent::rest::run(&arguments[2..])),
        gate::EXEC_ARGUMENT => exec::exec_main(),
        detach::COMMAND => Some(supervise::main(&arguments[2..])),
        _ => None,
    }
}
