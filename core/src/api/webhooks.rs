//! Webhooks: how they stand, what was sent, trying them and sending again.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::{ApiError, App};
use crate::config::Webhook;
use crate::model::MessageId;
use crate::notify::{Attempt, Delivery, DeliveryState, Outbox, Reply, Switch, WebhookState};
use crate::store::Root;

/// How long a replay may take before the rest is left to whoever runs next.
const SENDING: Duration = Duration::from_secs(30);

/// A webhook and how its deliveries stand.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WebhookView {
    /// Its name.
    pub webhook: String,
    /// Whether anything goes there: `on`, `off` (the receiver answered 410), `unused`, `removed`.
    pub state: &'static str,
    /// Scheme and host of its address; absent where it is no longer configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What is posted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<&'static str>,
    /// What it is told; empty: what its format is told where nothing is said.
    pub events: Vec<String>,
    /// When the receiver last accepted something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<Timestamp>,
    /// Deliveries that wait.
    pub waiting: usize,
    /// Deliveries that were given up.
    pub failed: usize,
    /// Since when the first that waits has failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Timestamp>,
    /// What its last attempt came to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// When it is tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Timestamp>,
    /// When the journal had last lost what followed: events from before may be missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resynced_at: Option<Timestamp>,
    /// Its files that cannot be read, and why.
    pub damaged: Vec<String>,
}

/// One event for one webhook.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeliveryView {
    /// The webhook.
    pub webhook: String,
    /// The id that is sent: that of the journal's record.
    pub id: String,
    /// What happened.
    pub event: String,
    /// When it happened.
    pub at: Timestamp,
    /// Project.
    pub project: String,
    /// Task.
    pub task: String,
    /// `waiting`, `delivered` or `failed`.
    pub state: DeliveryState,
    /// Why nobody tries any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_up: Option<String>,
    /// When it is tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Timestamp>,
    /// The last attempts, oldest first.
    pub attempts: Vec<Attempt>,
}

/// What a test came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TestView {
    /// The webhook.
    pub webhook: String,
    /// Scheme and host of its address.
    pub url: String,
    /// Whether it was accepted.
    pub accepted: bool,
    /// The status of the answer, where there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What was wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Milliseconds that it took.
    pub took_ms: u64,
}

/// What is sent again.
#[derive(Debug, Clone, Copy)]
pub enum Replay<'a> {
    /// One event.
    One(&'a str),
    /// Everything that was given up.
    Failed,
}

