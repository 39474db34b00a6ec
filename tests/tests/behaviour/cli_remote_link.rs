//! The way to a server: waiting until it is ready, links that are cut, tokens, what is no server.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use conductor_tests::server::TestServer;
use conductor_tests::there::There;
use conductor_tests::{Output, TestEnv, wait_for};
use serde_json::Value;

/// A port that is free now.
fn free_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port().to_string()
}

/// Answers each connection on a port with the next of these, the last one again and again.
fn answering(answers: Vec<&'static [u8]>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    std::thread::spawn(move || {
        let mut answers = answers.into_iter().peekable();
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let answer = if answers.len() > 1 { answers.next() } else { answers.peek().copied() };
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer.unwrap_or_default());
        }
    });
    address
}

fn code(output: &Output) -> Value {
    serde_json::from_str::<Value>(&output.stdout).expect("JSON")["error"]["code"].clone()
}

#[test]
fn a_server_that_is_not_there_yet_is_waited_for() {
    let env = TestEnv::new();
    let port = free_port();
    let there = There::of(&env, &format!("http://127.0.0.1:{port}"));
    let made = there.spawn(&["task", "--detach", "--task", "early", "@done"]);
    let _server = TestServer::start_with(&env, &["--port", &port]);
    let made = made.wait(conductor_tests::PATIENCE).ok();
    assert!(made.stdout.contains("early"), "{made}");
}

#[test]
fn waiting_for_a_server_has_an_end() {
    let env = TestEnv::new();
    let there = There::of(&env, &format!("127.0.0.1:{}", free_port()));
    let began = Instant::now();
    let ended = there.run(&["list", "--server-wait", "1s", "--json"]).expect_code(1);
    assert_eq!(code(&ended), "unreachable");
    assert!(ended.stderr.contains("connection refused; waited 1 s"), "{ended}");
    assert!(ended.stderr.contains("hint: `run-agent serve` starts one"), "{ended}");
    assert!(began.elapsed() >= Duration::from_secs(1), "{:?}", began.elapsed());
}

#[test]
fn a_server_that_says_it_is_not_ready_is_asked_again() {
    let env = TestEnv::new();
    let busy = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let ready = b"HTTP/1.1 200 OK\r\nX-Request-Id: 1\r\nContent-Length: 12\r\nConnection: close\r\n\r\n{\"items\":[]}";
    let there = There::of(&env, &answering(vec![busy, b"", busy, ready]));
    let asked = there.run(&["agents", "--json"]).ok();
    assert_eq!(serde_json::from_str::<Value>(&asked.stdout).expect("JSON")["agents"], serde_json::json!([]));
}

#[test]
fn what_is_no_server_is_told_at_once() {
    let env = TestEnv::new();
    let page =
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\nConnection: close\r\n\r\nhi!\n";
    for answer in [&b"SSH-2.0-OpenSSH_9.9\r\n"[..], page] {
        let there = There::of(&env, &answering(vec![answer]));
        let began = Instant::now();
        let refused = there.run(&["list"]).expect_code(1);
        assert!(refused.stderr.contains("is no server of Conductor Loop"), "{refused}");
        assert!(began.elapsed() < Duration::from_secs(20), "not waited for: {:?}", began.elapsed());
    }
    let refused = There::of(&env, "http://box.example:1").run(&["list"]).expect_code(2);
    assert!(refused.stderr.contains("in the clear"), "{refused}");
}

#[test]
fn a_wrong_token_is_told_at_once() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let url = server.ready["url"].as_str().expect("an address");
    let began = Instant::now();
    let refused = There::of(&env, url).with_token("wrong").run(&["list", "--json"]).expect_code(4);
    assert_eq!(code(&refused), "unauthorized");
    let none = There::of(&env, url).with_token("").run(&["list"]).expect_code(4);
    assert!(none.stderr.contains("asks for a token") && none.stderr.contains("CONDUCTOR_TOKEN"), "{none}");
    assert!(began.elapsed() < Duration::from_secs(25), "not waited for: {:?}", began.elapsed());
    let file = env.path().join("token");
    std::fs::write(&file, format!("{}\n", server.token())).expect("a file");
    let there = There::of(&env, url).with_token("wrong");
    there.run(&["list", "--token-file", file.to_str().expect("a path")]).ok();
}

#[test]
fn over_a_network_the_certificate_that_is_named_is_trusted_and_no_other() {
    let env = TestEnv::new();
    let server = TestServer::start_with(&env, &["--lan", "--port", "0"]);
    let port = server.address().rsplit(':').next().expect("a port").to_owned();
    let fingerprint = server.ready["fingerprint"].as_str().expect("a fingerprint");
    let at = |fragment: &str| format!("https://127.0.0.1:{port}{fragment}");
    let named = at(&format!("#fingerprint={fingerprint}"));
    There::of(&env, &named).run(&["task", "--detach", "--task", "sealed", "@done"]).ok();
    let listed = There::of(&env, &named).with_token(server.token()).run(&["list"]).ok();
    assert!(listed.stdout.contains("sealed"), "{listed}");
    let began = Instant::now();
    for fragment in [String::new(), format!("#fingerprint={}", "0".repeat(64))] {
        let refused = There::of(&env, &at(&fragment)).with_token(server.token()).run(&["list", "--json"]);
        assert_eq!(code(&refused.expect_code(1)), "unreachable");
    }
    assert!(began.elapsed() < Duration::from_secs(25), "not waited for: {:?}", began.elapsed());
}

