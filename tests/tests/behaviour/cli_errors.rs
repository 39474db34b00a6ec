//! Errors are one line that says what, where and why, then a hint; the exit code says of which kind.

use std::ffi::OsString;
use std::fs;

use conductor_tests::{Output, TestEnv};

/// Exit code and standard error of a call, with what differs between two runs replaced.
fn told(env: &TestEnv, args: &[&str]) -> String {
    let output = env.run(args);
    assert!(!output.stdout.contains('\u{1b}') && !output.stderr.contains('\u{1b}'), "{output}");
    assert_eq!(output.stderr.lines().filter(|line| line.starts_with("error: ")).count(), 1, "{output}");
    let Output { code, stderr, .. } = output;
    format!("$ run-agent {}\n{}exit {}\n", args.join(" "), stderr, code.unwrap_or(-1))
}

fn told_all(env: &TestEnv, calls: &[&[&str]]) -> String {
    calls.iter().map(|args| told(env, args)).collect::<Vec<_>>().join("\n")
}

fn check(env: &TestEnv, name: &str, text: &str) {
    let path = env.path().display().to_string();
    insta::with_settings!({filters => vec![
        (path.as_str(), "[TEMP]"),
        (r"task-\d{8}-\d{6}", "task-[TIME]"),
    ]}, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn a_wrong_call_says_what_is_wrong_with_it() {
    let env = TestEnv::new();
    let calls: &[&[&str]] = &[
        &["taks"],
        &["list", "--bogus"],
        &["list", "--status", "sleeping"],
        &["bus", "raed"],
        &["bus", "post", "--meta", "novalue", "--body", "x"],
        &["ask"],
        &["ask", "which?", "--default", "yes"],
        &["watch", "x", "--timeout", "soon"],
        &["task", "--access", "everything", "x"],
        &["task"],
        &["task", ""],
        &["task", "--prompt-file", "nowhere.md"],
        &["stop", "a", "--task", "b", "c"],
        &["output", "--file", "stdin"],
        &["--root", "stop", "--json", "task", "--bogus"],
        &["--project=x", "bus", "--task", "y", "post", "--bogus"],
    ];
    check(&env, "wrong_calls", &told_all(&env, calls));
}

#[test]
fn what_is_not_there_is_named_with_what_is_near() {
    let env = TestEnv::new();
    let empty = told_all(&env, &[&["status", "fix-login"], &["stop"], &["bus", "read"]]);
    env.run(&["job", "--task", "fix-login", "@say fixed"]).ok();
    env.run(&["job", "--task", "fix-logout", "@say fixed"]).ok();
    let calls: &[&[&str]] = &[
        &["status", "fix-loign"],
        &["status", "fix-login", "--project", "shop"],
        &["output", "fix-login", "--run", "zzzz"],
        &["bus", "read", "--project", "shop"],
        &["list", "--project", "shop"],
        &["status", "--project", "shop"],
        &["inbox", "--project", "shop"],
        &["watch", "--project", "shop"],
        &["bus", "discover", "--project", "shop"],
        &["answer", "yes"],
        &["inbox", "--seen", "question-0"],
        &["bus", "read", "--task", "fix-login", "--since", "yesterday"],
    ];
    check(&env, "not_there", &format!("{empty}\n{}", told_all(&env, calls)));
}

#[test]
fn a_step_that_the_state_forbids_says_what_is_possible() {
    let env = TestEnv::new();
    env.run(&["job", "--task", "fix-login", "@say fixed"]).ok();
    let calls: &[&[&str]] = &[
        &["stop", "fix-login"],
        &["pause", "fix-login"],
        &["answer", "fix-login", "yes"],
        &["ask", "--task", "fix-login", "which?"],
        &["task", "--task", "fix-login"],
    ];
    check(&env, "forbidden", &told_all(&env, calls));
}

#[test]
fn c3_a_task_that_could_never_work_is_refused_before_anything_is_accepted() {
    let env = TestEnv::new();
    let config = "version: 1\nagents:\n  gone: { type: command, command: [no-such-program] }\n";
    fs::write(env.config_path(), config).expect("the configuration");
    let calls: &[&[&str]] = &[&["task", "--agent", "codxe", "x"], &["task", "--agent", "gone", "x"]];
    let agents = told_all(&env, calls);
    env.configure("");
    let calls: &[&[&str]] =
        &[&["task", "--depends-on", "nothing-like-it", "x"], &["task", "--cwd", "nowhere", "x"]];
    check(&env, "refused", &format!("{agents}\n{}", told_all(&env, calls)));
    assert_eq!(env.json(&["list"])["tasks"], serde_json::json!([]), "something was accepted");
}

#[test]
fn a_wrong_configuration_names_its_line() {
    let env = TestEnv::new();
    fs::write(env.config_path(), "version: 1\ndefaults:\n  max_restart: 3\n").expect("written");
    check(&env, "config", &told_all(&env, &[&["list"], &["config", "check"], &["task", "x"]]));
}

#[test]
fn an_odd_value_is_refused_and_named() {
    let env = TestEnv::new();
    env.run(&["job", "--task", "fix-login", "@say fixed"]).ok();
    fs::write(env.path().join("a-file"), "x").expect("written");
    let file = env.path().join("a-file").display().to_string();
    let calls: &[&[&str]] = &[
        &["bus", "post", "--task", "fix-login", "--type", "A: b", "--body", "x"],
        &["bus", "post", "--task", "fix-login", "--parent", "bogus", "--body", "x"],
        &["bus", "post", "--task", "fix-login"],
        &["tell", "fix-login", ""],
        &["task", "--prompt", ""],
        &["job", "--prompt", " "],
        &["job", "--task", "../x", "y"],
        &["list", "--limit", "-1"],
        &["list", "--root", &file],
        &["job", "--root", &file, "x"],
    ];
    check(&env, "odd_values", &told_all(&env, calls));
}

#[test]
fn a_configuration_that_is_no_file_is_refused_and_never_waited_for() {
    let env = TestEnv::new();
    let pipe = env.path().join("pipe.yaml");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).expect("a pipe");
    let bomb = env.path().join("bomb.yaml");
    let levels = (1..12).map(|n| format!("  l{n}: &l{n} [{}]\n", vec![format!("*l{}", n - 1); 9].join(", ")));
    let text = format!("agents:\n  l0: &l0 [x]\n{}", levels.collect::<String>());
    fs::write(&bomb, text).expect("written");
    let (pipe, bomb) = (pipe.display().to_string(), bomb.display().to_string());
    let calls: &[&[&str]] = &[&["list", "--config", &pipe], &["list", "--config", &bomb]];
    check(&env, "config_no_file", &told_all(&env, calls));
}

#[test]
fn json_errors_carry_code_and_hint() {
    let env = TestEnv::new();
    env.run(&["job", "--task", "fix-login", "@say fixed"]).ok();
    let output = env.run(&["status", "nope", "--json"]).expect_code(3);
    let error: serde_json::Value = serde_json::from_str(&output.stdout).expect("a document");
    assert_eq!(error["error"]["code"], "not_found", "{output}");
    assert!(error["error"]["hint"].is_string(), "{output}");
    assert!(output.stderr.starts_with("error: no task \"nope\""), "{output}");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let env = TestEnv::new();
    let script = format!("{} config schema | head -n 1", env.run_agent().display());
    let output = env.command("sh", &["-c", &script]).output().expect("a shell");
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}

#[test]
fn a_current_folder_that_is_gone_is_nothing_to_work_in() {
    let env = TestEnv::new();
    let gone = env.path().join("gone");
    for call in [&["task"][..], &["task", "--cwd", "."], &["job", "--cwd", "below"]] {
        fs::create_dir(&gone).expect("a folder");
        let line = "cd \"$1\" && rmdir \"$1\" && shift && exec \"$@\" '@done'";
        let before = ["-c", line, "sh"].map(Into::into).into_iter();
        let run_agent = [gone.clone().into_os_string(), env.run_agent().into()];
        let words: Vec<OsString> = before.chain(run_agent).chain(call.iter().map(Into::into)).collect();
        let output = env.command("sh", &words).output().expect("a shell");
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{call:?}: {told}");
        let words = format!("failed to work in {}", gone.display());
        assert!(
            told.contains(&words) && told.to_lowercase().contains("no such file or directory"),
            "{call:?}: {told}"
        );
    }
    assert_eq!(env.json(&["list", "--all"])["tasks"], serde_json::json!([]));
}
