//! What was left out of one tree or the other: of that no difference says anything.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::compare::Comparison;
use super::view::LeftOutView;
use crate::git::{Change, ChangeKind, from_text};
use crate::model::snapshot::{LeftOut, WhyLeftOut};

/// What was left out then, and what is left out now.
pub(super) struct LeftOuts<'a> {
    top: PathBuf,
    /// Whether the folder can be looked at: it is as it is in the second tree.
    is_now: bool,
    then: BTreeMap<PathBuf, &'a LeftOut>,
    now: BTreeMap<PathBuf, &'a LeftOut>,
}

impl<'a> LeftOuts<'a> {
    /// Of two states of a folder.
    pub fn of(comparison: &'a Comparison) -> Self {
        Self {
            top: PathBuf::from(&comparison.begin.top),
            is_now: !comparison.has_ended,
            then: by_path(&comparison.begin.left_out),
            now: by_path(&comparison.until.left_out),
        }
    }

    /// Whether a difference is one, and not only that something is in one tree and was left out of the other.
    pub fn can_tell(&self, change: &Change) -> bool {
        let path = &change.path;
        match change.kind {
            ChangeKind::Added | ChangeKind::Renamed => !covers(&self.then, path),
            ChangeKind::Deleted => !covers(&self.now, path) || self.is_gone(path),
            _ => !self.then.contains_key(path) && !self.now.contains_key(path),
        }
    }

    fn is_gone(&self, path: &Path) -> bool {
        self.is_now && self.top.join(path).symlink_metadata().is_err()
    }

    /// What is to be said: all that may have changed. What cannot be looked at is always said.
    pub fn shown(&self) -> Vec<LeftOutView> {
        let is_news = |(path, left): &(&PathBuf, &&LeftOut)| {
            left.stamp.is_empty()
                || left.why == WhyLeftOut::Repository
                || self.then.get(*path).is_none_or(|then| then.stamp != left.stamp)
        };
        let now = self.now.iter().filter(is_news).map(|(_, left)| LeftOutView::from(*left));
        let is_over = |(path, _): &(&PathBuf, &&LeftOut)| !self.now.contains_key(*path);
        let then = self.then.iter().filter(is_over).map(|(_, left)| LeftOutView::from(*left));
        let mut shown: Vec<LeftOutView> = now.chain(then).collect();
        shown.sort_by(|a, b| a.path.cmp(&b.path));
        shown
    }
}

fn by_path(left_out: &[LeftOut]) -> BTreeMap<PathBuf, &LeftOut> {
    left_out.iter().filter_map(|left| Some((from_text(&left.path)?, left))).collect()
}

/// Whether a path or a folder that it lies in was left out.
fn covers(left_out: &BTreeMap<PathBuf, &LeftOut>, path: &Path) -> bool {
    let is_folder = |folder: &&Path| {
        left_out
            .get(*folder)
            .is_some_and(|left| folder.as_os_str().is_empty() || left.path.as_bytes().ends_with(b"/"))
    };
    left_out.contains_key(path) || path.ancestors().skip(1).any(|folder| is_folder(&folder))
}
