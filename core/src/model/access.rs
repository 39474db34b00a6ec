//! What an agent may do without asking.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an agent may do without asking, from least to most (`docs/agents.md` maps it to each CLI).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema,
)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Looks only: no writes, no commands that change anything.
    Read,
    /// Writes files in the working folder and the task folder.
    Edit,
    /// Everything the user may do. The default, since agents stall without a person otherwise.
    #[default]
    Full,
}

impl Access {
    /// The word used in files, flags and output.
    pub fn as_str(self) -> &'static str {
        match self {
            Access::Read => "read",
            Access::Edit => "edit",
            Access::Full => "full",
        }
    }

    /// What the level allows, in words for a person who is about to start an agent.
    pub fn describe(self) -> &'static str {
        match self {
            Access::Read => "may read, changes nothing",
            Access::Edit => "may edit files in the working folder",
            Access::Full => "may do everything you may, without asking",
        }
    }
}

impl std::fmt::Display for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Access {
    type Err = UnknownAccess;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Access::Read, Access::Edit, Access::Full]
            .into_iter()
            .find(|access| access.as_str() == text)
            .ok_or_else(|| UnknownAccess(text.to_owned()))
    }
}

/// A word that names no access level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown access {0:?}: read, edit or full")]
pub struct UnknownAccess(pub String);
