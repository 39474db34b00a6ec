//! A task on a terminal: what its agent says and does, a line a tool call, and a line that moves.

use std::collections::HashMap;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;

use crate::api::dto::RunView;
use crate::api::feed::{Moment, Standing};
use crate::api::words;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::{Out, show, style, time};
use crate::host::HostTask;
use crate::model::event::left_out_mark;
use crate::model::task::OpenQuestion;
use crate::model::{EventKind, Message, MessageKind, RunStatus, TaskStatus};

/// Lines of one text that are shown; `output` shows all of it.
const TEXT_LINES: usize = 6;
/// How often the moving line moves.
const FRAME: Duration = Duration::from_millis(120);

/// Messages that are shown by what they cause.
const SILENT: [&str; 4] =
    [MessageKind::RUN_START, MessageKind::RUN_STOP, MessageKind::TASK_DONE, MessageKind::QUESTION];

/// Draws.
pub struct Screen<'a> {
    out: &'a Out,
    context: &'a Context,
    project: String,
    task: String,
    name: String,
    bar: ProgressBar,
    began: Timestamp,
    standing: Option<Standing>,
    doing: String,
    text: String,
    calls: HashMap<String, String>,
    turn: Option<u32>,
    /// Folders whose names say nothing to a person here, the longest first.
    folders: Vec<String>,
}

