//! What to tell after a look, and what to take away: a pure function of the look and of what was told before.

use conductor_core::api::dto::{AttentionItem, AttentionKind};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Notice;
use super::record::{Completed, Record};
use super::words;
use crate::settings::Notifications;
use crate::watch::Look;

/// So many new items at once are told one by one; more, in one notification.
const ONE_BY_ONE: usize = 3;

/// What to do, and what is told once it was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Notifications to show.
    pub show: Vec<Notice>,
    /// What was told of this root, after them.
    pub record: Record,
}

/// What counts for a plan.
#[derive(Debug, Clone)]
pub struct Circumstances {
    /// What the person wants to be told.
    pub wanted: Notifications,
    /// Whether nothing is told now: what is still there afterwards is told then.
    pub is_quiet: bool,
    /// The time.
    pub now: Timestamp,
    /// Where the person's clock is.
    pub zone: TimeZone,
}

/// What to tell after a look.
pub fn plan(look: &Look, before: &Record, how: &Circumstances) -> Plan {
    let mut record = before.clone();
    note_completed(look, &mut record);
    settle(look, before, &mut record, how);
    let mut show = Vec::new();
    if !how.is_quiet {
        show.extend(items(look, &mut record, how));
        show.extend(completed(look, &mut record, how.wanted));
    }
    let is_there = |id: &str| look.situation.items.iter().any(|item| item.id == id);
    record.tidy(is_there, how.now);
    Plan { show, record }
}

fn note_completed(look: &Look, record: &mut Record) {
    record.completed.extend(look.completed.iter().map(|(project, task, title)| Completed {
        project: project.clone(),
        task: task.clone(),
        title: title.clone(),
    }));
    record.place = Some(look.place.clone());
}

/// Takes as told what is not wanted, and at the very first look what failed before: it is history.
fn settle(look: &Look, before: &Record, record: &mut Record, how: &Circumstances) {
    let is_first = before.place.is_none();
    for item in &look.situation.items {
        let is_history = is_first && item.kind == AttentionKind::Failure;
        if is_history || !wants(how.wanted, item.kind) {
            record.announced.entry(item.id.clone()).or_insert(how.now);
        }
    }
    if !how.wanted.completed {
        record.completed.clear();
    }
}

fn items(look: &Look, record: &mut Record, how: &Circumstances) -> Vec<Notice> {
    let is_new = |item: &&AttentionItem| !record.announced.contains_key(&item.id);
    let new: Vec<&AttentionItem> = look.situation.items.iter().filter(is_new).collect();
    record.announced.extend(new.iter().map(|item| (item.id.clone(), how.now)));
    if new.len() > ONE_BY_ONE {
        return vec![words::of_many(&new)];
    }
    new.into_iter().map(|item| words::of_item(item, look.situation.task_of(item), &how.zone)).collect()
}

/// Completed tasks, once nothing else is at work.
fn completed(look: &Look, record: &mut Record, wanted: Notifications) -> Option<Notice> {
    if !wanted.completed || record.completed.is_empty() || look.situation.at_work().next().is_some() {
        return None;
    }
    Some(words::of_completed(std::mem::take(&mut record.completed)))
}

fn wants(wanted: Notifications, kind: AttentionKind) -> bool {
    match kind {
        AttentionKind::Question
        | AttentionKind::Stuck
        | AttentionKind::Review
        | AttentionKind::Interrupted => wanted.questions,
        AttentionKind::Limit => wanted.limits,
        AttentionKind::Failure => wanted.failures,
    }
}

#[cfg(test)]
mod tests {
    use conductor_core::model::TaskStatus;

    use super::*;
    use crate::testbed::{item, task};
    use crate::watch::Situation;

    fn how() -> Circumstances {
        let now = "2026-11-29T12:00:00Z".parse().expect("a time");
        Circumstances { wanted: Notifications::default(), is_quiet: false, now, zone: TimeZone::UTC }
    }

    fn look(items: Vec<AttentionItem>, at_work: &[&str], completed: &[&str]) -> Look {
        let active = at_work.iter().map(|name| task(name, TaskStatus::Running)).collect();
        let done = |name: &&str| ("shop".to_owned(), (*name).to_owned(), format!("Title of {name}"));
        let completed = completed.iter().map(done).collect();
        Look {
            situation: Situation { items, active, ..Situation::default() },
            completed,
            place: "1".to_owned(),
        }
    }

