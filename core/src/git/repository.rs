//! Where the repository of a folder is, read from git's own files.

use std::path::{Path, PathBuf};

use crate::model::Snapshot;

/// A repository with a working tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// The root of its working tree, links resolved.
    pub top: PathBuf,
    /// The folder of this working tree's own state: `.git`, or what a file of that name points to; links
    /// resolved.
    pub dir: PathBuf,
    /// What all working trees of the repository share.
    common: PathBuf,
}

impl Repository {
    /// The repository that a folder lies in; none where it lies in none.
    pub fn find(folder: &Path) -> Option<Self> {
        let folder = folder.canonicalize().ok()?;
        let top = folder.ancestors().find(|folder| folder.join(".git").exists())?;
        let dot_git = top.join(".git");
        let dir = if dot_git.is_dir() { dot_git } else { pointed_to(&dot_git)? };
        Self::at(top, &dir)
    }

    /// The repository of this working tree, whose state is in this folder; none where that is not there.
    pub fn at(top: &Path, dir: &Path) -> Option<Self> {
        let dir = dir.canonicalize().ok()?;
        let common = match std::fs::read_to_string(dir.join("commondir")) {
            Ok(path) => dir.join(path.trim()).canonicalize().ok()?,
            Err(_) => dir.clone(),
        };
        Some(Self { top: top.to_owned(), dir, common })
    }

    /// Whether it is the one that a record tells of, in the same place.
    pub fn is_that_of(&self, snapshot: &Snapshot) -> bool {
        self.top == Path::new(&snapshot.top) && self.dir == Path::new(&snapshot.git_dir)
    }

    /// Its index, which need not be there.
    pub(super) fn index(&self) -> PathBuf {
        self.dir.join("index")
    }

    /// Its folder of objects.
    pub(super) fn objects(&self) -> PathBuf {
        self.common.join("objects")
    }

    /// The commit that it stands on; none where there is none yet, or its references are of another form.
    fn head(&self) -> Option<String> {
        let head = std::fs::read_to_string(self.dir.join("HEAD")).ok()?;
        let Some(name) = head.trim().strip_prefix("ref: ") else { return commit_id(&head) };
        [&self.dir, &self.common]
            .into_iter()
            .find_map(|folder| commit_id(&std::fs::read_to_string(folder.join(name)).ok()?))
            .or_else(|| packed_ref(&self.common, name))
    }
}

/// The commit that a working folder stands on; none where there is none.
pub fn head_commit(folder: &Path) -> Option<String> {
    Repository::find(folder)?.head()
}

/// Where the `.git` file of a linked worktree or a submodule points to.
fn pointed_to(file: &Path) -> Option<PathBuf> {
    let text = std::fs::read_to_string(file).ok()?;
    Some(file.parent()?.join(text.trim().strip_prefix("gitdir: ")?))
}

fn packed_ref(common: &Path, name: &str) -> Option<String> {
    let packed = std::fs::read_to_string(common.join("packed-refs")).ok()?;
    packed.lines().find_map(|line| line.strip_suffix(name)?.strip_suffix(' ').and_then(commit_id))
}

fn commit_id(text: &str) -> Option<String> {
    let id = text.trim();
    is_id(id).then(|| id.to_owned())
}

/// Whether a text is the whole id of an object.
pub(super) fn is_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commit_is_read_from_loose_and_packed_references() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let git = folder.path().join(".git");
        std::fs::create_dir_all(git.join("refs/heads")).expect("folders");
        assert_eq!(head_commit(folder.path()), None);
        std::fs::write(git.join("HEAD"), "ref: refs/heads/main\n").expect("HEAD");
        let (packed, loose) = ("a".repeat(40), "b".repeat(40));
        std::fs::write(git.join("packed-refs"), format!("# pack\n{packed} refs/heads/main\n")).expect("refs");
        assert_eq!(head_commit(&folder.path().join(".")), Some(packed));
        std::fs::write(git.join("refs/heads/main"), format!("{loose}\n")).expect("a reference");
        assert_eq!(head_commit(folder.path()), Some(loose));
    }

    #[test]
    fn a_file_may_point_to_the_state_and_that_to_what_is_shared() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let at = |name: &str| folder.path().canonicalize().expect("a path").join(name);
        for name in ["main/.git/worktrees/side", "side/deep", "alone"] {
            std::fs::create_dir_all(at(name)).expect("a folder");
        }
        std::fs::write(at("side/.git"), "gitdir: ../main/.git/worktrees/side\n").expect("a file");
        std::fs::write(at("main/.git/worktrees/side/commondir"), "../..\n").expect("a file");
        let side = Repository::find(&at("side/deep")).expect("a repository");
        assert_eq!((&side.top, &side.dir), (&at("side"), &at("main/.git/worktrees/side")));
        assert_eq!(side.objects(), at("main/.git/objects"));
        assert_eq!(Repository::find(&at("alone")), None);
        assert_eq!(Repository::find(&at("nothing")), None);
    }
}
