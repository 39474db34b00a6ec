//! What stands in the menu of the tray: a pure function of how the root stands.

use conductor_core::api::dto::{AttentionItem, TaskView};

use crate::link;
use crate::notify::plain;
use crate::watch::Situation;

/// Lines of a group; more are counted.
const LINES: usize = 8;
/// Letters of a line.
const LETTERS: usize = 56;

/// One line of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A line between groups.
    Line,
    /// Words that do nothing.
    Title(String),
    /// Something to do, its words, and whether it can be done.
    Order(Order, String, bool),
}

/// What a line of the menu does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Shows a page: `/tasks/<project>/<task>`, `/new`.
    Go(String),
    /// Pauses all that is at work.
    PauseAll,
    /// Shows the window.
    Open,
    /// Quits.
    Quit,
}

impl Order {
    /// The id of its line.
    pub fn id(&self) -> String {
        match self {
            Order::Go(page) => format!("go:{page}"),
            Order::PauseAll => "pause-all".to_owned(),
            Order::Open => "open".to_owned(),
            Order::Quit => "quit".to_owned(),
        }
    }

    /// What the line of an id does.
    pub fn parse(id: &str) -> Option<Self> {
        match id {
            "pause-all" => Some(Order::PauseAll),
            "open" => Some(Order::Open),
            "quit" => Some(Order::Quit),
            _ => id.strip_prefix("go:").map(|page| Order::Go(page.to_owned())),
        }
    }
}

/// The menu.
pub fn entries(situation: &Situation) -> Vec<Entry> {
    let mut entries = Vec::new();
    let waiting = situation.items.iter().filter_map(|item| needs(item, situation)).collect();
    group("Needs you", waiting, &mut entries);
    let at_work: Vec<Entry> = situation.at_work().filter_map(works).collect();
    let any = !at_work.is_empty();
    group("At work", at_work, &mut entries);
    let order = |order, text: &str, enabled| Entry::Order(order, text.to_owned(), enabled);
    entries.push(order(Order::Go("/new".to_owned()), "New task…", true));
    entries.push(order(Order::PauseAll, "Pause all", any));
    entries.push(Entry::Line);
    entries.push(order(Order::Open, "Open Conductor Loop", true));
    entries.push(order(Order::Quit, "Quit", true));
    entries
}

fn group(title: &str, mut lines: Vec<Entry>, entries: &mut Vec<Entry>) {
    if lines.is_empty() {
        return;
    }
    let more = lines.len().saturating_sub(LINES);
    lines.truncate(LINES);
    entries.push(Entry::Title(title.to_owned()));
    entries.extend(lines);
    if more > 0 {
        entries.push(Entry::Title(format!("and {more} more")));
    }
    entries.push(Entry::Line);
}

fn needs(item: &AttentionItem, situation: &Situation) -> Option<Entry> {
    let name = situation.task_of(item).map_or(item.task.as_str(), |task| task.title.as_str());
    line(&item.project, &item.task, format!("{name}: {}", item.text))
}

fn works(task: &TaskView) -> Option<Entry> {
    line(&task.project, &task.task, format!("{}: {}", task.title, task.status.words()))
}

fn line(project: &str, task: &str, text: String) -> Option<Entry> {
    // The windowing library takes a single `&` for a key.
    let text = plain(&text, LETTERS).replace('&', "&&");
    Some(Entry::Order(Order::Go(link::page(project, task)?), text, true))
}

#[cfg(test)]
mod tests {
    use conductor_core::api::dto::AttentionKind;
    use conductor_core::model::TaskStatus;

    use super::*;
    use crate::testbed::{item, task};

    fn words(entries: &[Entry]) -> Vec<String> {
        entries
            .iter()
            .map(|entry| match entry {
                Entry::Line => "-".to_owned(),
                Entry::Title(text) => format!("[{text}]"),
                Entry::Order(_, text, true) => text.clone(),
                Entry::Order(_, text, false) => format!("({text})"),
            })
            .collect()
    }

    #[test]
    fn without_anything_there_is_what_one_can_do() {
        let menu = words(&entries(&Situation::default()));
        assert_eq!(menu, ["New task…", "(Pause all)", "-", "Open Conductor Loop", "Quit"]);
    }

    #[test]
    fn who_needs_you_comes_first_and_every_line_opens_its_task() {
        let question =
            AttentionItem { text: "Rename A & B?".to_owned(), ..item("a", AttentionKind::Question) };
        let situation = Situation {
            items: vec![question],
            active: vec![task("a", TaskStatus::WaitingAnswer), task("b", TaskStatus::Running)],
            ..Situation::default()
        };
        let menu = entries(&situation);
        let running = format!("b: {}", TaskStatus::Running.words());
        let first =
            ["[Needs you]", "a: Rename A && B?", "-", "[At work]", &running, "-", "New task…", "Pause all"];
        assert_eq!(words(&menu)[..8], first);
        let Entry::Order(order, ..) = &menu[1] else { panic!("{menu:?}") };
        assert_eq!(*order, Order::Go("/tasks/shop/a".to_owned()));
        assert_eq!(Order::parse(&order.id()).as_ref(), Some(order));
    }

    #[test]
    fn many_lines_are_counted() {
        let active = (0..20).map(|n| task(&format!("t{n}"), TaskStatus::Queued)).collect();
        let menu = words(&entries(&Situation { active, ..Situation::default() }));
        assert_eq!(menu[9], "[and 12 more]");
    }

    #[test]
    fn every_order_has_an_id_that_names_it() {
        for order in [Order::Go("/new".to_owned()), Order::PauseAll, Order::Open, Order::Quit] {
            assert_eq!(Order::parse(&order.id()), Some(order));
        }
        assert_eq!(Order::parse("else"), None);
    }
}