    fn began() -> Record {
        Record { place: Some("0".to_owned()), ..Record::default() }
    }

    fn titles(plan: &Plan) -> Vec<&str> {
        plan.show.iter().map(|notice| notice.title.as_str()).collect()
    }

    #[test]
    fn an_item_is_told_once_also_by_another_start() {
        let look = look(vec![item("a", AttentionKind::Question)], &[], &[]);
        let first = plan(&look, &began(), &how());
        assert_eq!(titles(&first), ["a: a question"]);
        let text = serde_json::to_string(&first.record).expect("JSON");
        let kept: Record = serde_json::from_str(&text).expect("the same");
        assert!(plan(&look, &kept, &how()).show.is_empty());
    }

    #[test]
    fn what_was_answered_meanwhile_is_never_told() {
        let asked = look(vec![item("a", AttentionKind::Question)], &[], &[]);
        let quiet = plan(&asked, &began(), &Circumstances { is_quiet: true, ..how() });
        assert!(quiet.show.is_empty() && quiet.record.announced.is_empty());
        assert!(plan(&look(vec![], &[], &[]), &quiet.record, &how()).show.is_empty());
        // What is still open is told when the quiet is over.
        assert_eq!(titles(&plan(&asked, &quiet.record, &how())), ["a: a question"]);
    }

    #[test]
    fn failures_of_before_the_first_start_are_history_and_open_questions_are_not() {
        let items = vec![item("a", AttentionKind::Failure), item("b", AttentionKind::Question)];
        let first = plan(&look(items, &[], &[]), &Record::default(), &how());
        assert_eq!(titles(&first), ["b: a question"]);
        assert_eq!(first.record.announced.len(), 2);
    }

    #[test]
    fn many_at_once_are_one() {
        let items = ["a", "b", "c", "d"].map(|name| item(name, AttentionKind::Failure)).into();
        assert_eq!(titles(&plan(&look(items, &[], &[]), &began(), &how())), ["4 tasks need you"]);
    }

    #[test]
    fn what_is_not_wanted_is_not_told_later_either() {
        let limited = look(vec![item("a", AttentionKind::Limit)], &[], &["b"]);
        let wanted = Notifications { limits: false, completed: false, ..Notifications::default() };
        let off = plan(&limited, &began(), &Circumstances { wanted, ..how() });
        assert!(off.show.is_empty());
        let limited = look(vec![item("a", AttentionKind::Limit)], &[], &[]);
        assert!(plan(&limited, &off.record, &how()).show.is_empty());
    }

    #[test]
    fn what_was_completed_is_told_when_nothing_else_is_at_work() {
        let first = plan(&look(vec![], &["b"], &["a"]), &began(), &how());
        assert!(first.show.is_empty());
        let paused = Look {
            situation: Situation { active: vec![task("c", TaskStatus::Paused)], ..Situation::default() },
            ..look(vec![], &[], &["b"])
        };
        let last = plan(&paused, &first.record, &how());
        assert_eq!(titles(&last), ["2 tasks are completed"]);
        assert!(plan(&look(vec![], &[], &[]), &last.record, &how()).show.is_empty());
    }

    #[test]
    fn what_could_not_be_told_is_told_by_the_next_look() {
        let items = vec![item("a", AttentionKind::Question), item("b", AttentionKind::Failure)];
        let all = look(items, &[], &["c"]);
        let first = plan(&all, &began(), &how());
        assert_eq!(titles(&first), ["a: a question", "b: failed", "Title of c: completed"]);
        let mut record = first.record;
        for notice in [&first.show[0], &first.show[2]] {
            record.untold(notice.about.clone());
        }
        let again = plan(&Look { completed: Vec::new(), ..all }, &record, &how());
        assert_eq!(titles(&again), ["a: a question", "Title of c: completed"]);
    }

    #[test]
    fn items_that_are_long_gone_are_forgotten() {
        let mut before = began();
        let long_ago = "2026-01-01T00:00:00Z".parse().expect("a time");
        before.announced = [("gone".to_owned(), long_ago), ("question-a".to_owned(), long_ago)].into();
        let after = plan(&look(vec![item("a", AttentionKind::Question)], &[], &[]), &before, &how());
        assert_eq!(after.record.announced.keys().collect::<Vec<_>>(), ["question-a"]);
    }
}
