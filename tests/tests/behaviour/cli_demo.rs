//! The demo needs nothing: no key, no network, no configuration, no git identity.

use conductor_tests::TestEnv;

/// Variables of the test's world that a newcomer does not have.
const UNSET: [&str; 6] = [
    "CONDUCTOR_ROOT",
    "CONDUCTOR_CONFIG",
    "GIT_AUTHOR_NAME",
    "GIT_AUTHOR_EMAIL",
    "GIT_COMMITTER_NAME",
    "GIT_COMMITTER_EMAIL",
];

#[test]
fn the_demo_ends_with_everything_as_it_should_be() {
    let env = TestEnv::new();
    let folder = env.path().join("demo");
    let folder = folder.to_str().expect("a path of plain text");
    let output = env.run_with(&["demo", "--dir", folder, "--pace", "0", "--json"], |command| {
        for name in UNSET {
            command.env_remove(name);
        }
    });
    let output = output.ok();
    let document: serde_json::Value = serde_json::from_str(&output.stdout).expect("one document");
    let checks = document["checks"].as_array().expect("checks");
    assert!(checks.len() >= 7 && checks.iter().all(|check| check["ok"] == true), "{document:#}");
    assert_eq!(document["task"]["iteration"], 3, "three turns: {document:#}");
    assert_eq!(document["task"]["children"].as_array().map(Vec::len), Some(2), "{document:#}");
    env.wait_until_empty();
}

#[test]
fn the_demo_in_a_pipe_is_a_line_a_status_and_a_summary() {
    let env = TestEnv::new();
    let folder = env.path().join("demo");
    let folder = folder.to_str().expect("a path of plain text");
    let output = env.run(&["demo", "--dir", folder, "--pace", "0"]).ok();
    let statuses: Vec<&str> = output.stdout.lines().take_while(|line| line.starts_with("task-")).collect();
    assert!(statuses.last().is_some_and(|line| line.ends_with(" completed")), "{output}");
    assert!(output.stdout.contains("What to try next"), "{output}");
    let again = env.run(&["demo", "--dir", folder]).expect_code(4);
    assert!(again.stderr.contains("is not empty"), "{again}");
}

#[test]
fn the_demo_says_what_to_install_where_git_is_missing() {
    let env = TestEnv::new();
    let output = env
        .run_with(&["demo"], |command| {
            command.env("PATH", env.path());
        })
        .expect_code(1);
    assert!(
        output.stderr.contains("git is not installed") && output.stderr.contains("apt-get install git"),
        "{output}"
    );
}

#[test]
fn a_demo_that_is_stopped_ends_as_its_task_and_claims_nothing() {
    let env = TestEnv::new();
    let folder = env.path().join("demo");
    let args = ["demo", "--dir", folder.to_str().expect("text"), "--pace", "2000"];
    let demo = env.spawn(&args);
    env.wait_for("its agent at work", || demo.printed().0.contains("running").then_some(()));
    demo.signal(rustix::process::Signal::INT);
    let output = demo.wait(conductor_tests::PATIENCE).expect_code(5);
    assert!(output.stdout.contains("0 of them ended well"), "{output}");
    assert!(!output.stdout.contains("completed: "), "{output}");
}
