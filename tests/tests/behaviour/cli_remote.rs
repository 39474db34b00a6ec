//! The same commands on the files and through a server: what they print, and how they end.

use std::collections::BTreeSet;

use conductor_tests::server::TestServer;
use conductor_tests::there::{There, blurred};
use conductor_tests::{Output, TestEnv, wait_for};
use serde_json::Value;

/// What of a call is compared.
fn shown(output: &Output) -> (Option<i32>, &str, &str) {
    (output.code, &output.stdout, &output.stderr)
}

/// Checks that a command which only looks says the same both ways, as text and as JSON.
#[track_caller]
fn same(env: &TestEnv, there: &There<'_>, args: &[&str]) {
    for json in [&[][..], &["--json"]] {
        let args = [args, json].concat();
        let (here, there) = (env.run(&args), there.run(&args));
        assert_eq!(shown(&there), shown(&here), "{args:?}");
    }
}

/// Checks that a command which does something says the same both ways, each time about another task.
#[track_caller]
fn alike(env: &TestEnv, there: &There<'_>, make: &mut dyn FnMut() -> Vec<String>) {
    for json in [&[][..], &["--json"]] {
        let mut next = || make().into_iter().chain(json.iter().map(|&arg| arg.to_owned())).collect();
        let first: Vec<String> = next();
        let here = env.run(&first);
        let second: Vec<String> = next();
        let there = there.run(&second.iter().map(String::as_str).collect::<Vec<_>>());
        let blur = |output: &Output| (output.code, in_any_order(&output.stdout), blurred(&output.stderr));
        assert_eq!(blur(&there), blur(&here), "{first:?}");
    }
}

/// The lines of a text, blurred. What passes in a moment may go by unseen, and what happens at once is told in
/// any order.
fn in_any_order(text: &str) -> BTreeSet<String> {
    text.lines().filter_map(|line| moment(line).unwrap_or_else(|| lasting(line))).collect()
}

/// A line that is no moment of a task; none for what may have passed.
fn lasting(line: &str) -> Option<String> {
    const PASSING: [&str; 3] = ["queued", "\"started_at\"", "\"status\": \"running\""];
    let passes = PASSING.iter().any(|passing| line.contains(passing)) || line.ends_with(" running");
    (!passes).then(|| blurred(line))
}

/// What a moment of a task is about, none of one that may have passed; none at all for other lines.
fn moment(line: &str) -> Option<Option<String>> {
    let moment: Value = serde_json::from_str(line).ok()?;
    let what = moment["what"].as_str()?;
    let status = moment["status"].as_str().unwrap_or_default();
    Some(match what {
        "status" if ["queued", "running"].contains(&status) => None,
        // Seen as early as it is, its process may have begun or not.
        "run_started" => Some(what.to_owned()),
        _ => {
            let about = ["what", "type", "event", "text", "body", "status", "end_reason"];
            Some(blurred(&about.map(|key| moment[key].to_string()).join(" ")))
        }
    })
}

/// Makes a task in the background; its `project/task`.
#[track_caller]
fn task(env: &TestEnv, slug: &str, script: &str) -> String {
    env.run(&["task", "--detach", "--task", slug, script]).ok().stdout.trim().to_owned()
}

#[track_caller]
fn wait_status(env: &TestEnv, task: &str, status: &str) {
    wait_for(&format!("{task} to be {status}"), || {
        (env.json(&["status", task])["status"] == status).then_some(())
    });
}

