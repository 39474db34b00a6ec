//! A run: one execution of an agent or of a gate (`run-info.yaml`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::access::Access;
use super::event::{FailureClass, Usage};
use super::ids::{Cursor, ProjectId, RunId, TaskId};
use super::status::RunStatus;

/// What a run executes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum RunKind {
    /// An agent.
    #[default]
    Agent,
    /// A verification command.
    Verify,
    /// A measuring command.
    Measure,
    /// A merge.
    Merge,
}

/// Why a run or a task ended as it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// It ended by itself.
    Exited,
    /// DONE was there.
    Done,
    /// A person's stop.
    StopRequested,
    /// Something survived KILL.
    StopIncomplete,
    /// `tell --now` or `takeover` ended the turn.
    Interrupted,
    /// No sign of life for the idle time.
    IdleTime,
    /// The task's wall time.
    WallTime,
    /// The machine or the supervisor went away.
    Shutdown,
    /// Found without an owner on another boot, or with no record of its end.
    Lost,
    /// A signal that was not ours.
    Killed,
    /// It could not be started.
    StartFailed,
    /// A failure that trying again cannot help.
    Permanent,
    /// `max_restarts` is used up.
    MaxRestarts,
    /// `max_failures` in a row.
    MaxFailures,
    /// A dependency failed.
    DependencyFailed,
    /// Delegation is deeper than allowed.
    Depth,
    /// *once*: its one run ended without DONE.
    Once,
}

/// A process by its id and its start time, which no later owner of the id shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedProcess {
    /// Process id.
    pub pid: i32,
    /// Start time in clock ticks since boot.
    pub process_start_time: u64,
}

/// `run-info.yaml`. Field names are the seed system's where it has them; what is unknown is absent.
///
/// Read leniently: also files of the seed system (version 1 without `schema_version`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunInfo {
    /// Version of this format; 0 for a file of the seed system.
    #[serde(default)]
    pub schema_version: u32,
    /// The run.
    pub run_id: RunId,
    /// Its project.
    pub project_id: ProjectId,
    /// Its task.
    pub task_id: TaskId,
    /// The run that started this task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_run_id: Option<RunId>,
    /// The run before it in the same task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_run_id: Option<RunId>,
    /// Name of the agent in the configuration.
    pub agent: String,
    /// Version that its binary reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_version: Option<String>,
    /// What it executes.
    #[serde(default)]
    pub kind: RunKind,
    /// Phase of the workflow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// Which turn of the loop, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iteration: Option<u32>,
    /// Status; see [`RunStatus`].
    pub status: RunStatus,
    /// Process id of the agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid: Option<i32>,
    /// Its process group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pgid: Option<i32>,
    /// Start time of the process in clock ticks since boot (`/proc/<pid>/stat`, field 22).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process_start_time: Option<u64>,
    /// `/proc/sys/kernel/random/boot_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot_id: Option<String>,
    /// Inode of `/proc/self/ns/pid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid_namespace: Option<u64>,
    /// `/etc/machine-id`, hashed, or a random one kept in the user's state folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine_id: Option<String>,
    /// Control group of the run, relative to the mount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cgroup: Option<String>,
    /// Processes of it that carry no marker, as its supervisor saw them last: what tells them from
    /// strangers when that supervisor is gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unmarked: Vec<RecordedProcess>,
    /// Process id of the supervisor that started it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supervisor_pid: Option<i32>,
    /// `managed`; the seed system also has `external`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process_ownership: Option<String>,
    /// When it was started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_time: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_time: Option<Timestamp>,
    /// Exit code; absent while it runs, when a signal ended it, or when nobody saw it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// The signal that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_signal: Option<i32>,
    /// Why it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_reason: Option<EndReason>,
    /// What went wrong, one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_summary: Option<String>,
    /// What kind of failure it was; decides what comes next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<FailureClass>,
    /// Up to where the task's bus was put into its prompt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_to: Option<Cursor>,
    /// Seconds that it was frozen; its clocks stood meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_seconds: Option<u64>,
    /// What it may do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<Access>,
    /// Model that the agent reports, else the one it was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The agent's own session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// Tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// US dollars that the agent reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
    /// Commit of the working folder when it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_commit: Option<String>,
    /// Commit of the working folder when it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head_commit: Option<String>,
    /// Working folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cwd: Option<String>,
    /// The command line, arguments quoted for a shell; never holds a token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commandline: Option<String>,
    /// Path of the prompt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_path: Option<String>,
    /// Path of the output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_path: Option<String>,
    /// Path of the standard output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stdout_path: Option<String>,
    /// Path of the standard error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stderr_path: Option<String>,
    /// Fields of newer versions and of the seed system, kept as they came.
    #[serde(flatten)]
    pub extra: BTreeMap<String, serde_json::Value>,
}

impl RunInfo {
    /// The version that this code writes.
    pub const VERSION: u32 = 2;

    /// A run that is about to start; everything else is absent.
    pub fn new(project: ProjectId, task: TaskId, run: RunId, agent: &str) -> Self {
        Self {
            schema_version: Self::VERSION,
            run_id: run,
            project_id: project,
            task_id: task,
            parent_run_id: None,
            previous_run_id: None,
            agent: agent.to_owned(),
            agent_version: None,
            kind: RunKind::Agent,
            phase: None,
            iteration: None,
            status: RunStatus::Running,
            pid: None,
            pgid: None,
            process_start_time: None,
            boot_id: None,
            pid_namespace: None,
            machine_id: None,
            cgroup: None,
            unmarked: Vec::new(),
            supervisor_pid: None,
            process_ownership: Some("managed".to_owned()),
            start_time: None,
            end_time: None,
            exit_code: None,
            exit_signal: None,
            end_reason: None,
            error_summary: None,
            failure: None,
            read_to: None,
            paused_seconds: None,
            access: None,
            model: None,
            session_id: None,
            usage: None,
            cost_usd: None,
            base_commit: None,
            head_commit: None,
            cwd: None,
            commandline: None,
            prompt_path: None,
            output_path: None,
            stdout_path: None,
            stderr_path: None,
            extra: BTreeMap::new(),
        }
    }
}
