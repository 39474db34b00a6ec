//! Settings of one agent: as a file says them and as they are in force.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Deserialize, Serialize, Serializer};

use crate::model::access::Access;

/// Which backend runs an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum AgentKind {
    /// Claude Code.
    Claude,
    /// Codex CLI.
    Codex,
    /// Gemini CLI.
    Gemini,
    /// Perplexity's API.
    Perplexity,
    /// xAI's API.
    Xai,
    /// Any configured command.
    Command,
}

impl AgentKind {
    /// The kinds that exist under their own name without any configuration.
    pub const KNOWN: [AgentKind; 5] = [Self::Claude, Self::Codex, Self::Gemini, Self::Perplexity, Self::Xai];

    /// The word used in files and output.
    pub fn as_str(self) -> &'static str {
        match self {
            AgentKind::Claude => "claude",
            AgentKind::Codex => "codex",
            AgentKind::Gemini => "gemini",
            AgentKind::Perplexity => "perplexity",
            AgentKind::Xai => "xai",
            AgentKind::Command => "command",
        }
    }

    /// The kind that an agent of this name has when its file does not say.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::KNOWN.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Environment variables of the vendor that hold its key, the first one set counts.
    pub fn token_variables(self) -> &'static [&'static str] {
        match self {
            AgentKind::Claude => &["ANTHROPIC_API_KEY"],
            AgentKind::Codex => &["OPENAI_API_KEY", "CODEX_API_KEY"],
            AgentKind::Gemini => &["GEMINI_API_KEY"],
            AgentKind::Perplexity => &["PERPLEXITY_API_KEY"],
            AgentKind::Xai => &["XAI_API_KEY"],
            AgentKind::Command => &[],
        }
    }
}

impl fmt::Display for AgentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a configured command gets its prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PromptVia {
    /// On standard input.
    #[default]
    Stdin,
    /// As its last argument.
    Argument,
    /// As the path of a file, the last argument.
    File,
}

/// What a configured command prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OutputFormat {
    /// Text; all of it is the answer.
    #[default]
    Text,
    /// One JSON object a line, in the form of `events.jsonl`.
    Json,
}

/// One agent as a file describes it.
#[derive(Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AgentEntry {
    /// Its backend; may be left out where the name is a known agent's.
    #[serde(rename = "type")]
    pub kind: Option<AgentKind>,
    /// Model.
    pub model: Option<String>,
    /// What it may do without asking.
    pub access: Option<Access>,
    /// Address of its API, for one that is not the vendor's.
    pub base_url: Option<String>,
    /// Its key, in the file. `token_file`, the keyring and the environment are better places.
    #[schemars(with = "Option<String>")]
    pub token: Option<SecretString>,
    /// File that holds its key.
    pub token_file: Option<PathBuf>,
    /// Account in the system's keyring (service `conductor-loop`) that holds its key.
    pub keyring: Option<String>,
    /// Environment variables for it.
    pub env: BTreeMap<String, String>,
    /// More arguments, before those that we give.
    pub args: Vec<String>,
    /// The program and its first arguments; for a known agent, in place of its usual program.
    pub command: Vec<String>,
    /// How a configured command gets its prompt.
    pub prompt: Option<PromptVia>,
    /// What a configured command prints.
    pub output: Option<OutputFormat>,
}

/// Where an agent's key may come from, apart from the environment.
#[derive(Debug, Clone, Default)]
pub(super) struct TokenSources {
    pub(super) file: Option<PathBuf>,
    pub(super) keyring: Option<String>,
    pub(super) inline: Option<SecretString>,
}

/// One agent, ready to use. Neither `Debug` nor `Serialize` shows what may be secret.
#[derive(Clone)]
pub struct AgentSettings {
    /// Its name in the configuration.
    pub name: String,
    /// Its backend.
    pub kind: AgentKind,
    /// Model; absent: the agent's own choice.
    pub model: Option<String>,
    /// What it may do without asking; absent: the project's or the default setting.
    pub access: Option<Access>,
    /// Address of its API, for one that is not the vendor's.
    pub base_url: Option<String>,
    /// Environment variables for it.
    pub env: BTreeMap<String, String>,
    /// More arguments, before those that we give.
    pub args: Vec<String>,
    /// The program and its first arguments; empty: the backend's usual program.
    pub command: Vec<String>,
    /// How a configured command gets its prompt.
    pub prompt: PromptVia,
    /// What a configured command prints.
    pub output: OutputFormat,
    pub(super) tokens: TokenSources,
}

impl AgentSettings {
    /// An agent of this kind, with nothing configured.
    pub fn plain(name: &str, kind: AgentKind) -> Self {
        Self::of_entry(name, kind, AgentEntry::default())
    }

    pub(super) fn of_entry(name: &str, kind: AgentKind, entry: AgentEntry) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            model: entry.model,
            access: entry.access,
            base_url: entry.base_url,
            env: entry.env,
            args: entry.args,
            command: entry.command,
            prompt: entry.prompt.unwrap_or_default(),
            output: entry.output.unwrap_or_default(),
            tokens: TokenSources { file: entry.token_file, keyring: entry.keyring, inline: entry.token },
        }
    }
}

impl fmt::Debug for AgentSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AgentSettings")
            .field("name", &self.name)
            .field("kind", &self.kind)
            .field("model", &self.model)
            .field("access", &self.access)
            .field("base_url", &self.base_url)
            .field("env", &self.env.keys())
            .field("command", &self.command)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for AgentEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AgentEntry").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// What `config show` prints of an agent: the keys of the file, secrets hidden.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(rename = "type")]
    kind: AgentKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: &'a Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access: Option<Access>,
    #[serde(skip_serializing_if = "Option::is_none")]
    base_url: &'a Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "super::token::hidden")]
    token: &'a Option<SecretString>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_file: &'a Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    keyring: &'a Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    env: BTreeMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    args: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    command: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt: Option<PromptVia>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<OutputFormat>,
}

impl Serialize for AgentSettings {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let command = self.kind == AgentKind::Command;
        let shown_value =
            |name: &str, value: &'static str| (super::token::is_secret_name(name)).then_some(value);
        Shown {
            kind: self.kind,
            model: &self.model,
            access: self.access,
            base_url: &self.base_url,
            token: &self.tokens.inline,
            token_file: &self.tokens.file,
            keyring: &self.tokens.keyring,
            env: self
                .env
                .iter()
                .map(|(name, value)| {
                    (name.as_str(), shown_value(name, super::token::HIDDEN).unwrap_or(value))
                })
                .collect(),
            args: &self.args,
            command: &self.command,
            prompt: command.then_some(self.prompt),
            output: command.then_some(self.output),
        }
        .serialize(to)
    }
}
