//! Why something could not be asked of a task.

use std::time::Duration;

use crate::agent::AgentError;
use crate::bus::BusError;
use crate::config::ConfigError;
use crate::model::{IdError, MessageId, ProjectId, TaskId, TaskStatus};
use crate::store::{Names, Root, StoreError};
use crate::supervisor::SuperviseError;
use crate::supervisor::binary::BinaryError;
use crate::supervisor::depend::DependError;
use crate::supervisor::detach::DetachError;
use crate::supervisor::process::ProcessError;
use crate::supervisor::record::{RecordError, TakeError};

/// A request that failed, and the task it was made of.
#[derive(Debug, thiserror::Error)]
#[error("{project}/{task}: {kind}")]
pub struct IntentError {
    /// The task's project.
    pub project: ProjectId,
    /// The task.
    pub task: TaskId,
    /// How a command names it.
    pub name: String,
    /// What happened.
    #[source]
    pub kind: Box<IntentErrorKind>,
}

impl IntentError {
    pub(super) fn new(root: &Root, project: &ProjectId, task: &TaskId, kind: IntentErrorKind) -> Self {
        let name = Names::of([root]).shortest(project, task);
        Self { project: project.clone(), task: task.clone(), name, kind: Box::new(kind) }
    }
}

/// What happened to a request.
#[derive(Debug, thiserror::Error)]
pub enum IntentErrorKind {
    /// There is no such task.
    #[error("there is no such task")]
    NotFound,
    /// A task of this name is there already.
    #[error("exists already")]
    Exists,
    /// The task has ended.
    #[error("has ended: {}", .0.words())]
    Ended(TaskStatus),
    /// The task is in a status in which this makes no sense.
    #[error("is {}: nothing to {what}", status.words())]
    Status {
        /// The status.
        status: TaskStatus,
        /// What was asked.
        what: &'static str,
    },
    /// Nothing is asked.
    #[error("no question is open")]
    NoQuestion,
    /// Another answer came first, and counts.
    #[error("question {question} was answered before: {answer:?}")]
    Answered {
        /// The question.
        question: MessageId,
        /// The answer that counts.
        answer: String,
    },
    /// The number of a choice that the question does not have.
    #[error("there is no choice {number}: {}", numbered(choices))]
    NoChoice {
        /// The number.
        number: usize,
        /// What can be chosen.
        choices: Vec<String>,
    },
    /// The task's agent keeps nothing in which a person could go on.
    #[error("its agent {0} has no sessions to take over")]
    NoSessions(String),
    /// The supervisor did not do it in time; the intent stays.
    #[error("not done after {} s; it stays asked", .0.as_secs())]
    NotYet(Duration),
    /// A value is not allowed.
    #[error("{what} {why}")]
    Invalid {
        /// Which value.
        what: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The working folder is not one.
    #[error("working folder {path}: {source}")]
    Folder {
        /// The folder.
        path: std::path::PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Delegation would be deeper than allowed.
    #[error("would be {depth} tasks below the topmost, allowed are {allowed}")]
    TooDeep {
        /// How deep it would be.
        depth: u32,
        /// What the topmost allows.
        allowed: u32,
    },
    /// There is no run with the id that is named as parent.
    #[error("there is no run {0} that could be its parent")]
    UnknownParent(String),
    /// The agent is not there, or not usable.
    #[error("agent {agent} cannot be used: {why}")]
    AgentMissing {
        /// Its name.
        agent: String,
        /// What is wrong.
        why: String,
    },
    /// A name is not allowed.
    #[error(transparent)]
    Name(#[from] IdError),
    /// A dependency is not allowed.
    #[error(transparent)]
    Depend(#[from] DependError),
    /// The configuration does not know the agent.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The agent refuses.
    #[error(transparent)]
    Agent(#[from] AgentError),
    /// A file.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A bus.
    #[error(transparent)]
    Bus(#[from] BusError),
    /// A process.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// The task's lock.
    #[error(transparent)]
    Take(#[from] TakeError),
    /// The task's state.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A new supervisor.
    #[error(transparent)]
    Detach(#[from] DetachError),
    /// The program that supervisors run from.
    #[error(transparent)]
    Binary(#[from] BinaryError),
    /// A supervisor that ran in this process.
    #[error(transparent)]
    Supervise(#[from] SuperviseError),
}

/// `1 is yes, 2 is no`.
fn numbered(choices: &[String]) -> String {
    let named = choices.iter().enumerate().map(|(index, choice)| format!("{} is {choice}", index + 1));
    named.collect::<Vec<_>>().join(", ")
}
