//! A task: what was asked (`task.yaml`) and what its supervisor knows (`state.yaml`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::access::Access;
use super::event::Usage;
use super::ids::{Cursor, MessageId, ProjectId, RunId, TaskId};
use super::run::EndReason;
use super::status::TaskStatus;

/// How a task is worked on. Presets of phases; the plain ones have the single phase `implement`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Workflow {
    /// One run (`job`).
    Once,
    /// Runs until DONE (`task`), the Ralph loop.
    #[default]
    Loop,
}

/// What happens to a task whose dependency failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum OnDependencyFailure {
    /// It fails, and says which dependency.
    #[default]
    Fail,
    /// It waits until the dependency is resumed and completes.
    Wait,
    /// It goes on.
    Ignore,
}

/// Whether the next iteration continues the agent's session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Continuation {
    /// A new session, told what the last one learned.
    #[default]
    Fresh,
    /// The same session.
    Session,
}

/// Limits of a task. Absent limits do not limit.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Runs after the first.
    pub max_restarts: u32,
    /// Failed runs in a row.
    pub max_failures: u32,
    /// Seconds without a sign of life after which a run is ended; 0: no limit.
    pub idle_seconds: u64,
    /// Seconds of work (pauses and waits for people do not count); 0: no limit.
    pub wall_seconds: u64,
    /// Tokens of all runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
    /// US dollars of all runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
    /// How deep tasks may start tasks below this one; counted from the topmost.
    pub depth: u32,
}

/// `task.yaml`: what was asked. Written once when the task is created; later changes only by a
/// follow-up or `resume --agent`, under the task's lock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskSpec {
    /// Version of this format.
    pub version: u32,
    /// Its project.
    pub project_id: ProjectId,
    /// The task.
    pub task_id: TaskId,
    /// When it was asked.
    pub created_at: Timestamp,
    /// Agent in the configuration; absent: the configured selection decides, durably.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// Model, where it is not the agent's configured one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What the agent may do; absent: the agent's, project's or default setting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<Access>,
    /// How it is worked on.
    #[serde(default)]
    pub workflow: Workflow,
    /// Whether iterations continue the agent's session.
    #[serde(default)]
    pub continuation: Continuation,
    /// Tasks of the same project (or `project/task`) that must be completed first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<String>,
    /// What happens when one of them failed.
    #[serde(default)]
    pub on_dependency_failure: OnDependencyFailure,
    /// Whether one more iteration gathers what child tasks found when DONE came before they ended.
    #[serde(default)]
    pub gather: bool,
    /// Working folder, absolute.
    pub cwd: String,
    /// Folders it works in; one for now, the same as `cwd`.
    #[serde(default)]
    pub roots: Vec<String>,
    /// Tasks that belong together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The run that started it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_run_id: Option<RunId>,
    /// The task of that run: `project/task`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_task: Option<String>,
    /// 0 for a task that a person started, one more for each delegation.
    #[serde(default)]
    pub depth: u32,
    /// Limits, as resolved when it was created.
    #[serde(default)]
    pub limits: Limits,
    /// Configuration file it was created with, absolute; its supervisors read the same one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<String>,
    /// The request that made it, where that must not make two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Fields of newer versions, kept as they came.
    #[serde(flatten)]
    pub extra: BTreeMap<String, serde_json::Value>,
}

impl TaskSpec {
    /// The version that this code writes.
    pub const VERSION: u32 = 1;

    /// A task of which nothing is said but whose it is, when it was asked and where it works: no limits, a loop
    /// in fresh sessions. An empty `cwd` says that the folder is not known.
    pub fn new(
        project_id: ProjectId,
        task_id: TaskId,
        created_at: Timestamp,
        cwd: impl Into<String>,
    ) -> Self {
        let cwd = cwd.into();
        Self {
            version: Self::VERSION,
            project_id,
            task_id,
            created_at,
            agent: None,
            model: None,
            access: None,
            workflow: Workflow::default(),
            continuation: Continuation::default(),
            depends_on: Vec::new(),
            on_dependency_failure: OnDependencyFailure::default(),
            gather: false,
            roots: if cwd.is_empty() { Vec::new() } else { vec![cwd.clone()] },
            cwd,
            group: None,
            parent_run_id: None,
            parent_task: None,
            depth: 0,
            limits: Limits::default(),
            config: None,
            request_id: None,
            extra: BTreeMap::new(),
        }
    }

    /// The status of the task before a supervisor wrote one: it waits for others, else for a slot.
    pub fn first_status(&self) -> TaskStatus {
        if self.depends_on.is_empty() { TaskStatus::Queued } else { TaskStatus::Waiting }
    }
}

/// The open question of a task that waits for an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct OpenQuestion {
    /// The QUESTION on the task's bus.
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub msg_id: MessageId,
    /// Its text.
    pub text: String,
    /// Answers to choose from; any other text is an answer too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// What is answered when nobody does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// When the default takes effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_at: Option<Timestamp>,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// What asks: the agent, or the supervisor (`tokens`, `cost`, `no_change`, `children`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