#[test]
fn what_only_looks_says_the_same() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let there = There::at(&env, &server);
    let script = "@say one\n@say two\n@stderr oops\n@post FACT login works\n@post PROGRESS half\n@done fine";
    let done = task(&env, "fix-login", script);
    wait_status(&env, &done, "completed");
    let failed = task(&env, "broken", "@exit 3");
    env.run(&["job", "--task", "broken-too", "@exit 3"]).expect_code(1);
    wait_for("the failure", || (env.json(&["status", &failed])["status"] == "failed").then_some(()));
    let asks = task(&env, "asks", "@ask \"Which one?\" --choice a --choice b");
    wait_status(&env, &asks, "waiting_answer");
    env.run(&["bus", "post", "--on-project", "--body", "to all", "--meta", "k=v", "--link", "x=https://a/"])
        .ok();
    let first = env.json(&["bus", "read", "--task", "fix-login"])["messages"][0]["msg_id"].clone();
    let first = first.as_str().expect("an id");
    let run = env.json(&["status", "fix-login"])["run_list"][0]["run"].clone();
    let run = run.as_str().expect("a run");
    let looks: &[&[&str]] = &[
        &["list"],
        &["list", "--all"],
        &["list", "--active"],
        &["list", "--status", "failed,completed", "-n", "1"],
        &["list", "--runs"],
        &["list", "--runs", "-n", "1"],
        &["list", "--project", "work"],
        &["list", "--project", "nowhere"],
        &["status"],
        &["status", "fix-login"],
        &["status", &failed],
        &["status", "fix-logni"],
        &["status", "--task", "fix-login"],
        &["status", "asks", "--task", "fix-login"],
        &["inbox"],
        &["inbox", "--all"],
        &["inbox", "--project", "nowhere"],
        &["inbox", "--seen", "question-00000000"],
        &["output", "fix-login"],
        &["output", "fix-login", "--file", "stdout"],
        &["output", "fix-login", "--file", "stdout", "--tail", "1"],
        &["output", "fix-login", "--file", "stdout", "--tail", "0"],
        &["output", "fix-login", "--file", "stderr", "--raw"],
        &["output", "fix-login", "--file", "events"],
        &["output", "fix-login", "--file", "prompt"],
        &["output", "fix-login", "--run", &run[run.len() - 6..]],
        &["output", "fix-login", "--run", "none"],
        &["output", "fix-login", "--file", "stdout", "--follow"],
        &["output"],
        &["bus", "read", "--task", "fix-login"],
        &["bus", "read", "--task", "fix-login", "--tail", "2"],
        &["bus", "read", "--task", "fix-login", "--limit", "2"],
        &["bus", "read", "--task", "fix-login", "--since", first, "--tail", "1"],
        &["bus", "read", "--task", "fix-login", "--since", "MSG-00000000000000000000000000"],
        &["bus", "read", "--task", "fix-login", "--type", "FACT,progress", "--since-time", "1h"],
        &["bus", "read", "--task", "fix-login", "--run", run],
        &["bus", "read", "--on-project", "--meta", "k=v", "--link", "https://a/"],
        &["bus", "read", "--on-project", "--meta", "k=w"],
        &["bus", "discover"],
        &["agents"],
        &["doctor"],
        &["config", "show"],
        &["config", "show", "--origin"],
        &["watch", "fix-login"],
        &["answer", "fix-login", "yes"],
        &["done", "broken"],
        &["stop", "fix-login"],
        &["pause", "fix-login"],
        &["token", "add", "UPPER"],
        &["token", "revoke", "nobody"],
        &["task", "--task", "fix-login"],
        &["task", ""],
        &["task", "--agent", "nobody", "x"],
        &["recover"],
    ];
    for args in looks {
        same(&env, &there, args);
    }
    // It tells for how long it has been waiting.
    alike(&env, &there, &mut || vec!["status".to_owned(), "asks".to_owned()]);
    alike(&env, &there, &mut || vec!["token".to_owned(), "list".to_owned()]);
    // What is refused is named by its second.
    let refused = ["task", "--depends-on", "nothing", "x"];
    alike(&env, &there, &mut || refused.map(str::to_owned).to_vec());
}

#[test]
fn what_steers_says_the_same() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let there = There::at(&env, &server);
    let never = format!("@say at work\n@wait-file {}", env.path().join("never").display());
    let mut count = 0;
    let mut with = |script: &str, status: &str, args: &[&str]| -> Vec<String> {
        count += 1;
        let name = task(&env, &format!("t-{count}"), script);
        wait_status(&env, &name, status);
        let args = args.iter().map(|&arg| if arg == "TASK" { name.clone() } else { arg.to_owned() });
        args.collect()
    };
    let file = env.path().join("mock.png");
    std::fs::write(&file, b"\x89PNG").expect("a file");
    let file = file.to_str().expect("a path").to_owned();
    let asks = "@ask \"Which?\" --choice a --choice b\n";
    let acts: &[(&str, &str, &[&str])] = &[
        (&never, "running", &["pause", "TASK", "--reason", "lunch"]),
        (&never, "running", &["tell", "TASK", "hurry", "--attach", &file]),
        (&never, "running", &["done", "TASK", "-m", "enough"]),
        (&never, "running", &["stop", "TASK", "--reason", "wrong"]),
        (&never, "running", &["bus", "post", "--task", "TASK", "--body", "hi", "--sync", "--attach", &file]),
        (&never, "running", &["bus", "post", "--task", "TASK", "--body", " "]),
        (&never, "running", &["ask", "--task", "TASK", "Which?", "--choice", "a"]),
        (&never, "running", &["ask", "--task", "TASK", "Which?", "--wait", "1s"]),
        (&never, "running", &["watch", "TASK", "--timeout", "1s"]),
        (asks, "waiting_answer", &["answer", "TASK", "2"]),
        ("@say x\n@done", "completed", &["resume", "TASK"]),
        ("@say x\n@done", "completed", &["tell", "TASK", "more"]),
        ("@exit 3", "failed", &["resume", "TASK", "--agent", "events"]),
    ];
    for (script, status, args) in acts {
        alike(&env, &there, &mut || with(script, status, args));
        // What is at work would keep the others from a slot.
        for left in env.json(&["list", "--active"])["tasks"].as_array().expect("tasks") {
            let stopped = env.run(&["stop", "--force", left["task"].as_str().expect("an id")]);
            assert!(matches!(stopped.code, Some(0 | 4)), "unless it has ended by itself: {stopped}");
        }
    }
}

