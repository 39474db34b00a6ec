//! The hidden `run-agent __exec` as somebody may call it by hand. That this package has a test of its
//! binary also makes cargo build the binary for the other packages' tests.
#![cfg(feature = "cli")]

use std::process::{Command, Stdio};

fn call(args: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_run-agent"));
    let output = command.arg("__exec").args(args).stdin(Stdio::null()).output().expect("run-agent");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn without_a_supervisor_it_starts_nothing_and_says_what_it_is_not() {
    let marker = tempfile::tempdir().expect("a temporary folder").path().join("begun");
    for args in [&[][..], &["5", "300", "/", "touch", marker.to_str().expect("plain text")]] {
        let (code, stderr) = call(args);
        assert_eq!(code, Some(2));
        assert_eq!(stderr, "run-agent __exec is how supervisors start agents; it is not for calling\n");
    }
    assert!(!marker.exists());
}
