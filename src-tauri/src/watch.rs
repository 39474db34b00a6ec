//! The one watcher of the root: what needs a person, what is at work, what was completed. Tray and notifications follow
//! it, with or without a window.
//!
//! It waits for the journal, which tells what a person did in other faces and which supervisors are gone, too. Once a minute
//! it looks all the same: an item that was put off comes back without a word.

use std::time::Duration;

use conductor_core::api::dto::{AttentionItem, AttentionKind, TaskView};
use conductor_core::api::news::{News, NewsFeed};
use conductor_core::api::tasks::TaskQuery;
use conductor_core::api::{ApiError, App};
use conductor_core::logs::Mask;
use conductor_core::model::{ProjectId, TaskId, TaskStatus};
use conductor_core::server::Local;
use jiff::{SignedDuration, Timestamp};

use crate::door::Door;

/// The longest time without a look.
const LONGEST: Duration = Duration::from_secs(60);
/// Changes that follow one another so closely are looked at together.
const SETTLES: Duration = Duration::from_millis(150);
/// A task without a supervisor for so long was interrupted; for less, it is about to get one: it was made just now, or is
/// taken up again.
const TAKES_UP: SignedDuration = SignedDuration::from_secs(10);
/// The journal's word for a task that its agent calls done.
const COMPLETED: &str = "task.completed";

/// How the root stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Situation {
    /// What needs a person, longest wait first.
    pub items: Vec<AttentionItem>,
    /// Tasks that have not ended, newest first.
    pub active: Vec<TaskView>,
    /// Tasks of items that have ended.
    pub ended: Vec<TaskView>,
    /// Whether it may be another one soon, without a word in the journal.
    pub is_unsettled: bool,
}

/// What the app as a whole is like: what its icon shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mood {
    /// Nothing is at work, nobody is needed.
    #[default]
    Idle,
    /// Something is at work.
    Working,
    /// A person is needed.
    NeedsYou,
    /// Something failed, and nobody has looked.
    Failed,
}

impl Situation {
    /// What the icon shows. Who waits for an answer comes before what has failed.
    pub fn mood(&self) -> Mood {
        let is_failure = |item: &AttentionItem| item.kind == AttentionKind::Failure;
        if self.items.iter().any(|item| !is_failure(item)) {
            Mood::NeedsYou
        } else if !self.items.is_empty() {
            Mood::Failed
        } else if self.at_work().next().is_some() {
            Mood::Working
        } else {
            Mood::Idle
        }
    }

    /// Tasks that go on by themselves: at work, in the queue, or waiting for something else than a person.
    pub fn at_work(&self) -> impl Iterator<Item = &TaskView> {
        self.active.iter().filter(|task| {
            matches!(
                task.status,
                TaskStatus::Running
                    | TaskStatus::Queued
                    | TaskStatus::Waiting
                    | TaskStatus::WaitingQuota
                    | TaskStatus::Stopping
            )
        })
    }

    /// The task of an item.
    pub fn task_of(&self, item: &AttentionItem) -> Option<&TaskView> {
        let mut tasks = self.active.iter().chain(&self.ended);
        tasks.find(|task| task.project == item.project && task.task == item.task)
    }

    fn of(app: &App) -> Result<Self, ApiError> {
        let mask = Mask::new(&app.secrets());
        let hidden = |text: &str| String::from_utf8_lossy(&mask.apply(text.as_bytes())).into_owned();
        let hide = |item: AttentionItem| AttentionItem { text: hidden(&item.text), ..item };
        let (items, unsettled) = settled(app.inbox(false)?.items, Timestamp::now());
        let items = items.into_iter().map(hide).collect();
        let mut active = app.list(&TaskQuery { active: true, ..TaskQuery::default() })?.tasks;
        // Extra roots are only looked at.
        active.retain(|task| task.root.is_none());
        let mut situation = Self { items, active, ended: Vec::new(), is_unsettled: unsettled > 0 };
        let has_ended = |item: &&AttentionItem| situation.task_of(item).is_none();
        situation.ended =
            situation.items.iter().filter(has_ended).filter_map(|item| view(app, item).ok()).collect();
        Ok(situation)
    }
}

/// The items, but for interruptions that may be none; how many those are.
fn settled(mut items: Vec<AttentionItem>, now: Timestamp) -> (Vec<AttentionItem>, usize) {
    let all = items.len();
    let is_young = |item: &AttentionItem| now.duration_since(item.since) < TAKES_UP;
    items.retain(|item| item.kind != AttentionKind::Interrupted || !is_young(item));
    let left_out = all - items.len();
    (items, left_out)
}

