//! From what was written to what is in force: names that must exist, values that must fit together.

use std::collections::BTreeMap;

use secrecy::ExposeSecret;

use super::agent::{AgentEntry, AgentKind, AgentSettings};
use super::error::{ConfigError, ConfigErrorKind, nearest};
use super::layers::Origins;
use super::settings::{Bus, Config, ConfigFile, Durability, Selection, Strategy};
use super::tree::Origin;
use super::webhook::{self, Webhook};
use crate::model::access::Access;
use crate::model::change;
use crate::model::ids::ProjectId;

/// The version of the format that this program knows.
pub(super) const VERSION: u32 = 1;

impl Config {
    /// The settings where nothing is configured.
    pub fn built_in() -> Self {
        Self::of_agents([])
    }

    /// Built-in settings with these agents added.
    pub fn of_agents(agents: impl IntoIterator<Item = AgentSettings>) -> Self {
        let known = AgentKind::KNOWN.into_iter().map(|kind| AgentSettings::plain(kind.as_str(), kind));
        let file = ConfigFile::default();
        Self {
            storage: file.storage,
            defaults: file.defaults,
            agents: known.chain(agents).map(|agent| (agent.name.clone(), agent)).collect(),
            selection: None,
            projects: BTreeMap::new(),
            bus: file.bus,
            power: file.power,
            webhook: None,
            webhooks: BTreeMap::new(),
            api: file.api,
        }
    }

    /// The settings of an agent.
    ///
    /// # Errors
    /// When no such agent is known; the error names the nearest.
    pub fn agent(&self, name: &str) -> Result<AgentSettings, ConfigError> {
        self.find_agent(name).cloned().map_err(ConfigError::bare)
    }

    /// The one agent of tasks that name none, whatever their project; none where a selection decides.
    pub fn default_agent(&self) -> Option<&str> {
        self.defaults.agent.as_deref().filter(|_| self.selection.is_none())
    }

    /// What an agent may do for a project's task that does not say: the agent's own setting, else
    /// the project's, else the default.
    pub fn access(&self, agent: &AgentSettings, project: Option<&str>) -> Access {
        let of_project = || self.projects.get(project?)?.access;
        agent.access.or_else(of_project).unwrap_or(self.defaults.access)
    }

    /// The model of an agent for a project's task that does not say: the agent's own setting, else
    /// the project's, else the default; none: the agent's own choice.
    pub fn model(&self, agent: &AgentSettings, project: Option<&str>) -> Option<String> {
        let of_project = || self.projects.get(project?)?.model.clone();
        agent.model.clone().or_else(of_project).or_else(|| self.defaults.model.clone())
    }

    fn find_agent(&self, name: &str) -> Result<&AgentSettings, ConfigErrorKind> {
        self.agents.get(name).ok_or_else(|| ConfigErrorKind::UnknownAgent {
            name: name.to_owned(),
            nearest: nearest(name, self.agents.keys().map(String::as_str)),
            known: self.agents.keys().cloned().collect(),
        })
    }
}

/// Checks a file's content and fills it up.
pub(super) fn resolve(file: ConfigFile, origins: &Origins) -> Result<Config, ConfigError> {
    let check = Check { origins };
    check.version(file.version.unwrap_or(VERSION))?;
    let mut config = Config::built_in();
    for (name, entry) in file.agents {
        let agent = check.agent(&name, entry)?;
        config.agents.insert(name, agent);
    }
    config.storage = file.storage;
    config.defaults = file.defaults;
    config.selection = file.selection;
    config.projects = file.projects;
    config.bus = file.bus;
    config.power = file.power;
    config.webhook = file.webhook;
    config.webhooks = file.webhooks;
    config.api = file.api;
    check.whole(&config)?;
    Ok(config)
}

struct Check<'a> {
    origins: &'a Origins,
}

