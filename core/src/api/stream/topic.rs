//! What can be subscribed to.

use serde::{Deserialize, Serialize};

use crate::model::{ProjectId, RunId, TaskId};
use crate::store::{RunDir, RunFile};

/// One of the files of a run that grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum LogStream {
    /// Standard output of the agent.
    Stdout,
    /// Its standard error.
    Stderr,
    /// What it did, normalised: a JSON document a line.
    Events,
}

impl LogStream {
    /// The file of it.
    pub fn file(self) -> RunFile {
        match self {
            LogStream::Stdout => RunFile::Stdout,
            LogStream::Stderr => RunFile::Stderr,
            LogStream::Events => RunFile::Events,
        }
    }
}

/// What a subscription is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Topic {
    /// Changes of state of the root's tasks and runs. It never ends.
    Events {
        /// Only those of this project.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "server", schema(value_type = Option<String>))]
        project: Option<ProjectId>,
        /// Only those of this task; task ids are unique within a project only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "server", schema(value_type = Option<String>))]
        task: Option<TaskId>,
    },
    /// The messages of a bus. They never end, as a task can be opened again.
    Messages {
        /// The project.
        #[cfg_attr(feature = "server", schema(value_type = String))]
        project: ProjectId,
        /// The task whose bus it is; absent: the project's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "server", schema(value_type = Option<String>))]
        task: Option<TaskId>,
    },
    /// The bytes of a log. It ends when its run has ended and all was read.
    Log {
        /// The project of the run.
        #[cfg_attr(feature = "server", schema(value_type = String))]
        project: ProjectId,
        /// Its task.
        #[cfg_attr(feature = "server", schema(value_type = String))]
        task: TaskId,
        /// The run.
        #[cfg_attr(feature = "server", schema(value_type = String))]
        run: RunId,
        /// Which of its files.
        stream: LogStream,
    },
}

impl Topic {
    /// A log of this run.
    pub fn log(run: &RunDir, stream: LogStream) -> Self {
        let (project, task) = (run.project().clone(), run.task().clone());
        Topic::Log { project, task, run: run.id().clone(), stream }
    }

    /// The project it is about; none: all of them.
    pub fn project(&self) -> Option<&ProjectId> {
        match self {
            Topic::Events { project, .. } => project.as_ref(),
            Topic::Messages { project, .. } | Topic::Log { project, .. } => Some(project),
        }
    }

    /// The task it is about; none: more than one, or a project.
    pub fn task(&self) -> Option<&TaskId> {
        match self {
            Topic::Events { task, .. } | Topic::Messages { task, .. } => task.as_ref(),
            Topic::Log { task, .. } => Some(task),
        }
    }
}
