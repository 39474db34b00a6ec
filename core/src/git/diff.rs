//! What differs between two trees: which files, how many lines, and the lines themselves.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{Seek, Write};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::command::git;
use super::error::{GitError, GitErrorKind};
use super::repository::Repository;
use super::run::{Printed, Runner, part, whole};
use super::snapshot::borrow;

/// Files among which renames are looked for.
const RENAMES: &str = "-l500";
/// The mode of a submodule in a tree.
const SUBMODULE: &str = "160000";

/// Two trees of one repository.
#[derive(Debug, Clone)]
pub struct Trees<'a> {
    /// The repository.
    pub repository: &'a Repository,
    /// Folders of objects beside its own.
    pub others: &'a [PathBuf],
    /// A tree or commit; none: nothing at all.
    pub from: Option<&'a str>,
    /// A tree or commit; none: nothing at all.
    pub to: Option<&'a str>,
}

/// How a file changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// Its content is another.
    Modified,
    /// It is gone.
    Deleted,
    /// It has another name, and perhaps another content.
    Renamed,
    /// It may be executed, or may no more.
    Mode,
    /// It is something else: a link, a submodule.
    Type,
}

/// A file that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Where it is, from the root of the working tree; where it was, if it is gone.
    pub path: PathBuf,
    /// Where it was before it was renamed.
    pub old_path: Option<PathBuf>,
    /// How it changed.
    pub kind: ChangeKind,
    /// Lines added and removed; none where content is not compared by lines.
    pub lines: Option<(u64, u64)>,
    /// What it is now, in the repository's objects; none where it is gone or a submodule.
    pub object: Option<String>,
}

impl Trees<'_> {
    fn command(&self, name: &str) -> Command {
        let mut command = git(&self.repository.top, name);
        command.env("GIT_DIR", &self.repository.dir).env("GIT_WORK_TREE", &self.repository.top);
        borrow(&mut command, self.others.iter().cloned());
        command
    }

    fn diff(&self) -> Command {
        let mut command = self.command("diff-tree");
        command.args(["-r", "-M", RENAMES, "--no-ext-diff", "--no-textconv", "--no-color"]);
        command.args(["--ignore-submodules=none", "--no-abbrev"]);
        command
    }

    fn ids(&self) -> [&str; 2] {
        [self.from, self.to].map(|id| id.unwrap_or_else(|| self.nothing()))
    }

    /// The empty tree, which every repository has, by the length of its ids.
    fn nothing(&self) -> &'static str {
        match self.from.or(self.to).map(str::len) {
            Some(64) => "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
            _ => "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
        }
    }
}

/// The files that differ, in the order of their names.
///
/// # Errors
/// When git does not tell: an object is lost, it takes too long.
pub fn changes(runner: &dyn Runner, trees: &Trees<'_>) -> Result<Vec<Change>, GitError> {
    let mut command = trees.diff();
    command.args(["--raw", "--numstat", "-z"]).args(trees.ids());
    let printed = whole(runner, "diff-tree", &mut command, None)?;
    parse(&printed).ok_or_else(|| GitError::new("diff-tree", GitErrorKind::Strange))
}

/// The lines that differ in files of these paths, or in all where none is named, as a unified diff with so
/// many lines around each.
///
/// # Errors
/// As [`changes`].
pub fn patch(
    runner: &dyn Runner,
    trees: &Trees<'_>,
    paths: &[&Path],
    context: u32,
) -> Result<Printed, GitError> {
    let mut command = trees.diff();
    command.arg("-p").arg(format!("-U{context}")).args(trees.ids()).arg("--").args(paths);
    part(runner, "diff-tree", &mut command, None)
}

/// Bytes of what files are now, in the order of the changes; none where there is no such object.
///
/// # Errors
/// As [`changes`].
pub fn sizes(
    runner: &dyn Runner,
    trees: &Trees<'_>,
    changes: &[Change],
) -> Result<Vec<Option<u64>>, GitError> {
    let failed = |error: std::io::Error| GitError::new("cat-file", error);
    let objects: Vec<&str> = changes.iter().filter_map(|change| change.object.as_deref()).collect();
    let mut asked = unnamed_file().map_err(failed)?;
    asked.write_all(objects.join("\n").as_bytes()).and_then(|()| asked.rewind()).map_err(failed)?;
    let mut command = trees.command("cat-file");
    command.arg("--batch-check=%(objectname) %(objectsize)");
    let printed = whole(runner, "cat-file", &mut command, Some(asked))?;
    let text = String::from_utf8_lossy(&printed);
    let lines = text.lines().filter_map(|line| line.split_once(' '));
    let known: HashMap<&str, Option<u64>> = lines.map(|(id, size)| (id, size.parse().ok())).collect();
    let size = |change: &Change| known.get(change.object.as_deref()?).copied().flatten();
    Ok(changes.iter().map(size).collect())
}