fn view(app: &App, item: &AttentionItem) -> Result<TaskView, ApiError> {
    app.view(&app.task_at(&ProjectId::from_disk(&item.project)?, &TaskId::from_disk(&item.task)?)?)
}

/// What a look gave.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Look {
    /// How the root stands.
    pub situation: Situation,
    /// Tasks that were completed since the look before, and their titles: `(project, task, title)`.
    pub completed: Vec<(String, String, String)>,
    /// The place in the journal that was looked up to.
    pub place: String,
}

/// Follows the root for ever, from a place in the journal on, or from now on; `told` gets each look.
pub async fn follow<F: Future<Output = ()>>(
    door: &Door,
    mut place: Option<String>,
    mut told: impl FnMut(Look) -> F,
) {
    loop {
        if let Err(error) = follow_one(door, &mut place, &mut told).await {
            tracing::warn!(%error, "the root cannot be watched; it is tried again");
            pause(door, LONGEST).await;
        }
    }
}

/// Follows the root until it cannot be read, or is opened again.
async fn follow_one<F: Future<Output = ()>>(
    door: &Door,
    place: &mut Option<String>,
    told: &mut impl FnMut(Look) -> F,
) -> Result<(), ApiError> {
    let local = door.local().await?;
    let from = place.clone();
    let mut feed = match local.look(move |app| app.news(from.as_deref())).await {
        Ok(feed) => feed,
        // The place is of a journal that is no more.
        Err(_) => local.look(|app| app.news(None)).await?,
    };
    loop {
        let (look, next) = look(&local, feed).await?;
        feed = next;
        *place = Some(look.place.clone());
        let longest = if look.situation.is_unsettled { TAKES_UP.unsigned_abs() } else { LONGEST };
        told(look).await;
        tokio::select! {
            () = feed.changed() => {}
            () = pause(door, longest) => {}
        }
        tokio::time::sleep(SETTLES).await;
        if !door.is_open(&local) {
            return Ok(());
        }
    }
}

/// Looks on a thread that may block.
async fn look(local: &Local, mut feed: NewsFeed) -> Result<(Look, NewsFeed), ApiError> {
    local
        .look(move |app| {
            let news = feed.poll()?;
            let situation = Situation::of(app)?;
            let completed = news.items.into_iter().filter(|news| news.what == COMPLETED).map(named).collect();
            Ok((Look { situation, completed, place: news.next }, feed))
        })
        .await
}

fn named(news: News) -> (String, String, String) {
    (news.task.project.to_string(), news.task.task.to_string(), news.task.title)
}

async fn pause(door: &Door, longest: Duration) {
    let _ = tokio::time::timeout(longest, door.nudged()).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testbed::{item, task};

    #[test]
    fn a_task_that_is_about_to_get_its_supervisor_was_not_interrupted() {
        let (made, later) = ("2026-11-29T12:00:00Z", "2026-11-29T12:00:10Z");
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let items = [AttentionKind::Interrupted, AttentionKind::Failure];
        let items = items.map(|kind| AttentionItem { since: at(made), ..item("a", kind) });
        let (now, left_out) = settled(items.to_vec(), at(made));
        assert_eq!((now.len(), now[0].kind, left_out), (1, AttentionKind::Failure, 1));
        assert_eq!(settled(items.to_vec(), at(later)), (items.to_vec(), 0));
    }

    #[test]
    fn the_mood_is_what_matters_most() {
        let mood = |items: &[AttentionKind], statuses: &[TaskStatus]| {
            let items = items.iter().map(|kind| item("a", *kind)).collect();
            let active = statuses.iter().map(|status| task("a", *status)).collect();
            Situation { items, active, ..Situation::default() }.mood()
        };
        assert_eq!(mood(&[], &[]), Mood::Idle);
        assert_eq!(mood(&[], &[TaskStatus::Paused]), Mood::Idle);
        assert_eq!(mood(&[], &[TaskStatus::Paused, TaskStatus::Queued]), Mood::Working);
        assert_eq!(mood(&[AttentionKind::Failure], &[TaskStatus::Running]), Mood::Failed);
        let both = [AttentionKind::Failure, AttentionKind::Question];
        assert_eq!(mood(&both, &[TaskStatus::WaitingAnswer]), Mood::NeedsYou);
    }
}
