//! An event in a few words, for a person with a phone.

use super::{About, Event};
use crate::model::task::OpenQuestion;
use crate::model::{TaskStatus, change};
use crate::store::{RunSummary, TaskSummary};

/// What a test says.
pub(super) const TRIED: &str = "This is a test of Conductor Loop. Webhooks of this address work.";
/// Characters of a text: chats refuse longer ones, or make files of them.
const LONGEST: usize = 1_500;

/// What a person is told.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Words {
    /// One line: whose, and what happened.
    pub title: String,
    /// More of it.
    pub lines: Vec<String>,
    /// The task's page.
    pub url: Option<String>,
    /// What a link to it says.
    pub link: &'static str,
    /// A word for a small picture, as ntfy knows them.
    pub tag: &'static str,
    /// Whether somebody is waited for.
    pub is_urgent: bool,
}

impl Words {
    /// All of it but the page.
    pub(super) fn text(&self) -> String {
        let lines = std::iter::once(&self.title).chain(&self.lines);
        lines.map(String::as_str).collect::<Vec<_>>().join("\n")
    }
}

/// Puts an event into words.
pub(super) fn of(event: &Event<'_>) -> Words {
    match &event.about {
        Some(about) => of_task(event.word, about),
        None => Words {
            title: "Conductor Loop".to_owned(),
            lines: vec![TRIED.to_owned()],
            url: None,
            link: "",
            tag: "wave",
            is_urgent: false,
        },
    }
}

fn of_task(word: &str, about: &About<'_>) -> Words {
    let task = about.task;
    let name = format!("{} ({})", task.task.slug(), task.project);
    let url = about.url.as_ref().map(ToString::to_string);
    let asked = task.question.as_ref().filter(|_| task.status == TaskStatus::WaitingAnswer);
    if let Some(question) = asked {
        let lines = lines_of(question, task, url.is_none());
        let (title, link) = (format!("{name} asks"), "Answer it");
        return Words { title, lines, url, link, tag: "question", is_urgent: true };
    }
    let run = about.run.filter(|_| word.starts_with("run."));
    let (title, why) = match run {
        Some(run) if word == change::RUN_ENDED => {
            (format!("{name}: a run {}", ended(run)), run.error_summary.clone())
        }
        Some(_) => (format!("{name}: {}", word.replace(['.', '_'], " ")), None),
        None => (format!("{name} is {}", task.status.words()), reason(task)),
    };
    let title_line = Some(task.title.clone()).filter(|title| !title.is_empty());
    let lines = title_line.into_iter().chain(why).map(|line| short(&line)).collect();
    Words { title, lines, url, link: "Look at it", tag: tag(task.status), is_urgent: false }
}

/// A question, its numbered choices, and how to answer it where there is no page for that.
fn lines_of(question: &OpenQuestion, task: &TaskSummary, by_command: bool) -> Vec<String> {
    let mut lines = vec![short(&question.text)];
    let choices = question.choices.iter().enumerate();
    lines.extend(choices.map(|(index, choice)| format!("{}  {}", index + 1, short(choice))));
    if let (Some(default), Some(at)) = (&question.default, question.default_at) {
        let at = at.strftime("%Y-%m-%d %H:%M UTC");
        lines.push(format!("Without an answer it goes on with: {} ({at})", short(default)));
    }
    if by_command {
        lines.push(format!("run-agent answer {} \"…\"", task.task.slug()));
    }
    lines
}

/// How a run ended.
fn ended(run: &RunSummary) -> String {
    let status = run.status.as_str().replace('_', " ");
    match (run.exit_code, run.exit_signal) {
        (Some(0), _) | (None, None) => status,
        (Some(code), _) => format!("{status}, exit {code}"),
        (None, Some(signal)) => format!("{status}, signal {signal}"),
    }
}

/// Why a task is as it is: its error where it has one, else its reason.
fn reason(task: &TaskSummary) -> Option<String> {
    let error = task.error.as_ref().filter(|_| task.status != TaskStatus::Completed);
    error.map(|error| error.message.clone()).or_else(|| task.reason.clone())
}

fn tag(status: TaskStatus) -> &'static str {
    match status {
        TaskStatus::Completed => "white_check_mark",
        TaskStatus::Failed | TaskStatus::TimedOut => "x",
        TaskStatus::Stopped => "stop_sign",
        TaskStatus::WaitingAnswer | TaskStatus::WaitingReview => "question",
        TaskStatus::Interrupted => "warning",
        _ => "gear",
    }
}

/// A text that a chat takes.
fn short(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
