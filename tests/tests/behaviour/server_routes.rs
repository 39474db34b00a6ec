//! What the routes answer: files, messages, tasks that belong together, keys that make a task once.

use conductor_tests::http::Request;
use conductor_tests::server::TestServer;
use conductor_tests::{TestEnv, wait_for};
use serde_json::{Value, json};

fn items(answer: &Value) -> &Vec<Value> {
    answer["items"].as_array().unwrap_or_else(|| panic!("{answer}"))
}

/// The last run of a task.
fn run(server: &TestServer, task: &str) -> String {
    let detail = server.get(task).expect(200).value();
    let run = detail["run_list"]
        .as_array()
        .and_then(|runs| runs.last().cloned())
        .unwrap_or_else(|| panic!("{detail}"));
    run["run"].as_str().expect("a run").to_owned()
}

#[test]
fn a_run_shows_its_files_in_parts_and_masked() {
    let env = TestEnv::new();
    env.configure("webhook: { url: 'https://example.org', secret: top-secret-word }");
    let server = TestServer::start(&env);
    let task = server.task(&env, "@say before top-secret-word after\n@done");
    server.wait_status(&task, "completed");
    let (run, name) = (run(&server, &task), "files/agent-stdout.txt");
    let short = format!("/api/v1/runs/{run}/{name}");
    let whole = server.get(&short).expect(200);
    assert_eq!(whole.header("x-content-type-options"), Some("nosniff"));
    let text = whole.text();
    assert!(text.contains("before *************** after"), "{text}");
    assert_eq!(server.get(&format!("{task}/runs/{run}/{name}")).expect(200).text(), text, "by its long path");
    let at = text.find("***").expect("a mask");
    for (from, to) in [(0, 3), (at - 2, at + 2), (at + 1, at + 4), (at + 10, text.len() - 1)] {
        let part = server.request("GET", &short).header("Range", &format!("bytes={from}-{to}"));
        let part = part.send(server.address()).expect(206);
        assert_eq!(part.text(), text[from..=to], "{from}-{to}");
        assert_eq!(part.header("content-range"), Some(&*format!("bytes {from}-{to}/{}", text.len())));
    }
    let beyond = server.request("GET", &short).header("Range", "bytes=999999-").send(server.address());
    assert_eq!(beyond.expect(416).value()["code"], "range_not_satisfiable");
    let names = server.get(&format!("/api/v1/runs/{run}/files")).expect(200).value();
    let names: Vec<_> = items(&names).iter().map(|file| file["name"].as_str().expect("a name")).collect();
    assert!(names.contains(&"run-info.yaml") && names.contains(&"prompt.md"), "{names:?}");
    let output = server.get(&format!("/api/v1/runs/{run}/output")).expect(200).value();
    assert!(output["text"].as_str().expect("text").contains("***"), "{output}");
    let events = server.get(&format!("/api/v1/runs/{run}/events?limit=1")).expect(200).value();
    assert_eq!(items(&events).len(), 1);
    let rest = server.get(&format!("/api/v1/runs/{run}/events?after={}", events["next"])).expect(200).value();
    assert_eq!(rest["more"], false);
    for far in ["999999", "9223372036854775808", "18446744073709551615"] {
        let none = server.get(&format!("/api/v1/runs/{run}/events?after={far}")).expect(200).value();
        assert!(items(&none).is_empty() && none["more"] == false, "{far}: {none}");
        let part = server.request("GET", &short).header("Range", &format!("bytes={far}-"));
        part.send(server.address()).expect(416);
    }
    for path in ["..%2Ftask.yaml", "%2e%2e", "nothing.txt", "..%2f..%2f..%2f.conductor%2fstate%2ftokens.yaml"]
    {
        let status = server.get(&format!("/api/v1/runs/{run}/files/{path}")).status;
        assert!(matches!(status, 400 | 404), "{path}: {status}");
    }
}

