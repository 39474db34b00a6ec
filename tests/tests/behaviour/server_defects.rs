//! Defects of the servers before this one, seen over HTTP.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

use conductor_core::model::{ProjectId, RunId, RunInfo, RunStatus, TaskState, TaskStatus};
use conductor_core::store::{Root, RunDir, TaskDir};
use conductor_tests::description::routes;
use conductor_tests::scene::spec;
use conductor_tests::server::TestServer;
use conductor_tests::sse::EventStream;
use conductor_tests::{Tasks, TestEnv};
use serde_json::{Value, json};

/// Addresses on which anybody listens on this port: `0100007F` is 127.0.0.1.
fn listened_on(port: &str) -> Vec<String> {
    let port = format!("{:04X}", port.parse::<u16>().expect("a port"));
    let tables = ["tcp", "tcp6"].map(|table| std::fs::read_to_string(format!("/proc/net/{table}")));
    let lines: Vec<String> = tables
        .into_iter()
        .flatten()
        .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let listening = lines.iter().filter_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (address, its_port) = words.get(1)?.rsplit_once(':')?;
        (its_port == port && words.get(3) == Some(&"0A")).then(|| address.to_owned())
    });
    listening.collect()
}

#[test]
fn c20_it_listens_on_this_machine_alone_and_wants_a_token_always() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let port = server.address().rsplit(':').next().expect("a port");
    assert_eq!(listened_on(port), ["0100007F"], "127.0.0.1 and nothing else");
    for path in ["/api/v1/tasks", "/api/v1/config", "/api/v1/events"] {
        server.bare("GET", path).send(server.address()).expect(401);
    }
    for host in ["0.0.0.0", "::", "192.0.2.1"] {
        let refused = env.run(&["serve", "--port", "0", "--host", host]);
        assert_eq!(refused.code, Some(2), "{refused}");
        assert!(refused.stderr.contains("TLS"), "{refused}");
    }
}

#[test]
fn c20_a_form_of_another_site_starts_nothing() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let body = json!({ "prompt": "@done", "cwd": env.work() }).to_string();
    let token = format!("Bearer {}", server.token());
    let (origin, site) = (("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site"));
    let (text, json) = (("Content-Type", "text/plain"), ("Content-Type", "application/json"));
    let auth = ("Authorization", token.as_str());
    for (headers, status) in [
        (vec![text, origin], 403),
        (vec![text, site], 403),
        (vec![text], 415),
        (vec![auth, text, origin], 403),
        (vec![auth, text], 415),
        (vec![auth, json, origin], 403),
        (vec![auth, json, site], 403),
        (vec![auth], 415),
        (vec![json], 401),
    ] {
        let request = server.bare("POST", "/api/v1/tasks").body(body.clone());
        let request = headers.iter().fold(request, |request, (name, value)| request.header(name, value));
        request.send(server.address()).expect(status);
    }
    assert_eq!(server.get("/api/v1/tasks").expect(200).value()["items"], json!([]));
    let request = server.request("POST", "/api/v1/tasks").header(json.0, json.1).body(body);
    request.send(server.address()).expect(201);
}

#[test]
fn c21_streams_take_their_token_as_a_header_and_in_no_other_way() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let task = server.task(&env, "@done");
    let detail = server.wait_status(&task, "completed");
    let run = detail["run_list"][0]["run"].as_str().expect("a run").to_owned();
    let names: Vec<&str> = task.split('/').collect();
    let streams = routes().into_iter().filter(|route| route.streams);
    let paths: Vec<String> = streams
        .map(|route| {
            route.with(|name| match name {
                "project" => names[4].to_owned(),
                "task" => names[6].to_owned(),
                _ => run.clone(),
            })
        })
        .collect();
    assert!(paths.len() >= 6, "{paths:?}");
    let token = server.token();
    for path in paths {
        let opened = server.request("GET", &path).send_any(server.address()).expect(200);
        assert_eq!(opened.header("content-type"), Some("text/event-stream"), "{path}");
        assert_eq!(opened.header("set-cookie"), None);
        let bare = |path: &str| server.bare("GET", path);
        for request in [
            bare(&path),
            bare(&format!("{path}?token={token}")),
            bare(&format!("{path}?access_token={token}")),
            bare(&path).header("Cookie", &format!("token={token}; conductor={token}; session={token}")),
            bare(&path).header("X-Api-Key", token),
        ] {
            request.send_any(server.address()).expect(401);
        }
        // With a token, an unknown word of the query is refused as anywhere.
        server.get(&format!("{path}?token={token}")).expect(400);
    }
}

