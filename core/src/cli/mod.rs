//! The command-line face: translates arguments into use cases, and results into text or JSON.
//!
//! One file per command under `commands/`. Owns words, colours and exit codes; decides nothing about
//! tasks: an `if` on domain state belongs in `api`.

mod args;
mod commands;
mod context;
mod failure;
mod foreground;
mod help;
mod live;
mod log;
mod output;
mod parse;

use std::ffi::OsString;
use std::process::ExitCode;

use args::Cli;
pub use args::command;
use clap::FromArgMatches;
use context::Context;
use failure::Failure;
use output::Out;

/// The body of the `run-agent` binary.
pub fn main() -> ExitCode {
    main_with(std::env::args_os().collect())
}

/// The body of the `conductor` binary: alone, or with options only, it serves. A copy of it that a root keeps
/// under the name of `run-agent` is that.
#[cfg(feature = "server")]
pub fn conductor_main() -> ExitCode {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    let is_option = |word: &OsString| word.to_string_lossy().starts_with('-');
    let asks = ["-h", "--help", "-V", "--version"];
    let name = arguments.first().map(|program| std::path::Path::new(program).file_stem().map(OsString::from));
    let is_copy = name.flatten().is_some_and(|name| name == "run-agent");
    let alone = !is_copy
        && arguments.get(1).is_none_or(|word| is_option(word) && !asks.iter().any(|ask| word == ask));
    if alone {
        arguments.insert(1, OsString::from("serve"));
    }
    main_with(arguments)
}

fn main_with(arguments: Vec<OsString>) -> ExitCode {
    log::start();
    if let Some(code) = commands::hidden(&arguments) {
        return code;
    }
    if let Some(code) = commands::bus::quick_post(&arguments) {
        return code;
    }
    match command().try_get_matches_from(&arguments).and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => run(cli),
        Err(error) => failure::report_arguments(&error, &arguments),
    }
}

fn run(cli: Cli) -> ExitCode {
    let context = Context::new(cli.common);
    let result = commands::run(&cli.command, &context);
    finish(&context.out, result)
}

/// Turns what a command returned into the process's exit code, and says what failed.
fn finish(out: &Out, result: Result<u8, Failure>) -> ExitCode {
    let flushed = out.flush();
    match result.and_then(|code| flushed.map(|()| code)) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => failure.report(out),
    }
}