impl App {
    /// All webhooks, those that are no longer configured last.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    pub fn webhooks(&self) -> Result<Vec<WebhookView>, ApiError> {
        let states = match self.root_to_list()? {
            Some(root) => self.outbox(root).states()?,
            None => {
                let unused = |(name, webhook): (&str, &Webhook)| WebhookState::unused(name, webhook);
                self.config().webhooks().map(unused).collect()
            }
        };
        Ok(states.into_iter().map(WebhookView::from).collect())
    }

    /// The deliveries of an event; of one webhook where it is named.
    ///
    /// # Errors
    /// When there is none.
    pub fn deliveries(&self, id: &str, webhook: Option<&str>) -> Result<Vec<DeliveryView>, ApiError> {
        let found = self.outbox(self.root()?).find(event_id(id)?)?;
        let of_it = found.into_iter().filter(|(name, _)| webhook.is_none_or(|wanted| name == wanted));
        let views: Vec<_> = of_it.map(DeliveryView::from).collect();
        if views.is_empty() {
            return Err(ApiError::not_found(format_args!("no delivery of {id}")).with_hint(
                "what was delivered is kept for the last 200 of each webhook; `run-agent webhook list` shows \
                 what waits",
            ));
        }
        Ok(views)
    }

    /// Sends again, with the same ids; what became of each by the time this returns.
    ///
    /// # Errors
    /// When there is no such event or webhook, or the outbox cannot be written.
    pub fn replay(&self, what: Replay<'_>, webhook: Option<&str>) -> Result<Vec<DeliveryView>, ApiError> {
        let root = self.root()?;
        root.writable()?;
        if let Some(name) = webhook {
            self.known_webhook(name)?;
        }
        let outbox = self.outbox(root);
        let found: Vec<(String, MessageId)> = match what {
            Replay::One(id) => {
                let views = self.deliveries(id, webhook)?.into_iter();
                views.map(|view| Ok((view.webhook, event_id(&view.id)?))).collect::<Result<_, ApiError>>()?
            }
            Replay::Failed => {
                let failed = outbox.failed()?.into_iter().map(|(name, delivery)| (name, delivery.id));
                failed.filter(|(name, _)| webhook.is_none_or(|wanted| name == wanted)).collect()
            }
        };
        for (name, id) in &found {
            outbox.replay(name, *id)?;
        }
        if !found.is_empty() {
            outbox.deliver(SENDING)?;
        }
        let mut views = Vec::new();
        for (name, id) in found {
            let after = outbox.find(id)?.into_iter().filter(|(of, _)| *of == name);
            views.extend(after.map(DeliveryView::from));
        }
        Ok(views)
    }

    /// Sends a test to one webhook, or to all.
    ///
    /// # Errors
    /// When there is none of this name, or none at all.
    pub fn test_webhooks(&self, name: Option<&str>) -> Result<Vec<TestView>, ApiError> {
        let names: Vec<&str> = match name {
            Some(name) => vec![self.known_webhook(name)?],
            None => self.config().webhooks().map(|(name, _)| name).collect(),
        };
        if names.is_empty() {
            return Err(ApiError::not_found("no webhook is configured")
                .with_hint("set webhook.url in the configuration; docs/webhooks.md shows how"));
        }
        let outbox = self.outbox(self.writable_root()?);
        let mut tests = Vec::new();
        for name in names {
            let reply = outbox.test(name)?;
            let webhook = self.config().webhooks().find(|(known, _)| *known == name);
            tests.extend(reply.zip(webhook).map(|(reply, (name, webhook))| test_view(name, webhook, reply)));
        }
        Ok(tests)
    }

    fn outbox(&self, root: &Root) -> Outbox {
        Outbox::open(root, self.config(), &self.clock)
    }

    fn known_webhook<'a>(&self, name: &'a str) -> Result<&'a str, ApiError> {
        let known: Vec<&str> = self.config().webhooks().map(|(name, _)| name).collect();
        if known.contains(&name) {
            return Ok(name);
        }
        let error = ApiError::not_found(format_args!("no webhook {name:?} is configured"));
        Err(match known.as_slice() {
            [] => error.with_hint("set webhook.url in the configuration; docs/webhooks.md shows how"),
            known => error.with_hint(format_args!("there are: {}", known.join(", "))),
        })
    }
}

/// An event's id, with or without its `MSG-`.
fn event_id(text: &str) -> Result<MessageId, ApiError> {
    let id = text.strip_prefix("MSG-").unwrap_or(text);
    MessageId::parse(&format!("MSG-{id}"))
        .map_err(|error| ApiError::usage(error).with_hint("it is the id that the receiver got as webhook-id"))
}

fn test_view(name: &str, webhook: &Webhook, reply: Reply) -> TestView {
    TestView {
        webhook: name.to_owned(),
        url: webhook.shown_url(),
        accepted: reply.is_accepted(),
        status: reply.status,
        error: reply.error,
        took_ms: u64::try_from(reply.took.as_millis()).unwrap_or(u64::MAX),
    }
}

impl From<WebhookState> for WebhookView {
    fn from(state: WebhookState) -> Self {
        let settings = state.settings.as_ref();
        let first = state.first.as_ref();
        Self {
            state: match state.switch {
                Switch::On => "on",
                Switch::Off => "off",
                Switch::Unused => "unused",
                Switch::Removed => "removed",
            },
            url: settings.map(Webhook::shown_url),
            format: settings.map(|webhook| webhook.format.as_str()),
            events: settings.map(|webhook| webhook.events.clone()).unwrap_or_default(),
            failing_since: first.and_then(|delivery| delivery.failing_since),
            error: first.and_then(|delivery| delivery.attempts.last()?.error.clone()),
            next_at: first.and_then(|delivery| delivery.next_at),
            webhook: state.name,
            accepted_at: state.accepted_at,
            waiting: state.waiting,
            failed: state.failed,
            resynced_at: state.resynced_at,
            damaged: state.damaged,
        }
    }
}

impl From<(String, Delivery)> for DeliveryView {
    fn from((webhook, delivery): (String, Delivery)) -> Self {
        Self {
            webhook,
            id: delivery.id.to_string(),
            event: delivery.event,
            at: delivery.at,
            project: delivery.task.project.to_string(),
            task: delivery.task.task.to_string(),
            state: delivery.state,
            given_up: delivery.given_up,
            next_at: delivery.next_at,
            attempts: delivery.attempts,
        }
    }
}
