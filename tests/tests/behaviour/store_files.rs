//! Files that are replaced as a whole, whatever fails.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};

use conductor_core::faults::{self, Call, Failure};
use conductor_core::store::{Dir, Open, StoreErrorKind};
use nix::libc::{EINTR, EIO, ENOSPC};

fn folder() -> (tempfile::TempDir, Dir) {
    let temp = tempfile::tempdir().expect("a temp folder");
    let dir = Dir::open(temp.path()).expect("opened");
    (temp, dir)
}

fn names(dir: &Dir) -> Vec<String> {
    dir.entries().expect("listed").into_iter().map(|entry| entry.name).collect()
}

/// Every way a call can fail, at every turn of it that a replace takes.
fn failures() -> Vec<(Call, u32, Failure)> {
    let calls = [(Call::Open, 1), (Call::Write, 1), (Call::Sync, 2), (Call::Rename, 2)];
    let mut all = Vec::new();
    for (call, turns) in calls {
        for turn in 1..=turns {
            all.extend([EIO, ENOSPC].map(|errno| (call, turn, Failure::Errno(errno))));
        }
    }
    all
}

#[test]
fn a_failed_replace_leaves_the_old_file_and_nothing_else() {
    for (call, turn, failure) in failures() {
        let (_temp, dir) = folder();
        dir.replace("file", b"old").expect("the first");
        faults::plan(call, turn, failure);
        let replaced = dir.replace("file", b"the new one");
        let happened = faults::clear();
        let content = dir.read("file", 100).expect("read");
        if happened {
            assert!(replaced.is_err(), "{call:?} {turn} {failure:?}");
            assert_eq!(content, b"old", "{call:?} {turn} {failure:?}");
        } else {
            assert!(replaced.is_ok() && content == b"the new one", "{call:?} {turn} {failure:?}");
        }
        assert_eq!(names(&dir), ["file"], "{call:?} {turn} {failure:?}");
    }
}

#[test]
fn a_failed_first_write_leaves_no_file() {
    for (call, turn, failure) in failures() {
        let (_temp, dir) = folder();
        faults::plan(call, turn, failure);
        let created = dir.create_new("file", b"new");
        if faults::clear() {
            assert!(created.is_err(), "{call:?} {turn} {failure:?}");
            assert!(names(&dir).is_empty(), "{call:?} {turn} {failure:?}: {:?}", names(&dir));
        } else {
            assert!(created.expect("made") && names(&dir) == ["file"]);
        }
    }
}

#[test]
fn every_kind_of_failure_happens_in_a_replace() {
    // Guards the two tests above against a plan that never comes true.
    let (_temp, dir) = folder();
    dir.replace("file", b"old").expect("the first");
    for (call, turn) in
        [(Call::Open, 1), (Call::Write, 1), (Call::Sync, 1), (Call::Sync, 2), (Call::Rename, 1)]
    {
        faults::plan(call, turn, Failure::Errno(EIO));
        dir.replace("file", b"new").expect_err("a planned failure");
        assert!(faults::clear(), "{call:?} {turn}");
    }
}

#[test]
fn interruptions_and_short_writes_are_gone_on_from() {
    let plans = [
        (Call::Write, Failure::Errno(EINTR)),
        (Call::Sync, Failure::Errno(EINTR)),
        (Call::Write, Failure::Short(1)),
        (Call::Write, Failure::Short(3)),
    ];
    for (call, failure) in plans {
        let (_temp, dir) = folder();
        faults::plan(call, 1, failure);
        dir.replace("file", b"whole").expect("replaced");
        assert!(faults::clear(), "{failure:?}");
        assert_eq!(dir.read("file", 100).expect("read"), b"whole", "{failure:?}");
    }
}

#[test]
fn a_disk_that_fills_up_midway_leaves_the_old_file() {
    let (_temp, dir) = folder();
    dir.replace("file", b"old").expect("the first");
    faults::plan(Call::Write, 1, Failure::Short(2));
    faults::plan(Call::Write, 1, Failure::Errno(ENOSPC));
    let error = dir.replace("file", b"the new one").expect_err("full");
    faults::clear();
    assert_eq!(error.errno(), Some(ENOSPC));
    assert_eq!(dir.read("file", 100).expect("read"), b"old");
    assert_eq!(names(&dir), ["file"]);
}

#[test]
fn a_lazy_replace_is_whole_too() {
    for call in [Call::Open, Call::Write, Call::Rename] {
        let (_temp, dir) = folder();
        dir.replace_lazy("file", b"old").expect("the first");
        faults::plan(call, 1, Failure::Errno(ENOSPC));
        dir.replace_lazy("file", b"new").expect_err("a planned failure");
        assert!(faults::clear());
        assert_eq!(dir.read("file", 100).expect("read"), b"old", "{call:?}");
        assert_eq!(names(&dir), ["file"], "{call:?}");
    }
}

