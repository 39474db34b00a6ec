//! Live streams over real sockets: what comes, what it costs to lose the connection or the server.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write;
use std::time::Duration;

use conductor_core::bus::Bus;
use conductor_core::model::{NewMessage, ProjectId, RunId, RunInfo, RunStatus, TaskId, TaskSpec};
use conductor_core::store::{Root, RunDir, TaskDir};
use conductor_tests::server::TestServer;
use conductor_tests::sse::{Event, EventStream};
use conductor_tests::{PATIENCE, TestEnv, wait_for};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A task that nobody works on, whose files a test writes.
struct Scene {
    env: TestEnv,
    task: TaskDir,
}

impl Scene {
    fn new() -> Self {
        let env = TestEnv::new();
        let root = Root::open_or_init(&env.root()).expect("a root");
        let id = ProjectId::new("demo").expect("a name");
        let project = root.create_project(&id, &env.work()).expect("a project");
        let at: jiff::Timestamp = "2026-11-20T20:00:00Z".parse().expect("a time");
        let spec = json!({"version": 1, "project_id": "demo", "task_id": TaskId::generate(at, "streams"),
            "created_at": at, "cwd": env.work()});
        let spec: TaskSpec = serde_json::from_value(spec).expect("a task");
        let task = project.create_task(&spec, "# Streams\n").expect("a task");
        Self { env, task }
    }

    fn run(&self) -> RunDir {
        let (project, task) = (self.task.project().clone(), self.task.id().clone());
        let mut info = RunInfo::new(project, task, RunId::generate(), "claude");
        info.status = RunStatus::Running;
        self.task.create_run(&info).expect("a run")
    }

    fn server(&self) -> TestServer {
        TestServer::start_with(&self.env, &["--port", "0", "--no-start"])
    }

    /// The task's path in the API.
    fn path(&self) -> String {
        format!("/api/v1/projects/demo/tasks/{}", self.task.id())
    }

    fn log_path(&self, run: &RunDir) -> String {
        format!("{}/runs/{}/logs", self.path(), run.id())
    }

    fn say(&self, body: &str) {
        Bus::task(&self.task).append(&NewMessage::new("INFO", body)).expect("appended");
    }

    fn topic(&self, run: &RunDir) -> Value {
        json!({"kind": "log", "project": "demo", "task": self.task.id(), "run": run.id(), "stream": "stdout"})
    }
}

fn append(run: &RunDir, text: &str) {
    let mut file = OpenOptions::new().create(true).append(true).open(run.stdout_path()).expect("a log");
    file.write_all(text.as_bytes()).expect("written");
}

fn end(run: &RunDir) {
    let mut info = run.info().expect("a record");
    info.status = RunStatus::Completed;
    run.write_info(&info).expect("written");
}

fn open(server: &TestServer, path: &str, after: &str) -> EventStream {
    EventStream::open(server.request("GET", path), server.address(), after)
}

/// What a client holds of a log.
#[derive(Default)]
struct Viewer {
    shown: String,
    has_ended: bool,
}

impl Viewer {
    fn take(&mut self, event: &Event) {
        match event.kind.as_str() {
            "log" => {
                assert_eq!(event.data["offset"], self.shown.len(), "no gap and no repetition");
                self.shown.push_str(event.data["text"].as_str().expect("text"));
            }
            "reset" => self.shown.clear(),
            "end" => self.has_ended = true,
            other => panic!("{other} in a log: {}", event.data),
        }
    }
}

#[test]
fn c22_a_log_comes_with_history_then_live_and_ends_with_its_run() {
    let scene = Scene::new();
    let run = scene.run();
    append(&run, "before\n");
    let server = scene.server();
    let mut stream = open(&server, &scene.log_path(&run), "");
    for (name, value) in [("cache-control", "no-store"), ("x-accel-buffering", "no")] {
        assert_eq!(stream.answer.header(name), Some(value));
    }
    let first = stream.event();
    assert_eq!((first.kind.as_str(), &first.data), ("log", &json!({"offset": 0, "text": "before\n"})));
    append(&run, "live\n");
    let second = stream.event();
    assert_eq!(second.data, json!({"offset": 7, "text": "live\n"}));
    end(&run);
    let last = stream.event();
    assert_eq!((last.kind.as_str(), &last.data), ("end", &json!({"reason": "ended"})));
    assert!(stream.poll(PATIENCE).is_none() && stream.has_ended());
    // By a query, by an offset, and by the run alone.
    let path = scene.log_path(&run);
    let again = open(&server, &format!("{path}?after={}", first.id), "").event();
    assert_eq!(again.data, second.data);
    assert_eq!(open(&server, &format!("{path}?from=9"), "").event().data["text"], "ve\n");
    let short = format!("/api/v1/runs/{}/logs?stream=stderr", run.id());
    assert_eq!(open(&server, &short, "").event().kind, "end");
}

