//! Every route of the description × every request that must not get through. What each route needs is what
//! `docs/api.md` promises: a route that is missing there fails here.

use std::path::PathBuf;

use conductor_tests::TestEnv;
use conductor_tests::description::{Needs, Route, promised, routes};
use conductor_tests::http::{Answer, Request};
use conductor_tests::server::TestServer;
use serde_json::{Value, json};

/// What stands in a file outside of the root, and in none of any answer.
const SECRET: &str = "what-nobody-may-read";
/// What does not name anything, and might lead somewhere.
const HOSTILE: &[&str] = &[
    "..",
    ".",
    "%2e%2e",
    "%2f",
    "%2f..%2fx",
    "..%2f..",
    "..%2f..%2f..%2f..%2fsecret.txt",
    "..%5c..%5csecret.txt",
    "%2fetc%2fpasswd",
    "..%252f..%252fsecret.txt",
    "%00",
    "secret.txt%00.md",
    "%0d%0ax",
    "%ff%fe",
    "%F0%9F%A6%80%E2%80%AE",
    "-rf",
    ".conductor",
];

/// A server with two tasks that have ended, and a token of each kind.
struct World {
    env: TestEnv,
    server: TestServer,
    socket: PathBuf,
    task: String,
    run: String,
    own: String,
    other: String,
    reader: String,
    revoked: String,
}

impl World {
    fn new() -> Self {
        let env = TestEnv::new();
        std::fs::write(env.path().join("secret.txt"), SECRET).expect("a file");
        let server = TestServer::start(&env);
        let [task, foreign] = ["@say one\n@done", "@say two\n@done"].map(|script| server.task(&env, script));
        let detail = server.wait_status(&task, "completed");
        server.wait_status(&foreign, "completed");
        let token = |name: &str, allows: Value| {
            let body = json!({ "name": name, "allows": allows });
            let made = server.post("/api/v1/tokens", &body).expect(201).value();
            made["token"].as_str().expect("a token").to_owned()
        };
        let of_task = |path: &str| {
            let names: Vec<&str> = path.split('/').collect();
            json!({ "task": { "project": names[4], "task": names[6] } })
        };
        let world = Self {
            own: token("own", of_task(&task)),
            other: token("other", of_task(&foreign)),
            reader: token("reader", json!("read")),
            revoked: token("revoked", json!("full")),
            socket: server.ready["socket"].as_str().expect("a socket").into(),
            run: detail["run_list"][0]["run"].as_str().expect("a run").to_owned(),
            task,
            server,
            env,
        };
        world.server.request("DELETE", "/api/v1/tokens/revoked").send(world.server.address()).expect(204);
        world
    }

    /// A request that is right but for what nobody knows in its body: nothing comes of it.
    fn path(&self, route: &Route) -> String {
        let names: Vec<&str> = self.task.split('/').collect();
        route.with(|name| match name {
            "project" => names[4].to_owned(),
            "task" => names[6].to_owned(),
            "run" => self.run.clone(),
            _ => "nothing".to_owned(),
        })
    }

    fn request(&self, route: &Route, token: Option<&str>) -> Request {
        let request = self.server.bare(&route.method, &self.path(route));
        let request = match token {
            Some(token) => request.header("Authorization", &format!("Bearer {token}")),
            None => request,
        };
        if route.takes_json() { request.json(&json!({ "bogus": true })) } else { request }
    }

    fn send(&self, request: &Request) -> Answer {
        request.send_any(self.server.address())
    }

    /// Over the socket: over the network, wrong tokens of one address are answered later and later.
    fn send_unix(&self, request: &Request) -> Answer {
        request.send_unix(&self.socket)
    }
}

/// What holds for every answer, whatever was asked.
#[track_caller]
fn check(what: &str, route: &Route, answer: &Answer) {
    assert!(answer.status < 500, "{what}: {}", answer.text());
    assert!(route.may_answer(answer.status), "{what}: {} is not described: {}", answer.status, answer.text());
    assert_eq!(answer.header("set-cookie"), None, "{what}: there are no cookies");
    assert!(!answer.text().contains(SECRET), "{what}: {}", answer.text());
    assert!(answer.header("x-request-id").is_some(), "{what} has an id");
    if answer.status >= 400 {
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{what}");
        let problem = answer.value();
        assert!(problem["code"].is_string() && problem["status"] == answer.status, "{what}: {problem}");
    }
}

#[track_caller]
fn refused(what: &str, route: &Route, answer: &Answer, status: u16, code: &str) {
    check(what, route, answer);
    assert_eq!(answer.status, status, "{what}: {}", answer.text());
    assert_eq!(answer.value()["code"], code, "{what}");
}

/// Let in, and then refused for what nobody knows in its body, if it has one.
#[track_caller]
fn let_in(what: &str, route: &Route, answer: &Answer) {
    check(what, route, answer);
    assert!(!matches!(answer.status, 401 | 403), "{what}: {}", answer.text());
    if route.takes_json() {
        assert_eq!((answer.status, answer.value()["code"].as_str()), (400, Some("usage")), "{what}");
        assert!(answer.text().contains("bogus"), "{what} names it: {}", answer.text());
    }
}