impl Check<'_> {
    fn error(&self, key: impl Into<String>, kind: ConfigErrorKind) -> ConfigError {
        let key = key.into();
        ConfigError { place: self.origins.place(&key), key: Some(key.into()), kind }
    }

    fn invalid(&self, key: impl Into<String>, why: impl Into<String>) -> ConfigError {
        self.error(key, ConfigErrorKind::Invalid { why: why.into() })
    }

    fn version(&self, found: u32) -> Result<(), ConfigError> {
        match found {
            0 => Err(self.invalid("version", "must be 1")),
            VERSION => Ok(()),
            _ => Err(self.error("version", ConfigErrorKind::NewerVersion { found, known: VERSION })),
        }
    }

    fn agent(&self, name: &str, entry: AgentEntry) -> Result<AgentSettings, ConfigError> {
        let key = |part: &str| format!("agents.{name}.{part}");
        if !is_plain_name(name) {
            return Err(self.invalid(format!("agents.{name}"), format!("an agent's name {NAME_RULE}")));
        }
        let Some(kind) = entry.kind.or_else(|| AgentKind::of_name(name)) else {
            return Err(self.error(key("type"), ConfigErrorKind::Missing));
        };
        for (part, set) in without_effect(kind, &entry) {
            if set {
                return Err(
                    self.error(key(part), ConfigErrorKind::NoEffect { here: format!("for type {kind}") })
                );
            }
        }
        if kind == AgentKind::Command && entry.command.first().is_none_or(String::is_empty) {
            return Err(self.error(key("command"), ConfigErrorKind::Missing));
        }
        if let Some(url) = &entry.base_url {
            self.address(key("base_url"), url)?;
        }
        for variable in entry.env.keys() {
            if variable.is_empty() || variable.contains(['=', '\0']) {
                return Err(self.invalid(key(&format!("env.{variable}")), "is no name of a variable"));
            }
        }
        self.model(key("model"), entry.model.as_deref())?;
        Ok(AgentSettings::of_entry(name, kind, entry))
    }

    fn whole(&self, config: &Config) -> Result<(), ConfigError> {
        let defaults = &config.defaults;
        self.known_agent(config, "defaults.agent", defaults.agent.as_deref())?;
        self.model("defaults.model", defaults.model.as_deref())?;
        if defaults.max_running == Some(0) {
            return Err(self.invalid("defaults.max_running", "must be at least 1"));
        }
        if defaults.max_failures == 0 {
            return Err(self.invalid("defaults.max_failures", "must be at least 1"));
        }
        if defaults.max_cost_usd.is_some_and(|cost| !(cost.is_finite() && cost >= 0.0)) {
            return Err(self.invalid("defaults.max_cost_usd", "must be a sum of US dollars"));
        }
        if config.power.battery_floor > 100 {
            return Err(self.invalid("power.battery_floor", "must be a percentage, 0 to 100"));
        }
        for (name, project) in &config.projects {
            let key = |part: &str| format!("projects.{name}.{part}");
            if let Err(error) = ProjectId::new(name) {
                return Err(self.invalid(format!("projects.{name}"), error.to_string()));
            }
            self.known_agent(config, key("agent"), project.agent.as_deref())?;
            self.model(key("model"), project.model.as_deref())?;
        }
        if let Some(selection) = &config.selection {
            self.selection(config, selection)?;
        }
        self.bus(&config.bus)?;
        self.webhooks(config)?;
        match &config.api.public_url {
            Some(url) => self.address("api.public_url", url),
            None => Ok(()),
        }
    }

    fn webhooks(&self, config: &Config) -> Result<(), ConfigError> {
        for name in config.webhooks.keys() {
            let place = format!("webhooks.{name}");
            if name == webhook::ONLY {
                return Err(self.invalid(place, "is the name of the one that is configured as webhook"));
            }
            if !is_plain_name(name) {
                return Err(self.invalid(place, format!("a webhook's name {NAME_RULE}")));
            }
        }
        config.webhooks().try_for_each(|(name, webhook)| self.webhook(name, webhook))
    }

    fn webhook(&self, name: &str, webhook: &Webhook) -> Result<(), ConfigError> {
        let key = |part: &str| webhook::key_of(name, part);
        self.address(key("url"), webhook.url.expose_secret())?;
        let known = change::patterns();
        let mut unknown = webhook.events.iter().enumerate().filter(|(_, event)| !known.contains(event));
        if let Some((index, event)) = unknown.next() {
            let nearest = nearest(event, known.iter().map(String::as_str));
            let kind = ConfigErrorKind::NotAllowed { found: event.clone(), nearest, allowed: known.clone() };
            return Err(self.error(key(&format!("events.{index}")), kind));
        }
        webhook.check().map_err(|(part, why)| self.invalid(key(part), why))
    }

    fn selection(&self, config: &Config, selection: &Selection) -> Result<(), ConfigError> {
        if selection.agents.is_empty() {
            return Err(self.invalid("selection.agents", "must name at least one agent"));
        }
        for (index, name) in selection.agents.iter().enumerate() {
            self.known_agent(config, format!("selection.agents.{index}"), Some(name))?;
        }
        let weighted = selection.strategy == Strategy::Weighted;
        if !weighted && !selection.weights.is_empty() {
            let here = "unless strategy is weighted".to_owned();
            return Err(self.error("selection.weights", ConfigErrorKind::NoEffect { here }));
        }
        if weighted && selection.weights.len() != selection.agents.len() {
            let why = format!("must be {} numbers, one for each agent", selection.agents.len());
            return Err(self.invalid("selection.weights", why));
        }
        if weighted && selection.weights.iter().all(|weight| *weight == 0) {
            return Err(self.invalid("selection.weights", "must not all be 0"));
        }
        Ok(())
    }

    fn bus(&self, bus: &Bus) -> Result<(), ConfigError> {
        let (key, durability) = ("bus.flush_interval", self.origins.get("bus.durability"));
        let interval = self.origins.get(key);
        // A stronger layer may choose another durability for once: no reason to take the interval out.
        let is_overruled = durability != Origin::Default && !interval.is_of_same_layer(&durability);
        if bus.durability == Durability::Interval || interval == Origin::Default || is_overruled {
            return Ok(());
        }
        let here = "unless durability is interval".to_owned();
        Err(self.error(key, ConfigErrorKind::NoEffect { here }))
    }

    fn known_agent(
        &self,
        config: &Config,
        key: impl Into<String>,
        name: Option<&str>,
    ) -> Result<(), ConfigError> {
        match name.map(|name| config.find_agent(name)) {
            Some(Err(kind)) => Err(self.error(key, kind)),
            _ => Ok(()),
        }
    }

    /// A model becomes an argument of an agent's command line: it must not read as an option.
    fn model(&self, key: impl Into<String>, model: Option<&str>) -> Result<(), ConfigError> {
        match model {
            Some(name) if name.is_empty() || name.starts_with('-') || name.contains(char::is_control) => {
                Err(self.invalid(key, "is no name of a model"))
            }
            _ => Ok(()),
        }
    }

    fn address(&self, key: impl Into<String>, url: &str) -> Result<(), ConfigError> {
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        match rest {
            Some(rest) if !rest.is_empty() && !url.contains(char::is_whitespace) => Ok(()),
            _ => Err(self.invalid(key, "must be an address that begins with https:// or http://")),
        }
    }
}

/// What [`is_plain_name`] asks for.
const NAME_RULE: &str = "is made of a-z, 0-9, - and _, up to 64 of them, and begins with a letter or digit";

fn is_plain_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'))
}

/// The keys that mean nothing to a kind of agent, and whether each is set.
fn without_effect(kind: AgentKind, entry: &AgentEntry) -> Vec<(&'static str, bool)> {
    let process = [("args", !entry.args.is_empty()), ("command", !entry.command.is_empty())];
    let form = vec![("prompt", entry.prompt.is_some()), ("output", entry.output.is_some())];
    match kind {
        AgentKind::Claude | AgentKind::Codex | AgentKind::Gemini => form,
        AgentKind::Perplexity | AgentKind::Xai => {
            // They have no tools, so there is nothing that they may do.
            [&process[..], &form, &[("access", entry.access.is_some())]].concat()
        }
        AgentKind::Command => vec![("base_url", entry.base_url.is_some())],
    }
}
