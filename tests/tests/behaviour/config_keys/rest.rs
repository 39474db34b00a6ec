//! Keys of the agents that are services: what the service is asked.

use conductor_tests::{Answer, Receiver, Request};

use super::world::World;

const ANSWER: &str =
    r#"{"choices":[{"message":{"role":"assistant","content":"It is so."},"finish_reason":"stop"}]}"#;

/// A world, and a service on the loopback that it may ask.
struct Case {
    world: World,
    service: Receiver,
}

impl Case {
    fn new() -> Self {
        let service = Receiver::new();
        let json = "content-type: application/json\r\n";
        service.answer(move |_| Answer::Status(200, json.to_owned(), ANSWER.to_owned()));
        Self { world: World::new(""), service }
    }

    /// The request of a job whose agent has these settings more.
    fn ask(&self, kind: &str, more: &str) -> Request {
        self.world.configure(&format!(
            "agents: {{ mine: {{ type: {kind}, base_url: '{}'{more} }} }}\ndefaults: {{ agent: mine }}",
            self.service.url("/here")
        ));
        let (output, _) = self.world.run(&[], |_| ());
        output.ok();
        self.service.got().pop().expect("a request")
    }
}

fn key(request: &Request) -> &str {
    request.header("authorization").expect("a key")
}

const KEY: &str = ", token: key-of-config";

/// The types differ in their models; all are asked at the address that is configured.
pub fn kinds() {
    let case = Case::new();
    for (kind, model) in [("perplexity", "sonar"), ("xai", "grok")] {
        let request = case.ask(kind, KEY);
        assert_eq!(request.path, "/here/chat/completions");
        assert!(
            request.json()["model"].as_str().is_some_and(|name| name.starts_with(model)),
            "{}",
            request.body
        );
    }
}

pub fn model() {
    assert_eq!(Case::new().ask("xai", &format!("{KEY}, model: own")).json()["model"], "own");
}

pub fn token() {
    let case = Case::new();
    assert_eq!(key(&case.ask("xai", KEY)), "Bearer key-of-config");
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
    assert_eq!(key(&request), "Bearer key-of-file");
}
