//! Webhooks of tasks that are really worked on: what supervisors send, what outlives them, and crashes.

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

use conductor_tests::server::TestServer;
use conductor_tests::{Answer, Receiver, TestEnv};
use serde_json::Value;

/// A world whose webhook goes to this receiver.
fn world(receiver: &Receiver, more: &str) -> TestEnv {
    let env = TestEnv::new();
    env.configure(&config(receiver, more));
    env
}

fn config(receiver: &Receiver, more: &str) -> String {
    format!(
        "defaults: {{ agent: fake }}\nwebhook: {{ url: '{}', allow_private: true{more} }}",
        receiver.url("/hook")
    )
}

fn types(receiver: &Receiver) -> Vec<String> {
    let word = |document: Value| document["type"].as_str().unwrap_or_default().to_owned();
    receiver.got().iter().map(|request| word(request.json())).collect()
}

fn webhook(env: &TestEnv) -> Value {
    env.json(&["webhook", "list"])["webhooks"][0].clone()
}

/// Deliveries that wait, as the list has them.
fn waiting(env: &TestEnv) -> u64 {
    webhook(env)["waiting"].as_u64().expect("a count")
}

#[test]
fn c27_the_last_events_of_a_task_arrive_though_its_supervisor_is_gone() {
    let receiver = Receiver::new();
    let env = world(&receiver, "");
    env.run(&["task", "--task", "a", "@done"]).ok();
    // Nobody is left who could send: what is there now is all that comes.
    env.wait_until_empty();
    let types = types(&receiver);
    assert_eq!(types.iter().filter(|word| *word == "task.completed").count(), 1, "{types:?}");
    assert_eq!(types.last().map(String::as_str), Some("task.settled"), "{types:?}");
    let completed = receiver.wait("the end", |request| request.json()["type"] == "task.completed").json();
    assert_eq!(completed["data"]["run"]["status"], "completed", "the end of its last run");
    assert_eq!(waiting(&env), 0);
}

#[test]
fn c27_what_could_not_be_sent_is_sent_by_whoever_runs_next() {
    let mut receiver = Receiver::down();
    let env = world(&receiver, ", events: [task.completed]");
    env.run(&["task", "--task", "a", "@done"]).ok();
    env.wait_until_empty();
    assert_eq!(waiting(&env), 1);
    receiver.up();
    // The next task's supervisor sends both once the pause of the first is over.
    env.wait_for("both events", || {
        env.run(&["recover"]).ok();
        (receiver.got().len() == 1).then_some(())
    });
    env.run(&["task", "--task", "b", "@done"]).ok();
    let tasks: Vec<String> =
        receiver.got().iter().map(|request| request.json()["data"]["task"].to_string()).collect();
    assert!(tasks.len() == 2 && tasks[0].ends_with("-a\"") && tasks[1].ends_with("-b\""), "{tasks:?}");
}

#[test]
fn a_question_is_sent_while_the_task_waits_for_its_answer() {
    let receiver = Receiver::new();
    let env = world(&receiver, ", format: slack");
    let prompt = "@@1\n@ask 'Which?' --choice one --choice two\n@@*\n@done";
    env.run(&["task", "--detach", "--task", "asks", prompt]).ok();
    let asked = receiver.wait("the question", |request| request.body.contains(" asks")).json();
    let text = asked["text"].as_str().expect("a text");
    assert!(text.contains("Which?\n1  one\n2  two\nrun-agent answer asks"), "{text}");
    assert_eq!(env.json(&["status", "asks"])["status"], "waiting_answer");
    env.run(&["answer", "asks", "2"]).ok();
    receiver.wait("the end", |request| request.body.contains("is completed"));
    env.wait_until_empty();
}

#[test]
fn a_receiver_that_hangs_delays_no_task() {
    let receiver = Receiver::new();
    receiver.answer(|_| Answer::Silence(Duration::from_secs(600)));
    let env = world(&receiver, ", timeout: 10m");
    let begin = Instant::now();
    env.run(&["task", "--task", "a", "@done"]).ok();
    assert!(begin.elapsed() < Duration::from_secs(45), "{:?}", begin.elapsed());
    assert_eq!(env.json(&["status", "a"])["status"], "completed");
    env.wait_until_empty();
    assert!(waiting(&env) > 1);
}

