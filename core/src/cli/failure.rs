//! Failures at the edge: one line that says what, where and why, then `hint:`, then the exit code.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use serde::Serialize;

use super::output::{Out, style};
use crate::api::{ApiError, ErrorCode};

/// Why a command ended early.
#[derive(Debug)]
pub enum Failure {
    /// A use case failed.
    Api(ApiError),
    /// Nobody reads the output any more; not worth a word.
    PipeClosed,
}

impl<E: Into<ApiError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Failure::Api(error.into())
    }
}

impl Failure {
    /// What a failed write to the standard output means.
    pub fn of_output(error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Failure::PipeClosed,
            _ => Failure::Api(ApiError::io("write the output", error)),
        }
    }
}

#[derive(Serialize)]
struct ErrorDocument<'a> {
    error: &'a ApiError,
}

impl Failure {
    /// Prints the failure and returns its exit code. With `--json` the standard output gets an object too.
    pub fn report(self, out: &Out) -> ExitCode {
        let error = match self {
            Failure::Api(error) => error,
            Failure::PipeClosed => return ExitCode::SUCCESS,
        };
        if out.is_json() {
            let _ = out.json(&ErrorDocument { error: &error }).and_then(|()| out.flush());
        }
        print_error(&out.safe(&error.message), error.hint.as_deref().map(|hint| out.safe(hint)).as_deref());
        ExitCode::from(error.code.exit_code())
    }
}

/// Writes `error:` and `hint:` lines to the standard error.
fn print_error(message: &str, hint: Option<&str>) {
    let mut stderr = std::io::stderr().lock();
    let paint = style::wants_colour(&std::io::stderr());
    let _ = writeln!(stderr, "{} {message}", style::paint(paint, style::ERROR, "error:"));
    if let Some(hint) = hint {
        let _ = writeln!(stderr, "{} {hint}", style::paint(paint, style::HINT, "hint:"));
    }
}

/// Writes a `warning:` line to the standard error.
pub fn print_warning(message: &str) {
    let paint = style::wants_colour(&std::io::stderr());
    let _ = writeln!(std::io::stderr(), "{} {message}", style::paint(paint, style::NEEDS, "warning:"));
}

/// Reports what clap found wrong in the same form as every other error; help and version go out as they are.
pub fn report_arguments(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = error.print();
            ExitCode::SUCCESS
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            ExitCode::from(ErrorCode::Usage.exit_code())
        }
        _ => {
            let api = ApiError::usage(argument_message(error)).with_hint(argument_hint(error, arguments));
            if arguments.iter().any(|argument| argument == "--json") && !std::io::stdout().is_terminal() {
                let out = Out::new(true);
                return Failure::Api(api).report(&out);
            }
            print_error(&api.message, api.hint.as_deref());
            ExitCode::from(api.code.exit_code())
        }
    }
}

/// The first paragraph of clap's words, as one line without its `error: `.
pub fn argument_message(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let paragraph: Vec<&str> =
        text.lines().take_while(|line| !line.trim().is_empty()).map(str::trim).collect();
    let line = paragraph.join(" ");
    line.strip_prefix("error: ").unwrap_or(&line).to_owned()
}

fn argument_hint(error: &clap::Error, arguments: &[OsString]) -> String {
    [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
        .into_iter()
        .find_map(|kind| match error.get(kind)? {
            ContextValue::String(value) => Some(value),
            // The nearest stands last.
            ContextValue::Strings(values) => values.last(),
            _ => None,
        })
        .map_or_else(
            || format!("`{} --help` shows what it takes", command_words(arguments)),
            |near| format!("did you mean `{near}`?"),
        )
}

/// The command that was meant, as far as it has a name: `run-agent bus post`.
fn command_words(arguments: &[OsString]) -> String {
    let grammar = super::command();
    let mut command = &grammar;
    let mut words = vec!["run-agent".to_owned()];
    let mut arguments = arguments.iter().skip(1).filter_map(|argument| argument.to_str());
    while let Some(argument) = arguments.next() {
        match command.find_subcommand(argument) {
            Some(found) => {
                words.push(argument.to_owned());
                command = found;
            }
            None if argument.starts_with('-') => {
                // Its value may be the name of a command as well.
                if takes_value(&grammar, argument) {
                    arguments.next();
                }
            }
            None => break,
        }
    }
    words.join(" ")
}

/// Whether an option of every command takes the argument behind it.
fn takes_value(grammar: &clap::Command, option: &str) -> bool {
    let name = option.strip_prefix("--");
    let found = grammar.get_arguments().find(|argument| argument.get_long() == name && name.is_some());
    found.is_some_and(|argument| argument.get_action().takes_values())
}