#[test]
fn no_token_is_given_to_another_program_on_this_machine() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let asking = There::of(&env, &address).spawn(&["list"]);
    let (mut stream, _) = listener.accept().expect("a request");
    let mut head = vec![0; 4096];
    let read = stream.read(&mut head).expect("a request");
    let head = String::from_utf8_lossy(&head[..read]).into_owned();
    assert!(head.starts_with("GET /api/v1/") && !head.contains(server.token()), "{head}");
    assert!(!head.to_ascii_lowercase().contains("authorization"), "{head}");
    drop(asking);
}

#[test]
fn followers_survive_the_server() {
    let env = TestEnv::new();
    let port = free_port();
    let server = TestServer::start_with(&env, &["--port", &port]);
    let there = There::at(&env, &server);
    let step = |n: u32| env.path().join(format!("go-{n}"));
    let waits: String =
        (1..=3).map(|n| format!("@say line {n}\n@wait-file {}\n", step(n).display())).collect();
    env.run(&["task", "--detach", "--task", "long", &format!("{waits}@say line 4\n@done")]).ok();
    let output = there.spawn(&["output", "long", "--file", "stdout", "--follow"]);
    let bus = there.spawn(&["bus", "follow", "--task", "long", "--type", "FACT"]);
    let post = |n: u32| {
        env.run(&["bus", "post", "--task", "long", "--type", "FACT", "--body", &format!("fact {n}")]).ok()
    };
    let sees = |what: &str| {
        wait_for(what, || output.printed().0.contains(what).then_some(()));
    };
    let hears = |what: &str| {
        wait_for(what, || bus.printed().0.contains(what).then_some(()));
    };
    sees("line 1");
    wait_for("a follower", || {
        post(0);
        bus.printed().0.contains("fact 0").then_some(())
    });
    server.kill();
    std::fs::write(step(1), "").expect("a file");
    post(1);
    let server = TestServer::start_with(&env, &["--port", &port]);
    post(2);
    sees("line 2");
    hears("fact 2");
    server.end();
    std::fs::write(step(2), "").expect("a file");
    post(3);
    let _server = TestServer::start_with(&env, &["--port", &port]);
    sees("line 3");
    hears("fact 3");
    std::fs::write(step(3), "").expect("a file");
    let output = output.wait(conductor_tests::PATIENCE).ok();
    let lines: Vec<&str> = output.stdout.lines().filter(|line| line.starts_with("line")).collect();
    assert_eq!(lines, ["line 1", "line 2", "line 3", "line 4"]);
    let facts = bus.printed().0;
    for n in 1..=3 {
        assert_eq!(facts.matches(&format!("fact {n}\n")).count(), 1, "{facts}");
    }
}

#[test]
fn what_is_said_is_said_once_also_when_the_server_dies_before_it_answers() {
    let says: [(&[&str], &str, &str, &str); 3] = [
        (&["bus", "post", "--type", "FACT", "--body", "the word"], "FACT", "once.done", "once.asked"),
        (&["ask", "the word"], "QUESTION", "ask.posted", "once.done"),
        (&["tell", "long", "the word"], "USER", "tell.posted", "once.done"),
    ];
    for (args, kind, first, second) in says {
        for step in [first, second] {
            let env = TestEnv::new();
            let port = free_port();
            let go = env.path().join("go");
            let script = format!("@wait-file {}\n@done", go.display());
            env.run(&["task", "--detach", "--task", "long", &script]).ok();
            let dying = TestServer::start_so(&env, &["--port", &port], |command| {
                command.env("CONDUCTOR_CRASH_AT", step);
            });
            let args = if args[0] == "tell" { args.to_vec() } else { [args, &["--task", "long"]].concat() };
            let saying = There::at(&env, &dying).spawn(&args);
            wait_for("the end of the server", || {
                std::net::TcpStream::connect(dying.address()).is_err().then_some(())
            });
            let _server = TestServer::start_with(&env, &["--port", &port]);
            saying.wait(conductor_tests::PATIENCE).ok();
            let read = env.json(&["bus", "read", "--task", "long", "--type", kind]);
            let bodies = read["messages"].as_array().expect("messages").iter();
            let count = bodies
                .filter(|message| message["body"].as_str().map(str::trim_end) == Some("the word"))
                .count();
            assert_eq!(count, 1, "{args:?} at {step}: {read}");
            std::fs::write(go, "").expect("a file");
        }
    }
}

/// A task at work, and a client that has nothing but a token for it.
struct Limited {
    env: TestEnv,
    url: String,
    token: String,
    _server: TestServer,
}

