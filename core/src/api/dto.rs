//! Wire types: what faces show and clients parse. Not domain types; converted at this border.
//!
//! Every field is documented in `docs/cli.md`; what is unknown is absent. Times are RFC 3339 in UTC.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::live::Checked;
use crate::model::task::{OpenQuestion, StopEvidence, TaskError};
use crate::model::{Access, EndReason, MessageId, RunInfo, RunKind, RunStatus, TaskStatus, Usage, Workflow};
use crate::store::walk::Damaged;
use crate::store::{RunSummary, TaskSummary};

/// One task in a list. Its status was checked against the task's lock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct TaskView {
    /// Its root, where that is one of `storage.extra_roots`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// Project.
    pub project: String,
    /// Task.
    pub task: String,
    /// First line of the prompt.
    pub title: String,
    /// Status; a task that claims to be alive without its lock is `interrupted`.
    pub status: TaskStatus,
    /// Whether its supervisor was last seen on another machine: the status is its claim, not checked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub elsewhere: bool,
    /// Why it is in this status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The agent chosen for it, else the one asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// What the agent may do without asking; absent for tasks of another system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access: Option<Access>,
    /// How it is worked on.
    pub workflow: Workflow,
    /// Turns of the loop so far.
    pub iteration: u32,
    /// Runs so far.
    pub runs: u32,
    /// When it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// When the first run began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When its state last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// US dollars of all ended runs, where agents report them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
    /// Whether the machine is kept from going to sleep for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keeps_awake: bool,
    /// The task that started it: `project/task`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_task: Option<String>,
}

impl TaskView {
    /// What a list shows of a task, with its checked status.
    pub fn new(task: TaskSummary, checked: Checked) -> Self {
        // What it said while it was alive does not hold for one that is gone.
        let reason = task.reason.filter(|_| task.status == checked.status);
        // What has ended badly says why, such as the dependency that failed.
        let ended_badly = matches!(checked.status, TaskStatus::Failed | TaskStatus::TimedOut);
        let error = task.error.filter(|_| ended_badly).map(|error| error.message);
        let reason = reason.or(error);
        Self {
            root: None,
            project: task.project.to_string(),
            task: task.task.to_string(),
            title: task.title,
            status: checked.status,
            elsewhere: checked.elsewhere,
            reason,
            agent: task.agent,
            access: task.access,
            workflow: task.workflow,
            iteration: task.iteration,
            runs: task.runs,
            created_at: Some(task.created_at),
            started_at: task.started_at,
            updated_at: Some(task.updated_at),
            ended_at: task.ended_at,
            cost_usd: task.spend.cost_usd,
            keeps_awake: task.keeps_awake && checked.status == TaskStatus::Running,
            parent_task: task.parent_task,
        }
    }
}

/// A project, task or run that cannot be read; shown beside its neighbours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct DamagedView {
    /// What it is: `project/task`, with `/run` for a run, or a `project` alone.
    pub name: String,
    /// The file or folder.
    pub path: String,
    /// Why it cannot be read, after the file's name.
    pub reason: String,
}

impl From<Damaged> for DamagedView {
    fn from(damaged: Damaged) -> Self {
        let name = damaged.name();
        Self { name, path: damaged.path.display().to_string(), reason: damaged.reason }
    }
}

/// Everything about one task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct TaskDetail {
    /// What lists show.
    #[serde(flatten)]
    pub task: TaskView,
    /// Folder of the task.
    pub path: String,
    /// Working folder of its agents.
    pub cwd: String,
    /// Model, where it is not the agent's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Phase of the workflow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// Why it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_reason: Option<EndReason>,
    /// Why it failed or waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<TaskError>,
    /// The open question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<OpenQuestion>,
    /// When it goes on by itself: back-off, usage limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wake_at: Option<Timestamp>,
    /// Tokens and cost of all ended runs.
    pub spend: Usage,
    /// Runs after the first, and how many are allowed.
    pub restarts: Counted,
    /// Failed runs in a row, and how many are allowed.
    pub failures: Counted,
    /// Process id of its supervisor, while one lives here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supervisor_pid: Option<i32>,
    /// Tasks that must be completed first.
    pub depends_on: Vec<String>,
    /// Tasks that its runs started.
    pub children: Vec<ChildView>,
    /// How the last stop went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop: Option<StopEvidence>,
    /// What a person would do next: a command line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Warnings that hold for it.
    pub warnings: Vec<String>,
    /// Its runs, oldest first.
    pub run_list: Vec<RunView>,
    /// What of it and its runs cannot be read.
    pub damaged: Vec<DamagedView>,
}

