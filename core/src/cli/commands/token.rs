//! `token`: who may ask the server for what.

use clap::{Args, Subcommand};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde::Serialize;

use crate::api::requests::Allows;
use crate::api::tokens::TokenView;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::table::Table;
use crate::cli::output::{qr, style, time};

/// Make, list and take back the tokens of the server
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct TokenArgs {
    #[command(subcommand)]
    command: TokenCommand,
}

const EXAMPLES: &str = "\
Examples:
  run-agent token show
  run-agent token add phone --read
  run-agent token add builder --for-task fix-login
  run-agent token revoke phone";

#[derive(Debug, Subcommand)]
enum TokenCommand {
    /// Print your own token, which allows everything
    Show,
    /// Make a token; it is printed once and never again
    Add {
        /// Its name: lower-case letters, digits, `.`, `_`, `-`
        name: String,
        /// It may look, and change nothing
        #[arg(long, conflicts_with = "for_task")]
        read: bool,
        /// It may act for this task and its children alone: for an agent on another host
        #[arg(long, value_name = "TASK")]
        for_task: Option<String>,
    },
    /// List the tokens, without what is secret of them
    List,
    /// Take a token back: it opens nothing from then on
    Revoke {
        /// Its name
        name: String,
    },
    /// Print a link that opens the dashboard of the running server once
    Link {
        /// For another device: the server is one that listens on the network
        #[arg(long)]
        lan: bool,
    },
}

/// The JSON of `token add` and `token show`.
#[derive(Serialize)]
struct Secret<'a> {
    name: &'a str,
    token: &'a str,
}

/// The JSON of `token list`.
#[derive(Serialize)]
struct Document<'a> {
    tokens: &'a [TokenView],
}

/// The JSON of `token revoke`.
#[derive(Serialize)]
struct Revoked<'a> {
    revoked: &'a str,
}

/// The JSON of `token link`.
#[derive(Serialize)]
struct Link {
    url: String,
}

/// Makes, lists or takes back.
pub fn run(args: &TokenArgs, context: &Context) -> Result<u8, Failure> {
    let (host, out) = (context.host()?, &context.out);
    match &args.command {
        TokenCommand::Show => print_secret("local", context.app()?.local_token()?.expose_secret(), context)?,
        TokenCommand::Add { name, read, for_task } => {
            let allows = match (read, for_task) {
                (_, Some(task)) => {
                    let task = host.named_task(task)?;
                    Allows::Task { project: task.project().to_owned(), task: task.id().to_owned() }
                }
                (true, None) => Allows::Read,
                (false, None) => Allows::Full,
            };
            print_secret(name, &host.add_token(name, allows)?.token, context)?;
        }
        TokenCommand::List => print_list(&host.tokens()?, context)?,
        TokenCommand::Revoke { name } => {
            host.revoke_token(name)?;
            if out.is_json() {
                out.json(&Revoked { revoked: name })?;
            } else {
                out.line(format_args!("{} {name} opens nothing any more", out.paint(style::GOOD, "✓")))?;
            }
        }
        TokenCommand::Link { lan } => {
            let url = if *lan { host.pairing_link()? } else { host.dashboard_link()? };
            print_link(url, *lan, context)?;
        }
    }
    Ok(0)
}

fn print_secret(name: &str, token: &str, context: &Context) -> Result<(), Failure> {
    let out = &context.out;
    if out.is_json() { out.json(&Secret { name, token }) } else { out.line(token) }
}

fn print_link(url: String, for_another: bool, context: &Context) -> Result<(), Failure> {
    let out = &context.out;
    if out.is_json() {
        return out.json(&Link { url });
    }
    out.line(&url)?;
    if for_another && out.is_terminal() { qr::print(out, &url) } else { Ok(()) }
}

fn print_list(tokens: &[TokenView], context: &Context) -> Result<(), Failure> {
    let out = &context.out;
    if out.is_json() {
        return out.json(&Document { tokens });
    }
    if tokens.is_empty() {
        return out.line("no token yet: the server makes yours at its first start");
    }
    let now = Timestamp::now();
    let mut table = Table::new(&["NAME", "ALLOWS", "MADE"]);
    for token in tokens {
        table.row(vec![token.name.clone(), token.allows.clone(), time::ago(token.created_at, now)]);
    }
    table.print(out)
}
