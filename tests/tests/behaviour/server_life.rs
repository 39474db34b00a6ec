//! A server from its start to its end: what it says, who gets in, and that it owns nothing.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use conductor_tests::seed_root::SeedRoot;
use conductor_tests::server::TestServer;
use conductor_tests::{TestEnv, wait_for};
use rustix::process::Signal;
use serde_json::{Value, json};

/// An agent at work until the file is there.
fn until(env: &TestEnv, name: &str) -> (String, std::path::PathBuf) {
    let file = env.path().join(name);
    (format!("@say at work\n@wait-file {}\n@done", file.display()), file)
}

#[test]
fn it_says_where_it_is_and_leaves_nothing_behind() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let run = env.root().join(".conductor/run");
    let file: Value =
        serde_json::from_slice(&std::fs::read(run.join("server.json")).expect("a file")).expect("JSON");
    assert_eq!(file["url"], server.ready["url"]);
    let mode = |path: &Path| path.metadata().expect("a file").permissions().mode() & 0o777;
    assert_eq!(mode(&run.join("server.sock")), 0o600);
    assert_eq!(mode(&env.root().join(".conductor/state/tokens.yaml")), 0o600);
    let page = server.bare("GET", "/").send(server.address()).expect(200);
    assert!(page.text().contains("<title>Conductor Loop</title>"));
    let ended = server.end().ok();
    assert!(!run.join("server.json").exists() && !run.join("server.sock").exists(), "{ended}");
}

#[test]
fn c7_killing_the_server_touches_no_agent() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let (script, go) = until(&env, "go");
    let task = server.task(&env, &script);
    let before = server.wait_status(&task, "running");
    wait_for("the agent at work", || {
        let runs = server.get("/api/v1/runs?status=running").value();
        (runs["items"].as_array()?.len() == 1).then_some(())
    });
    server.kill();
    std::fs::write(&go, "").expect("a file");
    let server = TestServer::start(&env);
    let after = server.wait_status(&task, "completed");
    assert_eq!(after["runs"], 1, "the agent was started once: {after}");
    assert_eq!(after["created_at"], before["created_at"]);
}

#[test]
fn a_second_server_is_harmless() {
    let env = TestEnv::new();
    let first = TestServer::start(&env);
    let second = TestServer::start(&env);
    assert!(second.ready.get("socket").is_none());
    let (script, go) = until(&env, "go");
    let task = first.task(&env, &script);
    second.wait_status(&task, "running");
    let said = second.end().ok();
    assert!(said.stderr.contains("another server of this root runs"), "{said}");
    std::fs::write(&go, "").expect("a file");
    first.wait_status(&task, "completed");
    assert!(env.root().join(".conductor/run/server.json").exists());
}

#[test]
fn at_its_start_it_recovers_unless_it_may_not() {
    let env = TestEnv::new();
    let (script, go) = until(&env, "go");
    let made = env.run(&["task", "--detach", "--json", &script]).ok();
    let made: Value = serde_json::from_str(&made.stdout).expect("JSON");
    let path = format!(
        "/api/v1/projects/{}/tasks/{}",
        made["project"].as_str().expect("a project"),
        made["task"].as_str().expect("a task")
    );
    let pid = wait_for("a supervisor", || {
        let status = env.run(&["status", "--json", made["task"].as_str()?]).ok();
        serde_json::from_str::<Value>(&status.stdout).ok()?["supervisor_pid"].as_i64()
    });
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid).expect("a pid")).expect("a pid");
    rustix::process::kill_process(pid, Signal::KILL).expect("killed");
    let idle = TestServer::start_with(&env, &["--port", "0", "--no-start"]);
    idle.wait_status(&path, "interrupted");
    let body = json!({ "prompt": "@done", "cwd": env.work() });
    assert_eq!(idle.post("/api/v1/tasks", &body).expect(403).value()["code"], "forbidden");
    idle.post("/api/v1/recover", &json!({})).expect(403);
    idle.end().ok();
    let server = TestServer::start(&env);
    server.wait_status(&path, "running");
    std::fs::write(&go, "").expect("a file");
    server.wait_status(&path, "completed");
}

