//! What of a working folder goes into a tree of it, and what is left out because it would cost too much or
//! cannot be looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};
use sha2::{Digest, Sha256};

use super::paths::to_text;
use super::repository::head_commit;
use super::status::{Entry, EntryKind, Status, stamp};
use crate::model::snapshot::{LeftOut, WhyLeftOut};

/// The largest file that is compared.
const LARGE: u64 = 8 << 20;
/// Files that git does not know in a folder and below it.
const MANY_FILES: u64 = 2_000;
/// Bytes of those.
const MANY_BYTES: u64 = 64 << 20;

/// What is chosen.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Chosen {
    /// Paths whose content is taken as it is, those that are gone among them.
    pub paths: Vec<PathBuf>,
    /// What is left out.
    pub left_out: Vec<LeftOut>,
}

impl Chosen {
    /// Of what a status names.
    pub fn of(status: &Status, top: &Path) -> Self {
        let mut chosen = Self::default();
        let mut untracked = Vec::new();
        for entry in &status.entries {
            match entry.kind {
                EntryKind::Untracked if entry.is_repository() => chosen.leave_repository(entry, top),
                EntryKind::Untracked => untracked.push((entry.path.as_path(), size(&top.join(&entry.path)))),
                EntryKind::Submodule { moved, dirty } => chosen.submodule(entry, moved, dirty),
                EntryKind::Tracked => chosen.one(&entry.path, top),
            }
        }
        let crowded = crowded(&untracked);
        for folder in &crowded {
            let files = untracked.iter().filter(|(path, _)| nearest(&crowded, path) == Some(folder));
            chosen.left_out.push(crowd(folder, files, top));
        }
        for (path, _) in untracked.iter().filter(|(path, _)| nearest(&crowded, path).is_none()) {
            chosen.one(path, top);
        }
        chosen.left_out.sort_by(|a, b| a.path.cmp(&b.path));
        chosen
    }

    /// A repository in the folder that is no part of this one.
    fn leave_repository(&mut self, entry: &Entry, top: &Path) {
        let head = head_commit(&top.join(&entry.path)).unwrap_or_default();
        self.leave(&entry.path, WhyLeftOut::Repository, head);
    }

    fn submodule(&mut self, entry: &Entry, moved: bool, dirty: bool) {
        if moved {
            self.paths.push(entry.path.clone());
        }
        if dirty {
            self.leave(&entry.path, WhyLeftOut::Submodule, String::new());
        }
    }

    fn one(&mut self, path: &Path, top: &Path) {
        let file = top.join(path);
        let why = match file.symlink_metadata() {
            Ok(meta) if meta.is_file() && meta.len() > LARGE => Some(WhyLeftOut::TooLarge),
            Ok(meta) if meta.is_file() && access(&file, Access::READ_OK).is_err() => {
                Some(WhyLeftOut::Unreadable)
            }
            Ok(meta) if is_special(meta.file_type()) => Some(WhyLeftOut::Special),
            _ => None,
        };
        match why {
            Some(why) => self.leave(path, why, stamp(&file)),
            None => self.paths.push(path.to_owned()),
        }
        if let (Some(WhyLeftOut::TooLarge), Some(last)) = (why, self.left_out.last_mut()) {
            last.bytes = Some(size(&file));
        }
    }

    fn leave(&mut self, path: &Path, why: WhyLeftOut, stamp: String) {
        self.left_out.push(LeftOut { path: to_text(path), why, files: None, bytes: None, stamp });
    }
}

fn is_special(kind: std::fs::FileType) -> bool {
    kind.is_fifo() || kind.is_socket() || kind.is_block_device() || kind.is_char_device()
}

fn size(file: &Path) -> u64 {
    file.symlink_metadata().map_or(0, |meta| meta.len())
}

/// The deepest of the chosen folders that a path lies in.
fn nearest<'a>(folders: &'a BTreeSet<PathBuf>, path: &Path) -> Option<&'a PathBuf> {
    path.ancestors().skip(1).find_map(|folder| folders.get(folder))
}

