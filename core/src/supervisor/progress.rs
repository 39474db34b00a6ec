//! What a supervisor tells whoever watches it from the same process: a terminal in the foreground.

use crate::model::{Event, Message, RunInfo, TaskStatus};

/// Something that a person at the terminal wants to see.
#[derive(Debug, Clone)]
pub enum Progress {
    /// The task's status or its reason changed.
    Status {
        /// Status.
        status: TaskStatus,
        /// Why.
        reason: Option<String>,
    },
    /// A run began, or was found alive and taken over.
    RunStarted(Box<RunInfo>),
    /// The agent at work reports something.
    Event(Box<Event>),
    /// A message appeared on the task's bus.
    Message(Box<Message>),
    /// A run ended.
    RunEnded(Box<RunInfo>),
    /// Something to know that stops nothing.
    Warning(String),
}

/// Takes what is to be shown.
pub type Sink = Box<dyn Fn(Progress)>;

/// Tells the sink, as long as there is one.
#[derive(Default)]
pub(super) struct Teller(Option<Sink>);

impl Teller {
    pub(super) fn new(sink: Option<Sink>) -> Self {
        Self(sink)
    }

    pub(super) fn tell(&self, progress: impl FnOnce() -> Progress) {
        if let Some(sink) = &self.0 {
            sink(progress());
        }
    }

    /// Whether somebody watches.
    pub(super) fn is_watched(&self) -> bool {
        self.0.is_some()
    }

    /// The terminal is gone: nobody is told any more.
    pub(super) fn fall_silent(&mut self) {
        self.0 = None;
    }
}
