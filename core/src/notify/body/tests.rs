use serde_json::Value;

use super::*;
use crate::model::task::{OpenQuestion, TaskError};
use crate::model::{MessageId, RunId, RunInfo, RunStatus, TaskStatus};
use crate::store::testkit::spec;

fn task(status: TaskStatus) -> TaskSummary {
    let task = TaskSummary::new(&spec(1), None, "Fix the <login> & more");
    TaskSummary { status, ..task }
}

fn asks() -> TaskSummary {
    let at = "2026-11-20T20:13:00Z".parse().expect("a time");
    TaskSummary {
        question: Some(OpenQuestion {
            msg_id: MessageId::parse("MSG-01M7X9EHAV4W2R7N5D3C1V8XZY").expect("an id"),
            text: "Which database?".to_owned(),
            choices: vec!["staging".to_owned(), "production".to_owned()],
            default: Some("staging".to_owned()),
            default_at: Some(at),
            asked_at: at,
            about: None,
        }),
        ..task(TaskStatus::WaitingAnswer)
    }
}

fn rendered(word: &str, task: &TaskSummary, base: Option<&str>, format: WebhookFormat, to: &mut Url) -> Body {
    let about = About { task, run: None, url: page(base, task) };
    let at = "2026-11-20T20:13:00Z".parse().expect("a time");
    let event = Event { id: "MSG-1".to_owned(), word, at, about: Some(about) };
    render(&event, format, to)
}

fn told(word: &str, task: &TaskSummary, base: Option<&str>, format: WebhookFormat) -> Body {
    rendered(word, task, base, format, &mut Url::parse("https://example.org/x").expect("a URL"))
}

fn json(body: &Body) -> Value {
    assert_eq!(body.content_type, "application/json");
    serde_json::from_str(&body.text).expect("JSON")
}

const BASE: Option<&str> = Some("https://c.example.org/base/");

#[test]
fn programs_get_everything() {
    let document = json(&told("task.waiting_answer", &asks(), BASE, WebhookFormat::Json));
    assert_eq!(
        (&document["type"], &document["timestamp"]),
        (&"task.waiting_answer".into(), &"2026-11-20T20:13:00Z".into())
    );
    let data = &document["data"];
    assert_eq!(data["project"], "demo");
    assert_eq!(data["status"], "waiting_answer");
    assert_eq!(data["question"]["choices"], serde_json::json!(["staging", "production"]));
    assert_eq!(data["question"]["id"], "MSG-01M7X9EHAV4W2R7N5D3C1V8XZY");
    let url = format!("https://c.example.org/base/p/demo/t/{}", data["task"].as_str().expect("a name"));
    assert_eq!(data["url"], url);
    let unknown = ["reason", "run", "error"].map(|key| data.get(key));
    assert_eq!(unknown, [None, None, None], "what is unknown is absent");
}

#[test]
fn a_run_is_told_with_its_end() {
    let task = task(TaskStatus::Failed);
    let mut info = RunInfo::new(task.project.clone(), task.task.clone(), RunId::generate(), "fake");
    (info.status, info.exit_code) = (RunStatus::Failed, Some(3));
    info.error_summary = Some("it broke".to_owned());
    let run = RunSummary::from(&info);
    let about = About { task: &task, run: Some(&run), url: None };
    let event = Event { id: String::new(), word: "run.ended", at: Timestamp::UNIX_EPOCH, about: Some(about) };
    let to = &mut Url::parse("https://example.org").expect("a URL");
    let data = &json(&render(&event, WebhookFormat::Json, to))["data"]["run"];
    assert_eq!(
        (&data["status"], &data["exit_code"], &data["error"]),
        (&"failed".into(), &3.into(), &"it broke".into())
    );
    let words = words::of(&event);
    assert!(words.title.ends_with("a run failed, exit 3"), "{}", words.title);
    assert_eq!(words.lines, ["Fix the <login> & more", "it broke"]);
}

#[test]
fn slack_gets_a_link_and_no_marks_of_an_agents_making() {
    let text = json(&told("task.waiting_answer", &asks(), BASE, WebhookFormat::Slack))["text"].clone();
    let text = text.as_str().expect("a text");
    assert!(text.contains(" asks\nWhich database?\n1  staging\n2  production\nWithout an answer"), "{text}");
    assert!(
        text.ends_with("|Answer it>") && text.contains("<https://c.example.org/base/p/demo/t/"),
        "{text}"
    );
    let text =
        json(&told("task.completed", &task(TaskStatus::Completed), None, WebhookFormat::Slack))["text"]
            .clone();
    assert!(text.as_str().is_some_and(|text| text.ends_with("Fix the &lt;login&gt; &amp; more")), "{text}");
}

#[test]
fn telegram_gets_its_chat_in_the_body() {
    let mut to =
        Url::parse("https://api.telegram.org/bot1:x/sendMessage?chat_id=-100&thread=2").expect("a URL");
    let body = rendered("task.waiting_answer", &asks(), None, WebhookFormat::Telegram, &mut to);
    assert_eq!(to.as_str(), "https://api.telegram.org/bot1:x/sendMessage?thread=2");
    let document = json(&body);
    assert_eq!(document["chat_id"], "-100");
    let text = document["text"].as_str().expect("a text");
    assert!(
        text.ends_with("\nrun-agent answer number-1 \"…\""),
        "without a page the command answers: {text}"
    );
}

#[test]
fn ntfy_gets_text_and_headers() {
    let body = told("task.waiting_answer", &asks(), BASE, WebhookFormat::Ntfy);
    assert!(body.text.starts_with("Which database?\n1  staging"), "{}", body.text);
    let header = |name| body.headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str());
    assert_eq!(header("title"), Some("number-1 (demo) asks"));
    assert_eq!(header("priority"), Some("high"));
    assert!(header("click").is_some_and(|url| url.starts_with("https://c.example.org/base/p/demo/t/")));
    assert_eq!(header_text("Grüße"), "=?UTF-8?B?R3LDvMOfZQ==?=");
}

#[test]
fn a_failure_says_why_and_a_long_text_is_cut() {
    let mut failed = task(TaskStatus::Failed);
    failed.error = Some(TaskError { code: "x".to_owned(), message: "ä".repeat(5000), hint: None });
    let body = told("task.failed", &failed, None, WebhookFormat::Ntfy);
    assert!(body.text.ends_with('…') && body.text.chars().count() < 1600, "{}", body.text.len());
}