#[test]
fn messages_are_read_from_a_cursor_posted_and_threaded() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let file = env.path().join("go");
    let task = server.task(&env, &format!("@wait-file {}\n@done", file.display()));
    let bus = format!("{task}/messages");
    let post = |body: &Value| {
        server.post(&bus, body).expect(201).value()["msg_id"].as_str().expect("an id").to_owned()
    };
    let first = post(&json!({ "type": "FACT", "body": "one" }));
    let second = post(
        &json!({ "type": "REVIEW", "body": "two", "parents": [{ "msg_id": first, "kind": "reviews" }] }),
    );
    post(&json!({ "body": "three", "meta": { "n": 3 } }));
    let page = server.get(&format!("{bus}?after={first}&type=review&limit=1")).expect(200).value();
    assert_eq!((items(&page).len(), &page["items"][0]["msg_id"]), (1, &json!(second)));
    let next = page["next"].as_str().expect("a cursor");
    let rest = server.get(&format!("{bus}?after={next}")).expect(200).value();
    let third = items(&rest).iter().find(|message| message["body"] == "three");
    assert_eq!(third.expect("the third")["meta"], json!({ "by": "token local", "n": 3 }));
    let facts = server.get(&format!("{bus}?type=fact")).expect(200).value();
    assert_eq!(items(&facts).len(), 1);
    let thread = server.get(&format!("{bus}/{first}/thread")).expect(200).value();
    let ids: Vec<_> = items(&thread).iter().map(|message| message["msg_id"].clone()).collect();
    assert_eq!(ids, [json!(first), json!(second)]);
    for (body, named) in [
        (json!({ "body": " " }), "no text"),
        (json!({ "body": "x", "colour": "red" }), "colour"),
        (json!({ "type": "FACT" }), "body"),
    ] {
        let refused = server.post(&bus, &body);
        let refused = refused.clone().expect(if refused.status == 422 { 422 } else { 400 }).value();
        assert!(refused["detail"].as_str().expect("why").contains(named), "{refused}");
    }
    server.get(&format!("{bus}?after=nonsense")).expect(400);
    server.get(&format!("{bus}?bogus=1")).expect(400);
    std::fs::write(file, "").expect("a file");
    server.wait_status(&task, "completed");
    let project = task.split("/tasks/").next().expect("a project");
    let done = wait_for("the completion fact", || {
        let page = server.get(&format!("{project}/messages?type=TASK_DONE")).expect(200).value();
        (!items(&page).is_empty()).then_some(page)
    });
    assert_eq!(items(&done).len(), 1);
}

#[test]
fn an_attachment_goes_with_a_word() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let task = server.task(&env, "@done");
    server.wait_status(&task, "completed");
    let upload = |bytes: Vec<u8>| {
        let request = server.request("POST", &format!("{task}/attachments?name=mock%20up.png"));
        request.header("Content-Type", "application/octet-stream").body(bytes).send(server.address())
    };
    let link = upload(vec![7; 2 << 20]).expect(201).value();
    assert_eq!(link["label"], "mock up.png");
    let told = server
        .post(&format!("{task}/tell"), &json!({ "text": "look", "attachments": [link] }))
        .expect(201)
        .value();
    assert_eq!(told["read"], "follow_up");
    let words = server.get(&format!("{task}/messages?type=USER")).expect(200).value();
    assert_eq!(words["items"][0]["links"][0]["url"], link["url"]);
    let file = server.get(&format!("{task}/files/{}", link["url"].as_str().expect("a name"))).expect(200);
    assert_eq!((file.body.len(), file.header("content-disposition")), (2 << 20, Some("attachment")));
    assert_eq!(upload(vec![0; (20 << 20) + 1]).expect(413).value()["code"], "too_large");
    let large = server.request("POST", &format!("{task}/tell")).json(&json!({ "text": "x".repeat(2 << 20) }));
    assert_eq!(large.send(server.address()).expect(413).value()["code"], "too_large");
}

