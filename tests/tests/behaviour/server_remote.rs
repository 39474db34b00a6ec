//! An agent on another host: TLS to one certificate, a token of one task, and a link that is cut. It says what it has
//! to say with the program itself, and reads a stream by hand.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use conductor_tests::elsewhere::{Elsewhere, with_elsewhere};
use conductor_tests::remote::{ask_within, events};
use conductor_tests::server::TestServer;
use conductor_tests::there::There;
use conductor_tests::{Output, Running, TestEnv, is_long, wait_for};
use serde_json::{Value, json};

/// Messages on each side of the cut.
const EACH: usize = 10;
/// How long the agent waits for anything before it tries again.
const QUIET: Duration = Duration::from_secs(2);
/// How long the link is cut in the long form.
const CUT: Duration = Duration::from_secs(60);

/// What an agent on another host has.
struct Agent {
    address: String,
    token: String,
    /// The path of its task in the API.
    task: String,
    /// Whether it noticed that the link is cut: when posting, when following.
    noticed: [AtomicBool; 2],
}

impl Agent {
    /// A server's task, with a token for it alone.
    fn of(env: &TestEnv, server: &TestServer, elsewhere: &Elsewhere, task: &str) -> Self {
        let name = task.rsplit('/').next().expect("a name");
        let token = env.run(&["token", "add", "builder", "--for-task", name]).ok().stdout.trim().to_owned();
        let fingerprint = server.ready["fingerprint"].as_str().expect("a certificate");
        let address = format!("https://{}#fingerprint={fingerprint}", elsewhere.address(server));
        Self { address, token, task: task.to_owned(), noticed: Default::default() }
    }

    fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Result<(u16, Value), String> {
        let (status, text) = ask_within(QUIET, &self.address, Some(&self.token), (method, path), body)?;
        Ok((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
    }

    /// Starts a command of the program, which waits for the server as long as it takes.
    fn starts(&self, env: &TestEnv, args: &[&str]) -> Running {
        let wait = format!("{}s", (2 * CUT).as_secs());
        let there = There::of(env, &self.address).with_token(&self.token);
        there.spawn(&[args, &["--server-wait", &wait]].concat())
    }

    /// Asks a question, and waits for the answer.
    fn asks(&self, env: &TestEnv) -> Output {
        self.starts(env, &["ask", "Which way?", "--wait", "5m", "--json"]).wait(3 * CUT).ok()
    }

    /// Posts a message. That takes a moment, but where the link is cut.
    fn post(&self, env: &TestEnv, body: &str) {
        let began = Instant::now();
        let mut posting = self.starts(env, &["bus", "post", "--type", "PROGRESS", "--body", body]);
        let posted = wait_long("the end of a command", || {
            self.noticed[0].fetch_or(began.elapsed() > QUIET, Ordering::Relaxed);
            posting.ended()
        });
        posted.ok();
    }

    /// The ids of all messages as they came, up to the one with this body.
    fn follow(&self, last: &str) -> Vec<String> {
        let (mut ids, mut after) = (Vec::new(), None::<String>);
        wait_long("the last message", || {
            let cursor = after.as_ref().map(|after| format!("?after={after}")).unwrap_or_default();
            let path = format!("{}/messages/stream{cursor}", self.task);
            let whole = events(QUIET, &self.address, &self.token, &path, |event| {
                after = Some(event.id);
                let message: Value = serde_json::from_str(&event.data).unwrap_or_default();
                ids.extend(message["msg_id"].as_str().map(str::to_owned));
                message["body"] == last
            });
            self.noticed[1].fetch_or(whole.is_err(), Ordering::Relaxed);
            whole.ok()
        });
        ids
    }
}

/// As [`wait_for`], with patience for a cut link.
fn wait_long<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let until = Instant::now() + 2 * CUT;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < until, "waited for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn bodies(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().expect("messages").iter();
    items.filter_map(|message| Some(message["body"].as_str()?.trim_end().to_owned())).collect()
}

#[test]
fn an_agent_on_another_host_loses_nothing_while_its_link_is_cut() {
    with_elsewhere(|other| {
        let env = TestEnv::new();
        let server = TestServer::start_with(&env, &["--lan", "--port", "0"]);
        let task = server.task(&env, &format!("@wait-file {}\n@done", env.path().join("never").display()));
        server.wait_status(&task, "running");
        let agent = Agent::of(&env, &server, other, &task);
        let all = || server.get(&format!("{task}/messages?limit=500")).expect(200).value();
        let is_cut = AtomicBool::new(false);
        let followed = std::thread::scope(|scope| {
            let follower = scope.spawn(|| other.there(|| agent.follow("the end")));
            let poster = scope.spawn(|| {
                other.there(|| {
                    (0..EACH).for_each(|n| agent.post(&env, &format!("before {n}")));
                    wait_for("the cut", || is_cut.load(Ordering::Acquire).then_some(()));
                    (0..EACH).for_each(|n| agent.post(&env, &format!("through {n}")));
                })
            });
            let asker = scope.spawn(|| other.there(|| agent.asks(&env)));
            wait_for("its messages", || {
                let bodies = bodies(&all());
                let posted = bodies.iter().filter(|body| body.starts_with("before")).count() == EACH;
                (posted && bodies.contains(&"Which way?".to_owned())).then_some(())
            });
            other.cut();
            agent.noticed.iter().for_each(|noticed| noticed.store(false, Ordering::Relaxed));
            is_cut.store(true, Ordering::Release);
            let since = Instant::now();
            for n in 0..EACH {
                let body = json!({ "body": format!("meanwhile {n}") });
                server.post(&format!("{task}/messages"), &body).expect(201);
            }
            server.post(&format!("{task}/answer"), &json!({ "text": "the short one" })).expect(201);
            let noticed = || agent.noticed.iter().all(|noticed| noticed.load(Ordering::Relaxed));
            let long_enough = || !is_long() || since.elapsed() >= CUT;
            wait_long("that it notices", || (noticed() && long_enough()).then_some(()));
            other.mend();
            poster.join().expect("all posted");
            let asked = asker.join().expect("an answer");
            let asked: Value = serde_json::from_str(&asked.stdout).expect("JSON");
            assert_eq!(asked["answer"], "the short one", "{asked}");
            server.post(&format!("{task}/messages"), &json!({ "body": "the end" })).expect(201);
            follower.join().expect("all read")
        });
        let page = all();
        let bodies = bodies(&page);
        for n in 0..EACH {
            for word in ["before", "through", "meanwhile"] {
                let body = format!("{word} {n}");
                assert_eq!(bodies.iter().filter(|known| **known == body).count(), 1, "{body} in {bodies:?}");
            }
        }
        let questions = bodies.iter().filter(|body| *body == "Which way?").count();
        assert_eq!(questions, 1, "asked once: {bodies:?}");
        let ids: Vec<_> =
            page["items"].as_array().expect("messages").iter().map(|one| one["msg_id"].clone()).collect();
        let last = ids.iter().position(|id| followed.last().is_some_and(|last| id == last)).expect("the end");
        assert_eq!(
            followed.iter().map(|id| json!(id)).collect::<Vec<_>>(),
            ids[..=last],
            "none lost, none twice"
        );
    });
}

#[test]
fn its_token_is_good_for_its_task_alone() {
    with_elsewhere(|other| {
        let env = TestEnv::new();
        let server = TestServer::start_with(&env, &["--lan", "--port", "0"]);
        let script = |name: &str| format!("@wait-file {}\n@done", env.path().join(name).display());
        let (task, another) = (server.task(&env, &script("go")), server.task(&env, &script("never")));
        server.wait_status(&task, "running");
        let agent = Agent::of(&env, &server, other, &task);
        let ask = |method: &str, path: &str, body: Option<Value>| {
            other.there(|| agent.ask(method, path, body.as_ref())).expect("an answer")
        };
        assert_eq!(ask("GET", &task, None).0, 200);
        for path in [&*another, "/api/v1/tasks", "/api/v1/projects", "/api/v1/events", "/api/v1/tokens"] {
            assert_eq!(ask("GET", path, None).0, 403, "{path}");
        }
        let word = || Some(json!({ "body": "x" }));
        assert_eq!(ask("POST", &format!("{another}/messages"), word()).0, 403);
        assert_eq!(ask("POST", &format!("{another}/done"), Some(json!({}))).0, 403);
        assert_eq!(ask("POST", "/api/v1/tokens", Some(json!({ "name": "more" }))).0, 403);

        let question = json!({ "question": "Which one?", "choices": ["a", "b"] });
        let asked = ask("POST", &format!("{task}/ask"), Some(question));
        assert_eq!(asked.0, 201, "{}", asked.1);
        server.post(&format!("{task}/answer"), &json!({ "text": "b" })).expect(201);
        let answers = ask("GET", &format!("{task}/messages?type=ANSWER"), None).1;
        assert_eq!(bodies(&answers), ["b"]);
        assert_eq!(ask("POST", &format!("{task}/tell"), Some(json!({ "text": "hurry" }))).0, 201);
        assert_eq!(ask("POST", &format!("{task}/done"), Some(json!({ "message": "done there" }))).0, 200);
        std::fs::write(env.path().join("go"), "").expect("a file");
        server.wait_status(&task, "completed");

        env.run(&["token", "revoke", "builder"]).ok();
        assert_eq!(ask("GET", &task, None).0, 401);
        let log = std::fs::read_to_string(env.root().join(".conductor/state/audit.jsonl")).expect("a log");
        let its = log.lines().filter(|line| line.contains("builder") && line.contains(other.is_seen_as()));
        assert!(its.count() >= 6 && !log.contains(&agent.token), "{log}");
    });
}
