//! Changes as faces show them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::snapshot::WhyLeftOut;

/// What a task changed in its working folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ChangesView {
    /// Project.
    pub project: String,
    /// Task.
    pub task: String,
    /// Why there is nothing to show; what could be told is there all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unavailable: Option<UnavailableView>,
    /// The root of the repository: all paths begin there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top: Option<String>,
    /// The task's working folder, where that is a folder of the repository: changes are those of the whole
    /// repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inside: Option<String>,
    /// What is compared with: the folder as it was before the first run began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<SinceView>,
    /// What is compared: the folder as it is, or as it was when the task ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<UntilView>,
    /// Whether the task has ended.
    pub has_ended: bool,
    /// Commits that came, newest first; the newest hundred.
    pub commits: Vec<CommitView>,
    /// Whether there are more.
    pub more_commits: bool,
    /// Files that differ, in the order of their names; the first 2,000.
    pub files: Vec<ChangedFile>,
    /// How many more there are.
    pub more_files: u64,
    /// Of all files.
    pub totals: TotalsView,
    /// What may have changed and is not compared.
    pub left_out: Vec<LeftOutView>,
}

/// Why no changes can be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct UnavailableView {
    /// `foreign_root`, `not_begun`, `no_repository`, `not_recorded`, `other_repository`, `read_only`, `busy`,
    /// `git_missing`, `too_slow`, `too_much`, `git_failed`, `path`, `io`.
    pub code: String,
    /// For a person.
    pub message: String,
}

/// The folder before the first run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SinceView {
    /// When it was looked at.
    pub at: Timestamp,
    /// The commit; absent before the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The branch; absent where the commit was on none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Whether anything was in it that was in no commit: that is not shown as changed.
    pub dirty: bool,
}

/// The folder after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct UntilView {
    /// When it began to be as it is shown.
    pub at: Timestamp,
    /// The commit; absent before the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The branch; absent where the commit is on none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Whether it is as it was when the task ended. Else it is as it is now, also where the task has ended and
    /// nobody recorded how it was then.
    pub ended: bool,
}

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct CommitView {
    /// Its id.
    pub id: String,
    /// Its first line.
    pub subject: String,
    /// Who wrote it.
    pub author: String,
    /// When it was written.
    pub at: Timestamp,
}

/// A file that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ChangedFile {
    /// Its path, in git's quotes where it is no text; where it was, if it is gone.
    pub path: String,
    /// Where it was before it was renamed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_path: Option<String>,
    /// `added`, `modified`, `deleted`, `renamed`, `mode` (may be executed, or no more), `type` (a link, a
    /// submodule).
    pub kind: String,
    /// Lines added; absent where lines are not compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added: Option<u64>,
    /// Lines removed; absent where lines are not compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<u64>,
    /// Whether lines are not compared: it is no text, or over 8 MiB.
    pub binary: bool,
    /// Bytes of it now; absent where it is gone or a submodule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

/// Sums over all files that differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct TotalsView {
    /// Files.
    pub files: u64,
    /// Lines added.
    pub added: u64,
    /// Lines removed.
    pub removed: u64,
}

/// Something that may have changed and is not compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct LeftOutView {
    /// Its path; a folder ends with `/`, and the root of the repository is empty.
    pub path: String,
    /// Why.
    pub why: WhyLeftOut,
    /// Files in it, of a folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<u64>,
    /// Bytes in it, where they were counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

/// Which lines are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of this file, or of those in this folder, as the list of changes names it; else of all.
    pub path: Option<String>,
    /// Lines around each that changed; 3 where it is not said.
    pub context: Option<u32>,
}

/// Lines that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PatchView {
    /// A unified diff as git writes it, known secrets masked.
    pub text: String,
    /// Whether there is more than is shown: 4 MiB.
    pub cut: bool,
    /// Whether bytes that are no UTF-8 are shown as replacement characters.
    pub lossy: bool,
}