#[test]
fn a_killed_writer_leaves_a_whole_file() {
    let (temp, dir) = folder();
    for _ in 0..5 {
        let mut writer = Command::new(env!("CARGO_BIN_EXE_store-probe"))
            .args([Path::new("replace"), temp.path()])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the writer starts");
        let mut ready = String::new();
        BufReader::new(writer.stdout.take().expect("piped")).read_line(&mut ready).expect("ready");
        for _ in 0..50 {
            assert_whole(&dir);
        }
        writer.kill().expect("killed");
        writer.wait().expect("collected");
        assert_whole(&dir);
    }
    // What the killed ones left is swept when it is old, and never while it may be in use.
    assert_eq!(dir.sweep(jiff::Timestamp::now()).expect("swept"), 0);
    let later = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    dir.sweep(later).expect("swept");
    assert_eq!(names(&dir), ["file"]);
}

fn assert_whole(dir: &Dir) {
    match dir.read("file", 100_000) {
        Ok(bytes) => assert!(bytes.len() == 20_000 && bytes.iter().all(|byte| *byte == bytes[0])),
        Err(error) => assert!(error.is_not_found(), "{error}"),
    }
}

#[test]
fn of_two_that_create_one_does() {
    let (_temp, dir) = folder();
    let made: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8u8)
            .map(|writer| {
                let dir = dir.clone();
                scope.spawn(move || dir.create_new("file", &[writer; 100]).expect("created"))
            })
            .collect();
        threads.into_iter().map(|thread| usize::from(thread.join().expect("no panic"))).sum()
    });
    assert_eq!(made, 1);
    let bytes = dir.read("file", 200).expect("read");
    assert!(bytes.len() == 100 && bytes.iter().all(|byte| *byte == bytes[0]));
    assert_eq!(names(&dir), ["file"]);
}

#[test]
fn c28_path_confinement_does_not_follow_symlinks() {
    let (temp, dir) = folder();
    let outside = tempfile::tempdir().expect("a temp folder");
    std::fs::write(outside.path().join("secret"), "secret").expect("written");
    symlink(outside.path(), temp.path().join("link")).expect("planted");
    symlink(outside.path().join("secret"), temp.path().join("file")).expect("planted");
    std::fs::create_dir(temp.path().join("real")).expect("made");
    symlink("../link", temp.path().join("real/again")).expect("planted");

    for path in ["file", "link/secret", "real/again/secret", "link", "../x", "/etc/hostname", "real/../file"]
    {
        assert!(dir.read(path, 100).is_err(), "read {path}");
        assert!(dir.open_file(path, Open::Append).is_err(), "append {path}");
        assert!(dir.open_file(path, Open::ReadWrite).is_err(), "write {path}");
    }
    for path in ["link", "real/again", ".."] {
        assert!(dir.sub(path).is_err() && dir.make_sub(path).is_err(), "folder {path}");
    }
    for path in ["link/new", "real/again/new", "../new"] {
        assert!(dir.replace(path, b"x").is_err(), "replace {path}");
        assert!(dir.create_new(path, b"x").is_err(), "create {path}");
        assert!(dir.rename("real", path).is_err(), "rename to {path}");
    }
    for path in ["link/secret", "real/again/secret"] {
        assert!(dir.remove(path).is_err(), "remove {path}");
        assert!(dir.exists(path).is_err(), "exists {path}");
    }
    // A replaced link is gone; what it pointed to is as it was.
    dir.replace("file", b"ours").expect("replaced");
    assert_eq!(std::fs::read_to_string(outside.path().join("secret")).expect("read"), "secret");
    assert_eq!(std::fs::read_dir(outside.path()).expect("listed").count(), 1);
}

#[test]
fn what_is_no_file_does_not_block_its_reader() {
    let (temp, dir) = folder();
    nix::unistd::mkfifo(&temp.path().join("pipe"), nix::sys::stat::Mode::S_IRWXU).expect("made");
    std::fs::create_dir(temp.path().join("folder")).expect("made");
    for name in ["pipe", "folder"] {
        let error = dir.read(name, 100).expect_err(name);
        assert!(matches!(error.kind, StoreErrorKind::NotAFile), "{error}");
    }
    let error = dir.open_file("pipe", Open::Append).expect_err("a pipe");
    assert!(matches!(error.kind, StoreErrorKind::NotAFile), "{error}");
}

#[test]
fn what_is_too_large_is_not_read() {
    let (_temp, dir) = folder();
    dir.replace("file", &[b'x'; 101]).expect("written");
    assert!(matches!(
        dir.read("file", 100).expect_err("too large").kind,
        StoreErrorKind::TooLarge { limit: 100 }
    ));
    assert_eq!(dir.read("file", 101).expect("fits").len(), 101);
    dir.replace("file", b"a\xff").expect("written");
    let error = dir.read_text("file", 10).expect_err("not UTF-8");
    assert!(matches!(error.kind, StoreErrorKind::NotUtf8 { valid_up_to: 1 }), "{error}");
}

#[test]
fn new_folders_and_files_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (temp, dir) = folder();
    dir.make_sub("folder").and_then(|sub| sub.replace("file", b"x")).expect("made");
    let mode =
        |name: &str| std::fs::metadata(temp.path().join(name)).expect("there").permissions().mode() & 0o777;
    assert_eq!((mode("folder"), mode("folder/file")), (0o700, 0o600));
}
