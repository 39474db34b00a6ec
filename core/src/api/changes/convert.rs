//! From what git tells to what faces show.

use std::borrow::Cow;
use std::path::Path;

use super::compare::Comparison;
use super::view::{
    ChangedFile, ChangesView, CommitView, LeftOutView, PatchView, SinceView, TotalsView, UnavailableView,
    UntilView,
};
use crate::api::ApiError;
use crate::git::{Change, ChangeKind, Commit, GitError, GitErrorKind, Printed, to_text};
use crate::logs::Mask;
use crate::model::Snapshot;
use crate::model::snapshot::{LeftOut, SnapshotFailure};
use crate::store::TaskDir;

impl ChangesView {
    /// Of a task of which nothing is known yet.
    pub(super) fn of(task: &TaskDir) -> Self {
        Self {
            project: task.project().to_string(),
            task: task.id().to_string(),
            unavailable: None,
            top: None,
            inside: None,
            since: None,
            until: None,
            has_ended: false,
            commits: Vec::new(),
            more_commits: false,
            files: Vec::new(),
            more_files: 0,
            totals: TotalsView::default(),
            left_out: Vec::new(),
        }
    }

    /// Says what is compared.
    pub(super) fn tell(&mut self, comparison: &Comparison) {
        let Comparison { begin, until, has_ended, .. } = comparison;
        self.top = Some(begin.top.clone());
        self.inside = comparison.inside();
        self.since = Some(SinceView {
            at: begin.at,
            commit: begin.commit.clone(),
            branch: begin.branch.clone(),
            dirty: begin.is_dirty(),
        });
        let Snapshot { at, commit, branch, .. } = until.clone();
        self.until = Some(UntilView { at, commit, branch, ended: *has_ended });
    }
}

impl UnavailableView {
    /// For one of the reasons that are known by a word.
    pub(super) fn new(code: &str, message: impl std::fmt::Display) -> Self {
        Self { code: code.to_owned(), message: message.to_string() }
    }

    /// As the error of who needs them.
    pub(super) fn error(&self, task: &TaskDir) -> ApiError {
        ApiError::conflict(format_args!("task {}: no changes can be shown: {}", task.id(), self.message))
            .with_hint(self.hint())
    }

    /// What to do about it, or where to look instead.
    pub fn hint(&self) -> &'static str {
        match self.code.as_str() {
            "not_begun" => "`run-agent watch` shows when it begins",
            "no_repository" | "not_recorded" => {
                "`git init` in the folder before a task begins; `run-agent output` shows what its agent says"
            }
            "other_repository" => {
                "look where the task's repository is now; `run-agent status` tells its folder"
            }
            "git_missing" => "install git, for example `sudo apt-get install git`",
            "read_only" | "io" => "`run-agent doctor` looks at the root",
            "busy" | "too_slow" => "try it again when there is less to do",
            "foreign_root" => "`run-agent migrate` makes such a root ours",
            _ => "`git status` in the folder may tell more; `run-agent output` shows what the agent says",
        }
    }
}

impl From<&GitError> for UnavailableView {
    fn from(error: &GitError) -> Self {
        match &error.kind {
            GitErrorKind::Refused { .. } => Self::new(error.code(), format_args!("{error} ({})", error.what)),
            _ => Self::new(error.code(), error),
        }
    }
}

impl From<SnapshotFailure> for UnavailableView {
    fn from(why: SnapshotFailure) -> Self {
        let message = format!("it is not known how the folder was when the task began: {}", why.message);
        Self { code: why.code, message }
    }
}

impl CommitView {
    pub(super) fn new(mask: &Mask, commit: Commit) -> Self {
        let masked = |text: &str| String::from_utf8_lossy(&mask.apply(text.as_bytes())).into_owned();
        let (subject, author) = (masked(&commit.subject), masked(&commit.author));
        Self { id: commit.id, subject, author, at: commit.at }
    }
}

impl ChangedFile {
    pub(super) fn new(change: &Change, bytes: Option<u64>) -> Self {
        Self {
            path: to_text(&change.path),
            old_path: change.old_path.as_deref().map(to_text),
            kind: word(change.kind).to_owned(),
            added: change.lines.map(|(added, _)| added),
            removed: change.lines.map(|(_, removed)| removed),
            binary: change.lines.is_none(),
            bytes,
        }
    }
}

fn word(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Added => "added",
        ChangeKind::Modified => "modified",
        ChangeKind::Deleted => "deleted",
        ChangeKind::Renamed => "renamed",
        ChangeKind::Mode => "mode",
        ChangeKind::Type => "type",
    }
}

impl TotalsView {
    pub(super) fn of(changes: &[Change]) -> Self {
        let lines = changes.iter().filter_map(|change| change.lines);
        let none = Self { files: changes.len() as u64, ..Self::default() };
        lines.fold(none, |sum, (added, removed)| Self {
            added: sum.added + added,
            removed: sum.removed + removed,
            ..sum
        })
    }
}

impl From<&LeftOut> for LeftOutView {
    fn from(left: &LeftOut) -> Self {
        Self { path: left.path.clone(), why: left.why, files: left.files, bytes: left.bytes }
    }
}

impl PatchView {
    /// Of what git printed; lines that are not whole are left out.
    pub(super) fn new(mask: &Mask, printed: Printed, is_whole: bool) -> Self {
        let Printed { mut stdout, cut, .. } = printed;
        if cut {
            stdout.truncate(memchr::memrchr(b'\n', &stdout).map_or(0, |end| end + 1));
        }
        let masked = mask.apply(&stdout);
        let text = String::from_utf8_lossy(&masked);
        let lossy = matches!(text, Cow::Owned(_));
        Self { text: text.into_owned(), cut: cut || !is_whole, lossy }
    }
}

/// A folder of the repository below its root, as text; none for the root itself.
pub(super) fn inside(top: &Path, cwd: &Path) -> Option<String> {
    let cwd = cwd.canonicalize().ok()?;
    let below = cwd.strip_prefix(top).ok().filter(|below| !below.as_os_str().is_empty());
    below.map(to_text)
}