#[test]
fn a_server_that_may_not_start_starts_no_agent_by_whatever_is_asked() {
    let env = TestEnv::new();
    env.run(&["job", "--project", "demo", "--task", "said", "@say once"]).ok();
    let server = TestServer::start_with(&env, &["--port", "0", "--no-start"]);
    let tasks = server.get("/api/v1/tasks").expect(200).value();
    let task = format!("/api/v1/projects/demo/tasks/{}", tasks["items"][0]["task"].as_str().expect("a task"));
    let told = server.post(&format!("{task}/tell"), &json!({ "text": "once more" })).expect(409);
    assert_eq!(told.value()["code"], "conflict");
    server.post(&format!("{task}/resume"), &json!({})).expect(403);
    let after = server.get(&task).expect(200).value();
    assert_eq!((&after["status"], &after["runs"]), (&json!("completed"), &json!(1)));
    let words = server.get(&format!("{task}/messages?type=USER")).expect(200).value();
    assert_eq!(words["items"], json!([]), "it was not said either");
}

#[test]
fn a_task_goes_its_way_over_http() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let (script, _) = until(&env, "never");
    let task = server.task(&env, &script);
    server.wait_status(&task, "running");
    let post = |action: &str, body: Value| server.post(&format!("{task}/{action}"), &body);
    assert_eq!(post("pause", json!({})).expect(200).value()["status"], "paused");
    post("resume", json!({})).expect(200);
    let told = post("tell", json!({ "text": "hurry" })).expect(201).value();
    assert_eq!(told["read"], "next_turn");
    let stopped = post("stop", json!({ "reason": "enough" })).expect(200).value();
    assert_eq!((&stopped["status"], &stopped["evidence"]["left"]), (&json!("stopped"), &json!([])));
    let again = post("stop", json!({})).expect(409).value();
    assert_eq!(again["code"], "conflict");
    assert!(again["hint"].is_string(), "{again}");
    let stop = std::fs::read_to_string(wait_for("STOP", || {
        let project = std::fs::read_dir(env.root().join("work")).ok()?;
        project.flatten().map(|entry| entry.path().join("STOP")).find(|path| path.exists())
    }));
    assert!(stop.expect("a marker").contains("token local"), "it says in whose name it was asked");
    post("archive", json!({ "archived": true })).expect(204);
    let listed =
        |query: &str| server.get(&format!("/api/v1/tasks{query}")).expect(200).value()["items"].clone();
    assert_eq!(listed("").as_array().map(Vec::len), Some(0));
    assert_eq!(listed("?archived=true").as_array().map(Vec::len), Some(1));
}

#[test]
fn a_stop_without_a_supervisor_is_carried_out_by_one() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let (script, _) = until(&env, "never");
    let task = server.task(&env, &script);
    let detail = wait_for("an agent at work", || {
        let detail = server.get(&task).value();
        let run = detail["run_list"][0]["run"].as_str()?;
        let log = Path::new(detail["path"].as_str()?).join("runs").join(run).join("agent-stdout.txt");
        std::fs::read_to_string(log).ok()?.contains("at work").then_some(detail)
    });
    let pid = i32::try_from(detail["supervisor_pid"].as_i64().expect("a pid")).expect("a pid");
    let pid = rustix::process::Pid::from_raw(pid).expect("a pid");
    rustix::process::kill_process(pid, Signal::KILL).expect("killed");
    server.wait_status(&task, "interrupted");
    let stopped = server.post(&format!("{task}/stop"), &json!({})).expect(200).value();
    assert_eq!((&stopped["status"], &stopped["evidence"]["left"]), (&json!("stopped"), &json!([])));
    assert!(stopped["evidence"]["found"].as_u64() > Some(0), "{stopped}");
    // The server is no reaper of others' orphans: it has no children but supervisors, and they are gone.
    let children = format!("/proc/{0}/task/{0}/children", server.running().pid());
    wait_for("no child is left", || std::fs::read_to_string(&children).ok()?.is_empty().then_some(()));
}

#[test]
fn a_link_gives_a_page_its_token_once() {
    let env = TestEnv::new();
    let server = TestServer::start_with(&env, &["--port", "0", "--print-url"]);
    let trade = |link: &str| {
        let ticket = link.split("#ticket=").nth(1).expect("a ticket").to_owned();
        server.bare("POST", "/api/v1/session").json(&json!({ "ticket": ticket })).send(server.address())
    };
    let link = server.ready["link"].as_str().expect("a link").to_owned();
    let page = trade(&link).expect(201).value();
    let token = page["token"].as_str().expect("a token");
    server.request_of(token, "GET", "/api/v1/tasks").send(server.address()).expect(200);
    trade(&link).expect(401);
    let other = env.run(&["token", "link"]).ok();
    trade(other.stdout.trim()).expect(201);
    env.run(&["token", "revoke", page["name"].as_str().expect("a name")]).ok();
    server.request_of(token, "GET", "/api/v1/tasks").send(server.address()).expect(401);
}