#[test]
fn a_key_makes_one_task() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let ask = |key: &str, prompt: &str| {
        let body = json!({ "prompt": prompt, "cwd": env.work() });
        server
            .request("POST", "/api/v1/tasks")
            .header("Idempotency-Key", key)
            .json(&body)
            .send(server.address())
    };
    let answers: Vec<_> = std::thread::scope(|scope| {
        let asks: Vec<_> =
            (0..4).map(|_| scope.spawn(|| ask("one", "@done").expect(201).value()["task"].clone())).collect();
        asks.into_iter().map(|ask| ask.join().expect("an answer")).collect()
    });
    assert!(answers.iter().all(|task| *task == answers[0]), "{answers:?}");
    assert_eq!(ask("one", "@say another\n@done").expect(409).value()["code"], "conflict");
    ask("", "@done").expect(400);
    assert_ne!(ask("two", "@done").expect(201).value()["task"], answers[0]);
    let tasks = server.get("/api/v1/tasks").expect(200).value();
    assert_eq!(items(&tasks).len(), 2);
}

#[test]
fn a_key_makes_one_task_also_when_the_server_dies_before_it_answers() {
    for step in ["once.asked", "create.live", "detach.owned"] {
        let env = TestEnv::new();
        let body = json!({ "prompt": "@done", "cwd": env.work() });
        let send = |server: &TestServer| {
            let request = server.request("POST", "/api/v1/tasks").header("Idempotency-Key", "k").json(&body);
            let address = server.address().to_owned();
            std::panic::catch_unwind(move || request.send(&address))
        };
        let dying = TestServer::start_dying(&env, step);
        assert!(send(&dying).is_err(), "{step}: it dies before it answers");
        let server = TestServer::start(&env);
        let made = send(&server).expect("an answer").expect(201).value();
        let task = format!(
            "/api/v1/projects/{}/tasks/{}",
            made["project"].as_str().expect("one"),
            made["task"].as_str().expect("one")
        );
        server.wait_status(&task, "completed");
        let tasks = server.get("/api/v1/tasks").expect(200).value();
        assert_eq!(items(&tasks).len(), 1, "{step}: {tasks}");
    }
}

#[test]
fn what_has_ended_is_deleted_and_what_is_put_away_is_collected() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let file = env.path().join("go");
    let live = server.task(&env, &format!("@wait-file {}\n@done", file.display()));
    let delete = |task: &str| server.request("DELETE", task).send(server.address());
    assert_eq!(delete(&live).expect(409).value()["code"], "conflict");
    std::fs::write(file, "").expect("a file");
    server.wait_status(&live, "completed");
    wait_for("its supervisor has left", || (delete(&live).status == 204).then_some(()));
    server.get(&live).expect(404);
    assert_eq!(items(&server.get("/api/v1/tasks").value()).len(), 0);
    let listed = env.run(&["list", "--all", "--json"]).ok();
    assert!(listed.stdout.contains("\"tasks\": []"), "{listed}");
    let old = server.task(&env, "@done");
    server.wait_status(&old, "completed");
    let collect =
        |dry: bool| server.post("/api/v1/gc", &json!({ "dry_run": dry, "days": 0 })).expect(200).value();
    let tasks = |report: &Value| items(report).iter().filter(|item| item["what"] == "task").count();
    assert_eq!(tasks(&collect(true)), 0, "nothing was put away");
    server.post(&format!("{old}/archive"), &json!({ "archived": true })).expect(204);
    assert_eq!(tasks(&collect(true)), 1);
    server.get(&old).expect(200);
    wait_for("it is collected", || (tasks(&collect(false)) == 1).then_some(()));
    server.get(&old).expect(404);
}

