//! Keys of the agents that are services: what the service is asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};

use conductor_tests::PATIENCE;
use serde_json::Value;

use super::world::World;

const ANSWER: &str =
    r#"{"choices":[{"message":{"role":"assistant","content":"It is so."},"finish_reason":"stop"}]}"#;

/// What a service was asked.
struct Request {
    path: String,
    key: String,
    body: Value,
}

/// A world, and a service on the loopback that it may ask.
struct Case {
    world: World,
    address: String,
    asked: Receiver<Request>,
}

impl Case {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let (tell, asked) = mpsc::channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if tell.send(answer(stream)).is_err() {
                    break;
                }
            }
        });
        Self { world: World::new(""), address, asked }
    }

    /// The request of a job whose agent has these settings more.
    fn ask(&self, kind: &str, more: &str) -> Request {
        self.world.configure(&format!(
            "agents: {{ mine: {{ type: {kind}, base_url: 'http://{}/here'{more} }} }}\ndefaults: {{ agent: mine }}",
            self.address
        ));
        let (output, _) = self.world.run(&[], |_| ());
        output.ok();
        self.asked.recv_timeout(PATIENCE).expect("a request")
    }
}

/// Reads a request and answers it.
fn answer(mut stream: TcpStream) -> Request {
    let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
    let mut lines = reader.by_ref().lines().map(|line| line.expect("a line"));
    let path = lines.next().and_then(|line| line.split(' ').nth(1).map(str::to_owned)).expect("a request");
    let headers: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let header = |name: &str| {
        let mut pairs = headers.iter().filter_map(|line| line.split_once(": "));
        pairs.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
    };
    let length = header("content-length").and_then(|length| length.parse().ok()).expect("a length");
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
    write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{ANSWER}", ANSWER.len()).expect("answered");
    let key = header("authorization").unwrap_or_default();
    Request { path, key, body: serde_json::from_slice(&body).expect("JSON") }
}

const KEY: &str = ", token: key-of-config";

/// The types differ in their models; all are asked at the address that is configured.
pub fn kinds() {
    let case = Case::new();
    for (kind, model) in [("perplexity", "sonar"), ("xai", "grok")] {
        let request = case.ask(kind, KEY);
        assert_eq!(request.path, "/here/chat/completions");
        assert!(
            request.body["model"].as_str().is_some_and(|name| name.starts_with(model)),
            "{}",
            request.body
        );
    }
}

pub fn model() {
    assert_eq!(Case::new().ask("xai", &format!("{KEY}, model: own")).body["model"], "own");
}

pub fn token() {
    let case = Case::new();
    assert_eq!(case.ask("xai", KEY).key, "Bearer key-of-config");
    case.world.configure("defaults: { agent: xai }");
    let (output, slug) = case.world.run(&[], |_| ());
    output.expect_code(1);
    let error = case.world.env.json(&["status", &slug])["error"]["message"].to_string();
    assert!(error.contains("no token is configured"), "{error}");
}

pub fn token_file() {
    let case = Case::new();
    case.world.file("service-key", "key-of-file\n");
    let request = case.ask("perplexity", &format!("{KEY}, token_file: service-key"));
    assert_eq!(request.key, "Bearer key-of-file");
}
