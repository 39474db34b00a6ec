//! `service`: the server as a service of the user's systemd.

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::api::ApiError;
use crate::api::service::{ServiceChange, UNIT};
use crate::cli::context::Context;
use crate::cli::failure::{self, Failure};
use crate::cli::output::style;

/// Have systemd start the server and keep it running
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ServiceArgs {
    #[command(subcommand)]
    command: ServiceCommand,
}

const EXAMPLES: &str = "\
Examples:
  run-agent service install
  run-agent service install -- --lan
  run-agent service status
  run-agent service remove";

#[derive(Debug, Subcommand)]
enum ServiceCommand {
    /// Write the unit of this root's server, and start it where systemd runs
    ///
    /// The unit holds the path that agents' programs are found on now, and no keys. Installing it again
    /// brings it up to date.
    Install {
        /// Options of `serve`, behind `--`
        #[arg(last = true, value_name = "SERVE-OPTIONS")]
        options: Vec<String>,
    },
    /// Say whether it runs
    Status,
    /// End it and remove its unit; agents go on
    Remove,
}

/// The JSON of `service install` and `service remove`.
#[derive(Serialize)]
struct Document<'a> {
    unit: &'a str,
    #[serde(flatten)]
    change: &'a ServiceChange,
}

/// Installs, looks or removes.
pub fn run(args: &ServiceArgs, context: &Context) -> Result<u8, Failure> {
    match &args.command {
        ServiceCommand::Install { options } => {
            check(options)?;
            let program =
                std::env::current_exe().map_err(|error| ApiError::io("find this program", &error))?;
            let change = context.app()?.install_service(&program, options)?;
            let said = if change.changed { "wrote" } else { "as it was" };
            print_change(&change, said, context)?;
        }
        ServiceCommand::Status => print_status(context)?,
        ServiceCommand::Remove => print_change(&context.app()?.remove_service()?, "removed", context)?,
    }
    Ok(0)
}

/// What `serve` would not take makes no service.
fn check(options: &[String]) -> Result<(), ApiError> {
    let words = ["run-agent", "serve"].into_iter().chain(options.iter().map(String::as_str));
    crate::cli::command().try_get_matches_from(words).map(drop).map_err(|error| {
        ApiError::usage(failure::argument_message(&error))
            .with_hint("`run-agent serve --help` shows what it takes")
    })
}

fn print_change(change: &ServiceChange, said: &str, context: &Context) -> Result<(), Failure> {
    let out = &context.out;
    if out.is_json() {
        return out.json(&Document { unit: UNIT, change });
    }
    out.line(format_args!("{} {said} {}", out.paint(style::GOOD, "✓"), change.path.display()))?;
    if !change.carried_out {
        out.line("no systemd of yours runs here")?;
    }
    for command in &change.todo {
        out.line(format_args!(
            "{} {}",
            out.paint(style::DIM, "to do  "),
            out.paint(style::COMMAND, command)
        ))?;
    }
    Ok(())
}

fn print_status(context: &Context) -> Result<(), Failure> {
    let view = context.app()?.service()?;
    let out = &context.out;
    if out.is_json() {
        return out.json(&view);
    }
    let line = |name: &str, value: &str| {
        out.line(format_args!("{} {value}", out.paint(style::DIM, format_args!("{name:<7}"))))
    };
    line("unit", &view.path.display().to_string())?;
    line("state", view.state.as_deref().unwrap_or("no systemd of yours runs here"))?;
    view.enabled.iter().try_for_each(|enabled| line("login", enabled))?;
    line("server", view.url.as_deref().unwrap_or("none runs"))
}
