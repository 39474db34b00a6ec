//! What a token of one task is told, and what it may not decide.

use std::sync::atomic::{AtomicU32, Ordering};

use conductor_tests::http::Answer;
use conductor_tests::server::TestServer;
use conductor_tests::{TestEnv, wait_for};
use serde_json::{Value, json};

/// How many tokens have got a name.
static NAMED: AtomicU32 = AtomicU32::new(0);

/// A token for one task and those below it, at work.
struct Own<'a> {
    server: &'a TestServer,
    token: String,
}

impl<'a> Own<'a> {
    fn of(server: &'a TestServer, task: &str) -> Self {
        let names: Vec<&str> = task.split('/').collect();
        let allows = json!({ "task": { "project": names[4], "task": names[6] } });
        let number = NAMED.fetch_add(1, Ordering::Relaxed);
        let body = json!({ "name": format!("own-{number}"), "allows": allows });
        let made = server.post("/api/v1/tokens", &body).expect(201).value();
        Self { server, token: made["token"].as_str().expect("a token").to_owned() }
    }

    fn get(&self, path: &str) -> Answer {
        self.server.request_of(&self.token, "GET", path).send(self.server.address())
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        self.server.request_of(&self.token, "POST", path).json(body).send(self.server.address())
    }
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().expect("a name")
}

/// A task that waits for another.
fn dependent(server: &TestServer, env: &TestEnv, on: &str) -> String {
    let body = json!({ "prompt": "@done", "cwd": env.work(), "depends_on": [name(on)] });
    let made = server.post("/api/v1/tasks", &body).expect(201);
    made.header("location").expect("where it is").to_owned()
}

/// A child of a task, once that has a run.
fn child_of(server: &TestServer, task: &str, script: &str) -> String {
    let made = wait_for("a child", || {
        let made = server.post(&format!("{task}/children"), &json!({ "prompt": script }));
        (made.status == 201).then_some(made)
    });
    made.header("location").expect("where it is").to_owned()
}

#[test]
fn a_token_of_one_task_is_told_of_no_other() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let go = env.path().join("go");
    let wait = format!("@wait-file {}\n@done", go.display());
    let first = server.task(&env, &wait);
    let child = child_of(&server, &first, "@done");
    let middle = dependent(&server, &env, &first);
    server.wait_status(&middle, "waiting");
    let everybody = server.get(&format!("{middle}/dependencies")).expect(200).value();
    assert_eq!(everybody["depends_on"][0]["task"], name(&first), "{everybody}");
    assert!(server.get(&middle).expect(200).text().contains(name(&first)));

    for (task, others) in
        [(&middle, vec![&first, &child]), (&first, vec![&middle]), (&child, vec![&first, &middle])]
    {
        let own = Own::of(&server, task);
        let whole = own.get(task).expect(200);
        assert!(whole.value()["task"] == name(task), "{}", whole.text());
        let mut told = vec![whole];
        for what in ["dependencies", "tree", "files", "moments"] {
            told.push(own.get(&format!("{task}/{what}")).expect(200));
        }
        for answer in told {
            let text = answer.text();
            for other in &others {
                assert!(!text.contains(name(other)), "{} is told of {}: {text}", name(task), name(other));
            }
        }
        for file in ["task.yaml", "state.yaml"] {
            own.get(&format!("{task}/files/{file}")).expect(404);
            server.get(&format!("{task}/files/{file}")).expect(200);
        }
    }

    let own = Own::of(&server, &first);
    let tree = own.get(&format!("{first}/tree")).expect(200).value();
    assert_eq!(tree["children"][0]["task"], name(&child), "its own children are shown");
    assert_eq!(own.get(&child).expect(200).value()["parent_task"], json!(format!("work/{}", name(&first))));
    let children = format!("{first}/children");
    let unknown = "task-20260101-000000-nowhere";
    let refusals = [name(&middle), unknown].map(|other| {
        let new = json!({ "prompt": "@done", "depends_on": [other] });
        own.post(&children, &new).expect(403).text().replace(other, "it")
    });
    assert_eq!(refusals[0], refusals[1], "who asks learns nothing");
    let refusals = [name(&middle), unknown].map(|other| {
        let new = json!({ "prompt": "@done", "task": other });
        own.post(&children, &new).expect(403).text().replace(other, "it")
    });
    assert_eq!(refusals[0], refusals[1], "who asks learns nothing");
    let made = own.post(&children, &json!({ "prompt": "@done", "depends_on": [name(&child)] })).expect(201);
    assert!(!made.text().contains(name(&middle)), "{}", made.text());
    let run = server.get(&first).expect(200).value()["run_list"][0]["run"].clone();
    let refusals = ["20260101-0000000000-1-1", "nothing"].map(|other| {
        let message = json!({ "body": "x", "run": other });
        own.post(&format!("{first}/messages"), &message).expect(403).text().replace(other, "it")
    });
    assert_eq!(refusals[0], refusals[1]);
    own.post(&format!("{first}/messages"), &json!({ "body": "x", "run": run })).expect(201);
    std::fs::write(go, "").expect("a file");
    server.wait_status(&middle, "completed");
}