#[test]
fn a_token_of_one_task_reaches_that_task_and_its_children_alone() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let file = env.path().join("go");
    let wait = format!("@wait-file {}\n@done", file.display());
    let parent = server.task(&env, &format!("@task --detach --prompt '@done'\n{wait}"));
    let other = server.task(&env, "@say other\n@done");
    let child = wait_for("a child", || {
        let tree = server.get(&format!("{parent}/tree")).value();
        let child = tree["children"][0].clone();
        Some(format!("/api/v1/projects/{}/tasks/{}", child["project"].as_str()?, child["task"].as_str()?))
    });
    let name = |path: &str| path.rsplit('/').next().expect("a name").to_owned();
    let project = parent.split('/').nth(4).expect("a project");
    let allows = json!({ "task": { "project": project, "task": name(&parent) } });
    let token =
        server.post("/api/v1/tokens", &json!({ "name": "away", "allows": allows })).expect(201).value();
    let token = token["token"].as_str().expect("a token").to_owned();
    let ask =
        |method: &str, path: &str| server.request_of(&token, method, path).send(server.address()).status;
    let post = |path: &str, body: Value| {
        server.request_of(&token, "POST", path).json(&body).send(server.address()).status
    };
    for task in [&parent, &child] {
        assert_eq!(ask("GET", task), 200);
        assert_eq!(ask("GET", &format!("{task}/messages")), 200);
        assert_eq!(post(&format!("{task}/messages"), json!({ "body": "hello" })), 201);
    }
    assert_eq!(ask("GET", &format!("/api/v1/runs/{}", run(&server, &parent))), 200);
    server.wait_status(&other, "completed");
    for path in [
        other.clone(),
        format!("{other}/messages"),
        format!("/api/v1/runs/{}", run(&server, &other)),
        format!("{other}/runs/{}", run(&server, &parent)),
        "/api/v1/tasks".to_owned(),
        "/api/v1/tokens".to_owned(),
        "/api/v1/projects".to_owned(),
        format!("/api/v1/projects/{project}/messages"),
        "/api/v1/fs/dirs".to_owned(),
        format!("/api/v1/projects/{project}/tasks/task-20260101-000000-none"),
    ] {
        assert_eq!(ask("GET", &path), 403, "{path}");
    }
    assert_eq!(post(&format!("{other}/tell"), json!({ "text": "x" })), 403);
    assert_eq!(ask("DELETE", &parent), 403);
    std::fs::write(file, "").expect("a file");
    assert_eq!(post(&format!("{parent}/done"), json!({})), 200);
    server.wait_status(&parent, "completed");
}

#[test]
fn what_is_polled_is_sent_once() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let task = server.task(&env, "@done");
    server.wait_status(&task, "completed");
    for path in [
        task.as_str(),
        "/api/v1/tasks",
        "/api/v1/runs",
        "/api/v1/attention",
        "/api/v1/projects",
        "/api/v1/queue",
    ] {
        // The supervisor of a task that has just ended leaves within moments, and that is a change.
        wait_for(&format!("{path} to be the same"), || {
            let first = server.get(path).expect(200);
            let tag = first.header("etag").unwrap_or_else(|| panic!("{path} has no tag")).to_owned();
            let again = server.request("GET", path).header("If-None-Match", &tag).send(server.address());
            (again.status == 304 && again.body.is_empty()).then_some(())
        });
        let other = server.request("GET", path).header("If-None-Match", "\"other\"").send(server.address());
        other.expect(200);
    }
}

#[test]
fn folders_of_this_machine_are_for_full_tokens() {
    let env = TestEnv::new();
    std::fs::create_dir_all(env.work().join("repo/.git")).expect("a repository");
    std::fs::create_dir_all(env.work().join(".hidden")).expect("a folder");
    let server = TestServer::start(&env);
    let work = env.work().display().to_string();
    let listed = server.get(&format!("/api/v1/fs/dirs?path={work}")).expect(200).value();
    assert_eq!(items(&listed).len(), 1, "{listed}");
    assert_eq!((&listed["items"][0]["name"], &listed["items"][0]["git"]), (&json!("repo"), &json!(true)));
    let own = server.get("/api/v1/fs/dirs").expect(200).value();
    assert_eq!(own["path"], json!(env.home().canonicalize().expect("a home")));
    server.get("/api/v1/fs/dirs?path=relative").expect(400);
    server.get("/api/v1/fs/dirs?path=/does/not/exist").expect(404);
    let made = env.run(&["token", "add", "looker", "--read"]).ok();
    let ask = |path: &str| server.request_of(made.stdout.trim(), "GET", path).send(server.address()).status;
    assert_eq!((ask("/api/v1/tasks"), ask("/api/v1/fs/dirs"), ask("/api/v1/config")), (200, 403, 403));
}