#[test]
fn a_server_sends_at_once_what_others_tell_the_journal() {
    let receiver = Receiver::new();
    let env = world(&receiver, ", events: [task.completed]");
    let server = TestServer::start(&env);
    env.wait_for("the place in the journal", || (webhook(&env)["state"] == "on").then_some(()));
    // Those who work on the task know of no webhook.
    let plain = env.path().join("plain.yaml");
    let text = fs::read_to_string(env.config_path()).expect("a configuration");
    fs::write(&plain, text.split("webhook:").next().expect("a part")).expect("written");
    let plain = plain.display().to_string();
    env.run(&["task", "--config", &plain, "--task", "a", "@done"]).ok();
    let told = receiver.wait("the end", |_| true).json();
    assert!(told["data"]["task"].as_str().is_some_and(|task| task.ends_with("-a")), "{told}");
    server.end().ok();
    assert_eq!(receiver.got().len(), 1);
}

#[test]
fn without_a_webhook_nothing_of_it_is_on_disk() {
    let env = TestEnv::new();
    env.run(&["task", "--task", "a", "@done"]).ok();
    env.run(&["recover"]).ok();
    assert!(!env.root().join(".conductor/state/outbox").exists());
}

/// A world in which so many events wait for a receiver that is up by now, due at once.
fn with_waiting(receiver: &mut Receiver, count: usize) -> TestEnv {
    let env = world(receiver, ", events: [task.completed]");
    for number in 0..count {
        env.run(&["task", "--task", &format!("t{number}"), "@done"]).ok();
    }
    env.wait_until_empty();
    receiver.up();
    assert_eq!(waiting(&env), count as u64);
    let folder = env.root().join(".conductor/state/outbox/webhook/waiting");
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a delivery");
        let due: Vec<&str> = text.lines().filter(|line| !line.starts_with("next_at: ")).collect();
        fs::write(&path, due.join("\n") + "\n").expect("written");
    }
    env
}

/// `recover` that dies at a step.
fn die_at(env: &TestEnv, step: &str) {
    let output = env.run_with(&["recover"], |command| {
        command.env("CONDUCTOR_CRASH_AT", step);
    });
    assert_eq!(output.signal, Some(9), "was not killed at {step}: {output}");
}

#[test]
fn a_crash_before_sending_loses_nothing() {
    let mut receiver = Receiver::down();
    let env = with_waiting(&mut receiver, 1);
    die_at(&env, "notify.before-send");
    assert!(receiver.got().is_empty());
    env.run(&["recover"]).ok();
    assert_eq!((receiver.got().len(), waiting(&env)), (1, 0));
}

#[test]
fn a_crash_after_the_answer_sends_the_same_event_again_and_not_a_new_one() {
    let mut receiver = Receiver::down();
    let env = with_waiting(&mut receiver, 2);
    die_at(&env, "notify.answered");
    env.run(&["recover"]).ok();
    let ids = receiver.ids();
    assert_eq!((ids.len(), &ids[0], ids.iter().collect::<BTreeSet<_>>().len()), (3, &ids[1], 2), "{ids:?}");
    assert_eq!(waiting(&env), 0);
}

#[test]
fn a_crash_between_feeding_and_its_cursor_feeds_nothing_twice() {
    let receiver = Receiver::new();
    let env = world(&receiver, ", events: [task.completed]");
    env.run(&["task", "--task", "first", "@done"]).ok();
    let usual = fs::read_to_string(env.config_path()).expect("a configuration");
    fs::write(env.config_path(), usual.split("webhook:").next().expect("a part")).expect("written");
    env.run(&["task", "--task", "second", "@done"]).ok();
    fs::write(env.config_path(), usual).expect("written");
    die_at(&env, "notify.fed");
    assert_eq!(waiting(&env), 1);
    for _ in 0..2 {
        env.run(&["recover"]).ok();
    }
    let ids = receiver.ids();
    assert_eq!((ids.len(), ids.iter().collect::<BTreeSet<_>>().len()), (2, 2), "{ids:?}");
}