#[test]
fn c25_every_status_is_the_same_word_over_http_and_on_the_command_line() {
    let tasks = Tasks::new("");
    let server = TestServer::start_with(&tasks.env, &["--port", "0", "--no-start"]);
    let mut made = Vec::new();
    for status in TaskStatus::all() {
        let task = tasks.make(&tasks.wanted(&format!("is {status}")));
        task.write_state(&TaskState::new(status, jiff::Timestamp::now())).expect("written");
        // Nobody owns them: what claims to be at work is not believed, by any face.
        let shown = if status.is_owned() { TaskStatus::Interrupted } else { status };
        made.push((task, shown));
    }
    let listed = tasks.env.json(&["list", "--all"]);
    let pages = server.get("/api/v1/tasks?limit=500").expect(200).value();
    for (task, shown) in made {
        let (project, name) = (task.project().as_str(), task.id().as_str());
        let of = |list: &Value| {
            let found = list.as_array().expect("a list").iter().find(|one| one["task"] == name).cloned();
            found.unwrap_or_else(|| panic!("{name} is missing"))["status"].clone()
        };
        let path = format!("/api/v1/projects/{project}/tasks/{name}");
        let said = [
            of(&listed["tasks"]),
            of(&pages["items"]),
            tasks.env.json(&["status", name])["status"].clone(),
            server.get(&path).expect(200).value()["status"].clone(),
            server.get(&format!("{path}/tree")).expect(200).value()["status"].clone(),
            of(&server.get(&format!("/api/v1/tasks?status={shown}&limit=500")).expect(200).value()["items"]),
        ];
        assert!(said.iter().all(|word| *word == shown.as_str()), "{name}: {said:?}");
    }
}

#[test]
fn c25_the_description_has_every_status_and_no_other() {
    let text = include_str!("../../../docs/openapi.json");
    let api: Value = serde_json::from_str(text).expect("JSON");
    let words = |name: &str| -> Vec<String> {
        let words = api["components"]["schemas"][name]["enum"].as_array().expect("words");
        words.iter().map(|word| word.as_str().expect("a word").to_owned()).collect()
    };
    let tasks: Vec<String> = TaskStatus::all().map(|status| status.as_str().to_owned()).collect();
    assert_eq!(words("TaskStatus"), tasks);
}

/// A root with a task and a run, and another root outside of it that holds what nobody may read.
struct Planted {
    env: TestEnv,
    task: TaskDir,
    run: RunDir,
    outside: PathBuf,
}

const SECRET: &str = "what-nobody-may-read";
const RUN_FILES: [&str; 5] = ["agent-stdout.txt", "events.jsonl", "output.md", "prompt.md", "planted.txt"];
const TASK_FILES: [&str; 3] = ["TASK_STATE.md", "ATTACH-1-planted.txt", "TASK-MESSAGE-BUS.md"];

impl Planted {
    fn new() -> Self {
        let env = TestEnv::new();
        let outside = env.path().join("outside");
        let (task, run) = task_and_run(&env.root(), "demo", "# Planted\n");
        let (other, _) = task_and_run(&outside, "other", &format!("# {SECRET}\n"));
        let planted = Self { env, task, run, outside };
        let (task, run) = (planted.task.path(), planted.run.path());
        RUN_FILES.iter().for_each(|name| planted.link_to_a_file(&run.join(name)));
        TASK_FILES.iter().for_each(|name| planted.link_to_a_file(&task.join(name)));
        let project = other.path().parent().expect("a project");
        symlink(project, planted.env.root().join("other")).expect("a linked project");
        symlink(other.path(), task.with_file_name("task-20261120-201300-away")).expect("a linked task");
        symlink(planted.outside.join("other"), task.join("runs").join(RunId::generate().as_str()))
            .expect("a linked run");
        planted
    }

