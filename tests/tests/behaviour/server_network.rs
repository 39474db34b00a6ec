//! A server on the network: encrypted, trusted by its certificate alone, and plain for nobody but this machine.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use conductor_tests::namespace::{OtherHost, with_other_host};
use conductor_tests::remote::ask;
use conductor_tests::server::TestServer;
use conductor_tests::{TestEnv, wait_for};
use serde_json::{Value, json};

const LAN: [&str; 3] = ["--lan", "--port", "0"];

fn fingerprint(server: &TestServer) -> &str {
    server.ready["fingerprint"].as_str().expect("a fingerprint")
}

fn port(server: &TestServer) -> &str {
    server.address().rsplit(':').next().expect("a port")
}

/// The address of a server with the fingerprint of its certificate, from a host that is reached so.
fn address(server: &TestServer, host: &str) -> String {
    format!("https://{host}:{}#fingerprint={}", port(server), fingerprint(server))
}

#[test]
fn lan_is_tls_for_others_and_nothing_else() {
    with_other_host(|other| {
        let env = TestEnv::new();
        let server = TestServer::start_with(&env, &LAN);
        server.get("/api/v1/version").expect(200);
        let urls = server.ready["network"].as_array().expect("addresses");
        assert_eq!(urls, &[json!(format!("https://{}:{}", OtherHost::HERE, port(&server)))]);
        let address = address(&server, OtherHost::HERE);
        let token = server.token();
        let listed = other.there(|| ask(&address, Some(token), ("GET", "/api/v1/tasks"), None));
        assert_eq!(listed.expect("an answer").0, 200);
        assert_eq!(other.there(|| ask(&address, None, ("GET", "/api/v1/tasks"), None)).expect("one").0, 401);
        // Without TLS there is no answer from there, whatever is asked for and with whichever token.
        let plain = format!("{}:{}", OtherHost::HERE, port(&server));
        let request = server.request("GET", "/api/v1/tasks").bytes();
        let said = other.there(|| {
            let mut stream = TcpStream::connect(&plain).expect("a port");
            stream.write_all(&request).expect("a request");
            let mut said = Vec::new();
            let _ = stream.read_to_end(&mut said);
            String::from_utf8_lossy(&said).into_owned()
        });
        assert!(!said.contains("HTTP/1."), "{said}");
        let log =
            std::fs::read_to_string(env.root().join(".conductor/state/audit.jsonl")).unwrap_or_default();
        assert_eq!(log, "", "nothing but looking was asked for");
    });
}

#[test]
fn another_certificate_is_not_talked_to() {
    let env = TestEnv::new();
    let (server, other) = (TestServer::start_with(&env, &LAN), TestEnv::new());
    let impostor = TestServer::start_with(&other, &LAN);
    let pinned = format!("https://127.0.0.1:{}#fingerprint={}", port(&impostor), fingerprint(&server));
    let refused = ask(&pinned, Some(server.token()), ("GET", "/api/v1/version"), None);
    assert!(refused.as_ref().is_err_and(|why| why.contains("certificate")), "{refused:?}");
    let right = ask(&address(&server, "127.0.0.1"), None, ("GET", "/api/v1/version"), None);
    assert_eq!(right.expect("an answer").0, 200);
}

#[test]
fn the_fingerprint_outlives_the_server() {
    let env = TestEnv::new();
    let server = TestServer::start_with(&env, &LAN);
    let before = fingerprint(&server).to_owned();
    let said = server.end().ok();
    assert!(!said.stderr.contains("certificate"), "{said}");
    let server = TestServer::start_with(&env, &LAN);
    assert_eq!(fingerprint(&server), before);
}

#[test]
fn a_pairing_link_gives_a_device_its_token_once() {
    let env = TestEnv::new();
    let server = TestServer::start_with(&env, &LAN);
    let trade = |link: &str| {
        let ticket = link.split(['#', '&']).find_map(|part| part.strip_prefix("ticket=")).expect("a ticket");
        let address = format!("https://localhost:{}/#{}", port(&server), link.split('#').nth(1).expect("it"));
        ask(&address, None, ("POST", "/api/v1/session"), Some(&json!({ "ticket": ticket })))
            .expect("an answer")
    };
    let link = server.ready["link"].as_str().expect("a link").to_owned();
    assert!(link.contains(&format!("&fingerprint={}", fingerprint(&server))), "{link}");
    let (status, page) = trade(&link);
    assert_eq!(status, 201);
    let page: Value = serde_json::from_str(&page).expect("JSON");
    let listed = ask(&address(&server, "127.0.0.1"), page["token"].as_str(), ("GET", "/api/v1/tasks"), None);
    assert_eq!(listed.expect("an answer").0, 200);
    assert_eq!(trade(&link).0, 401);
    let another = env.run(&["token", "link", "--lan"]).ok();
    assert_eq!(another.stdout.lines().count(), 1, "a code is for terminals: {another}");
    assert_eq!(trade(another.stdout.trim()).0, 201);
}

#[test]
fn without_tls_or_without_a_token_it_refuses_and_says_why() {
    let env = TestEnv::new();
    let refused = env.run(&["serve", "--host", "0.0.0.0"]).expect_code(2);
    assert!(refused.stderr.contains("without TLS") && refused.stderr.contains("--lan"), "{refused}");
    let refused = env.run(&["serve", "--lan", "--host", "127.0.0.1"]).expect_code(2);
    assert!(refused.stderr.contains("is not there"), "{refused}");
    let alone = TestServer::start(&env);
    assert!(alone.ready.get("fingerprint").is_none() && alone.ready.get("network").is_none());
    let none = env.run(&["token", "link", "--lan"]).expect_code(4);
    assert!(none.stderr.contains("serve --lan"), "{none}");
    alone.end().ok();
    std::fs::write(env.root().join(".conductor/state/tokens.yaml"), "version: 1\ntokens: [").expect("damage");
    let refused = env.run(&["serve", "--lan", "--port", "0"]).expect_code(8);
    assert!(refused.stderr.contains("tokens.yaml"), "{refused}");
}

#[test]
fn only_names_of_this_machine_are_answered_over_tls_too() {
    let env = TestEnv::new();
    let server = TestServer::start_with(&env, &LAN);
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").expect("a name").trim().to_lowercase();
    let ask = |name: &str| {
        let request = conductor_tests::http::Request::new("GET", "/api/v1/version");
        request.header("Host", name).header("Connection", "close").send(server.address()).status
    };
    assert_eq!((ask(&host), ask("evil.example"), ask("203.0.113.9")), (200, 421, 421));
}

#[test]
fn who_connects_and_says_nothing_is_let_go() {
    with_other_host(|other| {
        let env = TestEnv::new();
        let server = TestServer::start_with(&env, &LAN);
        let plain = format!("{}:{}", OtherHost::HERE, port(&server));
        let mut silent = other.there(|| TcpStream::connect(&plain).expect("a port"));
        silent.set_read_timeout(Some(Duration::from_millis(50))).expect("a limit");
        wait_for("the end of the connection", || matches!(silent.read(&mut [0]), Ok(0)).then_some(()));
        server.get("/api/v1/version").expect(200);
    });
}