#[test]
fn processes_that_send_at_once_send_each_delivery_once() {
    let mut receiver = Receiver::down();
    let env = with_waiting(&mut receiver, 8);
    receiver.answer(|_| {
        // Long enough for all of them to come.
        std::thread::sleep(Duration::from_millis(100));
        Answer::status(200)
    });
    let at_once: Vec<_> = (0..4).map(|_| env.spawn(&["webhook", "replay", "--failed"])).collect();
    let recovering: Vec<_> = (0..4).map(|_| env.spawn(&["recover"])).collect();
    for process in at_once.into_iter().chain(recovering) {
        process.wait(conductor_tests::PATIENCE).ok();
    }
    env.wait_for("an empty outbox", || (waiting(&env) == 0).then_some(()));
    let ids = receiver.ids();
    let mut sorted = ids.clone();
    sorted.sort();
    assert_eq!((ids.len(), &ids), (8, &sorted), "each once, in order");
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 8);
}

#[test]
fn the_command_tests_lists_shows_and_replays() {
    let receiver = Receiver::new();
    let env = world(&receiver, ", secret: not-for-the-eyes, events: [task.failed]");
    let tested = env.run(&["webhook", "test"]).ok();
    assert!(tested.stdout.contains("webhook  accepted (200)"), "{tested}");
    assert_eq!(types(&receiver), ["webhook.test"]);
    receiver.answer(|_| Answer::Status(500, String::new(), "not today".to_owned()));
    let tested = env.run(&["webhook", "test", "webhook"]).expect_code(1);
    assert!(tested.stdout.contains("answered 500 Internal Server Error: not today"), "{tested}");
    env.run(&["job", "--task", "a", "@exit 3"]).expect_code(1);
    let listed = env.run(&["webhook", "list"]).ok();
    let doctor = env.run(&["doctor"]);
    assert!(doctor.stdout.contains("webhook: 1 wait, since the receiver fails"), "{doctor}");
    let id = receiver.ids().pop().expect("an event");
    let shown = env.run(&["webhook", "show", &id]).ok();
    assert!(shown.stdout.contains("task.failed to webhook  waiting, next try"), "{shown}");
    let still = env.run(&["webhook", "replay", &id]).expect_code(1);
    receiver.answer(|_| Answer::status(200));
    let replayed = env.run(&["webhook", "replay", &id, "--to", "webhook"]).ok();
    assert!(replayed.stdout.contains("delivered"), "{replayed}");
    assert_eq!(receiver.ids().iter().filter(|one| **one == id).count(), 3);
    for output in [listed, shown, still, replayed] {
        assert!(!output.stdout.contains("/hook"), "only the host is shown: {output}");
    }
    env.run(&["webhook", "test", "nobody"]).expect_code(3);
    env.run(&["webhook", "show", "MSG-01M7X9EHAV4W2R7N5D3C1V8XZY"]).expect_code(3);
    env.run(&["webhook", "replay"]).expect_code(2);
}

#[test]
fn a_receiver_that_is_gone_is_said_by_list_and_doctor() {
    let receiver = Receiver::new();
    receiver.answer(|_| Answer::status(410));
    let env = world(&receiver, ", events: [task.completed]");
    env.run(&["task", "--task", "a", "@done"]).ok();
    let listed = webhook(&env);
    assert_eq!((&listed["state"], &listed["failed"]), (&"off".into(), &1.into()));
    let doctor = env.run(&["doctor"]).expect_code(1);
    assert!(doctor.stdout.contains("webhook is off: the receiver answered 410"), "{doctor}");
}

#[test]
fn a_webhook_that_is_configured_while_a_server_runs_is_served_by_it() {
    let mut receiver = Receiver::down();
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    env.configure(&config(&receiver, ", events: [task.completed]"));
    env.run(&["task", "--task", "a", "@done"]).ok();
    assert_eq!(waiting(&env), 1);
    receiver.up();
    // Nobody but the server is left who could send it.
    receiver.wait("what waited", |request| request.json()["type"] == "task.completed");
    drop(server);
}