#[test]
fn a_token_of_one_task_neither_answers_for_it_nor_lets_it_go_on() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let go = env.path().join("go");
    let script = format!("@wait-file {}\n@done", go.display());
    let task = server.task(&env, &script);
    let child = child_of(&server, &task, &script);
    let own = Own::of(&server, &task);
    let question = json!({ "question": "Which one?", "choices": ["a", "b"] });
    let asked = own.post(&format!("{task}/ask"), &question).expect(201).value();
    let parents = json!([{ "msg_id": asked["question"], "kind": "answers" }]);
    let answer = json!({ "type": "ANSWER", "body": "b", "parents": parents });
    for (what, body) in
        [("answer", json!({ "text": "b" })), ("resume", json!({})), ("messages", answer.clone())]
    {
        let refused = own.post(&format!("{task}/{what}"), &body).expect(403).value();
        assert_eq!(refused["code"], "forbidden", "{what}: {refused}");
        assert!(refused["detail"].as_str().is_some_and(|text| text.contains("its own task")), "{refused}");
        assert!(refused["hint"].is_string(), "{refused}");
    }
    let answers = format!("{task}/messages?type=ANSWER");
    assert_eq!(own.get(&answers).expect(200).value()["items"], json!([]), "nothing was answered");
    own.post(&format!("{task}/messages"), &json!({ "type": "PROGRESS", "body": "b" })).expect(201);

    // For its children it decides.
    server.post(&format!("{child}/ask"), &question).expect(201);
    own.post(&format!("{child}/answer"), &json!({ "text": "a" })).expect(201);
    own.post(&format!("{child}/messages"), &json!({ "type": "ANSWER", "body": "a" })).expect(201);
    own.post(&format!("{child}/stop"), &json!({})).expect(200);
    own.post(&format!("{child}/resume"), &json!({})).expect(200);

    // A person answers, and from its end on its own token does not open it again.
    server.post(&format!("{task}/answer"), &json!({ "text": "b" })).expect(201);
    std::fs::write(go, "").expect("a file");
    server.wait_status(&child, "completed");
    server.wait_status(&task, "completed");
    let late = own.post(&format!("{task}/tell"), &json!({ "text": "and now?" })).expect(409).value();
    assert_eq!(late["code"], "conflict", "{late}");
    assert_eq!(server.get(&task).expect(200).value()["status"], "completed");
    own.post(&format!("{child}/tell"), &json!({ "text": "and now?" })).expect(201);
    server.wait_status(&child, "completed");
}

#[test]
fn a_token_of_one_task_speaks_for_no_supervisor_and_nobody_else() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let made = server.post("/api/v1/tasks", &json!({ "prompt": "@sleep 30", "cwd": env.work() })).expect(201);
    let task = made.header("location").expect("where it is").to_owned();
    let own = Own::of(&server, &task);
    for meta in [json!({ "supervisor": true, "about": "tokens" }), json!({ "by": "token local" })] {
        let forged = json!({ "type": "QUESTION", "body": "more?", "meta": meta });
        assert_eq!(own.post(&format!("{task}/messages"), &forged).expect(403).value()["code"], "forbidden");
    }
    let plain = json!({ "type": "INFO", "body": "so far", "meta": { "about": "tokens" } });
    own.post(&format!("{task}/messages"), &plain).expect(201);
    server.post(&format!("{task}/stop"), &json!({ "force": true })).expect(200);
}

#[test]
fn a_token_ends_with_its_task() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let id = "task-20261120-201300-again";
    let body = json!({ "task": id, "prompt": "@done", "cwd": env.work() });
    let made = server.post("/api/v1/tasks", &body).expect(201);
    let task = made.header("location").expect("where it is").to_owned();
    server.wait_status(&task, "completed");
    let own = Own::of(&server, &task);
    own.get(&task).expect(200);
    // Its supervisor may take a moment longer than its last status.
    wait_for("its end", || {
        let deleted = server.request("DELETE", &task).send(server.address());
        (deleted.status == 204).then_some(())
    });
    server.post("/api/v1/tasks", &body).expect(201);
    own.get(&task).expect(401);
}
