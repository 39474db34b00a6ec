use proptest::prelude::*;

use super::*;

#[track_caller]
fn expect(text: &str, error: &str) {
    let mut person = Person::new();
    person.flag = Some(person.write("c.yaml", text));
    assert_eq!(person.error(), error);
}

#[test]
fn an_unknown_key_names_place_key_and_the_nearest() {
    expect(
        "defaults:\n  agent: claude\n  acess: full\n",
        "c.yaml:3:3: defaults.acess: unknown key (did you mean access?); known here: agent, model, access, \
         max_running, max_restarts, max_failures, max_depth, max_tokens, max_cost_usd, idle_timeout, wall_time",
    );
    expect(
        "workflow: {}\n",
        "c.yaml:1:1: workflow: unknown key; known here: version, storage, defaults, agents, selection, \
         projects, bus, power, webhook, webhooks, api",
    );
}

#[test]
fn a_word_that_is_not_allowed_names_those_that_are() {
    expect(
        "agents:\n  claude:\n    access: ful\n",
        "c.yaml:3:13: agents.claude.access: \"ful\" is not allowed (did you mean full?); allowed: read, edit, full",
    );
    expect(
        "bus: { durability: sometimes }\n",
        "c.yaml:1:20: bus.durability: \"sometimes\" is not allowed; allowed: none, always, interval",
    );
}

#[test]
fn a_value_of_another_kind_names_what_is_expected() {
    for (text, error) in [
        (
            "defaults: { max_restarts: many }",
            "1:27: defaults.max_restarts: \"many\" where a whole number from 0 to 4294967295 is expected",
        ),
        (
            "defaults: { max_restarts: -1 }",
            "1:27: defaults.max_restarts: \"-1\" where a whole number from 0 to 4294967295 is expected",
        ),
        (
            "defaults: { idle_timeout: 15 }",
            "1:27: defaults.idle_timeout: \"15\" is not a duration such as 30s, 15m, 8h or 1h30m (0 for no limit)",
        ),
        (
            "bus: { rotate_at: 64MX }",
            "1:19: bus.rotate_at: \"64MX\" is not a size such as 512KiB, 64MiB or 1GiB (0 for never)",
        ),
        ("defaults: [a]", "1:11: defaults: a list where a map is expected"),
        ("agents: { claude: { args: x } }", "1:27: agents.claude.args: text where a list is expected"),
        ("storage: { extra_roots: [a, {}] }", "1:29: storage.extra_roots.1: a map where text is expected"),
        (
            "selection: { agents: [claude], fallback_on_failure: yes }",
            "1:53: selection.fallback_on_failure: \"yes\" where true or false is expected",
        ),
        (
            "api: { port: 70000 }",
            "1:14: api.port: \"70000\" where a whole number from 0 to 65535 is expected",
        ),
        ("just text", "1:1: text where a map is expected"),
    ] {
        expect(text, &format!("c.yaml:{error}"));
    }
}

#[test]
fn a_secret_of_the_wrong_kind_is_not_repeated() {
    let mut person = Person::new();
    person.flag = Some(person.write("c.yaml", "agents: { xai: { token: [s3cr3t] } }"));
    assert!(!person.error().contains("s3cr3t"));
}

#[test]
fn a_key_that_stands_twice_is_an_error_with_its_place() {
    let mut person = Person::new();
    person.flag = Some(person.write("c.yaml", "defaults:\n  agent: claude\n  agent: codex\n"));
    let error = person.error();
    assert!(error.starts_with("c.yaml:3:3: ") && error.contains("duplicate"), "{error}");
}

#[test]
fn broken_yaml_names_its_place() {
    let mut person = Person::new();
    person.flag = Some(person.write("c.yaml", "defaults:\n  agent: [claude\n"));
    assert!(person.error().starts_with("c.yaml:"), "{}", person.error());
}

