//! Every key with what it holds: what the environment can set, what is a path, what an untrusted
//! file may choose. A test holds the table against the JSON Schema.

/// A key of the configuration. `*` stands for a name that the person gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Dotted path.
    pub path: &'static str,
    /// What it holds.
    pub kind: KeyKind,
    pub(super) untrusted: Untrusted,
}

/// What a key holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// Text, a word, a number, a duration, a size.
    Scalar,
    /// A path; `~/` and paths relative to the file are resolved.
    Path,
    /// A list of texts or numbers; in the environment separated by commas.
    List,
    /// A list of paths.
    Paths,
    /// A program and its arguments; a path of a program is resolved as paths are.
    Command,
    /// Variables by name.
    Variables,
    /// A key that is never shown.
    Secret,
}

/// What `./conductor.yaml` may do with a key before it is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Untrusted {
    Refused,
    /// Free choice: a model.
    Choice,
    /// An agent that exists, with no more access than the one that would be used without the file.
    Agent,
    /// Lower than what would hold without the file.
    Access,
    /// Lower than what would hold without the file; nothing set means no limit.
    Limit(Measure),
}

/// How limits compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    Number,
    /// 0 stands for no limit.
    Duration,
}

const fn key(path: &'static str, kind: KeyKind) -> Key {
    Key { path, kind, untrusted: Untrusted::Refused }
}

const fn choice(path: &'static str, untrusted: Untrusted) -> Key {
    Key { path, kind: KeyKind::Scalar, untrusted }
}

/// All keys.
pub const KEYS: &[Key] = &[
    choice("version", Untrusted::Choice),
    key("storage.runs_dir", KeyKind::Path),
    key("storage.extra_roots", KeyKind::Paths),
    choice("defaults.agent", Untrusted::Agent),
    choice("defaults.model", Untrusted::Choice),
    choice("defaults.access", Untrusted::Access),
    choice("defaults.max_running", Untrusted::Limit(Measure::Number)),
    choice("defaults.max_restarts", Untrusted::Limit(Measure::Number)),
    choice("defaults.max_failures", Untrusted::Limit(Measure::Number)),
    choice("defaults.max_depth", Untrusted::Limit(Measure::Number)),
    choice("defaults.max_tokens", Untrusted::Limit(Measure::Number)),
    choice("defaults.max_cost_usd", Untrusted::Limit(Measure::Number)),
    choice("defaults.idle_timeout", Untrusted::Limit(Measure::Duration)),
    choice("defaults.wall_time", Untrusted::Limit(Measure::Duration)),
    key("agents.*.type", KeyKind::Scalar),
    choice("agents.*.model", Untrusted::Choice),
    choice("agents.*.access", Untrusted::Access),
    key("agents.*.base_url", KeyKind::Scalar),
    key("agents.*.token", KeyKind::Secret),
    key("agents.*.token_file", KeyKind::Path),
    key("agents.*.keyring", KeyKind::Scalar),
    key("agents.*.env", KeyKind::Variables),
    key("agents.*.args", KeyKind::List),
    key("agents.*.command", KeyKind::Command),
    key("agents.*.prompt", KeyKind::Scalar),
    key("agents.*.output", KeyKind::Scalar),
    key("selection.strategy", KeyKind::Scalar),
    key("selection.agents", KeyKind::List),
    key("selection.weights", KeyKind::List),
    key("selection.fallback_on_failure", KeyKind::Scalar),
    key("projects.*.agent", KeyKind::Scalar),
    key("projects.*.model", KeyKind::Scalar),
    key("projects.*.access", KeyKind::Scalar),
    key("bus.durability", KeyKind::Scalar),
    key("bus.flush_interval", KeyKind::Scalar),
    key("bus.rotate_at", KeyKind::Scalar),
    key("power.keep_awake", KeyKind::Scalar),
    key("power.battery_floor", KeyKind::Scalar),
    key("webhook.url", KeyKind::Secret),
    key("webhook.format", KeyKind::Scalar),
    key("webhook.events", KeyKind::List),
    key("webhook.secret", KeyKind::Secret),
    key("webhook.secret_file", KeyKind::Path),
    key("webhook.timeout", KeyKind::Scalar),
    key("webhook.allow_private", KeyKind::Scalar),
    key("webhooks.*.url", KeyKind::Secret),
    key("webhooks.*.format", KeyKind::Scalar),
    key("webhooks.*.events", KeyKind::List),
    key("webhooks.*.secret", KeyKind::Secret),
    key("webhooks.*.secret_file", KeyKind::Path),
    key("webhooks.*.timeout", KeyKind::Scalar),
    key("webhooks.*.allow_private", KeyKind::Scalar),
    key("api.host", KeyKind::Scalar),
    key("api.port", KeyKind::Scalar),
    key("api.allowed_hosts", KeyKind::List),
    key("api.allowed_origins", KeyKind::List),
    key("api.public_url", KeyKind::Scalar),
    key("api.tls.cert", KeyKind::Path),
    key("api.tls.key", KeyKind::Path),
];

/// Keys of the older system that are gone, with what to write instead.
pub(super) const RENAMED: &[(&str, &str)] = &[
    ("defaults.timeout", "use defaults.idle_timeout for silence and defaults.wall_time for the whole task"),
    ("defaults.max_concurrent_runs", "use defaults.max_running"),
    ("defaults.max_concurrent_root_tasks", "use defaults.max_running"),
    ("defaults.diversification", "use selection"),
    ("agents.*.timeout", "use defaults.idle_timeout and defaults.wall_time"),
];

/// Whether a dotted path is the one that a pattern with `*` means.
pub(super) fn matches(pattern: &str, path: &str) -> bool {
    // A given name may hold dots (project ids do): the fixed words around it decide.
    match pattern.split_once('*') {
        None => pattern == path,
        Some((before, after)) => path
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after))
            .is_some_and(|name| !name.is_empty()),
    }
}

impl Key {
    pub(super) fn find(path: &str) -> Option<&'static Key> {
        KEYS.iter().find(|key| matches(key.path, path))
    }
}
