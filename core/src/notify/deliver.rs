//! From the outbox to the receivers: in order for each webhook, by whoever holds its lock.

use jiff::Timestamp;
use tokio::sync::watch;

use super::body::Event;
use super::courier::{Course, ended};
use super::delivery::{Attempt, Delivery, DeliveryState};
use super::error::Result;
use super::files::Files;
use super::outbox::{Hook, Outbox, Report};
use super::post::{Poster, Reply};
use super::schedule;
use crate::faults;
use crate::model::MessageId;

/// What one round of a webhook did.
pub(super) enum Round {
    /// It was this process's to do.
    Own(Report),
    /// Another process is at it.
    Elsewhere(Report),
}

/// What became of one delivery.
enum Step {
    /// The next one's turn.
    Next,
    /// Those behind it wait for it.
    Hold,
    /// The receiver is gone: nothing goes there any more.
    Gone,
    /// The time is over; nothing is known of it.
    Cut,
}

impl Outbox {
    /// Rounds of one webhook until nothing is due or the time is over.
    pub(super) async fn send_until(&self, hook: &Hook, ends: watch::Receiver<Course>) -> Result<Report> {
        loop {
            let report = match self.round(hook, &ends).await? {
                Round::Own(report) => return Ok(report),
                Round::Elsewhere(report) => report,
            };
            // What was fed just now may have come too late for the other one's last look.
            let is_due = report.next_at.is_some_and(|at| at <= self.clock.now());
            if !is_due {
                return Ok(report);
            }
            tokio::select! {
                () = ended(ends.clone()) => return Ok(report),
                () = tokio::time::sleep(super::courier::BUSY) => {}
            }
        }
    }

    /// One round of one webhook.
    pub(super) async fn round(&self, hook: &Hook, ends: &watch::Receiver<Course>) -> Result<Round> {
        let Some(files) = Files::existing(&self.root, &hook.name)? else {
            return Ok(Round::Own(Report::default()));
        };
        if files.ids(DeliveryState::Waiting)?.is_empty() {
            return Ok(Round::Own(Report::default()));
        }
        let Some(_lock) = files.try_lock_send()? else {
            return Ok(Round::Elsewhere(left(&files)?));
        };
        let mut sender =
            Sender { outbox: self, hook, files: &files, poster: None, report: Report::default() };
        sender.send_due(ends).await?;
        if sender.report.delivered + sender.report.failed > 0 {
            files.prune()?;
        }
        let mut report = sender.report;
        report.add(&left(&files)?);
        Ok(Round::Own(report))
    }
}

/// What waits, and when the first of it is due.
fn left(files: &Files) -> Result<Report> {
    let ids = files.ids(DeliveryState::Waiting)?;
    let mut report = Report { waiting: ids.len(), ..Report::default() };
    for id in ids {
        let Ok(Some(delivery)) = files.read(DeliveryState::Waiting, id) else { continue };
        report.next_at = report.next_at.into_iter().chain([delivery.next_at.unwrap_or(delivery.at)]).min();
        // Those behind it are due when it is.
        if !delivery.refused {
            break;
        }
    }
    Ok(report)
}

/// A round at work.
struct Sender<'a> {
    outbox: &'a Outbox,
    hook: &'a Hook,
    files: &'a Files,
    poster: Option<Poster<'a>>,
    report: Report,
}

impl<'a> Sender<'a> {
    /// Sends what is due, oldest first, and what is fed meanwhile.
    async fn send_due(&mut self, ends: &watch::Receiver<Course>) -> Result<()> {
        let mut last = None;
        loop {
            let ids = self.files.ids(DeliveryState::Waiting)?;
            let new: Vec<_> = ids.into_iter().filter(|id| last < Some(*id)).collect();
            let Some(newest) = new.last().copied() else { return Ok(()) };
            for id in new {
                match self.step(id, ends).await? {
                    Step::Next => {}
                    Step::Gone => return self.switch_off(),
                    Step::Hold | Step::Cut => return Ok(()),
                }
            }
            last = Some(newest);
        }
    }

    /// One delivery. What fails holds up what is behind it, unless the receiver refused that one alone.
    async fn step(&mut self, id: MessageId, ends: &watch::Receiver<Course>) -> Result<Step> {
        let mut delivery = match self.files.read(DeliveryState::Waiting, id) {
            Ok(Some(delivery)) => delivery,
            Ok(None) => return Ok(Step::Next),
            Err(error) => {
                // A damaged file holds up no other; lists count it.
                tracing::warn!(%error, webhook = self.hook.name, "a delivery cannot be read");
                return Ok(Step::Next);
            }
        };
        if delivery.state != DeliveryState::Waiting {
            // Whoever wrote that died before it was moved.
            self.files.settle(DeliveryState::Waiting, &delivery)?;
            return Ok(Step::Next);
        }
        match delivery.is_due(self.outbox.clock.now()) {
            true => self.send(&mut delivery, ends).await,
            false if delivery.refused => Ok(Step::Next),
            false => Ok(Step::Hold),
        }
    }

