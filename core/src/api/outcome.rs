//! What came of what was asked of a task, as all faces show it.

use serde::{Deserialize, Serialize};

use super::recover::{Outcome, Recovered};
use super::steer::{AnswerOutcome, AskOutcome, PauseOutcome, ResumeOutcome, StopOutcome, TellOutcome};
use crate::model::TaskStatus;
use crate::model::task::StopEvidence;
use crate::store::TaskDir;

/// A task that was stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema), schema(no_recursion))]
pub struct StoppedView {
    /// Its project.
    pub project: String,
    /// The task.
    pub task: String,
    /// `stopped`; `failed` where something survived.
    pub status: TaskStatus,
    /// What was found, and what is left.
    pub evidence: StopEvidence,
    /// Its child tasks, which were stopped with it.
    #[serde(default)]
    pub children: Vec<StoppedView>,
    /// What was damaged, and how it was put right.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl StoppedView {
    /// Of this task.
    pub fn new(task: &TaskDir, outcome: StopOutcome) -> Self {
        let children = outcome.children.into_iter().map(|child| Self {
            project: child.project.to_string(),
            task: child.task.to_string(),
            status: child.status,
            evidence: child.evidence,
            children: Vec::new(),
            notes: Vec::new(),
        });
        Self {
            project: task.project().to_string(),
            task: task.id().to_string(),
            status: outcome.status,
            evidence: outcome.evidence,
            children: children.collect(),
            notes: outcome.notes,
        }
    }

    /// Whether nothing is left, of the task and of its children.
    pub fn is_verified(&self) -> bool {
        self.evidence.left.is_empty() && self.children.iter().all(Self::is_verified)
    }
}

/// A task that was paused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PausedView {
    /// Its project.
    pub project: String,
    /// The task.
    pub task: String,
    /// `paused`, or the status in which its turn goes on first.
    pub status: TaskStatus,
    /// Child tasks that pause with it.
    pub children: usize,
}

impl PausedView {
    /// Of this task.
    pub fn new(task: &TaskDir, outcome: &PauseOutcome) -> Self {
        let (project, task) = (task.project().to_string(), task.id().to_string());
        Self { project, task, status: outcome.status, children: outcome.children }
    }
}

/// A task that goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ResumedView {
    /// Its project.
    pub project: String,
    /// The task.
    pub task: String,
    /// Its status now.
    pub status: TaskStatus,
    /// The limit that was granted once more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted: Option<String>,
}

impl ResumedView {
    /// Of this task.
    pub fn new(task: &TaskDir, outcome: &ResumeOutcome) -> Self {
        let (project, task) = (task.project().to_string(), task.id().to_string());
        Self { project, task, status: outcome.status, granted: outcome.granted.map(str::to_owned) }
    }
}

/// A task that was said to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct DoneView {
    /// Its project.
    pub project: String,
    /// The task.
    pub task: String,
    /// Always true.
    pub done: bool,
}

impl DoneView {
    /// Of this task.
    pub fn new(task: &TaskDir) -> Self {
        Self { project: task.project().to_string(), task: task.id().to_string(), done: true }
    }
}

/// A word that was said to an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ToldView {
    /// Its project.
    pub project: String,
    /// The task.
    pub task: String,
    /// The message on the task's bus.
    pub msg_id: String,
    /// When the agent reads it: `next_turn`, `now`, `on_resume` or `follow_up`.
    pub read: String,
}

impl ToldView {
    /// To this task.
    pub fn new(task: &TaskDir, outcome: &TellOutcome) -> Self {
        let read = match outcome {
            TellOutcome::NextTurn(_) => "next_turn",
            TellOutcome::Now(_) => "now",
            TellOutcome::OnResume(_) => "on_resume",
            TellOutcome::FollowUp(_) => "follow_up",
        };
        Self {
            project: task.project().to_string(),
            task: task.id().to_string(),
            msg_id: outcome.message().to_string(),
            read: read.to_owned(),
        }
    }
}

/// A question that was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct AnsweredView {
    /// Its project.
    pub project: String,
    /// The task that asked.
    pub task: String,
    /// The question.
    pub question: String,
    /// The ANSWER on its bus.
    pub answer: String,
    /// The text of it.
    pub text: String,
}

impl AnsweredView {
    /// Of this task.
    pub fn new(task: &TaskDir, outcome: AnswerOutcome) -> Self {
        Self {
            project: task.project().to_string(),
            task: task.id().to_string(),
            question: outcome.question.to_string(),
            answer: outcome.answer.to_string(),
            text: outcome.text,
        }
    }
}

/// A question that was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct AskedView {
    /// The question.
    pub question: String,
    /// The answer, where it came in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// What the agent is to do where none came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl From<AskOutcome> for AskedView {
    fn from(outcome: AskOutcome) -> Self {
        let next = outcome.answer.is_none().then(|| AskOutcome::END_YOUR_TURN.to_owned());
        Self {
            question: outcome.question.to_string(),
            answer: outcome.answer.map(|answer| answer.text),
            next,
        }
    }
}

/// A task that recovery looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RecoveredView {
    /// Its project.
    pub project: String,
    /// The task.
    pub task: String,
    /// `alive`, `restarted`, `settled`, `never_made` or `refused`.
    pub outcome: String,
    /// Process id of its new supervisor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supervisor_pid: Option<i32>,
    /// What it does, or why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What was damaged, and how it was put right.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl From<Recovered> for RecoveredView {
    fn from(task: Recovered) -> Self {
        let (outcome, supervisor_pid, reason) = match task.outcome {
            Outcome::Alive => ("alive", None, None),
            Outcome::Restarted { pid, course } => ("restarted", pid, Some(course.words().to_owned())),
            Outcome::Settled(status) => ("settled", None, Some(status.words().to_owned())),
            Outcome::NeverMade => ("never_made", None, None),
            Outcome::Refused(why) => ("refused", None, Some(why)),
        };
        let (project, name) = (task.project.to_string(), task.task.to_string());
        Self { project, task: name, outcome: outcome.to_owned(), supervisor_pid, reason, notes: task.notes }
    }
}