/// The routes, each with what is promised of it.
fn all() -> Vec<(Route, Needs)> {
    let promised = promised();
    let needs = |route: Route| {
        let found = promised.iter().find(|(name, _)| *name == route.name());
        let needs = found.unwrap_or_else(|| panic!("docs/api.md has no row for {}", route.name())).1;
        let needs = needs.unwrap_or_else(|| panic!("docs/api.md: what does {} need?", route.name()));
        (route, needs)
    };
    let all: Vec<_> = routes().into_iter().map(needs).collect();
    assert!(all.len() > 60, "only {} routes", all.len());
    all
}

#[test]
fn every_route_lets_in_the_tokens_it_is_for_and_no_other() {
    let world = World::new();
    for (route, needs) in all() {
        let name = route.name();
        let open = needs == Needs::Nothing;
        for (kind, token) in
            [("no", None), ("a bad", Some("conductor_bad")), ("a revoked", Some(&*world.revoked))]
        {
            let what = format!("{name} with {kind} token");
            let answer = world.send_unix(&world.request(&route, token));
            if open {
                let_in(&what, &route, &answer)
            } else {
                refused(&what, &route, &answer, 401, "unauthorized")
            }
        }
        for (kind, token, enough) in [
            ("a read-only", &world.reader, needs.is_looking()),
            ("the task's", &world.own, needs.is_of_task()),
            ("another task's", &world.other, open || needs == Needs::Any),
        ] {
            let what = format!("{name} with {kind} token");
            let answer = world.send(&world.request(&route, Some(token)));
            if enough {
                let_in(&what, &route, &answer)
            } else {
                refused(&what, &route, &answer, 403, "forbidden")
            }
        }
        if route.takes_json() || route.method == "GET" {
            let what = format!("{name} with a full token");
            let_in(&what, &route, &world.send(&world.request(&route, Some(world.server.token()))));
        }
    }
}

#[test]
fn every_route_refuses_what_is_not_meant_for_this_server_or_comes_from_another_sites_page() {
    let world = World::new();
    for (route, _) in all() {
        let full = |headers: &[(&str, &str)]| {
            let request = Request::new(&route.method, &world.path(&route)).header("Connection", "close");
            let request = request.header("Authorization", &format!("Bearer {}", world.server.token()));
            let request = headers.iter().fold(request, |request, (name, value)| request.header(name, value));
            world.send(&request)
        };
        let host = ("Host", world.server.address());
        for foreign in ["evil.example", "127.0.0.1.evil.example:80"] {
            refused(
                &format!("{} at {foreign}", route.name()),
                &route,
                &full(&[("Host", foreign)]),
                421,
                "foreign_host",
            );
        }
        for foreign in [
            ("Origin", "https://evil.example"),
            ("Origin", "null"),
            ("Origin", "http://localhost:3000"),
            ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Site", "same-site"),
        ] {
            let what = format!("{} with {foreign:?}", route.name());
            refused(&what, &route, &full(&[host, foreign]), 403, "foreign_origin");
        }
    }
}

#[test]
fn every_change_takes_its_own_type_alone_and_no_more_than_it_may_hold() {
    let world = World::new();
    for (route, _) in all().into_iter().filter(|(route, _)| route.method != "GET") {
        let request = world.server.request(&route.method, &world.path(&route));
        for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
            let body = route.smallest_body().unwrap_or(json!({})).to_string();
            let answer = world.send(&request.clone().header("Content-Type", kind).body(body));
            refused(&format!("{} of {kind}", route.name()), &route, &answer, 415, "unsupported_media_type");
        }
        let large = match (route.takes_json(), route.takes_bytes()) {
            (true, _) => request.json(&json!({ "bogus": "x".repeat(1 << 20) })),
            (_, true) => {
                request.header("Content-Type", "application/octet-stream").body(vec![b'x'; (20 << 20) + 1])
            }
            _ => continue,
        };
        refused(&format!("{} of much", route.name()), &route, &world.send(&large), 413, "too_large");
    }
}

#[test]
fn c28_no_name_in_any_path_leads_anywhere_else() {
    let world = World::new();
    let hostile: Vec<String> = HOSTILE.iter().map(|text| (*text).to_owned()).collect();
    let long = [200, 256, 5000].map(|length| "a".repeat(length));
    let before = conductor_tests::scene::snapshot(&world.env.root().join(project(&world)));
    let mut asked = 0;
    for (route, _) in all() {
        for place in route.params() {
            for value in hostile.iter().chain(&long) {
                let names: Vec<&str> = world.task.split('/').collect();
                let path = route.with(|name| match name {
                    _ if name == place => value.clone(),
                    "project" => names[4].to_owned(),
                    "task" => names[6].to_owned(),
                    "run" => world.run.clone(),
                    _ => "nothing".to_owned(),
                });
                let mut request = world.server.request(&route.method, &path);
                if let Some(body) = route.smallest_body() {
                    request = request.json(&body);
                }
                let answer = world.send(&request);
                let what = format!("{} {path:.120}", route.method);
                check(&what, &route, &answer);
                assert!((400..500).contains(&answer.status), "{what}: {} {}", answer.status, answer.text());
                asked += 1;
            }
        }
    }
    assert!(asked > 1000, "only {asked} names");
    assert_eq!(conductor_tests::scene::snapshot(&world.env.root().join(project(&world))), before);
    world.server.get(&world.task).expect(200);
    assert_eq!(std::fs::read_to_string(world.env.path().join("secret.txt")).expect("a file"), SECRET);
}

fn project(world: &World) -> &str {
    world.task.split('/').nth(4).expect("a project")
}