#[test]
fn what_cannot_be_is_refused_where_it_stands() {
    for (text, error) in [
        ("version: 0", "1:10: version: must be 1"),
        ("version: 2", "1:10: version: version 2 is newer than this program knows (1)"),
        ("agents: { mine: { model: x } }", "1:17: agents.mine.type: missing"),
        ("agents: { mine: { type: command } }", "1:17: agents.mine.command: missing"),
        (
            "agents: { My: { type: claude } }",
            "1:15: agents.My: an agent's name is made of a-z, 0-9, - and _, up to 64 of them, and begins with a letter or digit",
        ),
        (
            "agents: { claude: { prompt: stdin } }",
            "1:29: agents.claude.prompt: has no effect for type claude",
        ),
        ("agents: { xai: { access: read } }", "1:26: agents.xai.access: has no effect for type xai"),
        (
            "agents: { sonar: { type: perplexity, access: full } }",
            "1:46: agents.sonar.access: has no effect for type perplexity",
        ),
        ("agents: { xai: { command: [x] } }", "1:27: agents.xai.command: has no effect for type xai"),
        (
            "agents: { m: { type: command, command: [x], base_url: 'http://y' } }",
            "1:55: agents.m.base_url: has no effect for type command",
        ),
        (
            "bus: { durability: always, flush_interval: 2s }",
            "1:44: bus.flush_interval: has no effect unless durability is interval",
        ),
        ("agents: { claude: { model: --yolo } }", "1:28: agents.claude.model: is no name of a model"),
        (
            "agents: { xai: { base_url: ftp://x } }",
            "1:28: agents.xai.base_url: must be an address that begins with https:// or http://",
        ),
        ("agents: { claude: { env: { A=B: c } } }", "1:33: agents.claude.env.A=B: is no name of a variable"),
        (
            "defaults: { agent: cluade }",
            "1:20: defaults.agent: unknown agent \"cluade\" (did you mean claude?); known: claude, codex, gemini, perplexity, xai",
        ),
        ("defaults: { max_running: 0 }", "1:26: defaults.max_running: must be at least 1"),
        ("defaults: { max_failures: 0 }", "1:27: defaults.max_failures: must be at least 1"),
        (
            "defaults: { max_cost_usd: nan }",
            "1:27: defaults.max_cost_usd: \"nan\" where a number is expected",
        ),
        ("defaults: { max_cost_usd: -1 }", "1:27: defaults.max_cost_usd: must be a sum of US dollars"),
        ("selection: { strategy: weighted }", "1:12: selection.agents: missing"),
        ("selection: { agents: [] }", "1:22: selection.agents: must name at least one agent"),
        (
            "selection: { agents: [claude, x] }",
            "1:31: selection.agents.1: unknown agent \"x\"; known: claude, codex, gemini, perplexity, xai",
        ),
        (
            "selection: { agents: [claude], weights: [1] }",
            "1:41: selection.weights: has no effect unless strategy is weighted",
        ),
        (
            "selection: { agents: [claude], strategy: weighted, weights: [1, 2] }",
            "1:61: selection.weights: must be 1 numbers, one for each agent",
        ),
        (
            "selection: { agents: [claude], strategy: weighted, weights: [0] }",
            "1:61: selection.weights: must not all be 0",
        ),
        ("webhook: { url: x }", "1:17: webhook.url: must be an address that begins with https:// or http://"),
        (
            "webhook: { url: 'http://x', secret: whsec_! }",
            "1:37: webhook.secret: must be base64 after whsec_",
        ),
        ("webhook: { url: 'http://x', timeout: 0 }", "1:38: webhook.timeout: must be more than 0"),
        (
            "webhooks: { a: { url: 'http://x', format: telegram } }",
            "1:23: webhooks.a.url: must name the chat: https://api.telegram.org/bot<token>/sendMessage?chat_id=<chat>",
        ),
        (
            "webhooks: { webhook: { url: 'http://x' } }",
            "1:22: webhooks.webhook: is the name of the one that is configured as webhook",
        ),
        (
            "api: { public_url: x }",
            "1:20: api.public_url: must be an address that begins with https:// or http://",
        ),
    ] {
        expect(text, &format!("c.yaml:{error}"));
    }
}

#[test]
fn defect_c13_the_old_time_out_says_what_to_use_instead() {
    expect(
        "defaults:\n  timeout: 30\n",
        "c.yaml:2:3: defaults.timeout: unknown key; use defaults.idle_timeout for silence and \
         defaults.wall_time for the whole task",
    );
}

#[test]
fn an_error_in_the_environment_names_the_variable() {
    let person = Person::new().variable("CONDUCTOR_DEFAULTS_MAX_RESTARTS", "many");
    assert_eq!(
        person.error(),
        "CONDUCTOR_DEFAULTS_MAX_RESTARTS: defaults.max_restarts: \"many\" where a whole number from 0 to \
         4294967295 is expected",
    );
}

#[test]
fn a_named_file_must_exist_and_be_text() {
    let mut person = Person::new();
    person.flag = Some(person.folder.path().join("missing.yaml"));
    assert_eq!(person.error(), "missing.yaml does not exist");
    let binary = person.folder.path().join("binary.yaml");
    std::fs::write(&binary, [0xff, 0xfe]).unwrap();
    person.flag = Some(binary);
    assert_eq!(person.error(), "binary.yaml is not UTF-8 text");
}

#[test]
fn an_unknown_agent_names_the_nearest() {
    let error = Config::built_in().agent("gemni").unwrap_err();
    assert!(error.to_string().contains("did you mean gemini?"), "{error}");
    assert!(error.hint().is_some());
}

fn piece() -> impl proptest::strategy::Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "defaults",
        "agents",
        "claude",
        "access",
        "model",
        "env",
        ": ",
        ":",
        "\n",
        "\n  ",
        "\n    ",
        "- ",
        "{",
        "}",
        "[",
        "]",
        ",",
        "&a ",
        "*a",
        "!!str ",
        "!x ",
        "|\n  ",
        "'",
        "\"",
        "#",
        "007",
        "1e3",
        "true",
        "~",
        "é漢",
        "<<",
        "?",
        "---\n",
        "...\n",
        "%YAML 1.1\n",
        "\t",
        "\u{feff}",
        "0x1F",
        ".inf",
        "\\u0000",
    ])
}

proptest! {
    /// No text makes the reader panic, and every error has a place.
    #[test]
    fn any_text_is_a_configuration_or_an_error_with_its_place(pieces in prop::collection::vec(piece(), 0..25)) {
        let text = pieces.concat();
        let path = Path::new("c.yaml");
        let read = super::super::tree::parse(&text, path)
            .and_then(|tree| super::super::de::from_node::<ConfigFile>(&tree));
        if let Err(error) = read {
            prop_assert!(error.to_string().starts_with("c.yaml:"), "{error}: {text:?}");
        }
    }
}

#[test]
fn an_event_that_never_happens_is_refused_with_the_nearest() {
    let mut person = Person::new();
    person.flag =
        Some(person.write("c.yaml", "webhook: { url: 'http://x', events: [run.*, task.complete] }"));
    let error = person.error();
    let begin =
        "c.yaml:1:45: webhook.events.1: \"task.complete\" is not allowed (did you mean task.completed?)";
    assert!(error.starts_with(begin), "{error}");
}
