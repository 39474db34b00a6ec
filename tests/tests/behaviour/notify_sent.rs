//! What is sent: which events, in which form, signed how, and to no address that it may not go to.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use conductor_core::model::{RunStatus, TaskStatus};
use conductor_core::notify::Switch;
use conductor_core::store::TaskSummary;
use conductor_tests::hooks::Hooks;
use conductor_tests::scene::spec;
use conductor_tests::{Receiver, Request};

/// A webhook that may go to the loopback, with these settings more.
fn webhook(receiver: &Receiver, path: &str, more: &str) -> String {
    format!("webhook: {{ url: '{}', allow_private: true{more} }}", receiver.url(path))
}

/// What one event becomes.
fn sent(path: &str, more: &str) -> Request {
    let receiver = Receiver::new();
    let hooks = Hooks::new(&webhook(&receiver, path, more));
    hooks.tell("fix-login", TaskStatus::Failed);
    assert_eq!(hooks.pump().delivered, 1);
    receiver.got().remove(0)
}

/// The check that the documentation shows, fed with a request.
fn documented_check(secret: &str, request: &Request) -> bool {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("docs").join("webhooks.md");
    let text = fs::read_to_string(page).expect("the page");
    let block = text.split("```python\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a block");
    let script = format!(
        "import json, sys\n{block}\nrequest = json.load(sys.stdin)\n\
         sys.exit(0 if is_genuine(request['secret'], request['headers'], request['body'].encode()) else 1)\n"
    );
    let headers: serde_json::Map<_, _> =
        request.headers.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
    let input = serde_json::json!({ "secret": secret, "headers": headers, "body": request.body });
    let mut child =
        Command::new("python3").args(["-c", &script]).stdin(Stdio::piped()).spawn().expect("python3");
    serde_json::to_writer(child.stdin.take().expect("a pipe"), &input).expect("written");
    child.wait().expect("ended").success()
}

#[test]
fn what_is_sent_is_signed_so_that_others_can_check_it() {
    for secret in ["plain words", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
        let request = sent("/hook", &format!(", secret: '{secret}'"));
        assert_eq!(request.header("webhook-timestamp"), Some("1795205580"), "the time of the attempt");
        assert!(documented_check(secret, &request), "{request:?}");
        let forged = Request { body: request.body.replace("failed", "completed"), ..request.clone() };
        assert!(!documented_check(secret, &forged));
        assert!(!documented_check("another", &request));
        let signature = request.header("x-conductor-signature").expect("a signature");
        assert!(signature.starts_with("sha256=") && signature.len() == 7 + 64, "{signature}");
    }
    let unsigned = sent("/hook", "");
    assert_eq!(unsigned.header("webhook-signature").or(unsigned.header("x-conductor-signature")), None);
    assert!(unsigned.id().starts_with("MSG-"));
}

#[test]
fn the_signature_of_the_body_alone_is_the_older_systems() {
    let request = sent("/hook", ", secret: 'plain words'");
    let script = "import hashlib, hmac, sys\n\
                  print('sha256=' + hmac.new(b'plain words', sys.stdin.buffer.read(), hashlib.sha256).hexdigest())";
    let mut child = Command::new("python3")
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3");
    std::io::Write::write_all(&mut child.stdin.take().expect("a pipe"), request.body.as_bytes())
        .expect("written");
    let output = child.wait_with_output().expect("ended");
    assert_eq!(
        request.header("x-conductor-signature"),
        std::str::from_utf8(&output.stdout).ok().map(str::trim)
    );
}

