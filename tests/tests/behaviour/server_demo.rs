//! The demo that a server starts: a task like any other, in the server's own root.

use std::path::Path;
use std::process::Command;

use conductor_tests::TestEnv;
use conductor_tests::server::TestServer;
use serde_json::{Value, json};

const DEMO: &str = "/api/v1/demo";
/// Longer than any machine needs until the test answers.
const LONG: u64 = 3600;

/// A server whose demos make no pauses for who watches.
fn server(env: &TestEnv) -> TestServer {
    TestServer::start_so(env, &["--port", "0"], |command| {
        command.env("CONDUCTOR_DEMO_PACE", "0");
    })
}

fn start(server: &TestServer, body: &Value) -> String {
    let made = server.post(DEMO, body).expect(201);
    let (place, made) = (made.header("location").expect("a place").to_owned(), made.value());
    let named = |key: &str| made[key].as_str().expect("a name").to_owned();
    assert_eq!(place, format!("/api/v1/projects/{}/tasks/{}", named("project"), named("task")));
    place
}

fn answer(server: &TestServer, task: &str, word: &str) {
    let asked = server.wait_status(task, "waiting_answer");
    assert_eq!(asked["question"]["default"], "drop", "{asked:#}");
    server.post(&format!("{task}/answer"), &json!({ "text": word })).expect(201);
}

fn git(folder: &Path, args: &[&str]) -> String {
    let done = Command::new("git").arg("-C").arg(folder).args(args).output().expect("git");
    assert!(done.status.success(), "{done:?}");
    String::from_utf8(done.stdout).expect("text")
}

/// Three turns, two children that completed, one commit of its own.
fn check(server: &TestServer, task: &str) -> Value {
    let detail = server.wait_status(task, "completed");
    assert_eq!(detail["iteration"], 3, "{detail:#}");
    let children = detail["children"].as_array().expect("children");
    assert_eq!(children.len(), 2, "{detail:#}");
    assert!(children.iter().all(|child| child["status"] == "completed"), "{detail:#}");
    let folder = Path::new(detail["cwd"].as_str().expect("a folder"));
    let log = git(folder, &["log", "--format=%s"]);
    assert_eq!(log.lines().count(), 2, "{log}");
    assert!(log.starts_with("slug: handle punctuation and accents"), "{log}");
    assert_eq!(git(folder, &["status", "--porcelain"]), "", "all of it is committed");
    detail
}

#[test]
fn the_demo_is_a_task_of_the_servers_root_that_asks_and_completes() {
    let env = TestEnv::new();
    let server = server(&env);
    let key = |body: &Value| {
        let request = server.request("POST", DEMO).header("Idempotency-Key", "once").json(body);
        request.send(server.address())
    };
    let body = json!({ "question_seconds": LONG });
    let made = key(&body).expect(201).value();
    assert_eq!(key(&body).expect(201).value()["task"], made["task"], "sent again, it makes no second one");
    assert_eq!(key(&json!({})).expect(409).value()["code"], "conflict");
    let first = format!("/api/v1/projects/{}/tasks/{}", text(&made["project"]), text(&made["task"]));
    assert_eq!(made["project"], "demo");
    let second = start(&server, &body);
    assert!(second.starts_with("/api/v1/projects/demo-2/"), "each has a project of its own: {second}");
    answer(&server, &first, "keep");
    answer(&server, &second, "drop");
    let detail = check(&server, &first);
    assert!(detail["cwd"].as_str().is_some_and(|cwd| Path::new(cwd).starts_with(env.root())), "{detail:#}");
    assert_eq!(detail["agent"], "demo", "{detail:#}");
    let slug = std::fs::read_to_string(Path::new(text(&detail["cwd"])).join("check.sh")).expect("a file");
    assert!(slug.contains("'café-au-lait'"), "it does what was answered: {slug}");
    check(&server, &second);
    let log = std::fs::read_to_string(env.root().join(".conductor/state/audit.jsonl")).expect("a log");
    assert!(log.lines().any(|line| line.contains(DEMO) && line.contains("201")), "{log}");
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

#[test]
fn the_demo_goes_on_with_its_default_where_nobody_answers() {
    let env = TestEnv::new();
    let server = server(&env);
    let task = start(&server, &json!({ "question_seconds": 1 }));
    check(&server, &task);
}

#[test]
fn the_demo_is_refused_where_nothing_may_be_started_or_written() {
    let env = TestEnv::new();
    let idle = TestServer::start_with(&env, &["--port", "0", "--no-start"]);
    let no = idle.post(DEMO, &json!({})).expect(403).value();
    assert!(text(&no["detail"]).contains("--no-start") && no["hint"].is_string(), "{no}");
    idle.end();
    let server = server(&env);
    for seconds in [0, 86_401] {
        let no = server.post(DEMO, &json!({ "question_seconds": seconds })).expect(400).value();
        assert!(text(&no["detail"]).contains("question_seconds"), "{no}");
    }
    assert!(!env.root().join(".conductor/state/demo").exists(), "nothing was made");
}