/// How a verified stop went.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct StopEvidence {
    /// Processes that were found and told to end.
    pub found: u32,
    /// Of them, those that needed KILL.
    pub killed: u32,
    /// Processes that were still there at the last look; empty for a verified stop.
    pub left: Vec<i32>,
}

/// Why a task failed or waits, for people and for machines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct TaskError {
    /// A short word: `agent_missing`, `bad_key`, `max_failures`, …
    pub code: String,
    /// What, where and why; one line.
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// The agent's session that can be continued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Agent in the configuration.
    pub agent: String,
    /// The agent's own id.
    pub id: String,
}

/// A run that is owed whatever the counters say: a person or an answer asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Owed {
    /// One that continues the session: an answer, `tell --now`, a follow-up, the way back from takeover.
    Continue,
    /// One in a fresh session: `resume`, another agent.
    Fresh,
    /// One that gathers what child tasks found after DONE.
    Gather,
}

/// `state.yaml`: what the supervisor knows. Only the holder of the task's lock writes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskState {
    /// Version of this format.
    pub version: u32,
    /// Grows by one with every write; journal records are keyed by it.
    pub revision: u64,
    /// Status; see [`TaskStatus`].
    pub status: TaskStatus,
    /// Why it is in this status, for a person: "back-off 4 s after a failed run".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Phase of the workflow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// When this was written.
    pub updated_at: Timestamp,
    /// When the first run began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When the task ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Why it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_reason: Option<EndReason>,
    /// The agent chosen for it, once chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// The run that is at work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_run: Option<RunId>,
    /// Whether its supervisor keeps the machine from going to sleep.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keeps_awake: bool,
    /// The run before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_run: Option<RunId>,
    /// Runs so far.
    #[serde(default)]
    pub runs: u32,
    /// Turns of the loop so far; what was not counted (quota, answers) is left out.
    #[serde(default)]
    pub iteration: u32,
    /// Runs after the first that count against `max_restarts`.
    #[serde(default)]
    pub restarts: u32,
    /// Failed runs in a row.
    #[serde(default)]
    pub failures: u32,
    /// Iterations in a row that changed nothing.
    #[serde(default)]
    pub unchanged: u32,
    /// How often each limit was granted again by `resume`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub granted: BTreeMap<String, u32>,
    /// Seconds of work so far.
    #[serde(default)]
    pub active_seconds: u64,
    /// Tokens and cost of all ended runs.
    #[serde(default)]
    pub spend: Usage,
    /// The last session that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Session>,
    /// The run that is owed; forgotten when it starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owed: Option<Owed>,
    /// The open question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<OpenQuestion>,
    /// When the usage limit resets or back-off ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wake_at: Option<Timestamp>,
    /// Up to where the task's bus was put into prompts.
    #[serde(default)]
    pub read_to: Cursor,
    /// Hash of the working folder's state and the last text, to see whether an iteration changed anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Where it was before a pause, to go back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_from: Option<TaskStatus>,
    /// How the stop went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<StopEvidence>,
    /// Why it failed or waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<TaskError>,
    /// Warnings that hold for the task: shared folder, refused tool calls.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// Whether the completion fact is on the project's bus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_fact: Option<MessageId>,
    /// The `bin/` entry that its supervisor runs from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binary: Option<String>,
    /// Fields of newer versions, kept as they came.
    #[serde(flatten)]
    pub extra: BTreeMap<String, serde_json::Value>,
}

impl TaskState {
    /// The version that this code writes.
    pub const VERSION: u32 = 1;

    /// The state of a task that no supervisor has written yet.
    pub fn first(spec: &TaskSpec) -> Self {
        let on = &spec.depends_on;
        let reason = (!on.is_empty()).then(|| format!("waits for {}", on.join(", ")));
        Self { reason, ..Self::new(spec.first_status(), spec.created_at) }
    }

    /// A state in which nothing has happened.
    pub fn new(status: TaskStatus, now: Timestamp) -> Self {
        Self {
            version: Self::VERSION,
            revision: 0,
            status,
            reason: None,
            phase: None,
            updated_at: now,
            started_at: None,
            ended_at: None,
            end_reason: None,
            agent: None,
            current_run: None,
            keeps_awake: false,
            last_run: None,
            runs: 0,
            iteration: 0,
            restarts: 0,
            failures: 0,
            unchanged: 0,
            granted: BTreeMap::new(),
            active_seconds: 0,
            spend: Usage::default(),
            session: None,
            owed: None,
            question: None,
            wake_at: None,
            read_to: Cursor::START,
            fingerprint: None,
            paused_from: None,
            stop: None,
            error: None,
            warnings: Vec::new(),
            completion_fact: None,
            binary: None,
            extra: BTreeMap::new(),
        }
    }
}