    async fn send(&mut self, delivery: &mut Delivery, ends: &watch::Receiver<Course>) -> Result<Step> {
        let now = self.outbox.clock.now();
        faults::step("notify.before-send");
        let poster = match self.poster() {
            Ok(poster) => poster,
            Err(error) => return self.record(delivery, &Reply::unsent(now, &error)),
        };
        let event = Event::of(delivery, poster.public_url());
        let reply = tokio::select! {
            biased;
            reply = poster.post(&event, now) => reply,
            () = ended(ends.clone()) => return Ok(Step::Cut),
        };
        faults::step("notify.answered");
        self.record(delivery, &reply)
    }

    fn poster(&mut self) -> Result<&Poster<'a>, reqwest::Error> {
        if self.poster.is_none() {
            let outbox = self.outbox;
            self.poster = Some(Poster::new(&self.hook.settings, outbox.public_url(), outbox.mask())?);
        }
        Ok(self.poster.as_ref().expect("it was made just now"))
    }

    /// Writes down what came of an attempt.
    fn record(&mut self, delivery: &mut Delivery, reply: &Reply) -> Result<Step> {
        let now = self.outbox.clock.now();
        delivery.note(Attempt {
            at: reply.at,
            took_ms: u64::try_from(reply.took.as_millis()).unwrap_or(u64::MAX),
            status: reply.status,
            error: reply.error.clone(),
        });
        if reply.is_accepted() {
            return self.accepted(delivery, now);
        }
        if reply.is_gone() {
            delivery.give_up("the receiver is gone (410)".to_owned());
            self.report.failed += 1;
            self.files.save(DeliveryState::Waiting, delivery)?;
            return Ok(Step::Gone);
        }
        delivery.refused = reply.is_refusal();
        delivery.failures = delivery.failures.saturating_add(1);
        let since = *delivery.failing_since.get_or_insert(now);
        if now.duration_since(since) >= schedule::GIVE_UP {
            return self.give_up(delivery, now);
        }
        let share = schedule::chance();
        delivery.next_at = Some(schedule::next(now, delivery.failures, reply.retry_after, share));
        self.files.save(DeliveryState::Waiting, delivery)?;
        Ok(if delivery.refused { Step::Next } else { Step::Hold })
    }

    fn accepted(&mut self, delivery: &mut Delivery, now: Timestamp) -> Result<Step> {
        delivery.state = DeliveryState::Delivered;
        delivery.next_at = None;
        self.files.save(DeliveryState::Waiting, delivery)?;
        let mut receiver = self.files.receiver()?;
        receiver.accepted_at = Some(now);
        self.files.write_receiver(&receiver)?;
        self.report.delivered += 1;
        Ok(Step::Next)
    }

    /// Gives up what has failed for too long, and what has waited behind it for as long.
    fn give_up(&mut self, delivery: &mut Delivery, now: Timestamp) -> Result<Step> {
        let (first, holds) = (delivery.id, !delivery.refused);
        self.fail(delivery, "it failed for three days")?;
        let behind = self.files.ids(DeliveryState::Waiting)?.into_iter().filter(|id| holds && *id > first);
        for id in behind {
            let Ok(Some(mut delivery)) = self.files.read(DeliveryState::Waiting, id) else { continue };
            if now.duration_since(delivery.at) >= schedule::GIVE_UP {
                self.fail(&mut delivery, "the receiver failed for three days")?;
            }
        }
        Ok(if holds { Step::Hold } else { Step::Next })
    }

    fn fail(&mut self, delivery: &mut Delivery, why: &str) -> Result<()> {
        delivery.give_up(why.to_owned());
        self.report.failed += 1;
        self.files.save(DeliveryState::Waiting, delivery)
    }

    /// Notes that the receiver is gone. What waits for it is given up.
    fn switch_off(&mut self) -> Result<()> {
        let mut receiver = self.files.receiver()?;
        receiver.gone_at = Some(self.outbox.clock.now());
        receiver.gone_url = Some(self.hook.fingerprint());
        self.files.write_receiver(&receiver)?;
        for id in self.files.ids(DeliveryState::Waiting)? {
            if let Ok(Some(mut delivery)) = self.files.read(DeliveryState::Waiting, id) {
                self.fail(&mut delivery, "the receiver is gone (410)")?;
            }
        }
        Ok(())
    }
}
