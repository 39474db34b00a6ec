//! The documented JSON of every command, as `docs/cli.md` describes it.

use conductor_tests::{Receiver, TestEnv};
use serde_json::Value;

/// What differs between two runs.
const FILTERS: [(&str, &str); 9] = [
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "[TIME]"),
    (r"task-\d{8}-\d{6}", "task-[DATE]"),
    (r"[0-9A-HJKMNP-TV-Z]{26}", "[ULID]"),
    (r#"("bytes"): \d+"#, "$1: [N]"),
    (r#"("(found|killed)"): \d+"#, "$1: [N]"),
    (r#"("took_ms"): \d+"#, "$1: [N]"),
    (r"(failure|question|interrupted)-[0-9a-f]{8}", "$1-[ID]"),
    (r#"("supervisor_pid"): \d+"#, "$1: [PID]"),
    (r#"(yaml):\d+:\d+""#, "$1:[PLACE]\""),
];

fn check(env: &TestEnv, name: &str, document: &Value) {
    let (path, agent) = (env.path().display().to_string(), env.fake_agent().display().to_string());
    let own = [(path.as_str(), "[TEMP]"), (agent.as_str(), "[FAKE]")];
    let filters: Vec<(&str, &str)> = own.into_iter().chain(FILTERS).collect();
    insta::with_settings!({filters => filters}, {
        insta::assert_json_snapshot!(name, document);
    });
}

/// A world with one task that completed and one that failed.
fn world() -> TestEnv {
    let env = TestEnv::new();
    let script = "Fix the login.\n@post PROGRESS login works\n@write output # Fixed\n@done all green";
    env.run(&["task", "--task", "fix-login", script]).ok();
    env.run(&["job", "--task", "break", "@exit 3"]).expect_code(1);
    env
}

#[test]
fn lists() {
    let env = world();
    check(&env, "list", &env.json(&["list"]));
    check(&env, "list_runs", &env.json(&["list", "--runs"]));
    assert_eq!(env.json(&["list", "--status", "failed"])["tasks"].as_array().map(Vec::len), Some(1));
    assert_eq!(env.json(&["list", "--active"])["tasks"], serde_json::json!([]));
    let limited = env.json(&["list", "-n", "1"]);
    assert_eq!((limited["tasks"].as_array().map(Vec::len), &limited["more"]), (Some(1), &1.into()));
}

#[test]
fn status_and_inbox() {
    let env = world();
    check(&env, "status", &env.json(&["status", "fix-login"]));
    check(&env, "status_overview", &env.json(&["status"]));
    let inbox = env.json(&["inbox"]);
    check(&env, "inbox", &inbox);
    let id = inbox["items"][0]["id"].as_str().expect("an id");
    env.json(&["inbox", "--seen", id]);
    assert_eq!(env.json(&["inbox"])["items"], serde_json::json!([]), "a failure that was seen needs nobody");
    assert_eq!(env.json(&["inbox", "--all"])["items"][0]["seen"], true);
}

#[test]
fn the_bus() {
    let env = world();
    check(&env, "bus_read", &env.json(&["bus", "read", "--task", "fix-login", "--type", "PROGRESS"]));
    check(&env, "bus_post", &env.json(&["bus", "post", "--task", "fix-login", "--body", "hello"]));
    let buses = env.json(&["bus", "discover"]);
    check(&env, "bus_discover_project", &buses["buses"][0]);
    let of_task = |one: &&Value| one["task"].as_str().is_some_and(|task| task.ends_with("-fix-login"));
    let task = buses["buses"].as_array().expect("buses").iter().find(of_task);
    check(&env, "bus_discover_task", task.expect("the task's bus"));
    let verified = env.json(&["bus", "verify", "--task", "fix-login"]);
    assert_eq!(verified["problems"], serde_json::json!([]), "{verified}");
    check(&env, "bus_rotate", &env.json(&["bus", "rotate", "--task", "fix-login"]));
}

#[test]
fn output_and_settings() {
    let env = world();
    check(&env, "output", &env.json(&["output", "fix-login"]));
    check(&env, "config_show", &env.json(&["config", "show"]));
    check(&env, "config_path", &env.json(&["config", "path"]));
    check(&env, "recover", &env.json(&["recover"]));
    let agents = env.json(&["agents"]);
    let fake = agents["agents"].as_array().and_then(|all| all.iter().find(|one| one["agent"] == "fake"));
    assert_eq!(fake.map(|one| (&one["type"], &one["default"])), Some((&"command".into(), &true.into())));
    let findings = env.run(&["doctor", "--json"]).stdout;
    let findings: Value = serde_json::from_str(&findings).expect("a document");
    assert!(findings["findings"].as_array().is_some_and(|all| all.iter().any(|one| one["what"] == "root")));
}

#[test]
fn webhooks() {
    let (env, mut receiver) = (TestEnv::new(), Receiver::down());
    let url = receiver.url("/services/T0/B0/secret");
    env.configure(&format!(
        "defaults: {{ agent: fake }}\nwebhook: {{ url: '{url}', events: [task.completed], allow_private: true }}"
    ));
    let port = format!(":{}", receiver.port());
    let check = |name: &str, document: Value| {
        let text = document.to_string().replace(&port, ":[PORT]");
        check(&env, name, &serde_json::from_str(&text).expect("JSON"));
    };
    check("webhook_list_unused", env.json(&["webhook", "list"]));
    env.run(&["task", "--task", "fix-login", "@done"]).ok();
    check("webhook_list", env.json(&["webhook", "list"]));
    let waiting = env.root().join(".conductor/state/outbox/webhook/waiting");
    let file = std::fs::read_dir(waiting).expect("a folder").next().expect("a delivery").expect("a delivery");
    let id = file.path().file_stem().and_then(|name| name.to_str().map(str::to_owned)).expect("an id");
    check("webhook_show", env.json(&["webhook", "show", &id]));
    let tested = env.run(&["webhook", "test", "--json"]).expect_code(1);
    check("webhook_test", serde_json::from_str(&tested.stdout).expect("JSON"));
    receiver.up();
    check("webhook_replay", env.json(&["webhook", "replay", &id]));
    check("webhook_recover", env.json(&["recover"]));
}

#[test]
fn steering() {
    let env = TestEnv::new();
    let started = env.json(&["task", "--detach", "--task", "long", "@sleep 600"]);
    assert_eq!(started["task"].as_str().map(|id| id.ends_with("-long")), Some(true), "{started}");
    env.wait_for("a run", || (env.json(&["status", "long"])["runs"] == 1).then_some(()));
    check(&env, "tell", &env.json(&["tell", "long", "the user is alice"]));
    check(&env, "pause", &env.json(&["pause", "long"]));
    check(&env, "resume", &env.json(&["resume", "long"]));
    check(&env, "stop", &env.json(&["stop", "long", "--reason", "enough"]));
    assert_eq!(env.json(&["status", "long"])["status"], "stopped");
    env.wait_until_empty();
}

#[test]
fn a_question_and_its_answer() {
    let env = TestEnv::new();
    let prompt = "@@1\n@ask 'Which?' --choice one --choice two\n@@*\n@done";
    env.run(&["task", "--detach", "--task", "asks", prompt]).ok();
    env.wait_for("the question", || {
        (env.json(&["status", "asks"])["status"] == "waiting_answer").then_some(())
    });
    check(&env, "inbox_question", &env.json(&["inbox"]));
    check(&env, "answer", &env.json(&["answer", "2"]));
    let watched = env.run(&["watch", "asks", "--json"]).ok();
    let last: Value = serde_json::from_str(watched.stdout.lines().last().expect("a line")).expect("JSON");
    assert_eq!((&last["what"], &last["status"]), (&"status".into(), &"completed".into()));
}
