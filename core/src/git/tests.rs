//! Trees of real folders, and what differs between them.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::*;
use crate::model::snapshot::WhyLeftOut;

const RUNNER: Here = Here { limit: Duration::from_secs(60), most: 64 << 20 };

/// A repository, and folders for the objects of trees of it.
struct Scene {
    folder: tempfile::TempDir,
    made: usize,
}

/// A tree of the folder, or the commit where that is the same.
struct State {
    id: Option<String>,
    taken: Taken,
    objects: PathBuf,
}

impl Scene {
    /// One commit: a file, a script, a file in a folder.
    fn new() -> Self {
        let scene = Self::bare();
        scene.write("file", "one\ntwo\nthree\n");
        scene.write("folder/deep", "deep\n");
        scene.commit("begin");
        scene
    }

    /// No commit, no file.
    fn bare() -> Self {
        let folder = tempfile::Builder::new().prefix("a:\"b").tempdir().expect("a folder");
        let scene = Self { folder, made: 0 };
        fs::create_dir(scene.top()).expect("a folder");
        scene.git(&["init", "--quiet", "--initial-branch=main"]);
        scene
    }

    fn top(&self) -> PathBuf {
        self.folder.path().canonicalize().expect("a path").join("work")
    }

    fn write(&self, name: impl AsRef<OsStr>, text: &str) {
        let path = self.top().join(name.as_ref());
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("written");
    }

    fn git(&self, args: &[&str]) -> String {
        self.git_in(&self.top(), args)
    }

    fn git_in(&self, folder: &Path, args: &[&str]) -> String {
        let who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"];
        let mut command = Command::new("git");
        command.args(who).args(["-c", "protocol.file.allow=always"]).args(args).current_dir(folder);
        let output = command.env("GIT_CONFIG_GLOBAL", "/dev/null").output().expect("git");
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn commit(&self, text: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", text]);
    }

    fn state(&mut self) -> State {
        self.state_of(&self.top())
    }

    fn state_of(&mut self, folder: &Path) -> State {
        self.made += 1;
        let objects = self.folder.path().join(format!("own: \"{}", self.made));
        fs::create_dir(&objects).expect("a folder");
        let repository = Repository::find(folder).expect("a repository");
        let status = status_of(&RUNNER, folder).expect("a status");
        let own = Own { objects: &objects, others: &[] };
        let taken = take(&RUNNER, &repository, &status, own).expect("a tree");
        State { id: taken.tree.clone().or(status.commit), taken, objects }
    }

    fn between(&self, from: &State, to: &State) -> Vec<Change> {
        self.with(from, to, |trees| changes(&RUNNER, trees).expect("compared"))
    }

    fn with<T>(&self, from: &State, to: &State, look: impl FnOnce(&Trees<'_>) -> T) -> T {
        let repository = Repository::find(&self.top()).expect("a repository");
        let others = [from.objects.clone(), to.objects.clone()];
        let (from, to) = (from.id.as_deref(), to.id.as_deref());
        look(&Trees { repository: &repository, others: &others, from, to })
    }

    /// All files of the repository's own folder.
    fn own_files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.top().join(".git")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder").flatten() {
                match entry.path().is_dir() {
                    true => folders.push(entry.path()),
                    false => drop(files.insert(entry.path(), fs::read(entry.path()).expect("read"))),
                }
            }
        }
        files
    }
}

/// Path, kind, lines added and removed.
type Told = (String, ChangeKind, Option<(u64, u64)>);

fn told(changes: &[Change]) -> Vec<Told> {
    changes.iter().map(|change| (to_text(&change.path), change.kind, change.lines)).collect()
}

#[test]
fn a_folder_as_its_commit_needs_no_tree() {
    let mut scene = Scene::new();
    let state = scene.state();
    assert_eq!(state.taken, Taken { tree: None, left_out: Vec::new() });
    assert_eq!(fs::read_dir(&state.objects).expect("a folder").count(), 0, "and nothing is written");
}