#[test]
fn every_change_is_written_down_without_secrets() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let task = server.task(&env, "@say secret-prompt\n@done");
    server.wait_status(&task, "completed");
    server.post(&format!("{task}/stop"), &json!({ "reason": "secret-reason" })).expect(409);
    server.bare("POST", "/api/v1/tasks").json(&json!({})).send(server.address()).expect(401);
    let log = std::fs::read_to_string(env.root().join(".conductor/state/audit.jsonl")).expect("a log");
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let said: Vec<_> = lines
        .iter()
        .map(|line| (line["path"].clone(), line["status"].clone(), line["token"].clone()))
        .collect();
    let expected = [
        (json!("/api/v1/tasks"), json!(201), json!("local")),
        (json!(format!("{task}/stop")), json!(409), json!("local")),
        (json!("/api/v1/tasks"), json!(401), Value::Null),
    ];
    assert_eq!(said, expected);
    assert_eq!(lines[1]["code"], "conflict");
    assert!(!log.contains("secret-reason") && !log.contains(server.token()), "{log}");
}

#[test]
fn a_change_whose_client_hangs_up_is_carried_out_and_written_down() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    // It takes a while: its processes end only when they are killed.
    let task = server.task(&env, "@ignore-term\n@say at work\n@sleep 60");
    server.wait_status(&task, "running");
    wait_for("the agent at work", || {
        (server.get(&format!("{task}/messages?type=RUN_START")).value()["items"].as_array()?.len() == 1)
            .then_some(())
    });
    let stop = server.request("POST", &format!("{task}/stop")).json(&json!({}));
    let asked = stop.open(server.address());
    // Who leaves before the server has looked at the request has asked for nothing.
    server.wait_status(&task, "stopping");
    drop(asked);
    let line = wait_for("its line in the log", || {
        let log = std::fs::read_to_string(env.root().join(".conductor/state/audit.jsonl")).ok()?;
        log.lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
            .find(|line| line["path"].as_str().is_some_and(|path| path.ends_with("/stop")))
    });
    assert_eq!((&line["status"], &line["token"]), (&json!(200), &json!("local")));
    server.wait_status(&task, "stopped");
}

#[test]
fn who_says_nothing_on_this_machine_is_let_go() {
    use std::io::Read;
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let mut plain = std::net::TcpStream::connect(server.address()).expect("a port");
    let mut unix = std::os::unix::net::UnixStream::connect(env.root().join(".conductor/run/server.sock"))
        .expect("a socket");
    plain.set_read_timeout(Some(Duration::from_millis(50))).expect("a limit");
    unix.set_read_timeout(Some(Duration::from_millis(50))).expect("a limit");
    wait_for("the end of the one", || matches!(plain.read(&mut [0]), Ok(0)).then_some(()));
    wait_for("the end of the other", || matches!(unix.read(&mut [0]), Ok(0)).then_some(()));
}

#[test]
fn who_stops_in_the_midst_of_a_body_is_let_go() {
    use std::io::{Read, Write};
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let mut half = std::net::TcpStream::connect(server.address()).expect("a port");
    half.set_read_timeout(Some(Duration::from_millis(50))).expect("a limit");
    let head = "POST /api/v1/session HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n";
    write!(half, "{head}Host: {}\r\n\r\n{{", server.address()).expect("half a request");
    let mut answer = Vec::new();
    wait_for("the end of the connection", || {
        let mut piece = [0; 4096];
        match half.read(&mut piece) {
            Ok(0) => Some(()),
            Ok(read) => {
                answer.extend_from_slice(&piece[..read]);
                None
            }
            Err(_) => None,
        }
    });
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
}

#[test]
fn when_the_roots_server_ends_another_takes_its_place() {
    let env = TestEnv::new();
    let first = TestServer::start(&env);
    let second = TestServer::start(&env);
    first.end().ok();
    let file = env.root().join(".conductor/run/server.json");
    let url = wait_for("the other's address", || {
        let file: Value = serde_json::from_slice(&std::fs::read(&file).ok()?).ok()?;
        Some(file["url"].clone())
    });
    assert_eq!(url, second.ready["url"]);
    second
        .bare("GET", "/api/v1/health")
        .send_unix(&env.root().join(".conductor/run/server.sock"))
        .expect(200);
    assert!(env.run(&["token", "link"]).ok().stdout.starts_with("http://"));
}

