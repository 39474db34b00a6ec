//! How a working folder was at a moment of its task (`changes/*.yaml`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How a working folder was. What is unknown is absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Version of this format.
    pub version: u32,
    /// When it was looked at.
    pub at: Timestamp,
    /// The root of the working tree, absolute, links resolved.
    pub top: String,
    /// The folder of the working tree's own state in its repository, absolute, links resolved.
    pub git_dir: String,
    /// The commit that it stood on; absent before the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The branch; absent where the commit was on none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// The tree of it; absent where that is the tree of the commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tree: Option<String>,
    /// What is not in the tree as it was in the folder.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
    /// Why it is not known how the folder was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<SnapshotFailure>,
    /// Of one that is kept only until the folder changes: what it was made of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Fields of newer versions, kept as they came.
    #[serde(flatten)]
    pub extra: BTreeMap<String, serde_json::Value>,
}

impl Snapshot {
    /// The version that is written.
    pub const VERSION: u32 = 1;

    /// What can be compared: the tree, else the commit; none where there was nothing at all.
    pub fn content(&self) -> Option<&str> {
        self.tree.as_deref().or(self.commit.as_deref())
    }

    /// Whether anything was in the folder that was in no commit.
    pub fn is_dirty(&self) -> bool {
        self.tree.is_some() || !self.left_out.is_empty()
    }
}

/// Something in a working folder whose content is in no tree of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Its path from the root of the working tree, quoted as git does where it is no text; a folder ends with
    /// `/`, and the root is empty.
    pub path: String,
    /// Why.
    pub why: WhyLeftOut,
    /// Files in it, of a folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<u64>,
    /// Bytes in it, where they were counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// The same while it does not change; empty where that cannot be told.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stamp: String,
}

/// Why something is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WhyLeftOut {
    /// A file over 8 MiB.
    TooLarge,
    /// A folder with more than 2,000 files or 64 MiB that git does not know.
    TooMany,
    /// A file that may not be read.
    Unreadable,
    /// A pipe, a socket, a device.
    Special,
    /// A repository of its own.
    Repository,
    /// A submodule with changes that are in none of its commits.
    Submodule,
}

/// Why it is not known how a folder was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotFailure {
    /// `git_missing`, `too_slow`, `too_much`, `git_failed`, `path`.
    pub code: String,
    /// For a person.
    pub message: String,
}
