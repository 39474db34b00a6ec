//! The `run-agent` that supervisors and agents call: a copy in the root's `bin/`, which stays when the
//! installed one is replaced.
//!
//! The entry is named after the program's version and SHA-256. A copy is a hundred megabytes in a
//! debug build: the hash is taken while copying, once, and remembered by what the file is.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::faults;
use crate::hex::hex;
use crate::store::{Dir, OfdLock, Root, StoreError};

/// The file's name in its entry.
pub const PROGRAM: &str = "run-agent";

const LOCK: &str = ".lock";
const CACHE: &str = "binaries.json";
const CACHE_BYTES: u64 = 1 << 20;
const COPY_WAIT: Duration = Duration::from_secs(120);
/// What a program is called while it is copied.
const DRAFT: &str = ".draft.";
/// An entry this young may belong to a supervisor that has not written yet which one it runs from.
const YOUNG: Duration = Duration::from_secs(3600);

/// Why the program could not be placed.
#[derive(Debug, thiserror::Error)]
pub enum BinaryError {
    /// This process is another program, and there is no `run-agent` beside it.
    #[error("{}: there is no {PROGRAM} beside it", .0.display())]
    NoProgram(PathBuf),
    /// The program could not be read or copied.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The folder of the copies.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What tells one build from another without reading it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    device: u64,
    inode: u64,
    modified_ns: i128,
    size: u64,
    entry: String,
}

impl Known {
    fn is_of(&self, meta: &std::fs::Metadata) -> bool {
        self.device == meta.dev()
            && self.inode == meta.ino()
            && self.size == meta.size()
            && self.modified_ns == modified_ns(meta)
    }
}

/// Makes sure that this program stands in the root's `bin/`, and says where: `…/bin/<entry>/run-agent`.
/// Costs two looks at files when it was placed before.
///
/// # Errors
/// When the program cannot be found, read or copied.
pub fn place(root: &Root) -> Result<PathBuf, BinaryError> {
    let (mut source, path) = program()?;
    place_from(root, &mut source, &path)
}

/// The entry that a placed program belongs to: the name of its folder.
pub fn entry_of(placed: &Path) -> Option<&str> {
    placed.parent()?.file_name()?.to_str()
}

/// Removes the entries that no live task names and no process runs. Returns those that were removed.
///
/// # Errors
/// When the folder cannot be read or changed.
pub fn prune(root: &Root) -> Result<Vec<String>, BinaryError> {
    let bin = root.conductor()?.make_sub("bin")?;
    let Some(_lock) = OfdLock::try_acquire(&bin, LOCK)? else { return Ok(Vec::new()) };
    let unneeded = unneeded_in(root, &bin)?;
    drop_drafts(&bin)?;
    for entry in &unneeded {
        let folder = bin.sub(entry)?;
        for file in folder.entries()? {
            folder.remove(&file.name)?;
        }
        bin.remove_sub(entry)?;
    }
    Ok(unneeded)
}

/// The entries that [`prune`] would remove.
///
/// # Errors
/// When the folder cannot be read.
pub fn unneeded(root: &Root) -> Result<Vec<String>, BinaryError> {
    unneeded_in(root, &root.conductor()?.make_sub("bin")?)
}

fn unneeded_in(root: &Root, bin: &Dir) -> Result<Vec<String>, BinaryError> {
    let mut named = running(bin);
    for (project, task) in root.live_list()? {
        let state = root.task(&project, &task).and_then(|task| task.state()).ok().flatten();
        named.extend(state.and_then(|state| state.binary));
    }
    let mut unneeded = Vec::new();
    for entry in bin.entries()?.into_iter().filter(|entry| entry.is_dir && !named.contains(&entry.name)) {
        if !is_young(&bin.sub(&entry.name)?) {
            unneeded.push(entry.name);
        }
    }
    Ok(unneeded)
}

/// Removes what processes left that died while they copied.
fn drop_drafts(bin: &Dir) -> Result<(), BinaryError> {
    for entry in bin.entries()?.into_iter().filter(|entry| entry.name.starts_with(DRAFT)) {
        let modified = std::fs::metadata(bin.join(&entry.name)).and_then(|meta| meta.modified());
        if !is_recent(modified) {
            bin.remove(&entry.name)?;
        }
    }
    Ok(())
}

/// The entries that processes run: supervisors, whatever their tasks name.
fn running(bin: &Dir) -> HashSet<String> {
    let Ok(processes) = std::fs::read_dir("/proc") else { return HashSet::new() };
    let programs = processes.filter_map(|entry| std::fs::read_link(entry.ok()?.path().join("exe")).ok());
    let entry = |program: PathBuf| {
        let entry = program.strip_prefix(bin.path()).ok()?.components().next()?;
        Some(entry.as_os_str().to_str()?.to_owned())
    };
    programs.filter_map(entry).collect()
}

