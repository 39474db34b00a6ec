//! `api`: what a server does with each of its keys.

use std::net::TcpListener;

use conductor_tests::TestEnv;
use conductor_tests::server::TestServer;

fn world(api: &str) -> TestEnv {
    let env = TestEnv::new();
    env.configure(&format!("api: {{ {api} }}"));
    env
}

/// A port that nobody listens on.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

pub fn host() {
    let env = world("host: 127.0.0.2");
    let server = TestServer::start(&env);
    assert!(server.address().starts_with("127.0.0.2:"), "{}", server.address());
    server.get("/api/v1/version").expect(200);
    env.configure("api: { host: 0.0.0.0 }");
    let refused = env.run(&["serve", "--port", "0"]).expect_code(2);
    assert!(refused.stderr.contains("without TLS"), "{refused}");
}

pub fn port() {
    let port = free_port();
    let env = world(&format!("port: {port}"));
    let server = TestServer::start_with(&env, &[]);
    assert_eq!(server.address(), format!("127.0.0.1:{port}"));
    // It is taken now: the next one is, and that is said.
    let other = TestEnv::new();
    other.configure(&format!("api: {{ port: {port} }}"));
    let second = TestServer::start_with(&other, &[]);
    assert_ne!(second.address(), server.address());
    let said = second.end();
    assert!(said.stderr.contains(&format!("port {port} is taken")), "{said}");
    let exact = other.run(&["serve", "--port", &port.to_string()]).expect_code(1);
    assert!(exact.stderr.contains("hint: another program has it"), "{exact}");
}

pub fn allowed_hosts() {
    let env = world("allowed_hosts: [box.local]");
    let server = TestServer::start(&env);
    let ask = |host: &str| {
        let request = conductor_tests::http::Request::new("GET", "/api/v1/version");
        request.header("Host", host).header("Connection", "close").send(server.address()).status
    };
    assert_eq!((ask("box.local"), ask("box.local:80"), ask("evil.example")), (200, 200, 421));
}

pub fn allowed_origins() {
    let env = world("allowed_origins: ['https://my.example']");
    let server = TestServer::start(&env);
    let ask = |method: &str, origin: &str| {
        let request = server.request(method, "/api/v1/projects").header("Origin", origin);
        request.header("Access-Control-Request-Method", "GET").send(server.address())
    };
    let allowed = ask("GET", "https://my.example").expect(200);
    assert_eq!(allowed.header("access-control-allow-origin"), Some("https://my.example"));
    let asked = ask("OPTIONS", "https://my.example").expect(204);
    assert_eq!(asked.header("access-control-allow-origin"), Some("https://my.example"));
    let other = ask("GET", "https://evil.example").expect(403);
    assert_eq!(other.header("access-control-allow-origin"), None);
    ask("OPTIONS", "https://evil.example").expect(403);
}
