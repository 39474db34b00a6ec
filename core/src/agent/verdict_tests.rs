//! What real agents printed, and what must be made of it: the table "exit codes cannot be trusted alone" of
//! `docs/agents.md`, row by row. The transcripts were recorded with the agents' real programs.

use std::path::PathBuf;

use super::*;
use crate::model::{EventKind, FailureClass, Usage};

fn fixture(name: &str) -> Vec<u8> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/agents")).join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Agents that printed nothing on a channel have no file for it.
fn fixture_if_any(name: &str, silent: &[&str]) -> Vec<u8> {
    if silent.contains(&name) { Vec::new() } else { fixture(name) }
}

/// The events of a recorded run, in the order in which they came.
fn events(backend: &dyn Backend, name: &str) -> Vec<EventKind> {
    let output =
        fixture_if_any(&format!("{name}.jsonl"), &["codex-resumebad.jsonl", "gemini-resumebad.jsonl"]);
    output.split(|byte| *byte == b'\n').flat_map(|line| backend.parse(line).events).collect()
}

fn folded(backend: &dyn Backend, name: &str) -> Fold {
    let mut fold = Fold::default();
    events(backend, name).iter().for_each(|event| fold.observe_kind(event));
    fold
}

fn kind_of(name: &str) -> &'static dyn Backend {
    backend(match name.split('-').next() {
        Some("claude") => AgentKind::Claude,
        Some("codex") => AgentKind::Codex,
        Some("gemini") => AgentKind::Gemini,
        other => panic!("no agent {other:?}"),
    })
}

fn verdict(name: &str, exit: Exit) -> Verdict {
    let backend = kind_of(name);
    let file = format!("{name}.stderr.txt");
    let told = [
        "claude-resumebad.stderr.txt",
        "codex-intpid.stderr.txt",
        "codex-resumebad.stderr.txt",
        "gemini-error401.stderr.txt",
        "gemini-error500.stderr.txt",
        "gemini-quota.stderr.txt",
        "gemini-resumebad.stderr.txt",
    ];
    let stderr = if told.contains(&&*file) { fixture(&file) } else { Vec::new() };
    let stderr = String::from_utf8_lossy(&stderr).into_owned();
    backend.judge(&folded(backend, name), &exit, &stderr)
}

#[track_caller]
fn assert_bad(name: &str, exit: Exit, class: FailureClass, words: &str) {
    let verdict = verdict(name, exit);
    assert!(!verdict.ok, "{name}: {verdict:?}");
    let same = match (&verdict.class, &class) {
        (Some(FailureClass::UsageLimit { .. }), FailureClass::UsageLimit { .. }) => true,
        (found, expected) => found.as_ref() == Some(expected),
    };
    assert!(same, "{name}: {verdict:?}");
    let summary = verdict.summary.unwrap_or_default();
    assert!(summary.contains(words), "{name}: {summary:?} says nothing of {words:?}");
}

#[test]
fn a_bad_key_is_permanent_whatever_the_exit_code() {
    assert_bad("claude-error401", Exit::code(1), FailureClass::Permanent, "Invalid API key");
    assert_bad("codex-error401", Exit::code(1), FailureClass::Permanent, "Incorrect API key");
    assert_bad("gemini-error401", Exit::code(144), FailureClass::Permanent, "API key not valid");
}

#[test]
fn a_used_up_account_is_a_limit_whatever_the_exit_code() {
    let limit = FailureClass::UsageLimit { until: None };
    assert_bad("claude-quota", Exit::code(1), limit.clone(), "credit balance is too low");
    assert_bad("codex-quota", Exit::code(1), limit.clone(), "Quota exceeded");
    assert_bad("gemini-quota", Exit::code(173), limit, "exhausted your daily quota");
}

#[test]
fn a_service_that_fails_is_transient() {
    assert_bad("codex-error500", Exit::code(1), FailureClass::Transient, "high demand");
    // It tries for minutes and says so on standard error only; here it was ended from outside.
    assert_bad("gemini-error500", Exit::signal(9), FailureClass::Transient, "SIGKILL");
    for (name, code) in [("claude-error400", 1), ("codex-error400", 1), ("gemini-error400", 144)] {
        assert_bad(name, Exit::code(code), FailureClass::Transient, "stub error 400");
    }
}

#[test]
fn an_interrupted_turn_is_a_failure_though_the_exit_code_is_0() {
    assert_bad("claude-intpid", Exit::code(0), FailureClass::Transient, "ede_diagnostic");
    assert_bad("codex-intpid", Exit::code(1), FailureClass::Transient, "exit code 1");
    assert_bad("gemini-intpid", Exit::code(0), FailureClass::Transient, "never reported");
}

#[test]
fn a_terminated_agent_is_a_failure_whatever_its_exit_code() {
    assert_bad("claude-termgroup", Exit::code(143), FailureClass::Transient, "SIGTERM");
    assert_bad("codex-termgroup", Exit::code(143), FailureClass::Transient, "SIGTERM");
    assert_bad("gemini-termgroup", Exit::code(0), FailureClass::Transient, "never reported");
    for name in ["claude-done", "codex-done", "gemini-done"] {
        assert_bad(name, Exit::signal(9), FailureClass::Transient, "SIGKILL");
    }
}

