//! Known keys in what agents say: hidden in every route that tells it.

use conductor_tests::TestEnv;
use conductor_tests::http::Answer;
use conductor_tests::server::TestServer;
use serde_json::json;

const KEY: &str = "top-secret-word";
/// A key is covered byte for byte.
const COVER: &str = "***************";

/// An answer that tells what was said, without the key in it.
#[track_caller]
fn masked(what: &str, answer: Answer) {
    let text = answer.text();
    assert_eq!(answer.status, 200, "{what}: {text}");
    assert!(!text.contains(KEY), "{what} shows the key: {text}");
    assert!(text.contains(COVER), "{what} says nothing of what was said: {text}");
}

#[test]
fn a_key_that_is_configured_while_a_server_runs_is_hidden_there_too() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let body =
        json!({ "task": "says", "prompt": format!("@wait-file go\n@say {KEY}\n@done"), "cwd": env.work() });
    let made = server.post("/api/v1/tasks", &body).expect(201);
    let task = made.header("location").expect("where it is").to_owned();
    env.configure(&format!("webhook: {{ url: 'https://example.org', secret: {KEY} }}"));
    // Longer than the server needs to learn of it.
    std::thread::sleep(std::time::Duration::from_secs(2));
    std::fs::write(env.work().join("go"), "").expect("a file");
    let detail = server.wait_status(&task, "completed");
    let run = detail["run_list"][0]["run"].as_str().expect("a run").to_owned();
    masked("the file", server.get(&format!("/api/v1/runs/{run}/files/agent-stdout.txt")));
    masked("the live log", server.get(&format!("/api/v1/runs/{run}/logs?stream=stdout&from=0")));
    masked("the prompt", server.get(&format!("{task}/files/TASK.md")));
}

#[test]
fn a_known_key_is_hidden_wherever_agents_text_is_told() {
    let env = TestEnv::new();
    env.configure(&format!("webhook: {{ url: 'https://example.org', secret: {KEY} }}"));
    let server = TestServer::start(&env);
    // Named, so that the key is no part of a name: a name that is hidden names nothing.
    let make = |task: &str, prompt: String, workflow: &str| {
        let body = json!({ "task": task, "prompt": prompt, "cwd": env.work(), "workflow": workflow });
        let made = server.post("/api/v1/tasks", &body).expect(201);
        made.header("location").expect("where it is").to_owned()
    };

    // In the title, in a question, and in every part of a message.
    let go = env.path().join("go");
    let script = format!(
        "Use {KEY} for it.\n@ask 'Is {KEY} right?' --choice '{KEY}'\n@wait-file {}\n@done",
        go.display()
    );
    let task = make("says", script, "loop");
    let message = json!({
        "type": "INFO",
        "body": format!("body {KEY}"),
        "meta": { "plain": KEY, "deep": { KEY: [KEY] } },
        "links": [{ "url": format!("https://example.org/{KEY}"), "label": KEY, "kind": KEY }],
        "parents": [{ "msg_id": "MSG-1", "kind": KEY, "meta": { "why": KEY } }],
    });
    let posted = server.post(&format!("{task}/messages"), &message).expect(201).value();
    let id = posted["msg_id"].as_str().expect("an id");
    for what in ["messages?type=INFO", &format!("messages/{id}/thread"), "tree", "moments?history=true"] {
        masked(what, server.get(&format!("{task}/{what}")));
    }
    masked("the task", server.get(&task));
    masked("tasks", server.get("/api/v1/tasks"));
    masked("the list of tasks", server.get("/api/v1/listing/tasks"));
    let project = task.split('/').nth(4).expect("a project");
    let project = format!("/api/v1/projects/{project}/messages");
    server.post(&project, &message).expect(201);
    masked("the project's bus", server.get(&project));

    std::fs::write(&go, "").expect("a file");
    let asks = make("asks", format!("Say it.\n@ask 'Is {KEY} right?'"), "loop");
    let detail = server.wait_status(&asks, "waiting_answer");
    assert!(detail["question"]["text"].as_str().is_some_and(|text| text.contains(COVER)), "{detail}");
    masked("what needs a person", server.get("/api/v1/attention"));

    // In why it failed.
    let fails = make("fails", format!("Fail.\n@stderr it was {KEY}\n@exit 3"), "once");
    let detail = server.wait_status(&fails, "failed");
    assert!(detail.to_string().contains(COVER), "{detail}");
    masked("a failed task", server.get(&fails));
    masked("its tree", server.get(&format!("{fails}/tree")));
    let run = detail["run_list"][0]["run"].as_str().expect("a run");
    masked("its run", server.get(&format!("/api/v1/runs/{run}")));
    masked("runs", server.get("/api/v1/runs"));
}
