//! What needs a person, over HTTP: the same in every face, at once.

use std::time::Duration;

use conductor_tests::server::TestServer;
use conductor_tests::sse::{Event, EventStream};
use conductor_tests::{PATIENCE, TestEnv, wait_for};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

/// Its server looks after supervisors more often than this.
const LOOKS: Duration = Duration::from_secs(6);

fn events(server: &TestServer) -> EventStream {
    EventStream::open(server.request("GET", "/api/v1/events"), server.address(), "")
}

/// The next event of this kind.
fn told(stream: &mut EventStream, kind: &str) -> Event {
    loop {
        let event = stream.poll(PATIENCE).unwrap_or_else(|| panic!("no {kind} was told"));
        if event.data["kind"] == kind {
            return event;
        }
    }
}

fn inbox(server: &TestServer, all: bool) -> Value {
    server.get(&format!("/api/v1/attention?all={all}")).expect(200).value()
}

fn kill_supervisor(server: &TestServer, task: &str) {
    let pid = wait_for("a supervisor", || server.get(task).value()["supervisor_pid"].as_i64());
    let pid = Pid::from_raw(i32::try_from(pid).expect("a pid")).expect("a pid");
    kill_process(pid, Signal::KILL).expect("killed");
}

#[test]
fn a_supervisor_that_is_killed_is_told_at_once_and_once() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let mut stream = events(&server);
    let task = server.task(&env, &format!("@say at work\n@wait-file {}", env.path().join("never").display()));
    told(&mut stream, "run.started");
    kill_supervisor(&server, &task);
    let event = told(&mut stream, "task.interrupted");
    assert_eq!(event.data["task"]["status"], "interrupted");
    assert_eq!(inbox(&server, false)["items"][0]["kind"], "interrupted");
    assert!(stream.poll(LOOKS).is_none(), "it is told once");
    server.post("/api/v1/recover", &json!({})).expect(200);
    assert!(stream.poll(PATIENCE).is_some(), "the next supervisor tells that it is there");
    kill_supervisor(&server, &task);
    told(&mut stream, "task.interrupted");
}

#[test]
fn what_a_person_did_with_an_item_is_told_to_all_who_watch() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let mut stream = events(&server);
    let task = server.task(&env, "@exit 126");
    server.wait_status(&task, "failed");
    let id = inbox(&server, false)["items"][0]["id"].as_str().expect("an id").to_owned();
    let handle = |how: Value| server.post(&format!("/api/v1/attention/{id}"), &how).expect(200);

    handle(json!({ "snooze": { "seconds": 3600 } }));
    let event = told(&mut stream, "task.attention");
    assert_eq!(event.data["task"]["status"], "failed");
    let later = inbox(&server, false);
    assert_eq!(later["items"], json!([]));
    assert!(later["next_at"].is_string(), "when it comes back is known: {later}");
    handle(json!({ "seen": {} }));
    told(&mut stream, "task.attention");
    assert!(inbox(&server, false).get("next_at").is_none(), "what was seen does not come back");
}

#[test]
fn a_failure_that_was_put_away_with_its_task_needs_nobody() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let mut stream = events(&server);
    let task = server.task(&env, "@exit 126");
    server.wait_status(&task, "failed");
    assert_eq!(inbox(&server, false)["items"][0]["kind"], "failure");
    server.post(&format!("{task}/archive"), &json!({ "archived": true })).expect(204);
    told(&mut stream, "task.archived");
    assert_eq!(inbox(&server, false)["items"], json!([]));
    assert_eq!(inbox(&server, true)["items"][0]["kind"], "failure", "who wants all sees it");
    server.post(&format!("{task}/archive"), &json!({ "archived": false })).expect(204);
    told(&mut stream, "task.unarchived");
    assert_eq!(inbox(&server, false)["items"][0]["kind"], "failure");
}

#[test]
fn an_item_names_its_question_and_an_answer_to_another_is_refused() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let task = server.task(&env, "@ask Which?\n@exit 0");
    let detail = server.wait_status(&task, "waiting_answer");
    let item = inbox(&server, false)["items"][0].clone();
    assert_eq!(item["question"], detail["question"]["msg_id"], "{item}");
    let another = json!({ "text": "blue", "question": "MSG-01J00000000000000000000000" });
    server.post(&format!("{task}/answer"), &another).expect(409);
    server
        .post(&format!("{task}/answer"), &json!({ "text": "blue", "question": item["question"] }))
        .expect(201);
}