#[test]
fn an_error_in_the_stream_that_ends_with_exit_code_0_is_a_failure() {
    let gemini = backend(AgentKind::Gemini);
    let line =
        br#"{"type":"result","status":"error","error":{"type":"unknown","message":"[API Error: broken]"}}"#;
    let mut fold = Fold::default();
    gemini.parse(line).events.iter().for_each(|event| fold.observe_kind(event));
    assert!(!gemini.judge(&fold, &Exit::code(0), "").ok);
}

#[test]
fn an_unknown_session_asks_for_a_fresh_one() {
    assert_bad("claude-resumebad", Exit::code(1), FailureClass::Context, "No conversation found");
    assert_bad("codex-resumebad", Exit::code(1), FailureClass::Context, "no rollout found");
    assert_bad("gemini-resumebad", Exit::code(42), FailureClass::Context, "Invalid session identifier");
}

#[test]
fn a_good_run_is_good_also_when_its_exit_was_not_seen() {
    for name in ["claude-done", "codex-done", "gemini-done", "claude-multi", "codex-multi", "gemini-multi"] {
        for exit in [Exit::code(0), Exit::unknown()] {
            assert_eq!(verdict(name, exit), Verdict::good(), "{name} {exit:?}");
        }
    }
    assert!(!verdict("claude-termgroup", Exit::unknown()).ok, "no result: not believed");
}

#[test]
fn waiting_is_seen_to_be_useless_at_the_first_refused_key() {
    for name in ["claude-error401", "codex-error401"] {
        let mut fold = Fold::default();
        let found = events(kind_of(name), name).iter().position(|event| {
            fold.observe_kind(event);
            early(&fold).is_some()
        });
        let first_retry =
            events(kind_of(name), name).iter().position(|event| matches!(event, EventKind::Retry { .. }));
        assert_eq!(found, first_retry, "{name}");
        assert!(found.is_some(), "{name}");
    }
    for name in ["claude-quota", "codex-error500", "claude-done"] {
        assert!(early(&folded(kind_of(name), name)).is_none(), "{name}");
    }
}

#[test]
fn sessions_models_and_final_messages_are_found() {
    for (name, session, model, message) in [
        ("claude-done", "4826ea53-e435-4cb0-b60f-8adf19378fa7", Some("claude-opus-5-5"), "Stub finished."),
        ("codex-done", "01a1fab4-ef1c-7e62-ab6f-dfdce902a491", None, "Stub finished."),
        ("gemini-done", "f5c5d611-dcb8-44af-976b-36bce4c2b89e", Some("gemini-2.5-pro"), "Stub finished."),
        ("claude-multi", "aedbb57a-a841-40e6-b22a-db46a40e2e44", Some("claude-opus-5-5"), "Did them all."),
        ("codex-multi", "01a1fab5-12c4-7080-8b01-bfa7b9e104b5", None, "Did them all."),
    ] {
        let fold = folded(kind_of(name), name);
        assert_eq!(fold.session.as_deref(), Some(session), "{name}");
        assert_eq!(fold.model.as_deref(), model, "{name}");
        assert_eq!(fold.final_message().as_deref(), Some(message), "{name}");
        assert_eq!(fold.open_tools, [], "{name}");
    }
    assert_eq!(folded(kind_of("claude-error401"), "claude-error401").final_message(), None);
}

#[test]
fn a_tool_that_never_answered_is_still_at_work() {
    for name in ["codex-intpid", "gemini-intpid"] {
        assert!(folded(kind_of(name), name).is_tool_running(), "{name}");
    }
}

#[test]
fn usage_is_what_the_agent_reports_and_nothing_else() {
    let used = |name: &str| folded(kind_of(name), name).usage;
    let claude = Usage {
        input: Some(2400),
        output: Some(100),
        cached: Some(400),
        reasoning: Some(0),
        cost_usd: Some(0.01008),
    };
    assert_eq!(used("claude-done"), Some(claude), "input includes what was cached");
    let codex = Usage {
        input: Some(2000),
        output: Some(100),
        cached: Some(400),
        reasoning: Some(20),
        cost_usd: None,
    };
    assert_eq!(used("codex-done"), Some(codex), "its input includes what was cached");
    let gemini =
        Usage { input: Some(2000), output: Some(100), cached: Some(400), reasoning: None, cost_usd: None };
    assert_eq!(used("gemini-done"), Some(gemini));
    for name in
        ["claude-error401", "codex-error401", "gemini-error401", "claude-termgroup", "claude-resumebad"]
    {
        assert_eq!(used(name), None, "{name}");
    }
    let resumed = used("claude-resume2").expect("reported");
    assert_eq!((resumed.input, resumed.cost_usd), (Some(1200), Some(0.00504)), "not the runs before");
}

#[test]
fn what_is_understood_leaves_little_raw() {
    for name in ["claude-done", "claude-multi", "codex-done", "codex-multi", "gemini-done", "gemini-write"] {
        assert_eq!(folded(kind_of(name), name).raw, 0, "{name}");
    }
}

#[test]
fn lines_of_no_known_form_are_kept() {
    for backend in [AgentKind::Claude, AgentKind::Codex, AgentKind::Gemini].map(backend) {
        for line in
            [&b"Loaded cached credentials."[..], b"{\"type\":\"new\"}", b"[]", b"\xff\xfe", b"{\"type\":"]
        {
            let parsed = backend.parse(line);
            let lossy = String::from_utf8_lossy(line).into_owned();
            assert_eq!(parsed.events, [EventKind::Raw { line: lossy }], "{:?}", backend.kind());
        }
        assert_eq!(backend.parse(b"  ").events, []);
    }
}
