//! A thread that feeds and delivers while its process does other work, and for a moment after it.

use std::thread::JoinHandle;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::Instant;

use super::error::Result;
use super::outbox::{Hook, Outbox, Report, block_on};
use crate::logs::watch::{Watch, Watcher};

/// How long a process that is done stays to send what is due.
const GRACE: Duration = Duration::from_secs(3);
/// When it is looked again whether another process still sends.
pub(super) const BUSY: Duration = Duration::from_millis(100);
/// The longest sleep: clocks are set, and machines sleep.
const LONGEST: Duration = Duration::from_secs(60);

/// What a courier is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Course {
    /// Grows with each ring of the bell.
    pub rung: u64,
    /// When it has to be done, once that is known.
    pub ends_at: Option<Instant>,
}

/// Returns when the time is over.
pub(super) async fn ended(mut course: watch::Receiver<Course>) {
    let ends_at = match course.wait_for(|course| course.ends_at.is_some()).await {
        Ok(course) => course.ends_at,
        Err(_) => None,
    };
    if let Some(at) = ends_at {
        tokio::time::sleep_until(at).await;
    }
}

/// Feeds and delivers in a thread of its own. Dropped, it feeds once more and sends for a moment what is
/// due; what is left stays in the outbox for whoever runs next.
#[derive(Debug)]
pub struct Courier {
    course: watch::Sender<Course>,
    thread: Option<JoinHandle<()>>,
}

/// Wakes a courier: something was told to the journal. Cloned freely.
#[derive(Debug, Clone)]
pub struct Bell(watch::Sender<Course>);

impl Bell {
    /// Rings it. Costs nothing that a caller would notice.
    pub fn ring(&self) {
        self.0.send_modify(|course| course.rung += 1);
    }
}

impl Courier {
    /// Starts one that looks when its bell is rung; none where no webhook is configured. What the journal
    /// was told before [`Outbox::begin`] is not sent.
    pub fn start(outbox: Outbox) -> Option<Self> {
        Self::start_as(outbox, false)
    }

    /// As [`Courier::start`], and it also looks when another process tells the journal something: for a
    /// process that stays.
    pub fn follow(outbox: Outbox) -> Option<Self> {
        Self::start_as(outbox, true)
    }

    fn start_as(outbox: Outbox, follows: bool) -> Option<Self> {
        if outbox.is_empty() {
            return None;
        }
        let (course, told) = watch::channel(Course::default());
        let work = move || run(&outbox, told, follows);
        let thread = std::thread::Builder::new().name("webhooks".to_owned()).spawn(work);
        let thread = thread.inspect_err(|error| tracing::warn!(%error, "no thread for webhooks")).ok();
        Some(Self { course, thread })
    }

    /// What wakes it.
    pub fn bell(&self) -> Bell {
        Bell(self.course.clone())
    }
}

impl Drop for Courier {
    fn drop(&mut self) {
        self.course.send_modify(|course| course.ends_at = Some(Instant::now() + GRACE));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(outbox: &Outbox, told: watch::Receiver<Course>, follows: bool) {
    let journal = outbox.root.path().join(".conductor/state/journal.md");
    let news = || follows.then(|| Watcher::global().watch(&journal));
    let worked = block_on(async {
        let rounds = outbox.hooks.iter().map(|hook| tend(outbox, hook, told.clone(), news()));
        futures_util::future::join_all(rounds).await;
    });
    if let Err(error) = worked {
        tracing::warn!(%error, "nothing sends webhooks");
    }
}

/// Looks after one webhook until the end. A slow receiver keeps no other waiting.
async fn tend(outbox: &Outbox, hook: &Hook, mut told: watch::Receiver<Course>, news: Option<Watch>) {
    loop {
        // Read before looking: what is told meanwhile is looked at in the next turn.
        let is_last = told.borrow_and_update().ends_at.is_some();
        let report = turn(outbox, hook, &told).await.unwrap_or_else(|error| {
            tracing::warn!(%error, webhook = hook.name, "webhooks wait; they are tried again");
            Report::default()
        });
        if is_last {
            return;
        }
        tokio::select! {
            _ = told.changed() => {}
            () = changed(news.as_ref()) => {}
            () = tokio::time::sleep(pause(report.next_at, outbox.clock.now())) => {}
        }
    }
}

async fn turn(outbox: &Outbox, hook: &Hook, told: &watch::Receiver<Course>) -> Result<Report> {
    outbox.feed_one(hook)?;
    outbox.send_until(hook, told.clone()).await
}

async fn changed(news: Option<&Watch>) {
    match news {
        Some(news) => news.changed().await,
        None => std::future::pending().await,
    }
}

/// How long to sleep until something is due.
fn pause(next_at: Option<Timestamp>, now: Timestamp) -> Duration {
    let left = next_at.map(|at| Duration::try_from(at.duration_since(now)).unwrap_or_default());
    left.map_or(LONGEST, |left| left.clamp(BUSY, LONGEST))
}