#[test]
fn a15_events_and_messages_are_told_from_the_first_and_go_on_where_they_were_left() {
    let scene = Scene::new();
    let server = scene.server();
    let (events, messages) = ("/api/v1/events".to_owned(), format!("{}/messages/stream", scene.path()));
    let mut stream = open(&server, &events, "");
    assert!(stream.poll(Duration::from_millis(100)).is_none());
    // A task that somebody makes writes the journal's first record.
    scene.env.run(&["task", "--detach", "@done"]).ok();
    let mut all = Vec::new();
    while all.last().is_none_or(|event: &Event| event.data["task"]["status"] != "completed") {
        all.push(stream.event());
        assert_eq!(all.last().map(|event| event.kind.as_str()), Some("event"));
    }
    assert_eq!(all[0].data["revision"], 0);
    let mut again = open(&server, &events, &all[0].id);
    for event in &all[1..] {
        assert_eq!(again.event().data, event.data);
    }
    for body in ["one", "two", "three"] {
        scene.say(body);
    }
    let mut stream = open(&server, &messages, "");
    let one = stream.event();
    assert_eq!((one.kind.as_str(), &one.data["body"]), ("message", &json!("one")));
    server.kill();
    let server = scene.server();
    let mut stream = open(&server, &messages, &one.id);
    assert_eq!(
        (stream.event().data["body"].clone(), stream.event().data["body"].clone()),
        (json!("two"), json!("three"))
    );
    scene.say("live");
    assert_eq!(stream.event().data["body"], "live");
}

#[test]
fn one_stream_carries_what_a_dashboard_shows_and_survives_its_server() {
    let scene = Scene::new();
    let runs: Vec<RunDir> = (0..12).map(|_| scene.run()).collect();
    let server = scene.server();
    let mut stream = open(&server, "/api/v1/stream", "");
    let first = stream.event();
    assert_eq!(first.kind, "session");
    let subscriptions =
        format!("/api/v1/stream/{}/subscriptions", first.data["data"]["session"].as_str().expect("an id"));
    let mut topics: Vec<(String, Value)> =
        runs.iter().enumerate().map(|(index, run)| (format!("run {index}"), scene.topic(run))).collect();
    topics.push(("bus".to_owned(), json!({"kind": "messages", "project": "demo", "task": scene.task.id()})));
    topics.push(("events".to_owned(), json!({"kind": "events"})));
    for (name, topic) in &topics {
        server.post(&subscriptions, &json!({"name": name, "topic": topic})).expect(201);
        let added = stream.event();
        assert_eq!((added.kind.as_str(), &added.data["subscription"]), ("added", &json!(name)));
    }
    let twice =
        server.post(&subscriptions, &json!({"name": "bus", "topic": topics[0].1})).expect(409).value();
    assert_eq!(twice["code"], "conflict");
    server.request("DELETE", &format!("{subscriptions}/events")).send(server.address()).expect(204);
    assert_eq!(stream.event().kind, "dropped");
    let mut seen = BTreeMap::<String, String>::new();
    let mut server = server;
    for round in 0..30 {
        for run in &runs {
            append(run, &format!("{round:02}\n"));
        }
        scene.say(&format!("{round:02}\n"));
        note(&stream.event(), &mut seen);
        if round % 10 == 9 {
            server.kill();
            server = scene.server();
            stream = open(&server, "/api/v1/stream", &stream.last_id.clone());
            assert_eq!(stream.event().kind, "session");
        }
    }
    let expected: String = (0..30).map(|round| format!("{round:02}\n")).collect();
    while seen.len() < 13 || seen.values().any(|text| text.len() < expected.len()) {
        note(&stream.event(), &mut seen);
    }
    assert!(seen.values().all(|text| *text == expected), "{seen:?}");
    let last = server.end();
    let told = wait_for("the end", || Some(stream.event()).filter(|event| event.kind == "end"));
    assert_eq!(told.data["data"], json!({"reason": "shutdown"}));
    last.ok();
}

/// Gathers the texts of a stream's subscriptions.
fn note(event: &Event, seen: &mut BTreeMap<String, String>) {
    let name = event.data["subscription"].as_str().expect("a name").to_owned();
    let data = &event.data["data"];
    let so_far = seen.entry(name).or_default();
    match event.kind.as_str() {
        "log" => {
            assert_eq!(data["offset"], so_far.len(), "no gap and no repetition");
            so_far.push_str(data["text"].as_str().expect("text"));
        }
        "message" => so_far.push_str(data["body"].as_str().expect("a body")),
        other => panic!("{other}: {data}"),
    }
}

#[test]
fn what_is_asked_wrongly_is_refused_before_anything_is_streamed() {
    let scene = Scene::new();
    let run = scene.run();
    let server = scene.server();
    let log = scene.log_path(&run);
    let missing = format!("{}/runs/{}/logs", scene.path(), RunId::generate());
    for (path, status) in [
        (format!("{log}?after=nonsense"), 400),
        (format!("{log}?stream=other"), 400),
        (format!("{log}?offset=1"), 400),
        (missing, 404),
        ("/api/v1/events?after=MSG-1".to_owned(), 400),
        ("/api/v1/stream?after=AAAA".to_owned(), 400),
        ("/api/v1/projects/none/messages/stream".to_owned(), 404),
    ] {
        let answer = server.get(&path).expect(status);
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{path}");
    }
    let body = json!({"name": "x", "topic": {"kind": "events", "other": 1}});
    server.post("/api/v1/stream/none/subscriptions", &body).expect(400);
    let body = json!({"name": "x", "topic": {"kind": "events"}});
    server.post("/api/v1/stream/none/subscriptions", &body).expect(404);
}

