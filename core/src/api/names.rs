//! Names as clients are told them.

use serde::{Deserialize, Serialize};

use crate::store::TaskDir;

/// What a client means.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Meant {
    /// Its project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The task, by its whole id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
}

impl Meant {
    /// A task.
    pub fn task(task: &TaskDir) -> Self {
        Self { project: Some(task.project().to_string()), task: Some(task.id().to_string()) }
    }
}