#[test]
fn every_kind_of_change_is_told_as_it_is_and_nothing_of_the_repository_is_written() {
    let mut scene = Scene::new();
    for name in ["gone", "to-folder", "in/to-file", "to-link", "run", "staged", "moved", "ignored-but-known"]
    {
        scene.write(name, &format!("{name}\n1\n2\n3\n4\n5\n"));
    }
    scene.commit("more");
    scene.write(".gitignore", "ignored*\n");
    scene.write("dirty", "before\n");
    let begin = scene.state();
    scene.write("file", "one\n2\nthree\nfour\n");
    scene.write("ignored-but-known", "other\n");
    scene.write("ignored", "x");
    for name in ["gone", "to-folder", "in/to-file", "to-link"] {
        fs::remove_file(scene.top().join(name)).expect("removed");
    }
    scene.write("to-folder/inner", "inner\n");
    fs::remove_dir(scene.top().join("in")).expect("removed");
    scene.write("in", "a file\n");
    symlink("/etc/passwd", scene.top().join("to-link")).expect("a link");
    fs::set_permissions(scene.top().join("run"), fs::Permissions::from_mode(0o755)).expect("a mode");
    scene.write("staged", "staged\n");
    scene.git(&["add", "staged"]);
    fs::rename(scene.top().join("moved"), scene.top().join("moved-to")).expect("renamed");
    let odd = OsString::from_vec(b"caf\xe9".to_vec());
    scene.write(&odd, "odd\n");
    scene.write("new\nline \"quoted\"", "x\n");
    fs::write(scene.top().join("binary"), [0, 1, 2]).expect("written");
    let before = scene.own_files();
    let end = scene.state();
    let found = scene.between(&begin, &end);
    assert_eq!(scene.own_files(), before);
    use ChangeKind::{Added, Deleted, Mode, Modified, Renamed, Type};
    let mut all = told(&found);
    all.sort_by(|a, b| a.0.cmp(&b.0));
    let expected = [
        ("\"caf\\351\"", Added, Some((1, 0))),
        ("binary", Added, None),
        ("file", Modified, Some((2, 1))),
        ("gone", Deleted, Some((0, 6))),
        ("ignored-but-known", Modified, Some((1, 6))),
        ("in", Added, Some((1, 0))),
        ("in/to-file", Deleted, Some((0, 6))),
        ("moved-to", Renamed, Some((0, 0))),
        ("new\nline \"quoted\"", Added, Some((1, 0))),
        ("run", Mode, Some((0, 0))),
        ("staged", Modified, Some((0, 5))),
        ("to-folder", Deleted, Some((0, 6))),
        ("to-folder/inner", Added, Some((1, 0))),
        ("to-link", Type, Some((1, 6))),
    ];
    let expected: Vec<_> = expected.map(|(path, kind, lines)| (path.to_owned(), kind, lines)).into();
    assert_eq!(all, expected, "what was dirty before is none of it");
    let sizes = scene.with(&begin, &end, |trees| sizes(&RUNNER, trees, &found).expect("sizes"));
    let size = |name: &str| sizes[found.iter().position(|it| it.path == Path::new(name)).expect("there")];
    assert_eq!((size("binary"), size("gone"), size("to-link")), (Some(3), None, Some(11)));
}

#[test]
fn lines_are_those_of_the_trees_and_a_link_is_a_link() {
    let mut scene = Scene::new();
    let begin = scene.state();
    scene.write("file", "one\n2\nthree\n");
    symlink("/etc/passwd", scene.top().join("link")).expect("a link");
    let odd = OsString::from_vec(b"caf\xe9 *".to_vec());
    scene.write(&odd, "odd\n");
    let end = scene.state();
    let text = |paths: &[&Path], context| {
        let printed = scene.with(&begin, &end, |trees| patch(&RUNNER, trees, paths, context));
        String::from_utf8(printed.expect("a patch").stdout).expect("text")
    };
    let file = text(&[Path::new("file")], 0);
    assert!(file.ends_with("--- a/file\n+++ b/file\n@@ -2 +2 @@ one\n-two\n+2\n"), "{file}");
    let link = text(&[Path::new("link")], 3);
    assert!(link.contains("new file mode 120000") && link.contains("+/etc/passwd\n"), "{link}");
    let odd = text(&[Path::new(&odd)], 3);
    assert!(odd.contains("+odd") && !odd.contains("b/file"), "{odd}");
    assert_eq!(text(&[], 3).matches("diff --git").count(), 3);
}

