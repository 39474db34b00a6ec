//! Locks across threads and processes.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use conductor_core::model::{ProjectId, TaskId};
use conductor_core::store::{Dir, Holder, OfdLock, Place, Root, StoreErrorKind, Supervision, TaskDir, Where};

const HERE: Where<'_> = Where { machine_id: "this", boot_id: "boot", pid_namespace: 1 };

fn folder() -> (tempfile::TempDir, Dir) {
    let temp = tempfile::tempdir().expect("a temp folder");
    let dir = Dir::open(temp.path()).expect("opened");
    (temp, dir)
}

/// A task whose files do not matter.
fn task() -> (tempfile::TempDir, TaskDir) {
    let temp = tempfile::tempdir().expect("a temp folder");
    let root = Root::open_or_init(temp.path()).expect("a root");
    let project = ProjectId::new("demo").expect("valid");
    let id = TaskId::new("task-20261120-201300-a").expect("valid");
    root.create_project(&project, temp.path()).expect("a project");
    std::fs::create_dir(temp.path().join("demo").join(id.as_str())).expect("made");
    let task = root.task(&project, &id).expect("a task");
    (temp, task)
}

fn holder(pid: u32) -> Holder {
    Holder {
        pid: i32::try_from(pid).expect("a pid"),
        start_time: 1,
        boot_id: "boot".to_owned(),
        pid_namespace: 1,
        machine_id: "this".to_owned(),
    }
}

fn probe(arguments: &[&Path]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_store-probe"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the probe starts")
}

/// A process that holds the lock now.
fn other_holder(dir: &Dir, name: &str) -> Child {
    let mut child = probe(&[Path::new("hold"), dir.path(), Path::new(name)]);
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
    assert_eq!(line, "held\n");
    child
}

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::yield_now();
    }
}

#[test]
fn one_holds_and_others_see_it_without_taking_it() {
    let (_temp, dir) = folder();
    assert!(!OfdLock::is_held(&dir, "lock").expect("looked"), "a missing file is a free lock");
    assert!(!dir.exists("lock").expect("looked"), "looking makes nothing");
    let lock = OfdLock::try_acquire(&dir, "lock").expect("tried").expect("free");
    // Two descriptions of one process exclude each other as well.
    assert!(OfdLock::try_acquire(&dir, "lock").expect("tried").is_none());
    for _ in 0..100 {
        assert!(OfdLock::is_held(&dir, "lock").expect("looked"));
    }
    drop(lock);
    assert!(!OfdLock::is_held(&dir, "lock").expect("looked"));
    assert!(OfdLock::try_acquire(&dir, "lock").expect("tried").is_some(), "observers never hold it");
}

#[test]
fn a_killed_holder_holds_nothing() {
    let (_temp, dir) = folder();
    let mut child = other_holder(&dir, "lock");
    assert!(OfdLock::is_held(&dir, "lock").expect("looked"));
    assert!(OfdLock::try_acquire(&dir, "lock").expect("tried").is_none());
    child.kill().expect("killed");
    child.wait().expect("collected");
    assert!(OfdLock::try_acquire(&dir, "lock").expect("tried").is_some());
}

#[test]
fn a_child_process_does_not_inherit_the_lock() {
    let (_temp, dir) = folder();
    let lock = OfdLock::try_acquire(&dir, "lock").expect("tried").expect("free");
    let mut child = Command::new("sleep").arg("60").spawn().expect("sleep starts");
    drop(lock);
    assert!(OfdLock::try_acquire(&dir, "lock").expect("tried").is_some());
    child.kill().expect("killed");
    child.wait().expect("collected");
}

#[test]
fn waiting_ends_with_the_name_of_the_holder() {
    let (_temp, dir) = folder();
    let lock = OfdLock::try_acquire(&dir, "lock").expect("tried").expect("free");
    lock.write_text("pid: 17\n").expect("written");
    let error = OfdLock::acquire(&dir, "lock", Duration::from_millis(20)).expect_err("held");
    assert!(
        matches!(&error.kind, StoreErrorKind::Locked { holder: Some(text) } if text == "pid: 17"),
        "{error}"
    );
    assert!(error.to_string().ends_with("lock: is locked by pid: 17"), "{error}");
    drop(lock);
    OfdLock::acquire(&dir, "lock", Duration::ZERO).expect("free");
}

