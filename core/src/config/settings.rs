//! The sections of the configuration and their defaults.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::agent::{AgentEntry, AgentSettings};
use super::units;
use super::webhook::Webhook;
use crate::model::access::Access;
use crate::model::task::Limits;

/// A configuration file as it is written: what the JSON Schema describes.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(
    title = "Conductor Loop configuration",
    description = "Every key is optional. Print this with `run-agent config schema`."
)]
pub struct ConfigFile {
    /// Version of this format: 1, also where it is absent.
    #[schemars(range(min = 1, max = 1))]
    pub version: Option<u32>,
    /// Where tasks are kept.
    pub storage: Storage,
    /// What holds for tasks that do not say otherwise.
    pub defaults: Defaults,
    /// Agents by name. claude, codex, gemini, perplexity and xai exist without being listed.
    pub agents: BTreeMap<String, AgentEntry>,
    /// How an agent is chosen for tasks that name none; wins over `defaults.agent`.
    pub selection: Option<Selection>,
    /// What holds for the tasks of one project, by its id.
    pub projects: BTreeMap<String, ProjectSettings>,
    /// The message bus.
    pub bus: Bus,
    /// Whether this machine sleeps while agents work.
    pub power: Power,
    /// Notifications to another system.
    pub webhook: Option<Webhook>,
    /// Notifications to more systems, by name.
    pub webhooks: BTreeMap<String, Webhook>,
    /// The HTTP server.
    pub api: Api,
}

/// The settings that are in force.
#[derive(Debug, Clone, Serialize)]
pub struct Config {
    /// Where tasks are kept.
    pub storage: Storage,
    /// What holds for tasks that do not say otherwise.
    pub defaults: Defaults,
    /// Every agent that can be named, the five known ones always among them.
    pub agents: BTreeMap<String, AgentSettings>,
    /// How an agent is chosen for tasks that name none; wins over `defaults.agent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selection: Option<Selection>,
    /// What holds for the tasks of one project, by its id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub projects: BTreeMap<String, ProjectSettings>,
    /// The message bus.
    pub bus: Bus,
    /// Whether this machine sleeps while agents work.
    pub power: Power,
    /// Notifications to another system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook: Option<Webhook>,
    /// Notifications to more systems, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub webhooks: BTreeMap<String, Webhook>,
    /// The HTTP server.
    pub api: Api,
}

/// Where tasks are kept.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Storage {
    /// The root folder; `--root` and `CONDUCTOR_ROOT` win over it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runs_dir: Option<PathBuf>,
    /// More roots to list, read-only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extra_roots: Vec<PathBuf>,
}

/// What holds for tasks that do not say otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Defaults {
    /// Agent of tasks that name none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// Model where neither the task nor the agent says one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What agents may do without asking.
    pub access: Access,
    /// Agents and gates at work at once; absent: one for each 2 GiB of memory, 2 to 8.
    #[schemars(range(min = 1))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_running: Option<u32>,
    /// Runs of a task after its first.
    pub max_restarts: u32,
    /// Failed runs in a row.
    #[schemars(range(min = 1))]
    pub max_failures: u32,
    /// How deep tasks may start tasks below the topmost.
    pub max_depth: u32,
    /// Tokens of all runs of a task; then a person is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u64>,
    /// US dollars of all runs of a task; then a person is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_cost_usd: Option<f64>,
    /// How long a run may show no sign of life; 0: for ever.
    #[serde(with = "units::duration")]
    #[schemars(with = "String", extend("default" = "15m"))]
    pub idle_timeout: Duration,
    /// How long a task may work, waits for people and pauses aside; 0: for ever.
    #[serde(with = "units::duration")]
    #[schemars(with = "String", extend("default" = "8h"))]
    pub wall_time: Duration,
}

impl Default for Defaults {
    fn default() -> Self {
        Self {
            agent: None,
            model: None,
            access: Access::default(),
            max_running: None,
            max_restarts: 50,
            max_failures: 5,
            max_depth: 4,
            max_tokens: None,
            max_cost_usd: None,
            idle_timeout: Duration::from_secs(15 * 60),
            wall_time: Duration::from_secs(8 * 3600),
        }
    }
}