#[test]
fn what_starts_something_says_the_same() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let there = There::at(&env, &server);
    let mut number = 0;
    for args in [
        &["task", "--detach", "--task", "child-N", "@sleep 1\n@done"][..],
        &["task", "--task", "whole-N", "@say hello\n@done"],
        &["job", "--task", "once-N", "@say hello"],
        &["job", "--task", "bad-N", "@exit 3"],
    ] {
        alike(&env, &there, &mut || {
            // One that works in the same folder would be warned of.
            wait_for("quiet", || {
                env.json(&["list", "--active"])["tasks"].as_array()?.is_empty().then_some(())
            });
            number += 1;
            args.iter().map(|arg| arg.replace("-N", &format!("-{number}"))).collect()
        });
    }
}

#[test]
fn what_happens_on_a_root_is_told_by_a_server_too() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let there = There::at(&env, &server);
    task(&env, "first", "@done");
    let watch = there.spawn(&["watch", "--json", "--timeout", "20s"]);
    let mut count = 0;
    let news = wait_for("news", || {
        // It tells what comes: so something has to.
        count += 1;
        task(&env, &format!("next-{count}"), "@done");
        watch.printed().0.lines().next().map(str::to_owned)
    });
    let news: Value = serde_json::from_str(&news).expect("JSON");
    assert!(news["what"].as_str().is_some_and(|what| what.starts_with("task.") || what.starts_with("run.")));
    assert!(
        news["cursor"].is_string() && news["at"].is_string() && news["task"]["task"].is_string(),
        "{news}"
    );
}

#[test]
fn what_makes_no_sense_there_is_refused() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let there = There::at(&env, &server);
    for args in [
        &["serve"][..],
        &["demo"],
        &["migrate"],
        &["config", "init"],
        &["config", "check"],
        &["config", "path"],
        &["config", "trust"],
        &["takeover", "x"],
        &["bus", "rotate"],
        &["bus", "verify"],
        &["webhook", "list"],
        &["token", "show"],
    ] {
        let refused = there.run(args).expect_code(2);
        assert!(refused.stderr.contains("on this machine alone"), "{refused}");
        assert!(refused.stderr.contains("hint: leave --server out"), "{refused}");
    }
    there.run(&["completion", "bash"]).ok();
    there.run(&["config", "schema"]).ok();
}

#[test]
fn a_unix_socket_is_an_address() {
    let env = TestEnv::new();
    let _server = TestServer::start(&env);
    let socket = format!("unix:{}", env.root().join(".conductor/run/server.sock").display());
    let there = There::of(&env, &socket);
    there.run(&["task", "--detach", "--task", "over-it", "@done"]).ok();
    wait_status(&env, "over-it", "completed");
    same(&env, &there, &["status", "over-it"]);
    let option = env.run(&["list", "--server", &socket]).ok();
    assert!(option.stdout.contains("over-it"), "{option}");
}

#[test]
fn tokens_are_made_and_taken_back_there_too() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let there = There::at(&env, &server);
    let made = there.run(&["token", "add", "phone", "--read"]).ok();
    let phone = There::at(&env, &server).with_token(made.stdout.trim());
    phone.run(&["list"]).ok();
    phone.run(&["token", "list"]).expect_code(4);
    let taken = there.run(&["token", "revoke", "phone"]).ok();
    assert!(taken.stdout.contains("phone opens nothing any more"), "{taken}");
    phone.run(&["list"]).expect_code(4);
    let link = there.run(&["token", "link"]).ok();
    assert!(link.stdout.starts_with("http://127.0.0.1:") && link.stdout.contains("#ticket="), "{link}");
}

#[test]
fn leaving_a_task_lets_it_go_on() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let go = env.path().join("go");
    let script = format!("@say at work\n@wait-file {}\n@done", go.display());
    let following = There::at(&env, &server).spawn(&["task", "--task", "left", &script]);
    wait_for("it to run", || following.printed().0.contains("running").then_some(()));
    following.signal(rustix::process::Signal::INT);
    let left = following.wait(conductor_tests::PATIENCE).expect_code(7);
    assert!(left.stderr.contains("left goes on without you"), "{left}");
    std::fs::write(&go, "").expect("a file");
    wait_status(&env, "left", "completed");
}
