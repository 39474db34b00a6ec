//! The words of the loop: what is looked at between two runs, and what can be done next.

use jiff::Timestamp;

use super::limits::Limit;
use crate::model::task::{OpenQuestion, TaskError};
use crate::model::{EndReason, Owed, TaskStatus};

/// Markers in the task's folder. Times say which of DONE and STOP was there first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Markers {
    /// The agent's word, since when.
    pub done: Option<Timestamp>,
    /// A person's stop, since when.
    pub stop: Option<Timestamp>,
    /// A person's pause.
    pub pause: Option<Pause>,
}

impl Markers {
    /// Whether STOP is to be carried out: it is there, and DONE was not there before it.
    pub fn stop_wins(&self) -> bool {
        self.stop.is_some_and(|stop| self.done.is_none_or(|done| stop < done))
    }
}

/// How a person paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// The turn may end first (takeover); else its processes are frozen.
    pub after_turn: bool,
}

/// What became of the tasks this one depends on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Needs {
    /// All are completed, or are not waited for.
    #[default]
    Met,
    /// These are not completed yet.
    Open(Vec<String>),
    /// These failed, and this task is to fail with them.
    Failed(Vec<String>),
}

/// How a task ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// An ended status.
    pub status: TaskStatus,
    /// Why.
    pub reason: EndReason,
    /// What went wrong, where something did.
    pub error: Option<TaskError>,
}

/// A status to wait in, until something changes or a time comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// Status meanwhile.
    pub status: TaskStatus,
    /// Why, for a person.
    pub reason: String,
    /// When to decide again whatever happens; none: only when something changes.
    pub until: Option<Timestamp>,
    /// The run that is owed when the wait is over.
    pub owed: Option<Owed>,
}

/// What the supervisor asks a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concern {
    /// DONE is there, and child tasks go on and on.
    Children,
    /// Iterations that change nothing.
    NoChange,
    /// Tokens or cost are used up.
    Limit(Limit),
}

impl Concern {
    /// The word in the question's `about`.
    pub fn as_str(self) -> &'static str {
        match self {
            Concern::Children => "children",
            Concern::NoChange => "no_change",
            Concern::Limit(limit) => limit.as_str(),
        }
    }

    /// The concern of a question that a supervisor asked.
    pub fn of(question: &OpenQuestion) -> Option<Concern> {
        [Concern::Children, Concern::NoChange, Concern::Limit(Limit::Tokens), Concern::Limit(Limit::Cost)]
            .into_iter()
            .find(|concern| question.about.as_deref() == Some(concern.as_str()))
    }

    /// Answers to choose from. Any other text goes on, and the agent reads it.
    pub fn choices(self) -> &'static [&'static str] {
        match self {
            Concern::Children => &["wait", "complete", "stop"],
            Concern::NoChange | Concern::Limit(_) => &["continue", "stop"],
        }
    }
}

/// What an answer changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The agent's question: its session goes on with the answer.
    Resume,
    /// The iterations are granted another try.
    TryAgain,
    /// The limit is granted once more.
    Grant(Limit),
    /// The child tasks are waited for without a limit.
    WaitForChildren,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Nothing: the task has ended.
    Rest,
    /// Leave it `interrupted` for recovery.
    Leave,
    /// Carry out STOP, with the child tasks.
    Stop,
    /// End it.
    End(Ending),
    /// Wait.
    Wait(Wait),
    /// Ask a person.
    Ask(Concern),
    /// Nobody answered in time: answer with the default.
    AnswerByDefault(String),
    /// Apply an answer, then decide again.
    Heed(Effect),
    /// Go on with another agent, then decide again.
    Switch(String),
    /// Take a slot and start a run.
    Run(Option<Owed>),
}

/// The first line of a text, short enough for a list.
pub fn first_line(text: &str) -> String {
    text.lines().find(|line| !line.trim().is_empty()).unwrap_or("").trim().chars().take(200).collect()
}
