//! `webhook`: what other systems are told, and whether they get it.

mod show;

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::api::webhooks::{DeliveryView, Replay, TestView, WebhookView};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::notify::DeliveryState;

/// Tell other systems what happens: try webhooks, see what waits, send again
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub struct WebhookArgs {
    #[command(subcommand)]
    pub command: WebhookCommand,
}

const EXAMPLES: &str = "\
Examples:
  run-agent webhook test
  run-agent webhook list
  run-agent webhook show MSG-01M7X9EHAV4W2R7N5D3C1V8XZY
  run-agent webhook replay --failed";

/// What to do with them.
#[derive(Debug, Subcommand)]
pub enum WebhookCommand {
    /// Send a signed test event and show what the receiver answers
    ///
    /// Ends with: 0 accepted by all, 1 not.
    Test {
        /// Webhook; else all that are configured
        #[arg(value_name = "NAME")]
        name: Option<String>,
    },
    /// List the webhooks: on or off, last success, what waits, what was given up
    List,
    /// Show the deliveries of an event with their attempts
    Show {
        /// Id of the event, as the receiver gets it in webhook-id
        #[arg(value_name = "ID")]
        id: String,
        /// Only that to this webhook
        #[arg(long, value_name = "NAME")]
        to: Option<String>,
    },
    /// Send again, with the same id: one event, or everything that was given up
    ///
    /// Ends with: 0 all delivered, 1 not.
    #[command(group(clap::ArgGroup::new("what").required(true)))]
    Replay {
        /// Id of the event
        #[arg(value_name = "ID", group = "what")]
        id: Option<String>,
        /// Everything that was given up
        #[arg(long, group = "what")]
        failed: bool,
        /// Only to this webhook
        #[arg(long, value_name = "NAME")]
        to: Option<String>,
    },
}

/// The JSON of `webhook test`.
#[derive(Serialize)]
struct Tests<'a> {
    tests: &'a [TestView],
}

/// The JSON of `webhook list`.
#[derive(Serialize)]
struct Webhooks<'a> {
    webhooks: &'a [WebhookView],
}

/// The JSON of `webhook show` and `webhook replay`.
#[derive(Serialize)]
struct Deliveries<'a> {
    deliveries: &'a [DeliveryView],
}

/// Runs the subcommand.
pub fn run(args: &WebhookArgs, context: &Context) -> Result<u8, Failure> {
    match &args.command {
        WebhookCommand::Test { name } => test(name.as_deref(), context),
        WebhookCommand::List => list(context),
        WebhookCommand::Show { id, to } => show(id, to.as_deref(), context),
        WebhookCommand::Replay { id, to, .. } => {
            let what = id.as_deref().map_or(Replay::Failed, Replay::One);
            replay(what, to.as_deref(), context)
        }
    }
}

fn test(name: Option<&str>, context: &Context) -> Result<u8, Failure> {
    let tests = context.app()?.test_webhooks(name)?;
    if context.out.is_json() {
        context.out.json(&Tests { tests: &tests })?;
    } else {
        tests.iter().try_for_each(|test| show::test(test, &context.out))?;
    }
    Ok(u8::from(tests.iter().any(|test| !test.accepted)))
}

fn list(context: &Context) -> Result<u8, Failure> {
    let app = context.app()?;
    let webhooks = app.webhooks()?;
    if context.out.is_json() {
        context.out.json(&Webhooks { webhooks: &webhooks })?;
    } else {
        show::table(&webhooks, app.clock.now(), &context.out)?;
    }
    Ok(0)
}

fn show(id: &str, to: Option<&str>, context: &Context) -> Result<u8, Failure> {
    let app = context.app()?;
    print(&app.deliveries(id, to)?, context)?;
    Ok(0)
}

fn replay(what: Replay<'_>, to: Option<&str>, context: &Context) -> Result<u8, Failure> {
    let deliveries = context.app()?.replay(what, to)?;
    print(&deliveries, context)?;
    Ok(u8::from(deliveries.iter().any(|delivery| delivery.state != DeliveryState::Delivered)))
}

fn print(deliveries: &[DeliveryView], context: &Context) -> Result<(), Failure> {
    let (out, now) = (&context.out, context.app()?.clock.now());
    if out.is_json() {
        return out.json(&Deliveries { deliveries });
    }
    if deliveries.is_empty() {
        return out.line("nothing was given up");
    }
    deliveries.iter().try_for_each(|delivery| show::delivery(delivery, now, out))
}