#[test]
fn every_format_arrives_as_its_receiver_wants_it() {
    let json = sent("/hook", "");
    assert_eq!(json.header("content-type"), Some("application/json"));
    assert_eq!(
        (&json.json()["type"], &json.json()["data"]["status"]),
        (&"task.failed".into(), &"failed".into())
    );
    let slack = sent("/services/T0/B0/x", ", format: slack").json();
    assert!(
        slack["text"].as_str().is_some_and(|text| text.starts_with("fix-login (demo) is failed")),
        "{slack}"
    );
    let ntfy = sent("/topic", ", format: ntfy");
    assert_eq!(ntfy.header("title"), Some("fix-login (demo) is failed"));
    assert_eq!((ntfy.header("tags"), ntfy.body.as_str()), (Some("x"), "Fix the login"));
    let telegram = sent("/bot1:x/sendMessage?chat_id=-7", ", format: telegram");
    assert_eq!((telegram.path.as_str(), &telegram.json()["chat_id"]), ("/bot1:x/sendMessage", &"-7".into()));
}

#[test]
fn only_what_is_wanted_is_sent_and_nothing_from_before() {
    let receiver = Receiver::new();
    let hooks = Hooks::new("");
    hooks.tell("a", TaskStatus::Failed);
    let mut hooks = hooks;
    hooks.configure(&webhook(&receiver, "/", ", events: [task.failed, question.*]"));
    assert_eq!(hooks.feed(), 0, "it is used for the first time");
    for status in [TaskStatus::Queued, TaskStatus::Running, TaskStatus::Failed] {
        hooks.tell("b", status);
    }
    hooks.tell_of("question.answered", "b", TaskStatus::Running, None);
    assert_eq!(hooks.pump().delivered, 2);
    let types: Vec<_> = receiver.got().iter().map(|request| request.json()["type"].clone()).collect();
    assert_eq!(types, ["task.failed", "question.answered"]);
    assert_eq!(receiver.got()[0].json()["data"]["task"], "task-20261120-201300-b");
}

#[test]
fn a_chat_is_told_what_a_person_wants_to_know() {
    let receiver = Receiver::new();
    let hooks = Hooks::new(&webhook(&receiver, "/", ", format: slack"));
    for status in [TaskStatus::Queued, TaskStatus::Running, TaskStatus::WaitingAnswer, TaskStatus::Completed]
    {
        hooks.tell("a", status);
    }
    assert_eq!(hooks.pump().delivered, 2);
}

#[test]
fn who_wants_ends_of_runs_gets_the_one_that_ends_the_task_once() {
    let receiver = Receiver::new();
    let hooks = Hooks::new(&webhook(&receiver, "/", ", events: [run.ended]"));
    hooks.tell_of("run.started", "a", TaskStatus::Running, Some(RunStatus::Running));
    hooks.tell_of("task.completed", "a", TaskStatus::Completed, Some(RunStatus::Completed));
    // A repair after a crash tells of the last run again.
    let run = hooks.journal().read(None, 9).expect("read");
    let conductor_core::store::JournalRead::Entries(entries) = run else { panic!("a resync") };
    let mut again = entries[1].record.clone();
    again.kind = "task.settled".to_owned();
    hooks.journal().append(&again).expect("a record");
    assert_eq!(hooks.pump().delivered, 1);
    let document = receiver.got()[0].json();
    assert_eq!(
        (&document["type"], &document["data"]["run"]["status"]),
        (&"run.ended".into(), &"completed".into())
    );
}

#[test]
fn the_link_leads_to_the_task_where_the_server_is_reached() {
    let receiver = Receiver::new();
    let config = webhook(&receiver, "/", "") + "\napi: { public_url: 'https://c.example.org' }";
    let hooks = Hooks::new(&config);
    hooks.tell("a", TaskStatus::WaitingAnswer);
    hooks.pump();
    let url = receiver.got()[0].json()["data"]["url"].clone();
    assert_eq!(url, "https://c.example.org/p/demo/t/task-20261120-201300-a");
}