#[test]
fn before_the_first_commit_everything_that_was_there_is_known() {
    let mut scene = Scene::bare();
    let empty = scene.state();
    assert_eq!(empty.id, None);
    scene.write("there", "1\n");
    let begin = scene.state();
    scene.write("new", "1\n");
    scene.commit("first");
    let end = scene.state();
    assert_eq!(told(&scene.between(&begin, &end)), [("new".to_owned(), ChangeKind::Added, Some((1, 0)))]);
    assert_eq!(scene.between(&empty, &end).len(), 2);
    assert!(scene.between(&empty, &empty).is_empty());
    let head = end.id.expect("a commit");
    let found = commits(&RUNNER, &scene.top(), None, &head, 9).expect("commits");
    assert_eq!(found.iter().map(|it| (&it.id, it.subject.as_str())).collect::<Vec<_>>(), [(&head, "first")]);
}

#[test]
fn commits_are_those_that_came_the_newest_first() {
    let scene = Scene::new();
    let begin = scene.git(&["rev-parse", "HEAD"]);
    scene.commit("second, with a name\n\nand a body");
    scene.commit("third");
    let head = scene.git(&["rev-parse", "HEAD"]);
    let found = commits(&RUNNER, &scene.top(), Some(&begin), &head, 9).expect("commits");
    let subjects: Vec<_> = found.iter().map(|it| (it.subject.as_str(), it.author.as_str())).collect();
    assert_eq!(subjects, [("third", "Test"), ("second, with a name", "Test")]);
    assert_eq!(commits(&RUNNER, &scene.top(), Some(&begin), &head, 1).expect("commits").len(), 1);
    assert!(commits(&RUNNER, &scene.top(), Some(&head), &head, 9).expect("none").is_empty());
    let lost = commits(&RUNNER, &scene.top(), Some(&"1".repeat(40)), &head, 9).expect_err("not there");
    assert_eq!(lost.code(), "git_failed");
}

/// A file that was written in the same moment as the index looks as it did: only its content tells.
#[test]
fn what_was_written_in_the_moment_of_the_index_is_seen() {
    let mut scene = Scene::new();
    scene.git(&["config", "core.trustctime", "false"]);
    scene.git(&["config", "core.checkStat", "minimal"]);
    let (file, index) = (scene.top().join("file"), scene.top().join(".git/index"));
    let moment = fs::metadata(&file).and_then(|meta| meta.modified()).expect("a time");
    scene.write("file", "one\nTWO\nthree\n");
    let at = |path: &Path| fs::File::options().write(true).open(path).and_then(|it| it.set_modified(moment));
    at(&file).and_then(|()| at(&index)).expect("the same moment");
    let begin = State { id: Some(scene.git(&["rev-parse", "HEAD"])), ..scene.state() };
    let end = scene.state();
    assert_eq!(told(&scene.between(&begin, &end)), [("file".to_owned(), ChangeKind::Modified, Some((1, 1)))]);
}

#[test]
fn nothing_that_a_repository_configures_is_run_or_written() {
    let mut scene = Scene::new();
    let trap = scene.top().join("../trap");
    let spring =
        format!("sh -c 'echo sprung >>\"{}\"; cat'", trap.display().to_string().replace('"', "\\\""));
    for key in ["filter.f.clean", "filter.f=g.process", "diff.d.textconv", "diff.d.command", "core.fsmonitor"]
    {
        scene.git(&["config", key, &spring]);
    }
    for (key, value) in [
        ("filter.f.required", "true"),
        ("core.splitIndex", "true"),
        ("core.safecrlf", "true"),
        ("core.autocrlf", "input"),
        ("diff.external", "false"),
        ("status.showUntrackedFiles", "no"),
        ("diff.noprefix", "true"),
        ("log.showSignature", "true"),
    ] {
        scene.git(&["config", key, value]);
    }
    let hook = scene.top().join(".git/hooks/post-index-change");
    fs::create_dir_all(hook.parent().expect("a folder")).expect("a folder");
    fs::write(&hook, format!("#!/bin/sh\n{spring}\n")).expect("a hook");
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).expect("a program");
    let begin = scene.state();
    scene.write(".gitattributes", "*.f filter=f\n*.g filter=f=g\n* diff=d\n");
    scene.write("a.f", "as it is\r\n");
    scene.write("a.g", "as it is\n");
    scene.write("file", "one\ntwo\n");
    let before = scene.own_files();
    let end = scene.state();
    let printed = scene.with(&begin, &end, |trees| patch(&RUNNER, trees, &[], 3)).expect("a patch");
    let text = String::from_utf8(printed.stdout).expect("text");
    assert!(text.contains("+as it is\n") && text.contains("--- a/file\n"), "{text}");
    assert_eq!(scene.between(&begin, &end).len(), 4);
    assert_eq!(commits(&RUNNER, &scene.top(), None, "HEAD", 9).expect("commits").len(), 1);
    assert!(!trap.exists(), "{}", fs::read_to_string(&trap).unwrap_or_default());
    assert_eq!(scene.own_files(), before);
}

