//! `agents.*`: what a program is started with, and how it is told and read.

use super::rest;
use super::world::{CLIS, Call, World};

/// A configuration whose default is an agent of a type, with these settings more.
fn agent(kind: &str, more: &str) -> String {
    let command = if kind == "command" { ", command: [one]" } else { "" };
    format!("agents: {{ mine: {{ type: {kind}{command}{more} }} }}\ndefaults: {{ agent: mine }}\n")
}

fn secret(name: &str, value: &str) -> String {
    format!(", {name}: '{value}'")
}

pub fn kind() {
    let world = World::new("");
    for (kind, words) in [
        ("claude", ["-p", "--output-format"]),
        ("codex", ["exec", "--json"]),
        ("gemini", ["--output-format", "stream-json"]),
    ] {
        let call = world.job_with(&agent(kind, ""));
        assert!(call.program == kind && call.args[..2] == words, "{call:?}");
    }
    assert_eq!(world.job_with(&agent("command", "")).args, [""; 0]);
    rest::kinds();
}

pub fn model() {
    let world = World::new("");
    for kind in CLIS {
        let call =
            world.job_with(&format!("{}projects: {{ demo: {{ model: p }} }}", agent(kind, ", model: own")));
        assert!(call.has(&["--model", "own"]), "{call:?}");
    }
    assert!(!world.job_with(&agent("claude", "")).args.contains(&"--model".to_owned()));
    assert_eq!(world.job_with(&agent("command", ", model: own")).variable("JRUN_MODEL"), Some("own"));
    rest::model();
}

pub fn access() {
    let world = World::new("");
    let call = |kind: &str, access: &str| {
        let config =
            agent(kind, &format!(", access: {access}")).replace("agent: mine", "agent: mine, access: full");
        world.job_with(&config)
    };
    for (kind, access, words) in [
        ("claude", "read", ["--permission-mode", "plan"]),
        ("claude", "edit", ["--permission-mode", "acceptEdits"]),
        ("codex", "edit", ["--sandbox", "workspace-write"]),
        ("gemini", "edit", ["--approval-mode", "auto_edit"]),
    ] {
        let call = call(kind, access);
        assert!(call.has(&words), "{kind} {access}: {call:?}");
    }
    assert_eq!(call("command", "edit").variable("JRUN_ACCESS"), Some("edit"));
    assert!(world.job_with(&agent("claude", "")).has(&["--permission-mode", "bypassPermissions"]));
}

pub fn base_url() {
    let world = World::new("");
    let url = "http://127.0.0.1:9/here";
    let call = |kind: &str| world.job_with(&agent(kind, &secret("base_url", url)));
    assert_eq!(call("claude").variable("ANTHROPIC_BASE_URL"), Some(url));
    assert_eq!(call("gemini").variable("GOOGLE_GEMINI_BASE_URL"), Some(url));
    assert!(call("codex").has(&["-c", &format!("openai_base_url=\"{url}\"")]));
    let without = world.job_with(&agent("claude", ""));
    assert_eq!(without.variable("ANTHROPIC_BASE_URL"), None);
    rest::kinds();
}

/// The variables in which each type is given its key.
const KEYS: [(&str, &[&str]); 4] = [
    ("claude", &["ANTHROPIC_API_KEY"]),
    ("codex", &["CODEX_API_KEY", "OPENAI_API_KEY"]),
    ("gemini", &["GEMINI_API_KEY"]),
    ("command", &["JRUN_AGENT_TOKEN"]),
];

fn assert_key(call: &Call, variables: &[&str], key: Option<&str>) {
    for variable in variables {
        assert_eq!(call.variable(variable), key, "{variable}");
    }
    assert!(!call.args.iter().any(|arg| key.is_some_and(|key| arg.contains(key))), "{:?}", call.args);
}

pub fn token() {
    let world = World::new("");
    for (kind, variables) in KEYS {
        assert_key(
            &world.job_with(&agent(kind, &secret("token", "from-config"))),
            variables,
            Some("from-config"),
        );
    }
    assert_key(&world.job_with(&agent("command", "")), KEYS[3].1, None);
    rest::token();
}

pub fn token_file() {
    let world = World::new("");
    world.file("key", "from-file\n");
    // A relative path begins at the configuration's folder, and a file wins over a key in the configuration.
    let more = format!("{}{}", secret("token_file", "key"), secret("token", "from-config"));
    for (kind, variables) in KEYS {
        assert_key(&world.job_with(&agent(kind, &more)), variables, Some("from-file"));
    }
    rest::token_file();
}

pub fn keyring() {
    for kind in ["claude", "command"] {
        let world = World::new(&agent(kind, &secret("keyring", "my-account")));
        // No keyring is to be found here: that it was asked shows in what is said about it.
        let (output, slug) = world.run(&[], |command| {
            command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere");
        });
        let output = output.expect_code(1);
        let error = world.env.json(&["status", &slug])["error"]["message"].to_string();
        assert!(
            error.contains("agents.mine.keyring: keyring account") && error.contains("my-account"),
            "{output}"
        );
    }
}

pub fn env() {
    let world = World::new("");
    assert_eq!(world.job_with(&agent("claude", "")).variable("COLOUR"), None);
    for kind in ["claude", "command"] {
        let call = world.job_with(&agent(kind, ", env: { COLOUR: 'light blue', LANG: de }"));
        assert_eq!((call.variable("COLOUR"), call.variable("LANG")), (Some("light blue"), Some("de")));
    }
}

pub fn args() {
    let world = World::new("");
    for kind in ["codex", "command"] {
        let call = world.job_with(&agent(kind, ", args: ['--more words', -x]"));
        assert_eq!(call.args[..2], ["--more words", "-x"], "{kind}: before what we add");
    }
    assert!(!world.job_with(&agent("codex", "")).has(&["-x"]));
}

pub fn command() {
    let world = World::new("");
    let relative = agent("claude", ", command: [bin/two, a]");
    for (config, program, first) in [
        (agent("claude", ""), "claude", "-p"),
        (agent("claude", ", command: [one, a]"), "one", "a"),
        (relative, "two", "a"),
    ] {
        let call = world.job_with(&config);
        assert_eq!((call.program.as_str(), call.args[0].as_str()), (program, first));
    }
}

pub fn prompt() {
    let world = World::new("");
    let call = |via: &str, arg: &str| world.job_with(&agent("command", &format!(", args: [{arg}]{via}")));
    let task = "What to do.";
    let stdin = call("", "a");
    assert!(stdin.input.contains(task) && stdin.args == ["a"], "{stdin:?}");
    let argument = call(", prompt: argument", "a");
    assert!(argument.args.len() == 2 && argument.args[1].contains(task), "{argument:?}");
    assert_eq!(argument.input, "");
    let placed = call(", prompt: argument", "'{prompt}', a");
    assert!(placed.args[0].contains(task) && placed.args[1] == "a", "{placed:?}");
    let file = call(", prompt: file", "a");
    assert!(file.args[1].ends_with("/prompt.md") && file.input.is_empty(), "{file:?}");
    let text = std::fs::read_to_string(&file.args[1]).expect("the prompt's file");
    assert!(text.contains(task), "{text}");
}

pub fn output() {
    let world = World::new("");
    let answer = |output: &str| {
        let config = agent("command", output).replace("[one]", "[events]");
        world.job_with(&config).answer.expect("an answer")
    };
    let (text, json) = (answer(", output: text"), answer(", output: json"));
    assert!(text.starts_with("{\"event\""), "all that was printed: {text}");
    assert_eq!(json.trim(), "hello", "what the events say");
}