fn place_from(root: &Root, source: &mut File, path: &Path) -> Result<PathBuf, BinaryError> {
    let failed = |source| BinaryError::Io { path: path.to_owned(), source };
    let bin = root.conductor()?.make_sub("bin")?;
    if let Some(parent) = path.parent().filter(|parent| parent.parent() == Some(bin.path()))
        && path.exists()
    {
        return Ok(parent.join(PROGRAM));
    }
    let meta = source.metadata().map_err(failed)?;
    let cache = root.conductor()?.make_sub("cache")?;
    if let Some(entry) = remembered(&cache, &meta).filter(|entry| is_whole(&bin, entry, &meta)) {
        return Ok(bin.join(entry).join(PROGRAM));
    }
    let _lock = OfdLock::acquire(&bin, LOCK, COPY_WAIT)?;
    if let Some(entry) = remembered(&cache, &meta).filter(|entry| is_whole(&bin, entry, &meta)) {
        return Ok(bin.join(entry).join(PROGRAM));
    }
    let entry = copy(&bin, source, path)?;
    remember(&cache, &meta, &entry)?;
    Ok(bin.join(&entry).join(PROGRAM))
}

/// Copies the program under a temporary name, hashes it on the way, and gives it its name.
fn copy(bin: &Dir, source: &mut File, path: &Path) -> Result<String, BinaryError> {
    let draft = bin.join(format!("{DRAFT}{}", ulid::Ulid::generate()));
    let io = |source| BinaryError::Io { path: path.to_owned(), source };
    let copied = if cfg!(feature = "faults") { link(source, path, &draft) } else { copy_to(source, &draft) };
    let finish = |hash: String| -> Result<String, BinaryError> {
        faults::step("binary.copied");
        let entry = format!("{}-{}", env!("CARGO_PKG_VERSION"), &hash[..12]);
        let folder = bin.make_sub(&entry)?;
        std::fs::rename(&draft, folder.join(PROGRAM)).map_err(io)?;
        folder.sync()?;
        Ok(entry)
    };
    let placed = copied.map_err(io).and_then(finish);
    if placed.is_err() {
        let _ = std::fs::remove_file(&draft);
    }
    placed
}

fn copy_to(source: &mut File, draft: &Path) -> io::Result<String> {
    let mut target = File::create_new(draft)?;
    let hash = copy_hashed(source, &mut target)?;
    target.set_permissions(std::fs::Permissions::from_mode(0o755))?;
    target.sync_all()?;
    Ok(hash)
}

/// Hundreds of tests with a root each would fill a disk with copies: their builds are linked.
fn link(source: &mut File, path: &Path, draft: &Path) -> io::Result<String> {
    match std::fs::hard_link(path, draft) {
        Ok(()) => copy_hashed(source, &mut io::sink()),
        Err(_) => copy_to(source, draft),
    }
}

fn copy_hashed(source: &mut File, target: &mut impl Write) -> io::Result<String> {
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = match source.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        if read == 0 {
            return Ok(hex(&digest.finalize()));
        }
        digest.update(&buffer[..read]);
        target.write_all(&buffer[..read])?;
    }
}

/// This process's own program where it is `run-agent`, else the one beside it (the desktop's, a test's).
fn program() -> Result<(File, PathBuf), BinaryError> {
    let own = Path::new("/proc/self/exe");
    let open =
        |path: &Path| File::open(path).map_err(|source| BinaryError::Io { path: path.to_owned(), source });
    let path = std::fs::read_link(own).map_err(|source| BinaryError::Io { path: own.to_owned(), source })?;
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    // The link of a program that was replaced while it runs ends in " (deleted)"; the file itself is
    // still behind /proc/self/exe.
    if name.trim_end_matches(" (deleted)") == PROGRAM {
        return Ok((open(own)?, path));
    }
    let folders = path.ancestors().skip(1).take(2);
    let beside = folders.map(|folder| folder.join(PROGRAM)).find(|program| program.is_file());
    let beside = beside.ok_or_else(|| BinaryError::NoProgram(path.clone()))?;
    Ok((open(&beside)?, beside))
}

fn remembered(cache: &Dir, meta: &std::fs::Metadata) -> Option<String> {
    known(cache).into_iter().find(|known| known.is_of(meta)).map(|known| known.entry)
}

