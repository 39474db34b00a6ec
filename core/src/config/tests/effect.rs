//! Every key of the schema is in the table of keys and in the template, and changes what is in force. What it
//! changes in a run is shown by `tests/tests/behaviour/config_keys`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::keys::KEYS;
use super::*;

/// For each key a file without it and one with it.
const PAIRS: &[(&str, &str, &str)] = &[
    ("storage.runs_dir", "", "storage: { runs_dir: /r }"),
    ("storage.extra_roots", "", "storage: { extra_roots: [/r] }"),
    ("defaults.agent", "", "defaults: { agent: codex }"),
    ("defaults.model", "", "defaults: { model: m }"),
    ("defaults.access", "", "defaults: { access: read }"),
    ("defaults.max_running", "", "defaults: { max_running: 1 }"),
    ("defaults.max_restarts", "", "defaults: { max_restarts: 1 }"),
    ("defaults.max_failures", "", "defaults: { max_failures: 1 }"),
    ("defaults.max_depth", "", "defaults: { max_depth: 1 }"),
    ("defaults.max_tokens", "", "defaults: { max_tokens: 1 }"),
    ("defaults.max_cost_usd", "", "defaults: { max_cost_usd: 0.5 }"),
    ("defaults.idle_timeout", "", "defaults: { idle_timeout: 1s }"),
    ("defaults.wall_time", "", "defaults: { wall_time: 1s }"),
    ("agents.*.type", "", "agents: { new: { type: xai } }"),
    ("agents.*.model", "", "agents: { claude: { model: m } }"),
    ("agents.*.access", "", "agents: { claude: { access: read } }"),
    ("agents.*.base_url", "", "agents: { claude: { base_url: 'http://x' } }"),
    ("agents.*.token", "", "agents: { claude: { token: t } }"),
    ("agents.*.token_file", "", "agents: { claude: { token_file: /t } }"),
    ("agents.*.keyring", "", "agents: { claude: { keyring: k } }"),
    ("agents.*.env", "", "agents: { claude: { env: { A: b } } }"),
    ("agents.*.args", "", "agents: { claude: { args: [a] } }"),
    ("agents.*.command", "", "agents: { claude: { command: [c] } }"),
    (
        "agents.*.prompt",
        "agents: { m: { type: command, command: [c] } }",
        "agents: { m: { type: command, command: [c], prompt: file } }",
    ),
    (
        "agents.*.output",
        "agents: { m: { type: command, command: [c] } }",
        "agents: { m: { type: command, command: [c], output: json } }",
    ),
    (
        "selection.strategy",
        "selection: { agents: [claude] }",
        "selection: { agents: [claude], strategy: round-robin }",
    ),
    ("selection.agents", "", "selection: { agents: [claude] }"),
    (
        "selection.weights",
        "selection: { agents: [claude], strategy: weighted, weights: [1] }",
        "selection: { agents: [claude], strategy: weighted, weights: [2] }",
    ),
    (
        "selection.fallback_on_failure",
        "selection: { agents: [claude] }",
        "selection: { agents: [claude], fallback_on_failure: true }",
    ),
    ("projects.*.agent", "", "projects: { p: { agent: xai } }"),
    ("projects.*.model", "", "projects: { p: { model: m } }"),
    ("projects.*.access", "", "projects: { p: { access: read } }"),
    ("bus.durability", "", "bus: { durability: always }"),
    (
        "bus.flush_interval",
        "bus: { durability: interval }",
        "bus: { durability: interval, flush_interval: 2s }",
    ),
    ("bus.rotate_at", "", "bus: { rotate_at: 1MiB }"),
    ("power.keep_awake", "", "power: { keep_awake: false }"),
    ("power.battery_floor", "", "power: { battery_floor: 5 }"),
    ("webhook.url", "", "webhook: { url: 'http://x' }"),
    ("webhook.format", "webhook: { url: 'http://x' }", "webhook: { url: 'http://x', format: slack }"),
    ("webhook.events", "webhook: { url: 'http://x' }", "webhook: { url: 'http://x', events: [run.*] }"),
    ("webhook.secret", "webhook: { url: 'http://x' }", "webhook: { url: 'http://x', secret: s }"),
    ("webhook.secret_file", "webhook: { url: 'http://x' }", "webhook: { url: 'http://x', secret_file: /s }"),
    ("webhook.timeout", "webhook: { url: 'http://x' }", "webhook: { url: 'http://x', timeout: 1s }"),
    (
        "webhook.allow_private",
        "webhook: { url: 'http://x' }",
        "webhook: { url: 'http://x', allow_private: true }",
    ),
    ("webhooks.*.url", "", "webhooks: { w: { url: 'http://x' } }"),
    (
        "webhooks.*.format",
        "webhooks: { w: { url: 'http://x' } }",
        "webhooks: { w: { url: 'http://x', format: ntfy } }",
    ),
    (
        "webhooks.*.events",
        "webhooks: { w: { url: 'http://x' } }",
        "webhooks: { w: { url: 'http://x', events: [task.*] } }",
    ),
    (
        "webhooks.*.secret",
        "webhooks: { w: { url: 'http://x' } }",
        "webhooks: { w: { url: 'http://x', secret: s } }",
    ),
    (
        "webhooks.*.secret_file",
        "webhooks: { w: { url: 'http://x' } }",
        "webhooks: { w: { url: 'http://x', secret_file: /s } }",
    ),
    (
        "webhooks.*.timeout",
        "webhooks: { w: { url: 'http://x' } }",
        "webhooks: { w: { url: 'http://x', timeout: 1s } }",
    ),
    (
        "webhooks.*.allow_private",
        "webhooks: { w: { url: 'http://x' } }",
        "webhooks: { w: { url: 'http://x', allow_private: true } }",
    ),
    ("api.host", "", "api: { host: '::1' }"),
    ("api.port", "", "api: { port: 1 }"),
    ("api.allowed_hosts", "", "api: { allowed_hosts: [box.local] }"),
    ("api.allowed_origins", "", "api: { allowed_origins: ['https://a.example'] }"),
    ("api.public_url", "", "api: { public_url: 'https://x' }"),
    ("api.tls.cert", "api: { tls: { cert: /c, key: /k } }", "api: { tls: { cert: /d, key: /k } }"),
    ("api.tls.key", "api: { tls: { cert: /c, key: /k } }", "api: { tls: { cert: /c, key: /l } }"),
];