/// How much of a limit is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Counted {
    /// Used so far.
    pub used: u32,
    /// Allowed; absent where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<u32>,
}

/// A task that was started by a run of another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ChildView {
    /// Project.
    pub project: String,
    /// Task.
    pub task: String,
    /// Status, checked against its lock.
    pub status: TaskStatus,
}

/// One run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RunView {
    /// Project.
    pub project: String,
    /// Task.
    pub task: String,
    /// Run.
    pub run: String,
    /// Status as it is recorded.
    pub status: RunStatus,
    /// Of a run that claims to be at work: whether its task's supervisor lives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owned: Option<bool>,
    /// What it executes.
    pub kind: RunKind,
    /// Agent.
    pub agent: String,
    /// Which turn of the loop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iteration: Option<u32>,
    /// When it was started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Exit code; absent when a signal ended it or nobody saw it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// The signal that ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_signal: Option<i32>,
    /// Why it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_reason: Option<EndReason>,
    /// What went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Model that the agent reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// US dollars.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
}

impl From<RunSummary> for RunView {
    fn from(run: RunSummary) -> Self {
        Self {
            project: run.project.to_string(),
            task: run.task.to_string(),
            run: run.run.to_string(),
            status: run.status,
            owned: None,
            kind: run.kind,
            agent: run.agent,
            iteration: run.iteration,
            started_at: run.start_time,
            ended_at: run.end_time,
            exit_code: run.exit_code,
            exit_signal: run.exit_signal,
            end_reason: run.end_reason,
            error: run.error_summary,
            model: run.model,
            usage: run.usage,
            cost_usd: run.cost_usd,
        }
    }
}

impl From<&RunInfo> for RunView {
    fn from(info: &RunInfo) -> Self {
        Self::from(RunSummary::from(info))
    }
}

/// Why a person is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AttentionKind {
    /// An open question.
    Question,
    /// A limit is reached.
    Limit,
    /// Two turns in a row changed nothing.
    Stuck,
    /// Gates are passed; a person looks.
    Review,
    /// The supervisor is gone.
    Interrupted,
    /// It failed or timed out for good.
    Failure,
}

impl AttentionKind {
    /// The word of JSON and of ids.
    pub fn as_str(self) -> &'static str {
        match self {
            AttentionKind::Question => "question",
            AttentionKind::Limit => "limit",
            AttentionKind::Stuck => "stuck",
            AttentionKind::Review => "review",
            AttentionKind::Interrupted => "interrupted",
            AttentionKind::Failure => "failure",
        }
    }
}

/// One thing that needs a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct AttentionItem {
    /// Stable id; what seen, snoozed and archived are recorded under.
    pub id: String,
    /// Why.
    pub kind: AttentionKind,
    /// Project.
    pub project: String,
    /// Task.
    pub task: String,
    /// What is asked or what happened.
    pub text: String,
    /// Answers to choose from.
    pub choices: Vec<String>,
    /// What is answered when nobody does, and when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// When the default takes effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_at: Option<Timestamp>,
    /// The open question's message: an answer that names it answers no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "server", schema(value_type = Option<String>))]
    pub question: Option<MessageId>,
    /// Since when.
    pub since: Timestamp,
    /// What to do about it: a command line.
    pub hint: String,
    /// Whether a person has seen it.
    pub seen: bool,
}
