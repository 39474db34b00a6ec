//! `webhook`, `webhooks` and the address of links: what a receiver gets when a job ends.

use std::process::Command;
use std::time::Duration;

use conductor_tests::{Answer, Receiver, Request};

use super::world::World;

/// Which section says it.
#[derive(Debug, Clone, Copy)]
pub enum Which {
    /// `webhook`
    One,
    /// `webhooks`, by name
    Named,
}

/// A world, and a receiver that its jobs tell of their end.
struct Case {
    world: World,
    receiver: Receiver,
    which: Which,
}

impl Case {
    fn new(which: Which) -> Self {
        Self { world: World::new(""), receiver: Receiver::new(), which }
    }

    /// Configures the webhook with these settings (beginning with a comma) and sections more.
    fn configure(&self, settings: &str, more: &str) {
        let webhook = format!("{{ url: '{}'{settings} }}", self.receiver.url("/here"));
        let section = match self.which {
            Which::One => format!("webhook: {webhook}"),
            Which::Named => format!("webhooks: {{ team: {webhook} }}"),
        };
        self.world.configure(&format!("defaults: {{ agent: claude }}\n{section}\n{more}"));
    }

    /// What a job is told of with these settings.
    fn told(&self, settings: &str) -> Vec<Request> {
        self.configure(settings, "");
        self.receiver.forget();
        let (output, _) = self.world.run(&[], |_| ());
        assert!(!output.ok().stderr.contains("not-for-the-eyes"));
        self.receiver.got()
    }
}

/// May go to the loopback.
const OPEN: &str = ", allow_private: true";

fn open(more: &str) -> String {
    format!("{OPEN}{more}")
}

pub fn url(which: Which) {
    let case = Case::new(which);
    let told = case.told(OPEN);
    assert!(!told.is_empty() && told.iter().all(|request| request.path == "/here"), "{told:?}");
    case.world.configure("defaults: { agent: claude }");
    case.receiver.forget();
    case.world.run(&[], |_| ()).0.ok();
    assert!(case.receiver.got().is_empty());
}

pub fn format(which: Which) {
    let case = Case::new(which);
    let told = case.told(&open(", format: ntfy"));
    assert!(told.len() == 1 && told[0].header("title").is_some(), "{told:?}");
    assert!(case.told(OPEN)[0].json()["data"]["task"].is_string());
}

pub fn events(which: Which) {
    let case = Case::new(which);
    let told = case.told(&open(", events: [run.started]"));
    let words: Vec<_> = told.iter().map(|request| request.json()["type"].clone()).collect();
    assert_eq!(words, ["run.started"]);
    assert!(case.told(OPEN).len() > 2);
}

pub fn secret(which: Which) {
    let case = Case::new(which);
    let signed = case.told(&open(", secret: not-for-the-eyes"));
    assert!(signed.iter().all(|request| request.header("webhook-signature").is_some()), "{signed:?}");
    assert_eq!(case.told(OPEN)[0].header("webhook-signature"), None);
}

pub fn secret_file(which: Which) {
    let case = Case::new(which);
    case.world.file("webhook-key", "not-for-the-eyes\n");
    for more in [", secret_file: webhook-key", ", secret: other, secret_file: webhook-key"] {
        let signed = case.told(&open(more)).remove(0);
        let expected = body_signature("not-for-the-eyes", &signed);
        assert_eq!(signed.header("x-conductor-signature"), Some(expected.as_str()), "the file wins");
    }
}

/// The signature of a request's body.
fn body_signature(secret: &str, request: &Request) -> String {
    let script = "import hashlib, hmac, sys\n\
                  secret, body = (word.encode() for word in sys.argv[1:])\n\
                  print('sha256=' + hmac.new(secret, body, hashlib.sha256).hexdigest())";
    let output = Command::new("python3").args(["-c", script, secret, &request.body]).output();
    String::from_utf8_lossy(&output.expect("python3").stdout).trim().to_owned()
}

pub fn timeout(which: Which) {
    let case = Case::new(which);
    case.receiver.answer(|_| Answer::Silence(Duration::from_secs(60)));
    for limit in ["300ms", "1s"] {
        case.configure(&open(&format!(", timeout: {limit}")), "");
        let said = case.world.command(&["webhook", "test"]).expect_code(1).stdout;
        assert!(said.contains(&format!("no answer within {limit}")), "{said}");
    }
}

pub fn allow_private(which: Which) {
    let case = Case::new(which);
    assert!(case.told("").is_empty() && case.told(", allow_private: false").is_empty());
    case.configure(OPEN, "");
    assert!(case.world.command(&["webhook", "test"]).ok().stdout.contains("accepted"));
}

pub fn public_url() {
    let case = Case::new(Which::One);
    case.configure(OPEN, "api: { public_url: 'https://c.example.org/' }");
    case.world.run(&[], |_| ()).0.ok();
    let url = case.receiver.got()[0].json()["data"]["url"].clone();
    assert!(url.as_str().is_some_and(|url| url.starts_with("https://c.example.org/p/demo/t/task-")), "{url}");
    assert_eq!(case.told(OPEN)[0].json()["data"].get("url"), None);
}