#[test]
fn a_linked_worktree_has_its_own_state_and_shares_its_objects() {
    let mut scene = Scene::new();
    let side = scene.top().join("../side");
    scene.git(&["worktree", "add", "--quiet", "../side"]);
    fs::write(side.join("file"), "of the side\n").expect("written");
    let begin = scene.state();
    let before = scene.own_files();
    let end = scene.state_of(&side);
    assert_eq!(told(&scene.between(&begin, &end)), [("file".to_owned(), ChangeKind::Modified, Some((1, 3)))]);
    assert_eq!(scene.own_files(), before);
}

#[test]
fn submodules_are_commits_and_other_repositories_are_left_out() {
    let mut scene = Scene::new();
    let lib = scene.top().join("../lib");
    fs::create_dir(&lib).expect("a folder");
    scene.git_in(&lib, &["init", "--quiet"]);
    scene.git_in(&lib, &["commit", "--quiet", "--allow-empty", "--message=one"]);
    scene.git(&["submodule", "--quiet", "add", "../lib", "sub"]);
    scene.commit("a submodule");
    let begin = scene.state();
    let sub = scene.top().join("sub");
    scene.git_in(&sub, &["commit", "--quiet", "--allow-empty", "--message=two"]);
    scene.write("sub/dirty", "1\n");
    for name in ["other", "empty"] {
        fs::create_dir(scene.top().join(name)).expect("a folder");
        scene.git_in(&scene.top().join(name), &["init", "--quiet"]);
    }
    scene.write("other/file", "1\n");
    let end = scene.state();
    let found = scene.between(&begin, &end);
    assert_eq!(told(&found), [("sub".to_owned(), ChangeKind::Modified, Some((1, 1)))]);
    let left: Vec<_> = end.taken.left_out.iter().map(|left| (left.path.as_str(), left.why)).collect();
    assert!(left.contains(&("other/", WhyLeftOut::Repository)), "{left:?}");
    assert!(left.contains(&("sub", WhyLeftOut::Submodule)), "{left:?}");
}

#[test]
fn what_git_refuses_is_told_in_its_words() {
    let scene = Scene::new();
    scene.git(&["config", "core.bare", "true"]);
    let error = status_of(&RUNNER, &scene.top()).expect_err("no working tree");
    assert_eq!(error.to_string(), "git says: this operation must be run in a work tree");
    let folder = scene.top().join("../nothing");
    let error = status_of(&RUNNER, &folder).expect_err("not there");
    assert!(error.to_string().contains("cannot change to"), "{error}");
    assert!(folder.as_os_str().as_bytes().ends_with(b"nothing"));
}

/// Paths of a status begin at the root of the working tree, whichever folder was asked about.
#[test]
fn a_digest_changes_with_every_file_that_a_status_names() {
    let scene = Scene::new();
    let folder = scene.top().join("folder");
    let digest = || {
        let status = status_of(&RUNNER, &folder).expect("a status");
        status.digest(&Repository::find(&folder).expect("a repository"))
    };
    scene.write("folder/deep", "1\n");
    let before = digest();
    assert_eq!(digest(), before);
    scene.write("folder/deep", "1\n2\n");
    assert_ne!(digest(), before, "it was changed before, and is again");
    scene.write("own/deep/file", "1\n");
    let repository = Repository::find(&folder).expect("a repository");
    let without = |name: &str| {
        let status = status_of(&RUNNER, &folder).expect("a status");
        status.without(&repository, &scene.top().join(name)).entries.len()
    };
    assert_eq!((without("own/deep"), without("folder"), without("."), without("..")), (1, 1, 2, 2));
}
