//! From the journal to the outbox: a file for each record that a webhook wants.

use jiff::Timestamp;

use super::delivery::Delivery;
use super::error::Result;
use super::files::{FeedFile, Files};
use super::outbox::Hook;
use crate::config::WebhookFormat;
use crate::faults;
use crate::model::change;
use crate::store::{Journal, JournalEntry, JournalRead};

/// Records that are looked at before the cursor is stored.
const BATCH: usize = 256;
/// What chats are told where nothing is said: what needs a person, and ends that nobody asked for.
const FOR_PEOPLE: [&str; 6] = [
    "task.waiting_answer",
    "task.waiting_review",
    "task.completed",
    "task.failed",
    "task.timed_out",
    "task.interrupted",
];

/// Feeds what is new; how many deliveries were added. The first call only takes note of the place: nothing
/// from before is sent. Doing it again after a crash adds none twice.
pub(super) fn feed(journal: &Journal, hook: &Hook, files: &Files, now: Timestamp) -> Result<usize> {
    let _lock = files.lock_feed()?;
    let Some(mut feed) = begun(journal, files, now)? else { return Ok(0) };
    if hook.is_gone(&files.receiver()?) {
        // Who is gone is told nothing, later neither.
        feed.cursor = journal.end()?;
        files.write_feed(&feed)?;
        return Ok(0);
    }
    let mut added = 0;
    loop {
        let entries = match journal.read(feed.cursor.as_ref(), BATCH)? {
            JournalRead::Entries(entries) if entries.is_empty() => return Ok(added),
            JournalRead::Entries(entries) => entries,
            JournalRead::Resync(end) => {
                (feed.cursor, feed.resynced_at) = (end, Some(now));
                files.write_feed(&feed)?;
                continue;
            }
        };
        for entry in entries.iter().filter(|entry| entry.is_news) {
            let Some(event) = event_of(journal, hook, entry)? else { continue };
            added += usize::from(files.add(&Delivery::new(entry, event))?);
        }
        faults::step("notify.fed");
        feed.cursor = entries.last().map(|entry| entry.cursor);
        files.write_feed(&feed)?;
    }
}

/// How far it was read; none where this was the first time. A file that somebody damaged is begun anew.
fn begun(journal: &Journal, files: &Files, now: Timestamp) -> Result<Option<FeedFile>> {
    let lost = match files.feed() {
        Ok(Some(feed)) => return Ok(Some(feed)),
        Ok(None) => None,
        Err(super::NotifyError::Store(error)) if error.is_damage() => Some(now),
        Err(error) => return Err(error),
    };
    let feed = FeedFile { resynced_at: lost, ..FeedFile::begin(now, journal.end()?) };
    files.write_feed(&feed)?;
    Ok(None)
}

/// The word under which a webhook wants a record; none where it does not. The last run of a task may end
/// with the task, in one record: who wants ends of runs gets that one, too.
fn event_of<'a>(journal: &Journal, hook: &Hook, entry: &'a JournalEntry) -> Result<Option<&'a str>> {
    let record = &entry.record;
    if wants(hook, &record.kind) {
        return Ok(Some(&record.kind));
    }
    let Some(run) = record.run.as_ref().filter(|run| run.status.is_ended() && wants(hook, change::RUN_ENDED))
    else {
        return Ok(None);
    };
    let is_first = journal.end_of_run(run)?.is_none_or(|first| first == entry.cursor.id);
    Ok(is_first.then_some(change::RUN_ENDED))
}

fn wants(hook: &Hook, word: &str) -> bool {
    let events = &hook.settings.events;
    match (events.as_slice(), hook.settings.format) {
        ([], WebhookFormat::Json) => true,
        ([], _) => FOR_PEOPLE.contains(&word),
        (named, _) => named.iter().any(|pattern| change::matches(pattern, word)),
    }
}
