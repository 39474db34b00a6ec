//! `api`: what a server does with each of its keys.

use std::net::TcpListener;

use conductor_core::store::{CertificateFile, Root, StoreError};
use conductor_tests::TestEnv;
use conductor_tests::remote::ask;
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

/// A certificate and its key as files in a world: what another server made for itself. Its fingerprint.
fn certificate(env: &TestEnv, name: &str) -> String {
    let other = TestEnv::new();
    TestServer::start_with(&other, &["--lan", "--port", "0"]).end().ok();
    let root = Root::open(&other.root()).expect("a root");
    let file = CertificateFile::keep::<StoreError>(&root, |_| true, |_| unreachable!("it is there"));
    let file = file.expect("its certificate");
    std::fs::write(env.path().join(format!("{name}.pem")), &file.certificate).expect("a file");
    std::fs::write(env.path().join(format!("{name}.key")), &file.key).expect("a file");
    file.fingerprint
}

fn tls(cert: &str, key: &str) -> String {
    format!("api: {{ host: 0.0.0.0, tls: {{ cert: {cert}.pem, key: {key}.key }} }}")
}

pub fn tls_cert() {
    let env = TestEnv::new();
    for name in ["one", "two"] {
        let fingerprint = certificate(&env, name);
        env.configure(&tls(name, name));
        let server = TestServer::start(&env);
        assert_eq!(server.ready["fingerprint"], fingerprint);
        let port = server.address().rsplit(':').next().expect("a port");
        let address = format!("https://127.0.0.1:{port}#fingerprint={fingerprint}");
        assert_eq!(ask(&address, None, ("GET", "/api/v1/version"), None).expect("an answer").0, 200);
        assert!(!env.root().join(".conductor/state/tls").exists(), "none is made where one is configured");
    }
}

pub fn tls_key() {
    let env = TestEnv::new();
    certificate(&env, "one");
    certificate(&env, "two");
    env.configure(&tls("one", "one"));
    TestServer::start(&env).end().ok();
    env.configure(&tls("one", "two"));
    let refused = env.run(&["serve", "--port", "0"]).expect_code(2);
    assert!(refused.stderr.contains("api.tls.key"), "{refused}");
}
