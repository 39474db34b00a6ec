//! Recovery: what a crash left of the root that is meant is put right.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::outcome::RecoveredView;
use super::{ApiError, App};
use crate::notify::{NotifyError, Outbox};
use crate::store::{Root, RootKind};
use crate::supervisor::intent::bus_settings;
use crate::supervisor::recover::{self, RecoverOptions};

pub use crate::notify::Report;
pub use crate::supervisor::recover::{Outcome, Recovered};

/// How long what the outbox holds may take to be sent.
const PUMPING: Duration = Duration::from_secs(10);

/// What was found and done.
#[derive(Debug, Default)]
pub struct Recovery {
    /// Whether the root had lost its `root.yaml` or its `state/live`, and has them again.
    pub mended: bool,
    /// The tasks that were looked at.
    pub tasks: Vec<Recovered>,
    /// What could not be tidied up; no task is the worse for it.
    pub problems: Vec<String>,
    /// What became of the outbox, where a webhook is configured.
    pub webhooks: Option<Report>,
}

/// What recovery did, as all faces show it.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RecoveryView {
    /// Whether the root had lost its `root.yaml` or its `state/live`, and has them again.
    pub mended: bool,
    /// The tasks that were looked at.
    pub tasks: Vec<RecoveredView>,
    /// What could not be tidied up; no task is the worse for it.
    pub problems: Vec<String>,
    /// What became of the outbox, where a webhook is configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhooks: Option<SentView>,
}

/// What became of the outbox of webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SentView {
    /// Deliveries that were accepted.
    pub delivered: usize,
    /// Deliveries that were given up.
    pub failed: usize,
    /// Deliveries that wait.
    pub waiting: usize,
    /// When the next of them is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Timestamp>,
}

impl From<Recovery> for RecoveryView {
    fn from(done: Recovery) -> Self {
        let Recovery { mended, tasks, problems, webhooks } = done;
        let tasks = tasks.into_iter().map(RecoveredView::from).collect();
        Self { mended, tasks, problems, webhooks: webhooks.map(SentView::from) }
    }
}

impl From<Report> for SentView {
    fn from(report: Report) -> Self {
        let Report { delivered, failed, waiting, next_at } = report;
        Self { delivered, failed, waiting, next_at }
    }
}

impl SentView {
    /// Whether there is nothing to tell.
    pub fn is_nothing(&self) -> bool {
        self.delivered + self.failed + self.waiting == 0
    }
}

impl App {
    /// Goes on after a crash: adopts what lives, restarts what was not stopped. Where nothing was ever
    /// started there is nothing to do. `assume_dead`: what another pid namespace or machine owned is gone.
    ///
    /// # Errors
    /// When the root may not be written, or another recovery holds it.
    pub fn recover(&self, assume_dead: bool) -> Result<Recovery, ApiError> {
        let Some(root) = self.root_to_list()? else { return Ok(Recovery::default()) };
        let is_damaged = *root.kind() == RootKind::Damaged;
        let root = if is_damaged { root.mend()? } else { root.clone() };
        let options = RecoverOptions { assume_dead, bus: bus_settings(self.config()) };
        let report = recover::recover(&root, options)?;
        let mended = is_damaged || report.found_anew;
        let mut recovery =
            Recovery { mended, tasks: report.tasks, problems: report.problems, webhooks: None };
        match self.pump(&root) {
            Ok(sent) => recovery.webhooks = sent,
            Err(error) => recovery.problems.push(format!("webhooks wait: {error}")),
        }
        Ok(recovery)
    }

    /// Sends what the outbox holds; none where no webhook is configured.
    fn pump(&self, root: &Root) -> Result<Option<Report>, NotifyError> {
        let outbox = Outbox::open(root, self.config(), &self.clock);
        if outbox.is_empty() {
            return Ok(None);
        }
        outbox.feed()?;
        outbox.deliver(PUMPING).map(Some)
    }
}
