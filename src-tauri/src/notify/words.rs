//! The words of notifications. What agents and people wrote is shown without anything that could act.

use conductor_core::api::dto::{AttentionItem, AttentionKind, TaskView};
use conductor_core::logs::strip;
use jiff::tz::TimeZone;

use super::record::Completed;
use super::{About, Notice};
use crate::link;

/// Letters of a line of a notification.
const TITLE: usize = 80;
const BODY: usize = 300;
/// Choices that a notification has room for.
const CHOICES: usize = 4;
/// Titles that a digest names.
const NAMED: usize = 3;

/// The notification of an item.
pub fn of_item(item: &AttentionItem, task: Option<&TaskView>, zone: &TimeZone) -> Notice {
    let name = plain(task.map_or(item.task.as_str(), |task| task.title.as_str()), TITLE);
    let title = match item.kind {
        AttentionKind::Question => format!("{name}: a question"),
        AttentionKind::Limit => format!("{name}: a limit is reached"),
        AttentionKind::Stuck => format!("{name}: two turns changed nothing"),
        AttentionKind::Review => format!("{name}: ready to be looked at"),
        AttentionKind::Interrupted => format!("{name}: was interrupted"),
        AttentionKind::Failure => format!("{name}: failed"),
    };
    let mut body = plain(&item.text, BODY);
    if let (Some(default), Some(at)) = (&item.default, item.default_at) {
        let at = at.to_zoned_datetime(zone.clone()).strftime("%H:%M");
        body = format!("{body}\nWithout an answer: {}, at {at}", plain(default, TITLE));
    }
    // A choice that does not fit would be missing without a sign of it.
    let fits = item.choices.len() <= CHOICES;
    Notice {
        about: About::Items(vec![item.id.clone()]),
        title,
        body,
        choices: if fits { item.choices.clone() } else { Vec::new() },
        page: link::page(&item.project, &item.task).unwrap_or_else(|| "/".to_owned()),
        stays: true,
    }
}

/// One notification for many items.
pub fn of_many(items: &[&AttentionItem]) -> Notice {
    Notice {
        about: About::Items(items.iter().map(|item| item.id.clone()).collect()),
        title: format!("{} tasks need you", items.len()),
        body: listed(items.iter().map(|item| plain(&item.text, TITLE))),
        choices: Vec::new(),
        page: "/".to_owned(),
        stays: true,
    }
}

/// What was completed, in one.
pub fn of_completed(completed: Vec<Completed>) -> Notice {
    let (title, page) = match completed.as_slice() {
        [one] => (format!("{}: completed", plain(&one.title, TITLE)), link::page(&one.project, &one.task)),
        many => (format!("{} tasks are completed", many.len()), None),
    };
    let body = if completed.len() == 1 {
        "Nothing else is at work.".to_owned()
    } else {
        listed(completed.iter().map(|one| plain(&one.title, TITLE)))
    };
    let page = page.unwrap_or_else(|| "/".to_owned());
    Notice { about: About::Completed(completed), title, body, choices: Vec::new(), page, stays: false }
}

/// That the app is still there, and how to really quit.
pub fn of_tray() -> Notice {
    Notice {
        about: About::App,
        title: "Conductor Loop goes on in the tray".to_owned(),
        body: "Agents are not stopped by closing the window. Quit is in the menu of the icon.".to_owned(),
        choices: Vec::new(),
        page: "/".to_owned(),
        stays: false,
    }
}

fn listed(lines: impl ExactSizeIterator<Item = String>) -> String {
    let more = lines.len().saturating_sub(NAMED);
    let mut named: Vec<String> = lines.take(NAMED).collect();
    if more > 0 {
        named.push(format!("and {more} more"));
    }
    named.join("\n")
}

/// One line of plain text, cut where it is too long.
pub fn plain(text: &str, most: usize) -> String {
    let text = strip(text.as_bytes());
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

/// Text for a service that reads markup.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testbed::{item, task};

    #[test]
    fn a_question_tells_its_default_and_offers_its_choices() {
        let question = AttentionItem {
            text: "Rename \u{1b}[31mit\u{7}?\nReally?".to_owned(),
            choices: vec!["yes".to_owned(), "no".to_owned()],
            default: Some("no".to_owned()),
            default_at: Some("2026-11-29T12:34:00Z".parse().expect("a time")),
            ..item("a", AttentionKind::Question)
        };
        let named =
            TaskView { title: "Tidy up".to_owned(), ..task("a", conductor_core::model::TaskStatus::Running) };
        let notice = of_item(&question, Some(&named), &TimeZone::UTC);
        assert_eq!(notice.title, "Tidy up: a question");
        assert_eq!(notice.body, "Rename it␇? Really?\nWithout an answer: no, at 12:34");
        assert_eq!((notice.choices.len(), notice.page.as_str()), (2, "/tasks/shop/a"));
        let many = AttentionItem { choices: (0..9).map(|n| n.to_string()).collect(), ..question };
        assert!(of_item(&many, None, &TimeZone::UTC).choices.is_empty());
    }

    #[test]
    fn a_digest_names_some_and_counts_the_rest() {
        let done = |title: &str| Completed { project: "shop".into(), task: "a".into(), title: title.into() };
        assert_eq!(of_completed(vec![done("One")]).title, "One: completed");
        let all = ["One", "Two", "Three", "Four", "Five"].map(done);
        let digest = of_completed(all.into());
        assert_eq!(digest.title, "5 tasks are completed");
        assert_eq!(digest.body, "One\nTwo\nThree\nand 2 more");
    }

    #[test]
    fn long_text_is_cut_between_letters() {
        assert_eq!(plain("ä".repeat(5).as_str(), 5), "äääää");
        assert_eq!(plain("ä".repeat(6).as_str(), 5), "äääää…");
        assert_eq!(escaped("<b>&"), "&lt;b&gt;&amp;");
    }
}
