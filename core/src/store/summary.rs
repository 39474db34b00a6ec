//! What lists show of a task and of a run: the payload of journal and index.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::task::{OpenQuestion, TaskError};
use crate::model::{
    Access, EndReason, ProjectId, RunId, RunInfo, RunKind, RunStatus, TaskId, TaskSpec, TaskState,
    TaskStatus, Usage, Workflow,
};

/// A task at one revision. What is unknown is absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskSummary {
    /// Its project.
    pub project: ProjectId,
    /// The task.
    pub task: TaskId,
    /// Revision of its state; 0: it has none yet.
    pub revision: u64,
    /// The first line of its prompt.
    #[serde(default)]
    pub title: String,
    /// Status as its supervisor wrote it; whether that supervisor lives is not known here.
    pub status: TaskStatus,
    /// Why it is in this status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Phase of the workflow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// The agent chosen for it, else the one asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// What the agent may do, where it was said for this task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<Access>,
    /// How it is worked on.
    #[serde(default)]
    pub workflow: Workflow,
    /// Turns of the loop so far.
    #[serde(default)]
    pub iteration: u32,
    /// Runs so far.
    #[serde(default)]
    pub runs: u32,
    /// When it was asked.
    pub created_at: Timestamp,
    /// When the first run began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When its state last changed.
    pub updated_at: Timestamp,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Why it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_reason: Option<EndReason>,
    /// Why it failed or waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<TaskError>,
    /// The open question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<OpenQuestion>,
    /// When it goes on by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wake_at: Option<Timestamp>,
    /// The run that is at work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_run: Option<RunId>,
    /// Whether its supervisor keeps the machine from going to sleep.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keeps_awake: bool,
    /// Tokens and cost of all ended runs.
    #[serde(default)]
    pub spend: Usage,
    /// Tasks that must be completed first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<String>,
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
}

impl TaskSummary {
    /// The summary of a task; without a state it is one that nobody has taken yet.
    pub fn new(spec: &TaskSpec, state: Option<&TaskState>, title: &str) -> Self {
        let blank = TaskState::first(spec);
        let state = state.unwrap_or(&blank);
        Self {
            project: spec.project_id.clone(),
            task: spec.task_id.clone(),
            revision: state.revision,
            title: title.to_owned(),
            status: state.status,
            reason: state.reason.clone(),
            phase: state.phase.clone(),
            agent: state.agent.clone().or_else(|| spec.agent.clone()),
            access: spec.access,
            workflow: spec.workflow,
            iteration: state.iteration,
            runs: state.runs,
            created_at: spec.created_at,
            started_at: state.started_at,
            updated_at: state.updated_at,
            ended_at: state.ended_at,
            end_reason: state.end_reason,
            error: state.error.clone(),
            question: state.question.clone(),
            wake_at: state.wake_at,
            current_run: state.current_run.clone(),
            keeps_awake: state.keeps_awake,
            spend: state.spend,
            depends_on: spec.depends_on.clone(),
            group: spec.group.clone(),
            parent_run_id: spec.parent_run_id.clone(),
            parent_task: spec.parent_task.clone(),
            depth: spec.depth,
        }
    }
}

/// A run as lists show it. What is unknown is absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunSummary {
    /// Its project.
    pub project: ProjectId,
    /// Its task.
    pub task: TaskId,
    /// The run.
    pub run: RunId,
    /// Name of the agent in the configuration.
    pub agent: String,
    /// What it executes.
    #[serde(default)]
    pub kind: RunKind,
    /// Phase of the workflow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// Which turn of the loop, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iteration: Option<u32>,
    /// Status as it was written; whether its process lives is not known here.
    pub status: RunStatus,
    /// When it was started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_time: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_time: Option<Timestamp>,
    /// Exit code.
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
    /// Model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// US dollars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
    /// The run that started this task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_run_id: Option<RunId>,
    /// The run before it in the same task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_run_id: Option<RunId>,
}

impl From<&RunInfo> for RunSummary {
    fn from(info: &RunInfo) -> Self {
        Self {
            project: info.project_id.clone(),
            task: info.task_id.clone(),
            run: info.run_id.clone(),
            agent: info.agent.clone(),
            kind: info.kind,
            phase: info.phase.clone(),
            iteration: info.iteration,
            status: info.status,
            start_time: info.start_time,
            end_time: info.end_time,
            exit_code: info.exit_code,
            exit_signal: info.exit_signal,
            end_reason: info.end_reason,
            error_summary: info.error_summary.clone(),
            model: info.model.clone(),
            usage: info.usage,
            cost_usd: info.cost_usd,
            parent_run_id: info.parent_run_id.clone(),
            previous_run_id: info.previous_run_id.clone(),
        }
    }
}

/// The first line of a prompt that says something, without Markdown's signs for a heading.
pub fn title(prompt: &str) -> String {
    const LONGEST: usize = 120;
    let line = prompt.lines().map(|line| line.trim_start_matches('#').trim()).find(|line| !line.is_empty());
    line.unwrap_or_default().chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_the_first_line_that_says_something() {
        assert_eq!(title("\n## Fix the login\nmore"), "Fix the login");
        assert_eq!(title("#\n\n"), "");
        assert_eq!(title(&"ä".repeat(200)).chars().count(), 120);
    }
}