    fn link_to_a_file(&self, link: &Path) {
        let target = self.outside.join(link.file_name().expect("a name"));
        std::fs::write(&target, format!("{SECRET}\n")).expect("a file");
        let _ = std::fs::remove_file(link);
        symlink(target, link).expect("a link");
    }
}

fn task_and_run(root: &Path, project: &str, text: &str) -> (TaskDir, RunDir) {
    let root = Root::open_or_init(root).expect("a root");
    let id = ProjectId::new(project).expect("a name");
    let project = root.create_project(&id, Path::new("/")).expect("a project");
    let task = project.create_task(&spec(id.as_str(), "task-20261120-201300-planted"), text).expect("a task");
    let mut info = RunInfo::new(id, task.id().clone(), RunId::generate(), "claude");
    info.status = RunStatus::Completed;
    let run = task.create_run(&info).expect("a run");
    task.write_state(&TaskState::new(TaskStatus::Completed, jiff::Timestamp::now())).expect("written");
    (task, run)
}

/// What a path gives away: its body, or of a stream what comes until it is quiet.
fn given_away(server: &TestServer, path: &str) -> String {
    let answer = server.request("GET", path).send_any(server.address());
    if answer.header("content-type") != Some("text/event-stream") {
        if answer.status >= 500 {
            let problem = answer.value();
            assert!(
                ["damaged", "io"].contains(&problem["code"].as_str().expect("a code")),
                "{path}: {problem}"
            );
        }
        return answer.text();
    }
    let mut stream = EventStream::open(server.request("GET", path), server.address(), "");
    let events = std::iter::from_fn(|| stream.poll(Duration::from_millis(500)));
    events.map(|event| event.data.to_string()).collect()
}

#[test]
fn c28_a_planted_link_gives_nothing_away_over_http_and_is_not_written_through() {
    let planted = Planted::new();
    let server = TestServer::start_with(&planted.env, &["--port", "0", "--no-start"]);
    let task = format!("/api/v1/projects/demo/tasks/{}", planted.task.id());
    let run = format!("/api/v1/runs/{}", planted.run.id());
    let gone = ["/api/v1/projects/other", "/api/v1/projects/demo/tasks/task-20261120-201300-away"]
        .map(str::to_owned);
    let files = RUN_FILES.iter().map(|name| format!("{run}/files/{name}"));
    let files = files.chain(TASK_FILES[..2].iter().map(|name| format!("{task}/files/{name}")));
    for path in files {
        server.get(&path).expect(404);
    }
    for path in gone {
        // What stands where a folder of ours should is damage, and said to be.
        let answer = server.get(&path).expect(500);
        assert_eq!(answer.value()["code"], "damaged");
    }
    let of_run = ["", "/output", "/events", "/files", "/logs", "/logs?stream=events"]
        .map(|rest| format!("{run}{rest}"));
    let of_task =
        ["", "/files", "/tree", "/messages", "/messages/stream"].map(|rest| format!("{task}{rest}"));
    let lists = ["tasks", "runs", "projects", "attention", "events"].map(|list| format!("/api/v1/{list}"));
    for path in of_run.into_iter().chain(of_task).chain(lists) {
        let given = given_away(&server, &path);
        assert!(!given.contains(SECRET) && !given.contains("planted.txt"), "{path}: {given}");
    }
    let posted = server.post(&format!("{task}/messages"), &json!({ "body": "into a link" }));
    assert!(posted.status >= 400, "{}", posted.text());
    let bus = std::fs::read_to_string(planted.outside.join("TASK-MESSAGE-BUS.md")).expect("a file");
    assert_eq!(bus, format!("{SECRET}\n"));
}