#[test]
fn eight_processes_and_threads_count_without_losing_one() {
    let (_temp, dir) = folder();
    dir.replace("counter", b"0").expect("written");
    let children: Vec<_> =
        (0..4).map(|_| probe(&[Path::new("count"), dir.path(), Path::new("50")])).collect();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let _lock = OfdLock::acquire(&dir, "lock", Duration::from_secs(60)).expect("locked");
                    let so_far: u32 = dir.read_text("counter", 64).expect("read").parse().expect("a number");
                    dir.replace_lazy("counter", (so_far + 1).to_string().as_bytes()).expect("written");
                }
            });
        }
    });
    for mut child in children {
        assert!(child.wait().expect("collected").success());
    }
    assert_eq!(dir.read_text("counter", 64).expect("read"), "400");
}

#[test]
fn c14_the_lock_file_stays_so_that_two_holders_are_impossible() {
    let (temp, dir) = folder();
    let first = OfdLock::try_acquire(&dir, "lock").expect("tried").expect("free");
    let inode = |path: &Path| std::os::unix::fs::MetadataExt::ino(&std::fs::metadata(path).expect("there"));
    let before = inode(&temp.path().join("lock"));
    drop(first);
    let _second = OfdLock::try_acquire(&dir, "lock").expect("tried").expect("free");
    assert_eq!(inode(&temp.path().join("lock")), before);
    assert!(OfdLock::try_acquire(&dir, "lock").expect("tried").is_none());
}

#[test]
fn c10_a_living_pid_in_a_free_lock_is_not_a_supervisor() {
    let (_temp, task) = task();
    let lock = task.lock_supervisor().expect("tried").expect("free");
    let own = holder(std::process::id());
    lock.write_holder(&own).expect("written");
    assert_eq!(task.supervisor().expect("looked"), Some(own.clone()));
    assert_eq!(task.supervision(HERE).expect("looked"), Supervision::Alive(own.clone()));
    drop(lock);
    // The pid in the file lives, as a reused one would; the lock says that it is not the supervisor.
    assert_eq!(task.supervisor().expect("looked"), None);
    assert_eq!(task.last_supervisor().expect("read"), Some(own));
    assert_eq!(task.supervision(HERE).expect("looked"), Supervision::Free);
}

#[test]
fn a_supervisor_of_another_machine_is_said_to_be_elsewhere() {
    let (_temp, task) = task();
    let there = Holder { machine_id: "other".to_owned(), ..holder(7) };
    task.lock_supervisor().expect("tried").expect("free").write_holder(&there).expect("written");
    assert_eq!(Place::of_holder(&there, HERE), Place::OtherMachine);
    assert_eq!(task.supervision(HERE).expect("looked"), Supervision::Elsewhere(there));
}

#[test]
fn a_holder_that_does_not_say_who_it_is_is_not_guessed() {
    let (_temp, task) = task();
    for text in ["", "pid: [", "pid: -"] {
        let lock = task.lock_supervisor().expect("tried").expect("free");
        lock.write_text(text).expect("written");
        let error = task.supervisor().expect_err("unknown");
        assert!(matches!(error.kind, StoreErrorKind::Locked { holder: None }), "{error}");
    }
}

#[test]
fn a_lock_is_not_taken_through_a_link() {
    let (temp, dir) = folder();
    let outside = tempfile::tempdir().expect("a temp folder");
    std::os::unix::fs::symlink(outside.path().join("lock"), temp.path().join("lock")).expect("planted");
    assert!(OfdLock::try_acquire(&dir, "lock").is_err());
    assert!(!outside.path().join("lock").exists());
}

#[test]
fn a_lock_that_is_let_go_goes_to_one_who_waits() {
    let (_temp, dir) = folder();
    let mut child = other_holder(&dir, "lock");
    std::thread::scope(|scope| {
        let waiter = scope.spawn(|| OfdLock::acquire(&dir, "lock", Duration::from_secs(60)).expect("got it"));
        drop(child.stdin.take());
        eventually("the holder ends", || child.try_wait().expect("looked").is_some());
        drop(waiter.join().expect("no panic"));
    });
}
