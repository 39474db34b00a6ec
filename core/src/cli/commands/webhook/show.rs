//! How webhooks and their deliveries look.

use jiff::{SignedDuration, Timestamp};

use crate::api::webhooks::{DeliveryView, TestView, WebhookView};
use crate::cli::failure::Failure;
use crate::cli::output::table::Table;
use crate::cli::output::{Out, show, style, time};
use crate::notify::{Attempt, DeliveryState};

/// What a test came to, on one line.
pub fn test(test: &TestView, out: &Out) -> Result<(), Failure> {
    let (sign, colour) = if test.accepted { ("✓", style::GOOD) } else { ("✗", style::BAD) };
    let said = match (&test.error, test.status) {
        (Some(error), _) => out.safe(error),
        (None, status) => format!("accepted ({})", status.unwrap_or_default()),
    };
    let after = format_args!("{} after {}", test.url, took(test.took_ms)).to_string();
    let name = out.paint(style::NAME, &test.webhook);
    out.line(format_args!("{} {name}  {said}  {}", out.paint(colour, sign), out.paint(style::DIM, after)))
}

/// All webhooks, a row each.
pub fn table(webhooks: &[WebhookView], now: Timestamp, out: &Out) -> Result<(), Failure> {
    if webhooks.is_empty() && out.is_terminal() {
        return out.line(out.paint(style::DIM, "no webhook is configured"));
    }
    let mut table =
        Table::new(&["WEBHOOK", "", "TO", "FORMAT", "EVENTS", "LAST", "WAITING", "FAILED", "NOTE"]);
    for webhook in webhooks {
        let (sign, colour) = look(webhook);
        let state = if out.is_terminal() {
            out.paint(colour, format_args!("{sign} {}", webhook.state))
        } else {
            webhook.state.to_owned()
        };
        let count = |count: usize| if count == 0 { String::new() } else { count.to_string() };
        table.row(vec![
            out.paint(style::NAME, &webhook.webhook),
            state,
            webhook.url.clone().unwrap_or_default(),
            webhook.format.unwrap_or_default().to_owned(),
            webhook.events.join(","),
            webhook.accepted_at.map(|at| time::ago(at, now)).unwrap_or_default(),
            count(webhook.waiting),
            count(webhook.failed),
            out.safe(&note(webhook, now)),
        ]);
    }
    table.print(out)
}

fn look(webhook: &WebhookView) -> (&'static str, style::Style) {
    match webhook.state {
        "off" => ("✗", style::BAD),
        "removed" | "unused" => ("·", style::DIM),
        _ if webhook.failing_since.is_some() || webhook.failed > 0 => ("!", style::NEEDS),
        _ => ("✓", style::GOOD),
    }
}

/// What a person should know of it.
fn note(webhook: &WebhookView, now: Timestamp) -> String {
    if webhook.state == "off" {
        return "the receiver answered 410: a new url or a good test switches it on".to_owned();
    }
    let next = webhook.next_at.map(|at| format!("next try {}", time::clock(at, now)));
    let lost = webhook.resynced_at.map(|at| format!("events before {} may be missing", time::clock(at, now)));
    let parts =
        webhook.damaged.first().cloned().into_iter().chain(next).chain(webhook.error.clone()).chain(lost);
    parts.collect::<Vec<_>>().join("; ")
}

/// A delivery and its attempts.
pub fn delivery(delivery: &DeliveryView, now: Timestamp, out: &Out) -> Result<(), Failure> {
    let (sign, colour) = match delivery.state {
        DeliveryState::Delivered => ("✓", style::GOOD),
        DeliveryState::Waiting => ("○", style::WAITS),
        DeliveryState::Failed => ("✗", style::BAD),
    };
    let next = delivery.next_at.map(|at| format!(", next try {}", time::clock(at, now)));
    let why = delivery.given_up.as_ref().map(|why| format!(": {}", out.safe(why)));
    let state = format!("{}{}{}", delivery.state.as_str(), next.unwrap_or_default(), why.unwrap_or_default());
    out.line(format_args!(
        "{} {} to {}  {}",
        out.paint(colour, sign),
        out.paint(style::HEAD, &delivery.event),
        out.paint(style::NAME, &delivery.webhook),
        out.paint(colour, state),
    ))?;
    let about = format!("{} ({})", show::slug(&delivery.task), delivery.project);
    let age = time::ago(delivery.at, now);
    out.line(format_args!("  {}", out.paint(style::DIM, format_args!("{about}  {age}  {}", delivery.id))))?;
    delivery.attempts.iter().try_for_each(|one| out.line(format_args!("    {}", attempt(one, now, out))))
}

fn attempt(attempt: &Attempt, now: Timestamp, out: &Out) -> String {
    let said = match (&attempt.error, attempt.status) {
        (Some(error), _) => out.safe(error),
        (None, status) => format!("accepted ({})", status.unwrap_or_default()),
    };
    let after = out.paint(style::DIM, format_args!("after {}", took(attempt.took_ms)));
    format!("{}  {said}  {after}", time::clock(attempt.at, now))
}

fn took(milliseconds: u64) -> String {
    time::took(SignedDuration::from_millis(i64::try_from(milliseconds).unwrap_or(i64::MAX)))
}