#[test]
fn a_token_that_is_taken_back_ends_its_streams_and_a_quiet_one_gives_signs_of_life() {
    let scene = Scene::new();
    let server = scene.server();
    let made = scene.env.json(&["token", "add", "phone", "--read"]);
    let token = made["token"].as_str().expect("a token");
    let path = format!("{}/messages/stream", scene.path());
    let mut kept = open(&server, &path, "");
    let mut revoked = EventStream::open(server.request_of(token, "GET", &path), server.address(), "");
    scene.say("hello");
    assert_eq!((revoked.event().kind.as_str(), kept.event().kind.as_str()), ("message", "message"));
    scene.env.run(&["token", "revoke", "phone"]).ok();
    let told = revoked.event();
    assert_eq!((told.kind.as_str(), &told.data["code"]), ("problem", &json!("unauthorized")));
    assert!(revoked.poll(PATIENCE).is_none() && revoked.has_ended());
    // The other one has lived as long.
    let quiet = kept.read_bytes(4, Duration::from_secs(20));
    assert!(quiet.is_empty() && !kept.has_ended());
    scene.say("still here");
    assert_eq!(kept.event().data["body"], "still here");
}

/// What happens to a log, its client and its server.
#[derive(Debug, Clone)]
enum Step {
    Append(String),
    Cut,
    Rewrite(String),
    Replace(String),
    /// The client reads events, if they come.
    Read(usize),
    /// It reads so many bytes, then its connection breaks.
    Break(usize),
    /// The server is killed.
    Kill,
}

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        5 => "[a-z\n]{0,20}",
        2 => "[é€😀\"\\\\]{1,6}",
        1 => ("[a-z]", 1000..400_000_usize).prop_map(|(letter, count)| letter.repeat(count)),
    ];
    prop::collection::vec(piece, 1..4).prop_map(|pieces| pieces.concat())
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => text().prop_map(Step::Append),
        1 => Just(Step::Cut),
        1 => text().prop_map(Step::Rewrite),
        1 => text().prop_map(Step::Replace),
        6 => (1..5_usize).prop_map(Step::Read),
        4 => prop_oneof![0..200_usize, 0..300_000_usize].prop_map(Step::Break),
        1 => Just(Step::Kill),
    ]
}

struct Play {
    scene: Scene,
    run: RunDir,
    server: Option<TestServer>,
    stream: Option<EventStream>,
    viewer: Viewer,
    last_id: String,
}

impl Play {
    fn stream(&mut self) -> &mut EventStream {
        let (scene, server) = (&self.scene, self.server.get_or_insert_with(|| self.scene.server()));
        let path = scene.log_path(&self.run);
        self.stream.get_or_insert_with(|| open(server, &path, &self.last_id))
    }

    fn take(&mut self, event: &Event) {
        self.viewer.take(event);
        self.last_id.clone_from(&event.id);
    }

    fn step(&mut self, step: Step) {
        const MOMENT: Duration = Duration::from_millis(5);
        match step {
            Step::Append(text) => append(&self.run, &text),
            Step::Cut => std::fs::write(self.run.stdout_path(), "").expect("cut"),
            Step::Rewrite(text) => std::fs::write(self.run.stdout_path(), text).expect("written"),
            Step::Replace(text) => {
                let draft = self.run.stdout_path().with_extension("draft");
                std::fs::write(&draft, text).expect("written");
                std::fs::rename(&draft, self.run.stdout_path()).expect("renamed");
            }
            Step::Read(count) => {
                for _ in 0..count {
                    let Some(event) = self.stream().poll(MOMENT) else { return };
                    self.take(&event);
                }
            }
            Step::Break(bytes) => {
                for event in self.stream().read_bytes(bytes, MOMENT) {
                    self.take(&event);
                }
                self.stream = None;
            }
            Step::Kill => {
                self.server.take().into_iter().for_each(TestServer::kill);
                self.stream = None;
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 20, ..ProptestConfig::with_cases(4) })]

    #[test]
    fn the_client_ends_with_exactly_the_file(steps in prop::collection::vec(step(), 30..80)) {
        let scene = Scene::new();
        let run = scene.run();
        let mut play =
            Play { scene, run, server: None, stream: None, viewer: Viewer::default(), last_id: String::new() };
        for step in steps {
            play.step(step);
        }
        append(&play.run, " -- the end");
        end(&play.run);
        while !play.viewer.has_ended {
            let event = play.stream().event();
            play.take(&event);
        }
        let file = std::fs::read_to_string(play.run.stdout_path()).expect("a log");
        prop_assert_eq!(play.viewer.shown.len(), file.len());
        prop_assert!(play.viewer.shown == file);
    }
}