impl Defaults {
    /// The limits of a task that names none.
    pub fn limits(&self) -> Limits {
        Limits {
            max_restarts: self.max_restarts,
            max_failures: self.max_failures,
            idle_seconds: units::whole_seconds(self.idle_timeout),
            wall_seconds: units::whole_seconds(self.wall_time),
            tokens: self.max_tokens,
            cost_usd: self.max_cost_usd,
            depth: self.max_depth,
        }
    }

    /// Agents and gates at work at once: as configured, else by this machine's memory.
    pub fn slots(&self) -> u32 {
        const MEMORY_OF_AN_AGENT: u64 = 2 << 30;
        self.max_running.unwrap_or_else(|| {
            let info = rustix::system::sysinfo();
            let memory = info.totalram.saturating_mul(info.mem_unit.max(1).into());
            (memory / MEMORY_OF_AN_AGENT).clamp(2, 8) as u32
        })
    }
}

/// How an agent is chosen for tasks that name none. The choice is durable and right across processes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Selection {
    /// How.
    #[serde(default)]
    pub strategy: Strategy,
    /// The agents to choose from, in order.
    #[schemars(length(min = 1))]
    pub agents: Vec<String>,
    /// For `weighted`: how often each is chosen, in the order of `agents`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weights: Vec<u32>,
    /// Whether a permanent failure of one agent is answered with the next.
    #[serde(default)]
    pub fallback_on_failure: bool,
}

/// Ways to choose an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// Always the first.
    #[default]
    First,
    /// One after the other.
    RoundRobin,
    /// One after the other, as often as their weights say.
    Weighted,
}

/// What holds for the tasks of one project.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ProjectSettings {
    /// Agent of tasks that name none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// Model where neither the task nor the agent says one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What agents may do without asking, where the agent's own setting says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access: Option<Access>,
}

/// The message bus.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Bus {
    /// When a message is on disk.
    pub durability: Durability,
    /// For `interval`: how old the last flush may become.
    #[serde(with = "units::duration")]
    #[schemars(with = "String", extend("default" = "1s"))]
    pub flush_interval: Duration,
    /// Size at which a segment is closed and the next one opened; 0: never.
    #[serde(with = "units::size")]
    #[schemars(with = "String", extend("default" = "64MiB"))]
    pub rotate_at: u64,
}

impl Default for Bus {
    fn default() -> Self {
        Self {
            durability: Durability::default(),
            flush_interval: Duration::from_secs(1),
            rotate_at: 64 << 20,
        }
    }
}

/// When a message is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Durability {
    /// When the system writes it: it survives any crash of a process, not one of the machine.
    #[default]
    None,
    /// Before the call returns.
    Always,
    /// After `flush_interval` at most.
    Interval,
}

/// Whether this machine sleeps while agents work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Power {
    /// Whether it is kept awake while an agent works.
    pub keep_awake: bool,
    /// On a battery with less than this charge, in percent, it may sleep all the same.
    #[schemars(range(max = 100))]
    pub battery_floor: u8,
}

impl Default for Power {
    fn default() -> Self {
        Self { keep_awake: true, battery_floor: 20 }
    }
}

/// The HTTP server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Api {
    /// Address it listens on.
    pub host: String,
    /// Port; 0: any free one.
    pub port: u16,
    /// More names under which it may be asked, such as that of a reverse proxy.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed_hosts: Vec<String>,
    /// Origins whose pages may ask it, such as `https://dashboard.example.org`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed_origins: Vec<String>,
    /// Where people reach it: what links in notifications begin with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// The certificate that it shows on the network, in place of one that it makes for itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsFiles>,
}

/// A certificate and its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TlsFiles {
    /// File of the certificate and its chain, PEM.
    pub cert: PathBuf,
    /// File of its key, PEM.
    pub key: PathBuf,
}

impl Default for Api {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: 14355,
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            public_url: None,
            tls: None,
        }
    }
}