#[test]
fn the_users_own_token_is_shown_to_nobody() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let token = server.token().to_owned();
    let task = server.task(&env, &format!("@say it is {token}\n@post FACT {token}\n@done"));
    let detail = server.wait_status(&task, "completed");
    let run = detail["run_list"][0]["run"].as_str().expect("a run");
    let reader = env.run(&["token", "add", "reader", "--read"]).ok().stdout.trim().to_owned();
    let read = |path: &str| server.request_of(&reader, "GET", path).send(server.address()).expect(200).text();
    for path in
        [format!("{task}/messages"), format!("/api/v1/runs/{run}/files/agent-stdout.txt"), task.clone()]
    {
        assert!(!read(&path).contains(&token), "{path}");
    }
    assert!(read(&format!("{task}/messages")).contains("***"));
}

#[test]
fn agents_are_told_where_the_server_is_while_one_runs() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let script = "@run echo \"url=$JRUN_CONDUCTOR_URL.\"\n@done";
    let said = |task: &Value| {
        let run = task["run_list"][0]["run"].as_str().expect("a run");
        let log = Path::new(task["path"].as_str().expect("a folder"))
            .join("runs")
            .join(run)
            .join("agent-stdout.txt");
        std::fs::read_to_string(log).expect("a log")
    };
    let task = server.task(&env, script);
    let with = server.wait_status(&task, "completed");
    let url = server.ready["url"].as_str().expect("its address").to_owned();
    assert!(said(&with).contains(&format!("url={url}.")), "{}", said(&with));
    server.end().ok();
    let made = env.run_with(&["task", "--json", script], |command| {
        // As from the environment of an agent that was started while there was one.
        command.env("JRUN_CONDUCTOR_URL", url);
    });
    made.ok();
    let list: Value = serde_json::from_str(&env.run(&["list", "--json", "--all"]).ok().stdout).expect("JSON");
    let last = list["tasks"][0]["task"].as_str().expect("a task").to_owned();
    let without: Value =
        serde_json::from_str(&env.run(&["status", "--json", &last]).ok().stdout).expect("JSON");
    assert!(said(&without).contains("url=."), "{}", said(&without));
}

#[test]
fn wrong_tokens_slow_down_who_sends_them_and_never_a_right_one() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let (tell, told) = std::sync::mpsc::channel();
    let guess = &|tell: std::sync::mpsc::Sender<u16>| {
        let request = server.request_of("conductor_guess", "GET", "/api/v1/tasks");
        let _ = tell.send(request.send(server.address()).status);
    };
    let began = Instant::now();
    std::thread::scope(|scope| {
        for tell in std::iter::repeat_n(tell, 100) {
            scope.spawn(move || guess(tell));
        }
        assert!(told.iter().any(|status| status == 429), "so many wait, and no more");
        let right = Instant::now();
        server.get("/api/v1/tasks").expect(200);
        assert!(right.elapsed() < Duration::from_secs(4), "a right token waited {:?}", right.elapsed());
    });
    assert!(began.elapsed() >= Duration::from_secs(5), "the last ones waited longest");
    assert!(told.iter().all(|status| matches!(status, 401 | 429)));
}

/// Every file below a folder, with its content.
fn contents(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            found.extend(contents(&entry));
        } else {
            found.push((entry.clone(), std::fs::read(&entry).unwrap_or_default()));
        }
    }
    found.sort();
    found
}

#[test]
fn a_root_of_another_system_is_served_and_not_written() {
    let env = TestEnv::new();
    let seed = SeedRoot::new();
    let before = contents(&seed.path());
    let root = seed.path().display().to_string();
    let server = TestServer::start_so(&env, &["--port", "0", "--root", &root], |command| {
        command.env_remove("CONDUCTOR_ROOT");
    });
    let token = env.run(&["token", "show", "--root", &root]).ok();
    let ask = |path: &str| {
        server.request_of(token.stdout.trim(), "GET", path).send(server.address()).expect(200).value()
    };
    assert!(!ask("/api/v1/tasks")["items"].as_array().expect("tasks").is_empty());
    for path in ["/api/v1/runs", "/api/v1/projects", "/api/v1/status", "/api/v1/queue", "/api/v1/attention"] {
        ask(path);
    }
    let task = json!({ "prompt": "@done", "cwd": env.work() });
    for (path, body) in [("/api/v1/tasks", task), ("/api/v1/demo", json!({}))] {
        let make = server.request_of(token.stdout.trim(), "POST", path).json(&body);
        let refused = make.send(server.address()).expect(403).value();
        assert_eq!(refused["code"], "read_only", "{path}");
        assert!(refused["hint"].as_str().is_some_and(|hint| hint.contains("migrate")), "{path}: {refused}");
    }
    server.end().ok();
    assert_eq!(contents(&seed.path()), before);
}