impl Limited {
    fn new() -> Self {
        let env = TestEnv::new();
        let server = TestServer::start(&env);
        let script = format!("@say at work\n@wait-file {}\n@done", env.path().join("go").display());
        let made = ["task", "--detach", "--task", "parent", "--access", "edit", "--wall-time", "1h", &script];
        env.run(&made).ok();
        env.run(&["task", "--detach", "--task", "other", "@wait-file /nowhere/at/all"]).ok();
        for name in ["parent", "other"] {
            wait_for("a run", || {
                env.json(&["status", name])["run_list"][0]["run"].as_str().map(str::to_owned)
            });
        }
        let token = env.run(&["token", "add", "builder", "--for-task", "parent"]).ok();
        let url = server.ready["url"].as_str().expect("an address").to_owned();
        Self { token: token.stdout.trim().to_owned(), url, _server: server, env }
    }

    fn there(&self) -> There<'_> {
        There::of(&self.env, &self.url).with_token(&self.token)
    }
}

#[test]
fn a_token_of_one_task_is_enough_for_its_agent() {
    let limited = Limited::new();
    let (env, there) = (&limited.env, limited.there());
    let detail = env.json(&["status", "parent"]);
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let (project, task, run) =
        (text(&detail["project"]), text(&detail["task"]), text(&detail["run_list"][0]["run"]));
    let agent = |args: &[&str]| {
        let running = there.spawn_with(args, |command| {
            command.env("JRUN_PROJECT_ID", &project).env("JRUN_TASK_ID", &task).env("JRUN_ID", &run);
        });
        running.wait(conductor_tests::PATIENCE)
    };
    agent(&["bus", "post", "--type", "FACT", "--body", "from afar"]).ok();
    let read = agent(&["bus", "read", "--type", "FACT", "--json"]).ok();
    let read: Value = serde_json::from_str(&read.stdout).expect("JSON");
    assert_eq!(
        (&read["messages"][0]["body"], &read["messages"][0]["run_id"]),
        (&"from afar".into(), &run.clone().into())
    );
    assert!(agent(&["status"]).ok().stdout.contains("parent"));
    assert!(agent(&["output", "--file", "stdout"]).ok().stdout.contains("at work"));
    agent(&["ask", "Which one?", "--wait", "1s"]).expect_code(7);
    let asked = agent(&["ask", "Which one?", "--json"]).ok();
    assert!(serde_json::from_str::<Value>(&asked.stdout).expect("JSON")["question"].is_string(), "{asked}");
    agent(&["tell", "remember this"]).ok();
    let child = agent(&["task", "--detach", "--task", "child", "@say from the child\n@done"]).ok();
    let child = child.stdout.trim().to_owned();
    wait_for("the child", || (env.json(&["status", &child])["status"] == "completed").then_some(()));
    let spec = env.json(&["status", &child]);
    assert_eq!(
        (&spec["parent_task"], &spec["access"]),
        (&format!("{project}/{task}").into(), &"edit".into())
    );
    assert!(agent(&["output", "child"]).ok().stdout.contains("from the child"));
    agent(&["done", "-m", "enough"]).ok();
    assert!(env.root().join(&project).join(&task).join("DONE").exists());
}

#[test]
fn a_token_of_one_task_means_that_task_and_no_other() {
    let limited = Limited::new();
    let there = limited.there();
    assert!(there.run(&["status"]).ok().stdout.contains("parent"));
    there.run(&["bus", "post", "--body", "without a name"]).ok();
    there.run(&["task", "--detach", "--task", "small", "@done"]).ok();
    let (missing, other) = (there.run(&["status", "nothing"]), there.run(&["status", "other"]));
    assert_eq!((other.code, missing.code), (Some(3), Some(3)), "{other}");
    assert_eq!(
        other.stderr,
        missing.stderr.replace("nothing", "other"),
        "it does not tell which names exist"
    );
    for args in
        [&["list"][..], &["inbox"], &["agents"], &["config", "show"], &["token", "list"], &["recover"]]
    {
        let refused = there.run(&[args, &["--json"]].concat()).expect_code(4);
        assert_eq!(code(&refused), "forbidden", "{refused}");
    }
    for more in [
        &["--access", "full"][..],
        &["--wall-time", "2h"],
        &["--wall-time", "0"],
        &["--cwd", "/"],
        &["--project", "another"],
    ] {
        let refused =
            there.run(&[&["task", "--detach", "--json"][..], more, &["@done"]].concat()).expect_code(4);
        assert_eq!(code(&refused), "forbidden", "{more:?}: {refused}");
    }
    let foreign = limited.env.json(&["status", "other"])["run_list"][0]["run"].clone();
    let posing = there.spawn_with(&["bus", "post", "--body", "posing", "--json"], |command| {
        command.env("JRUN_PROJECT_ID", "work").env("JRUN_TASK_ID", "parent");
        command.env("JRUN_ID", foreign.as_str().expect("a run"));
    });
    assert_eq!(code(&posing.wait(conductor_tests::PATIENCE).expect_code(4)), "forbidden");
}
