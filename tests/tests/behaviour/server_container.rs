//! A server whose container is made anew: what it owned is gone with its pid namespace.

use std::fs;
use std::process::Command;

use conductor_tests::namespace::refused;
use conductor_tests::server::TestServer;
use conductor_tests::{TestEnv, wait_for};

/// How a process gets a pid namespace of its own, whose end is that of everything in it.
const CONTAINER: [&[&str]; 2] = [
    &["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"],
    &["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc"],
];

#[test]
fn a_container_that_starts_anew_goes_on_with_its_tasks() {
    let works = |words: &&&[&str]| {
        Command::new(words[0])
            .args(&words[1..])
            .arg("true")
            .output()
            .is_ok_and(|output| output.status.success())
    };
    let Some(container) = CONTAINER.iter().find(works) else {
        return refused("--pid");
    };
    let env = TestEnv::new();
    let start = |options: &[&str]| TestServer::start_through(&env, container, options);
    let server = start(&["--port", "0"]);
    let go = env.path().join("go");
    let task = server.task(&env, &format!("@say at work\n@wait-file {}\n@done", go.display()));
    let runs = || {
        let folders = fs::read_dir(env.root().join("work")).ok()?.flatten();
        folders.map(|folder| folder.path().join("runs")).find(|runs| runs.is_dir())
    };
    wait_for("an agent at work", || {
        let run = fs::read_dir(runs()?).ok()?.flatten().next()?;
        fs::read_to_string(run.path().join("agent-stdout.txt")).ok()?.contains("at work").then_some(())
    });
    server.kill();
    env.wait_until_empty();

    let careful = start(&["--port", "0"]);
    wait_for("its doubts", || careful.running().printed().1.contains("pid namespace").then_some(()));
    assert_eq!(fs::read_dir(runs().expect("runs")).expect("runs").count(), 1, "nobody knows that it is dead");
    careful.kill();

    let server = start(&["--port", "0", "--assume-dead"]);
    fs::write(&go, "").expect("a file");
    let detail = server.wait_status(&task, "completed");
    assert_eq!(detail["runs"], 2, "{detail}");
    server.kill();
    env.wait_until_empty();
}
