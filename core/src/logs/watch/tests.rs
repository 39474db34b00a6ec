use std::fs;
use std::io::Write;

use super::*;

const DEADLINE: Duration = Duration::from_secs(30);

fn append(path: &Path, text: &str) {
    let mut file = fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

/// Both kinds must notice the same things.
fn each_kind(check: impl Fn(&Watcher)) {
    check(Watcher::global());
    check(&Watcher::polling(Duration::from_millis(5)));
}

#[test]
fn an_append_is_noticed_and_told_once() {
    each_kind(|watcher| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        append(&path, "one");
        let watch = watcher.watch(&path);
        assert!(!watch.wait(Duration::ZERO));
        append(&path, "two");
        assert!(watch.wait(DEADLINE));
        append(&path, "three");
        assert!(watch.wait(DEADLINE));
    });
}

#[test]
fn creation_and_replacement_are_noticed() {
    each_kind(|watcher| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.yaml");
        let watch = watcher.watch(&path);
        append(&path, "new");
        assert!(watch.wait(DEADLINE));
        while watch.wait(Duration::ZERO) {}
        let other = folder.path().join("temporary");
        fs::write(&other, "replacement").unwrap();
        fs::rename(&other, &path).unwrap();
        assert!(watch.wait(DEADLINE));
    });
}

#[test]
fn what_stands_in_a_folder_is_noticed() {
    each_kind(|watcher| {
        let folder = tempfile::tempdir().unwrap();
        let watch = watcher.watch(folder.path());
        append(&folder.path().join("DONE"), "");
        assert!(watch.wait(DEADLINE));
    });
}

#[test]
fn reading_is_no_change() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    append(&path, "text");
    let watch = Watcher::global().watch(&path);
    let last = Watcher::global().watch(&folder.path().join("last"));
    fs::read(&path).unwrap();
    append(&folder.path().join("last"), "x");
    // Events of one folder come in order: when this one is here, the others were delivered.
    assert!(last.wait(DEADLINE));
    assert!(!watch.wait(Duration::ZERO));
}

#[test]
fn a_folder_that_comes_later_is_watched_then() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs/log");
    let watch = Watcher::global().watch(&path);
    assert!(watch.is_polled());
    fs::create_dir(folder.path().join("runs")).unwrap();
    append(&path, "text");
    assert!(watch.wait(DEADLINE));
    assert_eq!(watch.is_polled(), std::env::var_os("NO_INOTIFY").is_some());
    while watch.wait(Duration::ZERO) {}
    append(&path, "more");
    assert!(watch.wait(DEADLINE));
}

#[test]
fn a_folder_that_is_replaced_is_watched_again() {
    each_kind(|watcher| {
        let folder = tempfile::tempdir().unwrap();
        let (inner, old) = (folder.path().join("task"), folder.path().join("old"));
        fs::create_dir(&inner).unwrap();
        let watch = watcher.watch(&inner.join("log"));
        for round in 0..3 {
            fs::rename(&inner, old.with_extension(round.to_string())).unwrap();
            fs::create_dir(&inner).unwrap();
            append(&inner.join("log"), "text");
            assert!(watch.wait(DEADLINE), "round {round}");
            while watch.wait(Duration::from_millis(1)) {}
            append(&inner.join("log"), "more");
            assert!(watch.wait(DEADLINE), "round {round}");
            while watch.wait(Duration::from_millis(1)) {}
        }
    });
}

#[test]
fn several_watches_of_one_folder_live_and_end_apart() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("a"), folder.path().join("b"));
    let watches: Vec<_> = (0..50).map(|_| Watcher::global().watch(&first)).collect();
    let other = Watcher::global().watch(&second);
    append(&first, "text");
    assert!(watches.iter().all(|watch| watch.wait(DEADLINE)));
    drop(watches);
    assert!(!other.is_polled());
    append(&second, "text");
    assert!(other.wait(DEADLINE));
}

#[test]
fn a_future_is_woken_too() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    each_kind(|watcher| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let watch = watcher.watch(&path);
        runtime.block_on(async {
            let write = std::thread::spawn({
                let path = path.clone();
                move || append(&path, "text")
            });
            tokio::time::timeout(DEADLINE, watch.changed()).await.unwrap();
            write.join().unwrap();
        });
    });
}

/// Runs the tests above again where the system gives out no inotify instance, or no watch.
#[test]
fn without_inotify_the_same_is_noticed_by_polling() {
    let program = std::env::current_exe().unwrap();
    for limit in ["max_inotify_instances", "max_inotify_watches"] {
        let script = format!("echo 0 > /proc/sys/user/{limit} || exit 77; exec \"$0\" \"$@\"");
        let tests = ["noticed", "folder_that_is_replaced", "woken", "comes_later"];
        let output = std::process::Command::new("unshare")
            .args(["-r", "sh", "-c", &script])
            .arg(&program)
            .args(tests)
            .args(["--skip", "without_inotify", "--test-threads=2"])
            .env("NO_INOTIFY", "1")
            .output();
        match output {
            Ok(output) if output.status.success() => {}
            Ok(output) if output.status.code() == Some(101) => {
                panic!("{limit}: {}", String::from_utf8_lossy(&output.stdout));
            }
            _ => eprintln!("not run: {limit} cannot be set here (user namespaces)"),
        }
    }
}

#[test]
fn one_wait_for_two_paths_is_woken_by_either() {
    let (one, two) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let watcher = Watcher::new();
    let first = watcher.watch(one.path());
    let second = watcher.watch_with(&two.path().join("file"), &first);
    // A wait for two is what inotify gives; the run without it has nothing to see here.
    if first.is_polled() || second.is_polled() {
        eprintln!("not run: one wait for two paths: nothing is told without inotify");
        return;
    }
    for folder in [&one, &two, &one] {
        std::fs::write(folder.path().join("file"), "text").expect("a file");
        assert!(first.wait(Duration::from_secs(30)), "{}", folder.path().display());
        while first.wait(Duration::from_millis(20)) {}
    }
    drop(second);
    std::fs::write(one.path().join("file"), "more").expect("a file");
    assert!(first.wait(Duration::from_secs(30)), "the first one goes on without the second");
}
