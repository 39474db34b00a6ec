//! What a task changed in its working folder since its first run began: commits, files, lines.
//!
//! Two trees are compared, never the folder itself: the one of then ([`FolderMoment::Begin`]) and one that is
//! taken now, or that was taken when the task ended. Who else works in the folder meanwhile is not told apart.

mod compare;
mod convert;
mod left_out;
mod view;

use std::path::Path;

use self::compare::Comparison;
use self::left_out::LeftOuts;
pub use self::view::{
    ChangedFile, ChangesView, CommitView, LeftOutView, PatchView, SinceView, TotalsView, UnavailableView,
    UntilView, Wanted,
};
use super::{ApiError, App, ErrorCode};
use crate::git::{self, Change, GitError, Here};
use crate::logs::Mask;
use crate::store::TaskDir;

/// Commits that are shown.
const MOST_COMMITS: usize = 100;
/// Files that are shown.
const MOST_FILES: usize = 2_000;
/// Bytes of a patch.
const PATCH: usize = 4 << 20;
/// Paths that one call of git is given.
const MOST_PATHS: usize = 5_000;
/// Lines around a changed one at most.
const MOST_CONTEXT: u32 = 10_000;

impl App {
    /// What a task changed so far, or did change until it ended.
    ///
    /// # Errors
    /// When the task's own files cannot be read. That there is nothing to compare is told in the view.
    pub fn changes(&self, task: &TaskDir) -> Result<ChangesView, ApiError> {
        let mut view = ChangesView::of(task);
        view.has_ended = task.state()?.is_some_and(|state| state.status.is_ended());
        match self.comparison(task)? {
            Err(unavailable) => view.unavailable = Some(unavailable),
            Ok(comparison) => {
                if let Err(error) = self.fill(&mut view, &comparison) {
                    view.unavailable = Some(UnavailableView::from(&error));
                }
            }
        }
        Ok(view)
    }

    /// The lines that a task changed.
    ///
    /// # Errors
    /// [`ErrorCode::Usage`] for more context than there may be, [`ErrorCode::Conflict`] where there is nothing to compare, [`ErrorCode::NotFound`] for a path that did not
    /// change; as [`App::changes`].
    pub fn patch(&self, task: &TaskDir, wanted: &Wanted) -> Result<PatchView, ApiError> {
        let context = wanted.context.unwrap_or(3);
        if context > MOST_CONTEXT {
            return Err(ApiError::usage(format_args!("{context} lines of context: {MOST_CONTEXT} at most")));
        }
        let comparison = self.comparison(task)?.map_err(|why| why.error(task))?;
        let failed = |error: GitError| UnavailableView::from(&error).error(task);
        let (changes, _) = shown(&comparison).map_err(failed)?;
        let changes = match &wanted.path {
            Some(text) => named(changes, text)?,
            None => changes,
        };
        let paths: Vec<&Path> = changes.iter().flat_map(paths_of).take(MOST_PATHS).collect();
        if paths.is_empty() {
            return Ok(PatchView { text: String::new(), cut: false, lossy: false });
        }
        let runner = Here { most: PATCH, ..compare::HERE };
        let printed = git::patch(&runner, &comparison.trees(), &paths, context).map_err(failed)?;
        let is_whole = changes.iter().flat_map(paths_of).count() == paths.len();
        Ok(PatchView::new(&Mask::new(&self.secrets()), printed, is_whole))
    }

    fn fill(&self, view: &mut ChangesView, comparison: &Comparison) -> Result<(), GitError> {
        let (changes, left_out) = shown(comparison)?;
        let mask = Mask::new(&self.secrets());
        view.tell(comparison);
        view.totals = TotalsView::of(&changes);
        view.more_files = changes.len().saturating_sub(MOST_FILES) as u64;
        let first = &changes[..changes.len().min(MOST_FILES)];
        let sizes = git::sizes(&compare::HERE, &comparison.trees(), first)?;
        view.files = first.iter().zip(sizes).map(|(change, size)| ChangedFile::new(change, size)).collect();
        view.left_out = left_out;
        let mut commits = comparison.commits(MOST_COMMITS + 1)?;
        view.more_commits = commits.len() > MOST_COMMITS;
        commits.truncate(MOST_COMMITS);
        view.commits = commits.into_iter().map(|commit| CommitView::new(&mask, commit)).collect();
        Ok(())
    }
}

/// What differs, but for what cannot be told because it was left out; and that.
fn shown(comparison: &Comparison) -> Result<(Vec<Change>, Vec<LeftOutView>), GitError> {
    let left_out = LeftOuts::of(comparison);
    let mut changes = git::changes(&compare::HERE, &comparison.trees())?;
    changes.retain(|change| left_out.can_tell(change));
    Ok((changes, left_out.shown()))
}

/// Those of a path, or below it.
fn named(changes: Vec<Change>, text: &str) -> Result<Vec<Change>, ApiError> {
    let path = git::from_text(text).ok_or_else(|| {
        ApiError::usage(format_args!("{text:?} begins with a quote and does not end with one"))
    })?;
    let found: Vec<Change> =
        changes.into_iter().filter(|change| paths_of(change).any(|of| of.starts_with(&path))).collect();
    if found.is_empty() {
        return Err(ApiError::new(ErrorCode::NotFound, format_args!("nothing changed at {text:?}"))
            .with_hint("paths are those of the list of changes, from the root of the repository"));
    }
    Ok(found)
}

fn paths_of(change: &Change) -> impl Iterator<Item = &Path> {
    change.old_path.as_deref().into_iter().chain(std::iter::once(change.path.as_path()))
}