/// What is remembered; a cache that cannot be read is an empty one.
fn known(cache: &Dir) -> Vec<Known> {
    let text = cache.read(CACHE, CACHE_BYTES).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

fn remember(cache: &Dir, meta: &std::fs::Metadata, entry: &str) -> Result<(), StoreError> {
    let mut all: BTreeMap<String, Known> =
        known(cache).into_iter().map(|known| (known.entry.clone(), known)).collect();
    let new = Known {
        device: meta.dev(),
        inode: meta.ino(),
        modified_ns: modified_ns(meta),
        size: meta.size(),
        entry: entry.to_owned(),
    };
    all.insert(entry.to_owned(), new);
    let all: Vec<_> = all.into_values().collect();
    let text = serde_json::to_vec(&all).expect("structs of numbers and strings are always JSON");
    cache.replace_lazy(CACHE, &text)
}

fn modified_ns(meta: &std::fs::Metadata) -> i128 {
    i128::from(meta.mtime()) * 1_000_000_000 + i128::from(meta.mtime_nsec())
}

fn is_whole(bin: &Dir, entry: &str, meta: &std::fs::Metadata) -> bool {
    let placed = bin.meta(Path::new(entry).join(PROGRAM));
    placed.is_ok_and(|placed| placed.is_some_and(|placed| placed.is_file && placed.len == meta.size()))
}

fn is_young(folder: &Dir) -> bool {
    is_recent(std::fs::metadata(folder.path()).and_then(|meta| meta.modified()))
}

fn is_recent(modified: io::Result<std::time::SystemTime>) -> bool {
    modified.is_ok_and(|modified| modified.elapsed().is_ok_and(|age| age < YOUNG))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supervisor::testbed;

    fn program(folder: &Path, name: &str, text: &str) -> (File, PathBuf) {
        let path = folder.join(name);
        std::fs::write(&path, text).expect("a program");
        (File::open(&path).expect("a program"), path)
    }

    #[test]
    fn a_copy_is_placed_once_and_stays_when_the_program_is_replaced() {
        let (folder, root) = testbed::root();
        let (mut file, path) = program(folder.path(), "one", "first");
        let placed = place_from(&root, &mut file, &path).expect("a place");
        assert_eq!(std::fs::read_to_string(&placed).expect("a copy"), "first");
        let entry = entry_of(&placed).expect("an entry");
        let hash = "a7937b64b8ca";
        assert_eq!(entry, format!("{}-{hash}", env!("CARGO_PKG_VERSION")));
        // The file is at its end now: a second hash would be that of nothing.
        assert_eq!(place_from(&root, &mut file, &path).expect("a place"), placed);
        std::fs::remove_file(&path).expect("an upgrade");
        let (mut file, path) = program(folder.path(), "one", "second");
        let newer = place_from(&root, &mut file, &path).expect("a place");
        assert_ne!(newer, placed);
        assert_eq!(std::fs::read_to_string(&placed).expect("the old copy"), "first");
        let mut own = File::open(&newer).expect("the copy");
        assert_eq!(place_from(&root, &mut own, &newer).expect("its own place"), newer);
    }

    #[test]
    fn many_at_once_place_one_copy() {
        let (folder, root) = testbed::root();
        let (_, path) = program(folder.path(), "one", &"x".repeat(3 << 20));
        let placed: Vec<PathBuf> = std::thread::scope(|scope| {
            let place = || place_from(&root, &mut File::open(&path).expect("it"), &path).expect("a place");
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(place)).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
        });
        assert!(placed.iter().all(|path| *path == placed[0]));
        let bin = root.conductor().expect("ours").sub("bin").expect("bin");
        assert_eq!(bin.entries().expect("names").iter().filter(|entry| entry.is_dir).count(), 1);
        assert!(!bin.entries().expect("names").iter().any(|entry| entry.name.starts_with(".draft")));
    }

    #[test]
    fn what_a_live_task_names_is_kept() {
        let (_folder, root) = testbed::root();
        let bin = root.conductor().expect("ours").make_sub("bin").expect("bin");
        let long_ago = std::time::SystemTime::now() - 2 * YOUNG;
        for entry in ["0.0.1-used", "0.0.1-unused", "0.0.1-runs", "0.0.2-young"] {
            let folder = bin.make_sub(entry).expect("an entry");
            std::fs::copy("/bin/sleep", folder.join(PROGRAM)).expect("a program");
            if !entry.ends_with("young") {
                File::open(folder.path()).and_then(|file| file.set_modified(long_ago)).expect("an old entry");
            }
        }
        let drafts = ["old", "young"].map(|name| bin.join(format!("{DRAFT}{name}")));
        let [old, _] = drafts.each_ref().map(|path| File::create(path).expect("a draft"));
        old.set_modified(long_ago).expect("an old draft");
        let task = testbed::make(&root, &testbed::spec("a"), Some(crate::model::TaskStatus::Running));
        let mut state = task.state().expect("a state").expect("a state");
        state.binary = Some("0.0.1-used".to_owned());
        task.write_state(&state).expect("a state");
        root.live_add(&testbed::project(), &testbed::task_id("a")).expect("an entry");
        let mut process = std::process::Command::new(bin.join("0.0.1-runs/run-agent"))
            .arg("1000")
            .spawn()
            .expect("a process");
        let pruned = prune(&root);
        process.kill().and_then(|()| process.wait()).expect("its end");
        assert_eq!(pruned.expect("a pruned bin"), ["0.0.1-unused"]);
        assert_eq!(drafts.map(|path| path.exists()), [false, true], "who copies now goes on");
        assert_eq!(prune(&root).expect("a pruned bin"), ["0.0.1-runs"]);
        assert_eq!(prune(&root).expect("a pruned bin"), [""; 0]);
    }
}