impl<'a> Screen<'a> {
    /// None where nothing can be drawn: the terminal cannot move its cursor (`TERM` is `dumb` or not set), or
    /// the standard error, which is drawn on, is none.
    pub fn new(context: &'a Context, task: &dyn HostTask) -> Option<Self> {
        let out = &context.out;
        let bar = ProgressBar::new_spinner();
        if bar.is_hidden() {
            return None;
        }
        let template = if out.has_colour() { "{spinner:.blue} {wide_msg}" } else { "{spinner} {wide_msg}" };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ "));
        }
        bar.enable_steady_tick(FRAME);
        Some(Self {
            out,
            context,
            project: task.project().to_owned(),
            task: task.id().to_owned(),
            name: show::slug(task.id()).to_owned(),
            bar,
            began: Timestamp::now(),
            standing: None,
            doing: String::new(),
            text: String::new(),
            calls: HashMap::new(),
            turn: None,
            folders: task.folders(),
        })
    }

    /// Shows one moment.
    pub fn show(&mut self, moment: &Moment) -> Result<(), Failure> {
        match moment {
            Moment::RunStarted(run) => self.run_started(run),
            Moment::Event { event, .. } => self.event(&event.kind),
            Moment::Message(message) => self.message(message),
            Moment::RunEnded(run) => self.run_ended(run),
            Moment::Status(standing) => self.status(standing),
        }
        Ok(())
    }

    /// Moves the line that tells what is going on.
    pub fn tick(&mut self) {
        let Some(standing) = &self.standing else { return };
        let now = Timestamp::now();
        let mut parts = vec![self.out.paint(style::NAME, &self.name)];
        parts.push(match standing.status {
            TaskStatus::Running if !self.doing.is_empty() => self.doing.clone(),
            status => standing.reason.clone().unwrap_or_else(|| status.words().to_owned()),
        });
        if let Some(at) = standing.wake_at.filter(|at| *at > now) {
            parts.push(format!("goes on in {}", time::took(at.duration_since(now))));
        }
        if let Some((default, at)) = default_of(standing).filter(|(_, at)| *at > now) {
            parts.push(format!("`{}` in {}", self.out.safe(default), time::took(at.duration_since(now))));
        }
        parts.push(time::took(now.duration_since(self.began)));
        parts.extend(standing.cost_usd.map(time::dollars));
        self.bar.set_message(parts.join(&self.out.paint(style::DIM, " · ")));
    }

    fn run_started(&mut self, run: &RunView) {
        self.doing = "starting".to_owned();
        self.folders.insert(0, format!("runs/{}/", run.run));
        let turn = run.iteration.map_or_else(|| "run".to_owned(), |turn| format!("turn {turn}"));
        let again = if self.turn.is_some() && self.turn == run.iteration { ", continued" } else { "" };
        self.turn = run.iteration;
        let since = run.started_at.map(|at| time::clock(at, Timestamp::now())).unwrap_or_default();
        let head = self.out.paint(style::HEAD, format_args!("{turn}{again}"));
        self.print(format!("\n{head} {}", self.out.paint(style::DIM, format_args!("{} {since}", run.agent))));
    }

    fn event(&mut self, event: &EventKind) {
        match event {
            EventKind::Text { text, delta, left_out } => {
                if !delta {
                    self.end_text();
                }
                self.text.push_str(text);
                if *left_out > 0 {
                    self.text.push_str(&left_out_mark(*left_out));
                }
                self.doing = "writing".to_owned();
                return;
            }
            EventKind::Thinking { .. } => self.doing = "thinking".to_owned(),
            EventKind::ToolCall { id, name, input } => self.tool_call(id, name, input),
            EventKind::ToolResult { id, output, is_error } => self.tool_result(id, output, *is_error),
            EventKind::Retry { attempt, message, .. } => {
                let words = format!("  ↻ try {attempt}: {}", self.out.safe(message));
                self.print(self.out.paint(style::WAITS, words));
            }
            EventKind::Error { message, warning } => {
                let colour = if *warning { style::WAITS } else { style::BAD };
                self.print(self.out.paint(colour, format_args!("  ! {}", self.out.safe(message))));
            }
            EventKind::Result { denied, .. } => {
                for words in denied {
                    self.print(
                        self.out.paint(style::NEEDS, format_args!("  ! refused: {}", self.out.safe(words))),
                    );
                }
            }
            EventKind::Session { .. } | EventKind::Usage(_) | EventKind::Raw { .. } => return,
        }
        self.end_text();
    }

    fn tool_call(&mut self, id: &str, name: &str, input: &serde_json::Value) {
        self.end_text();
        let (tool, argument) = words::tool_call(name, input);
        let argument = self.out.safe(&self.shorten(argument));
        self.doing = format!("{tool} {argument}");
        let tool = self.out.paint(style::BUSY, format_args!("{:<6}", self.out.safe(&tool)));
        self.print(format!("  {tool} {argument}"));
        self.calls.insert(id.to_owned(), argument);
    }

    fn tool_result(&mut self, id: &str, output: &str, is_error: bool) {
        self.calls.remove(id);
        self.doing = "thinking".to_owned();
        if is_error {
            let words = self.out.safe(words::last_line(output));
            self.print(self.out.paint(style::BAD, format_args!("         ✗ {words}")));
        }
    }

    /// Prints the text that has come so far.
    fn end_text(&mut self) {
        let text = std::mem::take(&mut self.text);
        let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
        for line in lines.iter().take(TEXT_LINES) {
            self.print(format!("  {}", self.out.safe(line)));
        }
        if lines.len() > TEXT_LINES {
            let more = format!("  … {} more lines", lines.len() - TEXT_LINES);
            self.print(self.out.paint(style::DIM, more));
        }
    }

    fn message(&mut self, message: &Message) {
        if SILENT.iter().any(|kind| message.kind.is(kind)) {
            return;
        }
        self.end_text();
        let colour = match message.kind.as_str() {
            MessageKind::ERROR | MessageKind::RUN_CRASH => style::BAD,
            MessageKind::ANSWER | MessageKind::USER => style::NEEDS,
            _ => style::WAITS,
        };
        let kind = self.out.paint(colour, format_args!("✉ {}", self.out.safe(message.kind.as_str())));
        self.print(format!("  {kind} {}", self.out.safe(&message.body)));
    }

    fn run_ended(&mut self, run: &RunView) {
        self.end_text();
        self.doing.clear();
        let (sign, colour) = style::run_status(run.status);
        let took = match (run.started_at, run.ended_at) {
            (Some(start), Some(end)) => time::took(end.duration_since(start)),
            _ => String::new(),
        };
        let mut parts = vec![took];
        parts.extend(run.usage.as_ref().and_then(show::usage));
        if run.status != RunStatus::Completed {
            parts.push(show::ending(run));
        }
        parts.retain(|part| !part.is_empty());
        let details = self.out.safe(&parts.join(", "));
        self.print(format!("{} {}", self.out.paint(colour, sign), self.out.paint(style::DIM, details)));
    }

    fn status(&mut self, standing: &Standing) {
        let before = self.standing.replace(standing.clone());
        let is_new = before.as_ref().is_none_or(|before| before.status != standing.status);
        if standing.status.is_ended() || standing.status == TaskStatus::Interrupted {
            self.finish(standing);
        } else if let Some(question) = asked(standing).filter(|_| is_new) {
            self.print(String::new());
            show::question(self.out, question, Timestamp::now())
                .into_iter()
                .for_each(|line| self.print(line));
            let name = self.context.name_of(&self.project, &self.task);
            let command = format!("  run-agent answer {name} \"…\"");
            self.print(self.out.paint(style::COMMAND, command));
        } else if is_new && !matches!(standing.status, TaskStatus::Running | TaskStatus::Queued) {
            let (sign, colour) = style::task_status(standing.status);
            let reason = standing.reason.as_ref().map(|reason| format!(": {}", self.out.safe(reason)));
            let words = format!("{sign} {}{}", standing.status.words(), reason.unwrap_or_default());
            self.print(self.out.paint(colour, words));
        }
        self.tick();
    }

    fn finish(&mut self, standing: &Standing) {
        self.end_text();
        let (sign, colour) = style::task_status(standing.status);
        let took = time::took(Timestamp::now().duration_since(self.began));
        let mut words = format!("{sign} {} {}", self.name, standing.status.words());
        let why = standing.error.as_ref().map(|error| error.message.as_str()).or(standing.reason.as_deref());
        if let Some(why) = why.filter(|_| standing.status != TaskStatus::Completed) {
            words.push_str(&format!(": {}", self.out.safe(why)));
        }
        self.print(format!("\n{} {}", self.out.paint(colour, words), self.out.paint(style::DIM, took)));
        if let Some(hint) = standing.error.as_ref().and_then(|error| error.hint.as_ref()) {
            self.print(format!("{} {}", self.out.paint(style::HINT, "hint:"), self.out.safe(hint)));
        }
        self.bar.finish_and_clear();
    }

    /// An argument without the folders that everything here lies in.
    fn shorten(&self, argument: String) -> String {
        self.folders.iter().fold(argument, |text, folder| text.replace(folder, ""))
    }

    /// A line above the one that moves, cut to the terminal's width.
    fn print(&self, line: impl AsRef<str>) {
        let line = console::truncate_str(line.as_ref(), self.out.width(), "…");
        self.bar.println(line);
    }
}

/// The question that it waits for; one that was asked in this turn comes when the turn ends.
fn asked(standing: &Standing) -> Option<&OpenQuestion> {
    standing.question.as_ref().filter(|_| standing.status == TaskStatus::WaitingAnswer)
}

fn default_of(standing: &Standing) -> Option<(&str, Timestamp)> {
    let question = asked(standing)?;
    Some((question.default.as_deref()?, question.default_at?))
}

impl Drop for Screen<'_> {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