#[test]
fn known_secrets_are_masked_in_what_is_sent() {
    let receiver = Receiver::new();
    let agents = "agents: { xai: { token: 'xai-0123456789' } }\n";
    for format in ["json", "slack", "ntfy"] {
        let hooks =
            Hooks::new(&(agents.to_owned() + &webhook(&receiver, "/", &format!(", format: {format}"))));
        let asked = spec("demo", "task-20261120-201300-a");
        let task = TaskSummary {
            status: TaskStatus::Failed,
            ..TaskSummary::new(&asked, None, "Use xai-0123456789 for it")
        };
        hooks.tell_record("task.failed", task, None);
        assert_eq!(hooks.pump().delivered, 1);
        let body = receiver.got().pop().expect("a request").body;
        assert!(!body.contains("xai-0123456789") && body.contains("Use ************** for it"), "{body}");
    }
}

#[test]
fn a_private_address_is_refused_unless_it_is_allowed_whatever_its_name() {
    let receiver = Receiver::new();
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0x7f.1"] {
        let url = format!("http://{host}:{}/", receiver.port());
        let mut hooks = Hooks::new(&format!("webhook: {{ url: '{url}' }}"));
        hooks.tell("a", TaskStatus::Failed);
        assert_eq!(hooks.pump().waiting, 1, "{host}");
        let first = hooks.state().first.expect("it waits");
        let error = first.attempts[0].error.clone().unwrap_or_default();
        assert!(error.contains("a private address; allow_private: true allows it"), "{host}: {error}");
        assert!(receiver.got().is_empty(), "{host}");
        hooks.configure(&format!("webhook: {{ url: '{url}', allow_private: true }}"));
        let next = first.next_at.expect("it is tried again");
        hooks.go_to(next);
        if host != "[::ffff:127.0.0.1]" {
            assert_eq!(hooks.deliver().delivered, 1, "{host}");
            assert!(hooks.state().accepted_at.is_some());
        }
        receiver.forget();
    }
}

#[test]
fn a_journal_that_was_lost_is_noted_and_nothing_old_is_announced() {
    let receiver = Receiver::new();
    let hooks = Hooks::new(&webhook(&receiver, "/", ""));
    hooks.scene.task("a");
    hooks.tell("a", TaskStatus::Running);
    assert_eq!(hooks.pump().delivered, 1);
    fs::remove_file(hooks.scene.path(".conductor/state/journal.md")).expect("a journal");
    hooks.tell("a", TaskStatus::Failed);
    hooks.pump();
    assert!(hooks.state().resynced_at.is_some());
    hooks.tell("a", TaskStatus::Running);
    assert_eq!(hooks.pump().delivered, 1, "it goes on from there");
    let types: Vec<_> = receiver.got().iter().map(|request| request.json()["type"].clone()).collect();
    assert!(!types.contains(&"task.rebuilt".into()), "{types:?}");
}

#[test]
fn files_of_the_outbox_are_their_owners_alone_and_a_newer_ones_are_not_overwritten() {
    let receiver = Receiver::new();
    let hooks = Hooks::new(&webhook(&receiver, "/", ""));
    hooks.tell("a", TaskStatus::Failed);
    hooks.feed();
    let folder = hooks.scene.path(".conductor/state/outbox/webhook");
    let waiting =
        fs::read_dir(folder.join("waiting")).expect("a folder").next().expect("a file").expect("a file");
    for file in [folder.join("feed.yaml"), waiting.path()] {
        assert_eq!(fs::metadata(&file).expect("a file").permissions().mode() & 0o777, 0o600, "{file:?}");
    }
    let feed = fs::read_to_string(folder.join("feed.yaml")).expect("a file");
    fs::write(folder.join("feed.yaml"), feed.replace("version: 1", "version: 2\nnew: field"))
        .expect("written");
    hooks.tell("a", TaskStatus::Running);
    let error = hooks.outbox.feed().expect_err("a newer version's").to_string();
    assert!(error.contains("has version 2, this program writes up to 1"), "{error}");
    assert_eq!(hooks.state().switch, Switch::On, "it is read all the same");
}
