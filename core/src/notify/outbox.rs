//! The outbox of a root, as one process sees it: its own configuration's webhooks.

use std::sync::OnceLock;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use tokio::sync::watch;
use tokio::time::Instant;

use super::courier::Course;
use super::error::{NotifyError, Result};
use super::feed::feed;
use super::files::{Files, ReceiverFile};
use crate::clock::Clock;
use crate::config::{Config, Webhook};
use crate::hex::hex;
use crate::logs::Mask;
use crate::store::{Journal, Root};

/// The outbox of a root. Cheap where no webhook is configured: nothing is opened, nothing made.
#[derive(Debug)]
pub struct Outbox {
    pub(super) root: Root,
    pub(super) hooks: Vec<Hook>,
    pub(super) clock: Clock,
    config: Config,
    mask: OnceLock<Mask>,
}

/// A configured webhook.
#[derive(Debug)]
pub(super) struct Hook {
    pub name: String,
    pub settings: Webhook,
}

/// What is left after a delivery round.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Deliveries that were accepted.
    pub delivered: usize,
    /// Deliveries that were given up.
    pub failed: usize,
    /// Deliveries that wait, those of other processes' rounds included.
    pub waiting: usize,
    /// When the next of them is due; none where none waits.
    pub next_at: Option<Timestamp>,
}

impl Report {
    pub(super) fn add(&mut self, other: &Self) {
        self.delivered += other.delivered;
        self.failed += other.failed;
        self.waiting += other.waiting;
        self.next_at = self.next_at.into_iter().chain(other.next_at).min();
    }
}

impl Hook {
    /// SHA-256 of its address.
    pub(super) fn fingerprint(&self) -> String {
        hex(&Sha256::digest(self.settings.url.expose_secret().as_bytes()))
    }

    /// Whether the receiver at its very address said that it is gone.
    pub(super) fn is_gone(&self, receiver: &ReceiverFile) -> bool {
        receiver.gone_at.is_some() && receiver.gone_url.as_deref() == Some(&self.fingerprint())
    }
}

impl Outbox {
    /// The outbox of a root with the webhooks of a configuration. Touches no file.
    pub fn open(root: &Root, config: &Config, clock: &Clock) -> Self {
        let hook =
            |(name, settings): (&str, &Webhook)| Hook { name: name.to_owned(), settings: settings.clone() };
        Self {
            root: root.clone(),
            hooks: config.webhooks().map(hook).collect(),
            clock: clock.clone(),
            config: config.clone(),
            mask: OnceLock::new(),
        }
    }

    /// Whether no webhook is configured: there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.hooks.is_empty()
    }

    /// Takes from the journal what is new for each webhook; how many deliveries that are. The first time
    /// only the place is noted: nothing from before is sent.
    ///
    /// # Errors
    /// When the journal cannot be read or the outbox not written; what was not taken is taken the next
    /// time.
    pub fn feed(&self) -> Result<usize> {
        self.hooks.iter().map(|hook| self.feed_one(hook)).sum()
    }

    /// Notes the place in the journal for webhooks that were never fed: what is told after it is sent.
    ///
    /// # Errors
    /// When the outbox cannot be made; the next feeding begins it.
    pub fn begin(&self) -> Result<()> {
        for hook in &self.hooks {
            if Files::make(&self.root, &hook.name)?.feed()?.is_none() {
                self.feed_one(hook)?;
            }
        }
        Ok(())
    }

    pub(super) fn feed_one(&self, hook: &Hook) -> Result<usize> {
        let files = Files::make(&self.root, &hook.name)?;
        feed(&Journal::open(&self.root)?, hook, &files, self.clock.now())
    }

    /// Sends what is due, in order, for at most so long. What another process is sending is left to it.
    ///
    /// # Errors
    /// When the outbox cannot be read or written. What a receiver answers is no error.
    pub fn deliver(&self, limit: Duration) -> Result<Report> {
        if self.is_empty() {
            return Ok(Report::default());
        }
        block_on(async {
            let (_end, ends) = watch::channel(Course { ends_at: Some(Instant::now() + limit), rung: 0 });
            let rounds = self.hooks.iter().map(|hook| self.send_until(hook, ends.clone()));
            let mut report = Report::default();
            for round in futures_util::future::join_all(rounds).await {
                report.add(&round?);
            }
            Ok(report)
        })?
    }

    /// Hides every secret that is known here.
    pub(super) fn mask(&self) -> &Mask {
        self.mask.get_or_init(|| {
            let env = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
            Mask::new(&self.config.secrets(&env))
        })
    }

    /// Where the pages of tasks begin.
    pub(super) fn public_url(&self) -> Option<&str> {
        self.config.api.public_url.as_deref()
    }

    pub(super) fn hook(&self, name: &str) -> Option<&Hook> {
        self.hooks.iter().find(|hook| hook.name == name)
    }
}

/// Waits for what sends, on this thread.
pub(super) fn block_on<T>(work: impl Future<Output = T>) -> Result<T> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(NotifyError::Runtime)?;
    let done = runtime.block_on(work);
    // A look-up of a name that hangs must not keep its caller.
    runtime.shutdown_background();
    Ok(done)
}
