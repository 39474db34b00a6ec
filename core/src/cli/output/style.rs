//! Colours and signs: one look for every command.

use std::fmt::Display;

pub use anstyle::Style;
use anstyle::{AnsiColor, Color};

use crate::model::{RunStatus, TaskStatus};

const fn colour(colour: AnsiColor) -> Style {
    Style::new().fg_color(Some(Color::Ansi(colour)))
}

/// Errors.
pub const ERROR: Style = colour(AnsiColor::Red).bold();
/// What to do next.
pub const HINT: Style = colour(AnsiColor::Cyan).bold();
/// Headings.
pub const HEAD: Style = Style::new().bold();
/// What stands beside the point.
pub const DIM: Style = Style::new().dimmed();
/// Names of tasks.
pub const NAME: Style = colour(AnsiColor::Cyan);
/// Good news.
pub const GOOD: Style = colour(AnsiColor::Green);
/// Bad news.
pub const BAD: Style = colour(AnsiColor::Red);
/// Work in progress.
pub const BUSY: Style = colour(AnsiColor::Blue);
/// Needs a person.
pub const NEEDS: Style = colour(AnsiColor::Yellow).bold();
/// Waits by itself.
pub const WAITS: Style = colour(AnsiColor::Magenta);
/// A command line to type.
pub const COMMAND: Style = Style::new().bold();

/// Whether the stream is shown in colours: a terminal that has them, `NO_COLOR` unset.
pub fn wants_colour(stream: &impl anstream::stream::RawStream) -> bool {
    anstream::AutoStream::choice(stream) != anstream::ColorChoice::Never
}

/// `text` in a style, or as it is.
pub fn paint(colour: bool, style: Style, text: impl Display) -> String {
    if colour { format!("{style}{text}{style:#}") } else { text.to_string() }
}

/// Sign and style of a task's status.
pub fn task_status(status: TaskStatus) -> (&'static str, Style) {
    match status {
        TaskStatus::Waiting | TaskStatus::Queued => ("○", DIM),
        TaskStatus::Running => ("●", BUSY),
        TaskStatus::WaitingAnswer | TaskStatus::WaitingReview => ("?", NEEDS),
        TaskStatus::WaitingQuota => ("◷", WAITS),
        TaskStatus::Paused => ("‖", WAITS),
        TaskStatus::Stopping => ("◌", WAITS),
        TaskStatus::Interrupted => ("!", NEEDS),
        TaskStatus::Completed => ("✓", GOOD),
        TaskStatus::Failed | TaskStatus::TimedOut => ("✗", BAD),
        TaskStatus::Stopped => ("■", DIM),
    }
}

/// Sign and style of a run's status.
pub fn run_status(status: RunStatus) -> (&'static str, Style) {
    match status {
        RunStatus::Running => ("●", BUSY),
        RunStatus::Completed => ("✓", GOOD),
        RunStatus::Failed | RunStatus::TimedOut => ("✗", BAD),
        RunStatus::Stopped => ("■", DIM),
        RunStatus::Lost => ("!", NEEDS),
    }
}