/// A folder that holds too much, as it is told: what is in a deeper one that does is not counted.
fn crowd<'a>(folder: &Path, files: impl Iterator<Item = &'a (&'a Path, u64)>, top: &Path) -> LeftOut {
    let (mut count, mut bytes, mut digest) = (0, 0_u64, Sha256::new());
    for (path, size) in files {
        count += 1;
        bytes = bytes.saturating_add(*size);
        digest.update(to_text(path));
        digest.update(stamp(&top.join(path)));
    }
    LeftOut {
        path: to_text(&folder.join("")),
        why: WhyLeftOut::TooMany,
        files: Some(count),
        bytes: Some(bytes),
        stamp: crate::hex::hex(&digest.finalize()[..16]),
    }
}

/// The folders that hold too much, the deepest first; the root of the working tree is the empty path. What
/// lies in one of them counts for none above it. Files that are too large by themselves count by number.
fn crowded(files: &[(&Path, u64)]) -> BTreeSet<PathBuf> {
    let mut totals: BTreeMap<&Path, (u64, u64)> = BTreeMap::new();
    for (path, size) in files {
        for (depth, folder) in path.ancestors().skip(1).enumerate() {
            let total = totals.entry(folder).or_default();
            if depth == 0 {
                total.0 += 1;
                total.1 += if *size > LARGE { 0 } else { *size };
            }
        }
    }
    let mut folders: Vec<&Path> = totals.keys().copied().collect();
    folders.sort_by_key(|folder| std::cmp::Reverse(folder.components().count()));
    let mut crowded = BTreeSet::new();
    for folder in folders {
        let (count, bytes) = totals.get(folder).copied().unwrap_or_default();
        if count > MANY_FILES || bytes > MANY_BYTES {
            crowded.insert(folder.to_owned());
        } else if let Some(above) = folder.parent().and_then(|above| totals.get_mut(above)) {
            above.0 += count;
            above.1 += bytes;
        }
    }
    crowded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders(files: &[(String, u64)]) -> Vec<String> {
        let files: Vec<(&Path, u64)> = files.iter().map(|(path, size)| (Path::new(path), *size)).collect();
        crowded(&files).iter().map(|folder| folder.display().to_string()).collect()
    }

    fn many(folder: &str, count: u64) -> Vec<(String, u64)> {
        (0..count).map(|number| (format!("{folder}{number}"), 10)).collect()
    }

    #[test]
    fn the_deepest_folder_that_holds_too_much_is_left_out_and_not_what_is_beside_it() {
        let files = [many("a/deep/", 2_001), many("a/", 3), many("b/", 1_990)].concat();
        assert_eq!(folders(&files), ["a/deep"]);
        let files = [many("a/one/", 1_500), many("a/two/", 501), many("b/", 3)].concat();
        assert_eq!(folders(&files), ["a"]);
        assert_eq!(folders(&many("", 2_001)), [""]);
        assert_eq!(folders(&many("a/", 2_000)), [""; 0]);
    }

    #[test]
    fn bytes_count_as_files_do() {
        let files: Vec<_> = (0..9).map(|number| (format!("a/{number}"), 7_800_000)).collect();
        assert_eq!(folders(&files), ["a"]);
        let large: Vec<_> = (0..9).map(|number| (format!("a/{number}"), LARGE + 1)).collect();
        assert_eq!(folders(&large), [""; 0], "each is left out by itself");
    }

    #[test]
    fn what_cannot_be_taken_is_said_with_its_reason() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("small"), "1").expect("a file");
        std::fs::File::create(at("large")).and_then(|file| file.set_len(LARGE + 1)).expect("a file");
        let mode = rustix::fs::Mode::RWXU;
        let pipe = rustix::fs::mknodat(rustix::fs::CWD, at("pipe"), rustix::fs::FileType::Fifo, mode, 0);
        pipe.expect("a pipe");
        let printed = "1 .D N... 1 1 1 a b gone\0? large\0? other/\0? pipe\0? small\0\
                       1 .M SC.U 1 1 1 a b lib\0";
        let chosen = Chosen::of(&Status::parse(printed.as_bytes()), folder.path());
        assert_eq!(chosen.paths, ["gone", "lib", "small"].map(PathBuf::from));
        let left: Vec<_> =
            chosen.left_out.iter().map(|left| (left.path.as_str(), left.why, left.bytes)).collect();
        assert_eq!(
            left,
            [
                ("large", WhyLeftOut::TooLarge, Some(LARGE + 1)),
                ("lib", WhyLeftOut::Submodule, None),
                ("other/", WhyLeftOut::Repository, None),
                ("pipe", WhyLeftOut::Special, None),
            ]
        );
    }
}
