//! `serve`: the headless server.

use clap::Args;
use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::failure::{self, Failure};
use crate::cli::output::{Out, qr, style};
use crate::server::{ServeOptions, Serving, serve};

/// Serve the API and the dashboard
///
/// It owns nothing: when it ends or is killed, agents go on. At its start it recovers as `run-agent
/// recover` does.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ServeArgs {
    /// Address to listen on; else api.host of the configuration, 127.0.0.1
    #[arg(long, value_name = "ADDRESS")]
    pub host: Option<String>,
    /// Listen on the network, over TLS, and print a link and a QR code for another device
    ///
    /// With the certificate of api.tls, else with one that it makes for itself. On 127.0.0.1 it answers
    /// without TLS as well.
    #[arg(long)]
    pub lan: bool,
    /// Port; 0 is any free one; else api.port, 14355, or the next free one
    #[arg(long, value_name = "N")]
    pub port: Option<u16>,
    /// Print a link that opens the dashboard once
    #[arg(long)]
    pub print_url: bool,
    /// Launch nothing: no new tasks, no recovery
    #[arg(long)]
    pub no_start: bool,
    /// Take tasks that another pid namespace or machine owned as dead
    #[arg(long, conflicts_with = "no_start")]
    pub assume_dead: bool,
    /// Write the log as JSON lines
    #[arg(long)]
    pub log_json: bool,
}

const EXAMPLES: &str = "\
Examples:
  run-agent serve
  run-agent serve --print-url
  run-agent serve --lan
  run-agent serve --port 0 --json";

/// The JSON of `serve`: one line when it answers.
#[derive(Serialize)]
struct Document<'a> {
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    socket: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<&'a str>,
    /// Where others reach it, the best first.
    #[serde(skip_serializing_if = "Option::is_none")]
    network: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fingerprint: Option<String>,
    pid: u32,
}

/// Serves until it is told to end.
pub fn run(args: &ServeArgs, context: &Context) -> Result<u8, Failure> {
    crate::cli::log::serve(args.log_json);
    let options = ServeOptions {
        host: args.host.clone(),
        lan: args.lan,
        port: args.port,
        no_start: args.no_start,
        assume_dead: args.assume_dead,
    };
    let out = &context.out;
    serve(context.caller_here()?, options, |serving| {
        // Whoever closed the pipe wants no words; the server goes on.
        let _ = say(args, serving, out).and_then(|()| out.flush());
    })?;
    Ok(0)
}

fn say(args: &ServeArgs, serving: &Serving, out: &Out) -> Result<(), Failure> {
    if let Some(port) = serving.moved_from {
        failure::print_warning(&format!("port {port} is taken by another program; {} it is", serving.url));
    }
    if serving.socket.is_none() && !serving.read_only {
        failure::print_warning("another server of this root runs, and keeps the socket; that harms nobody");
    }
    if serving.network.as_ref().is_some_and(|network| network.is_new) {
        failure::print_warning(
            "the certificate was nearly over and is another now: tell its fingerprint to whoever pinned the old one",
        );
    }
    let link = (args.print_url || args.lan).then_some(serving.link.as_str());
    let socket = serving.socket.as_ref().map(|path| path.display().to_string());
    if out.is_json() {
        let network = serving.network.as_ref();
        return out.json_line(&Document {
            url: &serving.url,
            socket,
            link,
            network: network.map(|network| network.urls.as_slice()),
            fingerprint: network.map(|network| network.fingerprint.to_string()),
            pid: std::process::id(),
        });
    }
    out.line(format_args!("{} {}", out.paint(style::GOOD, "serving"), serving.url))?;
    let more = |name: &str, value: &str| {
        out.line(format_args!("{} {value}", out.paint(style::DIM, format_args!("{name:<7}"))))
    };
    if let Some(socket) = socket {
        more("socket", &socket)?;
    }
    if let Some(network) = &serving.network {
        network.urls.iter().try_for_each(|url| more("network", url))?;
        more("sha256", &network.fingerprint.spelled())?;
    }
    more("open", link.unwrap_or("run-agent token link"))?;
    match link.filter(|_| serving.network.is_some() && out.is_terminal()) {
        Some(link) => qr::print(out, link),
        None => Ok(()),
    }
}