fn in_force(text: &str) -> Value {
    let mut person = Person::new();
    person.flag = Some(person.write("c.yaml", text));
    serde_json::to_value(person.load().config).unwrap()
}

/// The dotted paths of everything that the schema lets a person set.
fn schema_keys() -> BTreeSet<String> {
    let schema: Value = serde_json::from_str(&schema_text()).unwrap();
    let mut found = BTreeSet::new();
    collect(&schema, &schema, "", &mut found);
    found
}

fn collect(schema: &Value, node: &Value, path: &str, found: &mut BTreeSet<String>) {
    let node = resolve(schema, node);
    let join = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    if let Some(properties) = node["properties"].as_object() {
        properties.iter().for_each(|(name, below)| collect(schema, below, &join(name), found));
    } else if resolve(schema, &node["additionalProperties"])["properties"].is_object() {
        collect(schema, &node["additionalProperties"], &join("*"), found);
    } else {
        found.insert(path.to_owned());
    }
}

/// Follows references, and takes the first choice of an optional section.
fn resolve<'a>(schema: &'a Value, node: &'a Value) -> &'a Value {
    if let Some(name) = node["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/")) {
        return resolve(schema, &schema["$defs"][name]);
    }
    match node["anyOf"].as_array() {
        Some(choices) => resolve(schema, &choices[0]),
        None => node,
    }
}

#[test]
fn every_key_changes_what_is_in_force() {
    let covered: BTreeSet<_> = PAIRS.iter().map(|(key, ..)| (*key).to_owned()).collect();
    let mut keys = schema_keys();
    keys.remove("version");
    assert_eq!(covered, keys);
    for (key, without, with) in PAIRS {
        assert_ne!(in_force(without), in_force(with), "{key} changes nothing");
    }
}

#[test]
fn the_table_of_keys_is_the_schema() {
    let table: BTreeSet<_> = KEYS.iter().map(|key| key.path.to_owned()).collect();
    assert_eq!(table, schema_keys());
}

#[test]
fn every_scalar_key_can_be_set_in_the_environment() {
    let person = Person::new().own("agents: { m: { type: command, command: [c] } }\nselection: { agents: [xai] }\nwebhook: { url: 'http://x' }\nwebhooks: { team: { url: 'http://x' } }\nprojects: { p: {} }");
    for (path, value) in [
        ("storage.runs_dir", "/r"),
        ("defaults.access", "read"),
        ("defaults.idle_timeout", "1s"),
        ("agents.m.command", "a b"),
        ("agents.xai.base_url", "http://y"),
        ("agents.m.output", "json"),
        ("selection.agents", "claude,codex"),
        ("selection.fallback_on_failure", "true"),
        ("projects.p.access", "edit"),
        ("bus.rotate_at", "2MiB"),
        ("webhook.secret", "s"),
        ("webhooks.team.timeout", "1s"),
        ("api.port", "2"),
    ] {
        let variable = format!("CONDUCTOR_{}", path.replace('.', "_").to_uppercase());
        let env = |name: &str| (name == variable).then(|| value.to_owned());
        let (home, work) = (person.home(), person.work());
        let loaded = Config::load(&Sources { flag: None, env: &env, cwd: &work, home: &home }).unwrap();
        assert_eq!(loaded.origins.get(path), Origin::Environment(variable.clone()), "{path}");
        let before = serde_json::to_value(person.load().config).unwrap();
        assert_ne!(serde_json::to_value(loaded.config).unwrap(), before, "{path}");
    }
}

#[test]
fn the_committed_schema_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/config.schema.json");
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&path, schema_text()).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == schema_text(),
        "stale: run UPDATE_SCHEMA=1 cargo test -p conductor-core committed_schema"
    );
}

#[test]
fn the_documentation_names_every_key() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/configuration.md");
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let documented: BTreeSet<_> = rows.map(str::to_owned).collect();
    assert_eq!(documented, schema_keys());
}

#[test]
fn the_template_changes_nothing_and_holds_every_key() {
    assert_eq!(in_force(template()), in_force(""));
    let setting = |line: &str| {
        let rest = line.strip_prefix("# ")?;
        let name = rest.trim_start().split(':').next()?;
        let is_key = rest.contains(':') && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        is_key.then(|| rest.to_owned())
    };
    let text = template().lines().filter_map(setting).collect::<Vec<_>>().join("\n");
    let config = in_force(&text);
    assert_eq!(config["selection"]["weights"], serde_json::json!([3, 1]));
    let tree =
        super::super::tree::parse(&text, Path::new("template")).unwrap_or_else(|error| panic!("{error}"));
    let mut written = BTreeSet::new();
    tree.walk("", &mut |path, _| written.extend(Key::find(path).map(|key| key.path)));
    assert_eq!(written, KEYS.iter().map(|key| key.path).collect::<BTreeSet<_>>());
}