#[test]
fn lists_are_read_page_by_page() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let mut made: Vec<String> = (0..5).map(|n| server.task(&env, &format!("@say {n}\n@done"))).collect();
    made.iter().for_each(|task| drop(server.wait_status(task, "completed")));
    made.reverse();
    for list in ["/api/v1/tasks", "/api/v1/runs"] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = server.get(&format!("{list}?limit=2{cursor}")).expect(200).value();
            seen.extend(items(&page).iter().map(|item| item["task"].as_str().expect("a task").to_owned()));
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        let names: Vec<_> =
            made.iter().map(|path| path.rsplit('/').next().expect("a name").to_owned()).collect();
        let mut sorted = names.clone();
        sorted.sort_unstable_by(|a, b| b.cmp(a));
        seen.sort_unstable_by(|a, b| b.cmp(a));
        assert_eq!(seen, sorted, "{list}: each once");
    }
    server.get("/api/v1/tasks?limit=0").expect(400);
    server.get("/api/v1/tasks?status=bogus").expect(400);
    server.get("/api/v1/tasks?cursor=bogus").expect(400);
}

#[test]
fn c26_every_metric_moves() {
    let env = TestEnv::new();
    env.configure("defaults: { agent: fake, max_running: 1 }");
    let server = TestServer::start(&env);
    let page = || server.get("/api/v1/metrics").expect(200).text();
    let read = |page: &str, name: &str| {
        let line = page.lines().find(|line| line.starts_with(name) && !line.starts_with('#'));
        line.and_then(|line| line.rsplit(' ').next())
            .map_or(0.0, |value| value.parse::<f64>().expect("a number"))
    };
    let before = page();
    let file = env.path().join("go");
    let wait = format!("@wait-file {}\n@done", file.display());
    let first = server.task(&env, &format!("@say first\n{wait}"));
    wait_for("an agent at work", || (read(&page(), "conductor_runs_active") == 1.0).then_some(()));
    let second = server.task(&env, &format!("@say second\n{wait}"));
    server.wait_status(&second, "queued");
    Request::new("GET", "/api/v1/tasks")
        .header("Host", server.address())
        .header("Connection", "close")
        .header("Authorization", "Bearer wrong")
        .send(server.address())
        .expect(401);
    let now = page();
    for name in [
        "conductor_http_requests_total{method=\"GET\",route=\"/api/v1/metrics\"",
        "conductor_http_request_duration_seconds_count{route=\"/api/v1/metrics\"",
        "conductor_http_refused_tokens_total",
        "conductor_tasks{status=\"queued\"}",
        "conductor_tasks{status=\"running\"}",
        "conductor_runs_active",
        "conductor_queue_length",
        "conductor_bus_bytes",
        "conductor_uptime_seconds",
    ] {
        assert!(read(&now, name) > read(&before, name), "{name} did not move:\n{now}");
    }
    assert_eq!(read(&now, "conductor_slots"), 1.0);
    std::fs::write(file, "").expect("a file");
    server.wait_status(&first, "completed");
    server.wait_status(&second, "completed");
    for name in
        ["conductor_runs_active", "conductor_tasks{status=\"running\"}", "conductor_tasks{status=\"queued\"}"]
    {
        wait_for(&format!("{name} to fall"), || (read(&page(), name) == 0.0).then_some(()));
    }
    server.request("WHATEVER", "/api/v1/tasks").send(server.address());
    assert!(!page().contains("WHATEVER"), "a word of a client makes no series of its own");
}
