//! The REST agents' child against stand-ins for the services.

use std::path::PathBuf;
use std::process::Stdio;

use conductor_tests::stub::Stub;
use conductor_tests::{Output, PATIENCE, TestEnv};
use serde_json::Value;

/// A task's and a run's folder, as the supervisor gives them to the child.
struct Case {
    env: TestEnv,
    stub: Stub,
}

impl Case {
    fn new() -> Self {
        Self { env: TestEnv::new(), stub: Stub::start(&[]) }
    }

    fn task(&self) -> PathBuf {
        self.env.path().join("task")
    }

    fn run_folder(&self, run: &str) -> PathBuf {
        self.task().join("runs").join(run)
    }

    fn ask(&self, service: &str, run: &str, more: &[&str], prompt: &str) -> Answer {
        let base = match service {
            "xai" => format!("{}/xai/v1", self.stub.url()),
            other => format!("{}/{other}", self.stub.url()),
        };
        std::fs::create_dir_all(self.run_folder(run)).expect("a folder");
        let args = [&["__rest", service, "--model", model(service), "--base-url", &base], more].concat();
        let mut child = self.env.spawn_with(&args, |command| {
            command
                .env("PERPLEXITY_API_KEY", "test-key")
                .env("XAI_API_KEY", "test-key")
                .env("JRUN_ID", run)
                .env("JRUN_TASK_FOLDER", self.task())
                .env("JRUN_RUN_FOLDER", self.run_folder(run))
                .stdin(Stdio::piped());
        });
        child.write(prompt);
        Answer::of(child.wait(PATIENCE))
    }
}

fn model(service: &str) -> &'static str {
    if service == "xai" { "grok-4" } else { "sonar-pro" }
}

/// What the child printed.
struct Answer {
    output: Output,
    events: Vec<Value>,
}

impl Answer {
    fn of(output: Output) -> Self {
        let events = output
            .stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {output}")))
            .collect();
        Self { output, events }
    }

    fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.events.iter().filter(move |event| event["event"] == kind)
    }

    fn text(&self) -> String {
        self.of_kind("text").filter_map(|event| event["text"].as_str()).collect()
    }

    fn result(&self) -> (bool, &str) {
        let result = self.of_kind("result").last().unwrap_or_else(|| panic!("no result: {}", self.output));
        (result["ok"] == true, result["text"].as_str().unwrap_or_default())
    }
}

#[test]
fn an_answer_streams_as_events_and_is_the_agents_done() {
    let case = Case::new();
    for service in ["perplexity", "xai"] {
        let _ = std::fs::remove_file(case.task().join("DONE"));
        let answer =
            case.ask(service, &format!("run-{service}"), &[], "[[stub:text=Two words.]] [[stub:think]]");
        assert_eq!(answer.output.code, Some(0), "{}", answer.output);
        assert_eq!(answer.text(), "Two words.", "{service}");
        let (ok, text) = answer.result();
        assert!(ok && text.starts_with("Two words."), "{service}: {text}");
        assert_eq!(answer.events[0]["event"], "session");
        assert_eq!(answer.events[0]["model"], model(service));
        let usage = answer.of_kind("usage").last().expect("usage");
        assert_eq!((&usage["input"], usage["cost_usd"].is_f64()), (&Value::from(1000), true), "{usage}");
        assert!(case.task().join("DONE").is_file(), "{service}");
    }
    assert_eq!(case.stub.requests().len(), 2);
}

#[test]
fn sources_stand_below_perplexitys_answer() {
    let answer = Case::new().ask("perplexity", "run", &[], "[[stub:text=It is so[1].]]");
    let (_, text) = answer.result();
    assert!(text.ends_with("Sources:\n[1] Stub source one https://example.com/one\n[2] Stub source two https://example.org/two"), "{text}");
}

#[test]
fn a_bad_key_is_told_at_once_and_nothing_is_done() {
    let case = Case::new();
    for (service, words) in [("perplexity", "401 Unauthorized"), ("xai", "Incorrect API key provided")] {
        let answer = case.ask(service, "run", &[], "[[stub:error=401]]");
        assert_eq!(answer.output.code, Some(1));
        let (ok, text) = answer.result();
        assert!(!ok && text.contains(words), "{service}: {text}");
        assert_eq!(answer.of_kind("retry").count(), 0, "{service}");
        assert!(!answer.output.stdout.contains("test-key"), "{service}");
    }
    assert!(!case.task().join("DONE").exists());
}

#[test]
fn a_used_up_account_is_not_asked_again() {
    let case = Case::new();
    for service in ["perplexity", "xai"] {
        let answer = case.ask(service, "run", &[], "[[stub:quota]]");
        let (ok, text) = answer.result();
        assert!(!ok && (text.contains("quota") || text.contains("spending limit")), "{service}: {text}");
    }
    assert_eq!(case.stub.requests().len(), 2);
}

#[test]
fn a_busy_service_is_asked_again_and_the_tries_are_told() {
    let case = Case::new();
    for service in ["perplexity", "xai"] {
        let answer = case.ask(service, "run", &[], "[[stub:error=429x1]] [[stub:text=At last.]]");
        assert!(answer.result().0, "{}", answer.output);
        let retry = answer.of_kind("retry").next().expect("a retry");
        assert_eq!((&retry["attempt"], &retry["status"]), (&Value::from(1), &Value::from(429)), "{retry}");
    }
}

#[test]
fn an_answer_that_breaks_off_is_a_failure() {
    let case = Case::new();
    for scenario in ["cut", "sse_error"] {
        for service in ["perplexity", "xai"] {
            let answer =
                case.ask(service, "run", &[], &format!("[[stub:{scenario}]] [[stub:text=one two three]]"));
            assert_eq!(answer.output.code, Some(1), "{service} {scenario}: {}", answer.output);
            assert!(!answer.result().0, "{service} {scenario}");
        }
    }
    assert!(!case.task().join("DONE").exists());
}

#[test]
fn a_session_goes_on_with_what_was_said() {
    let case = Case::new();
    case.ask("xai", "r1", &[], "[[stub:text=First.]]");
    let second = case.ask("xai", "r2", &["--resume", "r1"], "[[stub:text=Second.]]");
    assert_eq!(second.text(), "Second.");
    let kept: Value = serde_json::from_slice(
        &std::fs::read(case.run_folder("r2").join("conversation.json")).expect("kept"),
    )
    .expect("json");
    let said: Vec<_> = kept.as_array().expect("turns").iter().map(|turn| turn["content"].as_str()).collect();
    assert_eq!(
        said,
        [Some("[[stub:text=First.]]"), Some("First."), Some("[[stub:text=Second.]]"), Some("Second.")]
    );
    let unknown = case.ask("xai", "r3", &["--resume", "r0"], "hello");
    assert!(unknown.result().1.contains("error resuming session"), "{}", unknown.output);
}