/// A file in memory.
fn unnamed_file() -> std::io::Result<std::fs::File> {
    Ok(rustix::fs::memfd_create("objects", rustix::fs::MemfdFlags::CLOEXEC)?.into())
}

/// Reads the records of `--raw` and of `--numstat`, which come in the same order.
fn parse(printed: &[u8]) -> Option<Vec<Change>> {
    let mut fields = printed.split(|byte| *byte == 0).filter(|field| !field.is_empty()).peekable();
    let mut changes = Vec::new();
    while let Some(head) = fields.next_if(|field| field.first() == Some(&b':')) {
        changes.push(raw(std::str::from_utf8(head).ok()?, &mut fields)?);
    }
    for change in &mut changes {
        change.lines = lines(fields.next()?)?;
        if change.kind == ChangeKind::Renamed {
            // Both names follow, which are known.
            fields.nth(1)?;
        }
    }
    fields.next().is_none().then_some(changes)
}

/// `:<mode> <mode> <id> <id> <letter>`, then a path, or two of a rename.
fn raw<'a>(head: &str, fields: &mut impl Iterator<Item = &'a [u8]>) -> Option<Change> {
    let words: Vec<&str> = head.strip_prefix(':')?.split(' ').collect();
    let [old_mode, mode, old_id, id, letter] = words.try_into().ok()?;
    let kind = match letter.chars().next()? {
        'A' => ChangeKind::Added,
        'D' => ChangeKind::Deleted,
        'R' => ChangeKind::Renamed,
        'T' => ChangeKind::Type,
        'M' if old_id == id && old_mode != mode => ChangeKind::Mode,
        'M' => ChangeKind::Modified,
        _ => return None,
    };
    let first = path(fields.next()?);
    let (path, old_path) = match kind {
        ChangeKind::Renamed => (path(fields.next()?), Some(first)),
        _ => (first, None),
    };
    let is_file = kind != ChangeKind::Deleted && mode != SUBMODULE;
    Some(Change { path, old_path, kind, lines: None, object: is_file.then(|| id.to_owned()) })
}

/// `<added>\t<removed>\t<path>`, `-` for both where they are not counted; no path in a rename.
fn lines(record: &[u8]) -> Option<Option<(u64, u64)>> {
    let mut words = record.splitn(3, |byte| *byte == b'\t');
    let mut word = || std::str::from_utf8(words.next()?).ok();
    match (word()?, word()?) {
        ("-", "-") => Some(None),
        (added, removed) => Some(Some((added.parse().ok()?, removed.parse().ok()?))),
    }
}

fn path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(OsString::from_vec(bytes.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_both_kinds_belong_together() {
        let (a, b, zero) = ("a".repeat(40), "b".repeat(40), "0".repeat(40));
        let printed = format!(
            ":000000 100644 {zero} {a} A\0new\0:100644 100755 {a} {a} M\0run\0\
             :100644 100644 {a} {b} R090\0old name\0\u{e9}\nname\0:160000 160000 {a} {b} M\0lib\0\
             3\t0\tnew\x000\t0\trun\x001\t2\t\0old name\0\u{e9}\nname\0-\t-\tlib\0"
        );
        let found = parse(printed.as_bytes()).expect("understood");
        let kinds: Vec<_> = found.iter().map(|change| (change.kind, change.lines)).collect();
        assert_eq!(
            kinds,
            [
                (ChangeKind::Added, Some((3, 0))),
                (ChangeKind::Mode, Some((0, 0))),
                (ChangeKind::Renamed, Some((1, 2))),
                (ChangeKind::Modified, None),
            ]
        );
        assert_eq!(found[2].path, Path::new("\u{e9}\nname"));
        assert_eq!(found[2].old_path.as_deref(), Some(Path::new("old name")));
        assert_eq!(found[3].object, None, "a submodule is none of its objects");
        assert_eq!(parse(&printed.as_bytes()[..printed.len() - 8]), None, "half of it is not understood");
        assert_eq!(parse(b""), Some(Vec::new()));
    }
}
