//! The real claude, codex and gemini, each in a throw-away home and told that a stand-in is its model server.
//!
//! They are run where `CONDUCTOR_TEST_AGENTS` names the folder that `tests/agents/install.mjs` filled.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::env::{Running, TestEnv};
use crate::stub::Stub;

/// The variable that names the folder of the agents' programs.
pub const VARIABLE: &str = "CONDUCTOR_TEST_AGENTS";

/// A key that every stand-in takes, unless it was told to take another one.
pub const KEY: &str = "test-key";

/// One of the real agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agent {
    /// Claude Code.
    Claude,
    /// Codex.
    Codex,
    /// Gemini CLI.
    Gemini,
}

impl Agent {
    /// All of them.
    pub const ALL: [Agent; 3] = [Agent::Claude, Agent::Codex, Agent::Gemini];

    /// Its name, in the configuration and on disk.
    pub fn name(self) -> &'static str {
        match self {
            Agent::Claude => "claude",
            Agent::Codex => "codex",
            Agent::Gemini => "gemini",
        }
    }

    /// The model that it has to be told: left to itself, gemini asks another one first which to take.
    pub fn model(self) -> Option<&'static str> {
        (self == Agent::Gemini).then_some("gemini-2.5-pro")
    }

    /// The vendor's variable for its key.
    pub fn key_variable(self) -> &'static str {
        match self {
            Agent::Claude => "ANTHROPIC_API_KEY",
            Agent::Codex => "OPENAI_API_KEY",
            Agent::Gemini => "GEMINI_API_KEY",
        }
    }
}

/// A world with one real agent in it and a stand-in for its model server.
#[derive(Debug)]
pub struct RealAgent {
    /// Which agent it is.
    pub agent: Agent,
    /// The world.
    pub env: TestEnv,
    /// The stand-in.
    pub stub: Stub,
    programs: PathBuf,
}

impl RealAgent {
    /// A world with this agent, which is its configuration's default. None, said so, where the agents' programs
    /// are not at hand; `stub` are options of the stand-in.
    ///
    /// # Panics
    /// When the programs are named but not there.
    pub fn new(agent: Agent, stub: &[&str]) -> Option<Self> {
        let Some(programs) = std::env::var_os(VARIABLE).filter(|value| !value.is_empty()) else {
            println!("NOT RUN: needs the real {}: npm run test:agents", agent.name());
            return None;
        };
        let world = Self { agent, env: TestEnv::new(), stub: Stub::start(stub), programs: programs.into() };
        assert!(world.program().exists(), "{} is not there: npm run test:agents", world.program().display());
        world.prepare();
        world.configure("max_restarts: 5, max_failures: 2");
        Some(world)
    }

    /// The agent's program.
    pub fn program(&self) -> PathBuf {
        let name = self.agent.name();
        self.programs.join(name).join("node_modules/.bin").join(name)
    }

    /// Writes the configuration anew, with these keys of `defaults` beside the agent.
    pub fn configure(&self, defaults: &str) {
        let text = format!(
            "version: 1\nagents:\n  {name}: {{ command: [{program}], env: {env}{model} }}\n\
             defaults: {{ agent: {name}, {defaults} }}\n",
            name = self.agent.name(),
            program = json!(self.program()),
            env = json!(self.variables()),
            model = self.agent.model().map(|model| format!(", model: {model}")).unwrap_or_default(),
        );
        fs::write(self.env.config_path(), text).expect("the configuration");
    }

    /// Adds to a command of this world what it takes to find the agent and its key.
    pub fn equip<'a>(&self, command: &'a mut Command, key: &str) -> &'a mut Command {
        let path = std::env::var("PATH").unwrap_or_default();
        let node = self.programs.join("node22/node_modules/.bin");
        let temporary = self.env.home().join("tmp");
        command
            .env("PATH", format!("{}:{path}", node.display()))
            .env("TMPDIR", temporary)
            .env(self.agent.key_variable(), key)
    }

    /// Starts `run-agent` in this world.
    pub fn spawn(&self, args: &[&str]) -> Running {
        self.spawn_with_key(args, KEY)
    }

    /// Starts `run-agent` in this world with another key.
    pub fn spawn_with_key(&self, args: &[&str], key: &str) -> Running {
        self.env.spawn_with(args, |command| {
            self.equip(command, key);
        })
    }

    /// What the agent needs to know of the stand-in, and what keeps it from looking elsewhere.
    pub fn variables(&self) -> BTreeMap<String, String> {
        let home = |folder: &str| self.env.home().join(folder).display().to_string();
        let text = str::to_owned;
        let variables = match self.agent {
            Agent::Claude => vec![
                ("ANTHROPIC_BASE_URL", self.stub.url()),
                ("CLAUDE_CONFIG_DIR", home(".claude")),
                ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", text("1")),
                // It would try a used-up account again for three minutes.
                ("CLAUDE_CODE_MAX_RETRIES", text("2")),
                ("DISABLE_AUTOUPDATER", text("1")),
            ],
            Agent::Codex => vec![("CODEX_HOME", home(".codex"))],
            Agent::Gemini => {
                vec![("GOOGLE_GEMINI_BASE_URL", self.stub.url()), ("GEMINI_TELEMETRY_ENABLED", text("false"))]
            }
        };
        variables.into_iter().map(|(name, value)| (text(name), value)).collect()
    }

    fn prepare(&self) {
        let home = self.env.home();
        fs::create_dir_all(home.join("tmp")).expect("a folder");
        match self.agent {
            Agent::Claude => {}
            Agent::Codex => write(&home.join(".codex/config.toml"), &codex_settings(&self.stub.url())),
            Agent::Gemini => write(&home.join(".gemini/settings.json"), &gemini_settings()),
        }
    }
}

fn write(file: &Path, text: &str) {
    fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
    fs::write(file, text).expect("the agent's settings");
}

fn codex_settings(url: &str) -> String {
    format!(
        r#"model = "gpt-5-codex"
model_provider = "stub"
check_for_update_on_startup = false
[model_providers.stub]
name = "stub"
base_url = "{url}/v1"
wire_api = "responses"
env_key = "OPENAI_API_KEY"
[features]
plugins = false
apps = false
[analytics]
enabled = false
[feedback]
enabled = false
[otel]
exporter = "none"
"#
    )
}

fn gemini_settings() -> String {
    json!({
        "security": { "auth": { "selectedType": "gemini-api-key" }, "folderTrust": { "enabled": false } },
        "privacy": { "usageStatisticsEnabled": false },
        "telemetry": { "enabled": false },
        "general": { "enableAutoUpdate": false, "disableAutoUpdate": true, "disableUpdateNag": true },
    })
    .to_string()
}
