//! What a terminal and a service manager send to a supervisor in the foreground.

use std::time::Duration;

use conductor_tests::{PATIENCE, Running, TestEnv, wait_for};
use rustix::process::Signal;

const SLEEPER: &str = "@setsid-child 600\n@say begun\n@sleep 600";

/// A task in the foreground whose agent is at work.
fn foreground(env: &TestEnv, script: &str) -> Running {
    let running = env.spawn(&["task", "--project", "demo", "--prompt", script]);
    wait_for("the agent", || {
        env.processes().iter().any(|(_, command)| command.contains("fake-agent")).then_some(())
    });
    wait_for("its output", || {
        let listed = env.run(&["list", "--json"]);
        listed.stdout.contains("running").then_some(())
    });
    running
}

#[test]
fn int_stops_with_verification() {
    let env = TestEnv::new();
    let running = foreground(&env, SLEEPER);
    running.signal(Signal::INT);
    let output = running.wait(PATIENCE);
    assert_eq!(output.code, Some(5), "{output}");
    env.wait_until_empty();
}

#[test]
fn a_second_int_forces() {
    let env = TestEnv::new();
    let running = foreground(&env, "@ignore-term\n@stubborn-child 600\n@say begun\n@sleep 600");
    running.signal(Signal::INT);
    wait_for("the stop", || env.run(&["list", "--json"]).stdout.contains("stopping").then_some(()));
    running.signal(Signal::INT);
    let output = running.wait(Duration::from_secs(60));
    assert_eq!(output.code, Some(5), "{output}");
    env.wait_until_empty();
}

#[test]
fn hup_lets_the_task_go_on() {
    let env = TestEnv::new();
    let running = foreground(&env, "@say begun\n@wait-file go\n@touch task:DONE");
    running.signal(Signal::HUP);
    std::fs::write(env.work().join("go"), "").expect("a file");
    let output = running.wait(PATIENCE);
    assert_eq!(output.code, Some(0), "{output}");
}

#[test]
fn term_leaves_the_task_to_recovery() {
    let env = TestEnv::new();
    let running = foreground(&env, SLEEPER);
    running.signal(Signal::TERM);
    let output = running.wait(PATIENCE);
    assert_eq!(output.code, Some(7), "{output}");
    env.wait_until_empty();
    assert!(env.run(&["list", "--json"]).stdout.contains("interrupted"));
}
