//! Keys of agents: where they are looked for, and which values must be masked in what is shown.

use std::path::Path;

use secrecy::{ExposeSecret, SecretString};
use serde::Serializer;

use super::agent::AgentSettings;
use super::environment::variable_part;
use super::error::{ConfigError, ConfigErrorKind};
use super::settings::Config;

/// Asks for an environment variable.
pub type Env<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// What is shown in place of a secret.
pub(super) const HIDDEN: &str = "(hidden)";

/// The service under which accounts stand in the system's keyring.
const KEYRING_SERVICE: &str = "conductor-loop";

/// Shorter values are no keys, and masking them would garble every log.
const SHORTEST_SECRET: usize = 6;

/// Variables that hold somebody's key, whichever agent uses them.
const SECRET_VARIABLES: [&str; 13] = [
    "CONDUCTOR_TOKEN",
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "OPENAI_API_KEY",
    "CODEX_API_KEY",
    "GEMINI_API_KEY",
    "GOOGLE_API_KEY",
    "PERPLEXITY_API_KEY",
    "XAI_API_KEY",
    "GITHUB_TOKEN",
    "GH_TOKEN",
    "GITLAB_TOKEN",
];

impl AgentSettings {
    /// The agent's key: `CONDUCTOR_AGENT_<NAME>_TOKEN`, the vendor's own variable, the token file,
    /// the keyring, the configuration file; none where none of them has one (agents that are logged
    /// in need none).
    ///
    /// # Errors
    /// When a configured token file cannot be read or is empty, or the keyring has no such account.
    pub fn token(&self, env: &Env<'_>) -> Result<Option<SecretString>, ConfigError> {
        let own = format!("CONDUCTOR_AGENT_{}_TOKEN", variable_part(&self.name));
        let variables = std::iter::once(own.as_str()).chain(self.kind.token_variables().iter().copied());
        for name in variables {
            if let Some(value) = env(name).filter(|value| !value.trim().is_empty()) {
                return Ok(Some(SecretString::from(value.trim())));
            }
        }
        if let Some(path) = &self.tokens.file {
            return read_token(path).map(Some).map_err(|kind| self.broken("token_file", kind));
        }
        if let Some(account) = &self.tokens.keyring {
            return ask_keyring(account).map(Some).map_err(|kind| self.broken("keyring", kind));
        }
        Ok(self.tokens.inline.clone())
    }

    /// The file that holds its key, where one is configured.
    pub fn token_file(&self) -> Option<&Path> {
        self.tokens.file.as_deref()
    }

    fn broken(&self, key: &str, kind: ConfigErrorKind) -> ConfigError {
        ConfigError::at(None, format!("agents.{}.{key}", self.name), kind)
    }
}

impl Config {
    /// Every key that is known, for masking: those of all agents, of webhooks, and what the
    /// environment holds under well-known names. What cannot be read cannot be printed either.
    pub fn secrets(&self, env: &Env<'_>) -> Vec<SecretString> {
        let mut found = Vec::new();
        for agent in self.agents.values() {
            found.extend(agent.token(env).ok().flatten());
            // The environment may win over these, and an agent could read them all the same.
            found.extend(agent.tokens.inline.clone());
            found.extend(agent.tokens.file.as_deref().and_then(|path| read_token(path).ok()));
            let variables = agent.env.iter().filter(|(name, _)| is_secret_name(name));
            found.extend(variables.map(|(_, value)| SecretString::from(value.as_str())));
        }
        found.extend(self.webhooks().flat_map(|(_, webhook)| webhook.secrets()));
        found.extend(SECRET_VARIABLES.iter().filter_map(|name| env(name)).map(SecretString::from));
        found.retain(|secret| secret.expose_secret().len() >= SHORTEST_SECRET);
        found.sort_by(|a, b| a.expose_secret().cmp(b.expose_secret()));
        found.dedup_by(|a, b| a.expose_secret() == b.expose_secret());
        found
    }
}

pub(super) fn read_token(path: &Path) -> Result<SecretString, ConfigErrorKind> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ConfigErrorKind::Io { path: path.to_owned(), source })?;
    match text.trim() {
        "" => Err(ConfigErrorKind::EmptyTokenFile { path: path.to_owned() }),
        token => Ok(SecretString::from(token)),
    }
}

fn ask_keyring(account: &str) -> Result<SecretString, ConfigErrorKind> {
    keyring::Entry::new(KEYRING_SERVICE, account)
        .and_then(|entry| entry.get_password())
        .map(SecretString::from)
        .map_err(|source| ConfigErrorKind::Keyring { account: account.to_owned(), source: Box::new(source) })
}

/// Whether a variable's name says that it holds a secret: a word of it ends in `KEY`, `TOKEN`, ….
pub(super) fn is_secret_name(name: &str) -> bool {
    const ENDS: [&str; 6] = ["KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIALS"];
    let name = name.to_ascii_uppercase();
    name.split('_').any(|word| ENDS.iter().any(|end| word.ends_with(end)))
}

/// Whether others than the owner may read a file.
pub(super) fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).is_ok_and(|meta| meta.mode() & 0o077 != 0)
}

/// Says that a secret is set, never which.
pub(super) fn hidden<S: Serializer>(value: &Option<SecretString>, to: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(_) => to.serialize_str(HIDDEN),
        None => to.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::agent::AgentKind;

    const NONE: &Env<'static> = &|_| None;

    fn sonar() -> AgentSettings {
        AgentSettings::plain("my-sonar", AgentKind::Perplexity)
    }

    fn exposed(agent: &AgentSettings, env: &Env<'_>) -> Option<String> {
        agent.token(env).unwrap().map(|token| token.expose_secret().to_owned())
    }

    #[test]
    fn sources_are_asked_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        std::fs::write(&file, "from-file\n").unwrap();
        let mut agent = sonar();
        assert_eq!(exposed(&agent, NONE), None);
        agent.tokens.inline = Some(SecretString::from("inline"));
        assert_eq!(exposed(&agent, NONE).unwrap(), "inline");
        agent.tokens.file = Some(file);
        assert_eq!(exposed(&agent, NONE).unwrap(), "from-file");
        let vendor = |name: &str| (name == "PERPLEXITY_API_KEY").then(|| "vendor".to_owned());
        assert_eq!(exposed(&agent, &vendor).unwrap(), "vendor");
        let both = |name: &str| match name {
            "CONDUCTOR_AGENT_MY_SONAR_TOKEN" => Some("own".to_owned()),
            other => vendor(other),
        };
        assert_eq!(exposed(&agent, &both).unwrap(), "own");
    }

    #[test]
    fn an_empty_variable_is_none() {
        assert_eq!(exposed(&sonar(), &|_| Some(" ".to_owned())), None);
    }

    #[test]
    fn a_missing_token_file_is_an_error_that_names_it() {
        let mut agent = sonar();
        agent.tokens.file = Some("/nowhere/key".into());
        let error = agent.token(NONE).unwrap_err().to_string();
        assert!(error.contains("agents.my-sonar.token_file") && error.contains("/nowhere/key"), "{error}");
    }

    #[test]
    fn secrets_are_all_known_values_once() {
        let mut agent = sonar();
        agent.tokens.inline = Some(SecretString::from("inline-secret"));
        agent.env.insert("SERVICE_TOKEN".to_owned(), "variable-secret".to_owned());
        agent.env.insert("MODE".to_owned(), "not a secret".to_owned());
        let config = Config::of_agents([agent]);
        let env =
            |name: &str| matches!(name, "GITHUB_TOKEN" | "XAI_API_KEY").then(|| "in-environment".to_owned());
        let secrets = config.secrets(&env);
        let shown: Vec<_> = secrets.iter().map(ExposeSecret::expose_secret).collect();
        assert_eq!(shown, ["in-environment", "inline-secret", "variable-secret"]);
    }

    #[test]
    fn neither_debug_nor_show_prints_a_key() {
        let mut agent = sonar();
        agent.tokens.inline = Some(SecretString::from("s3cr3t-inline"));
        agent.env.insert("API_KEY".to_owned(), "s3cr3t-variable".to_owned());
        let config = Config::of_agents([agent]);
        for text in [format!("{config:?}"), serde_json::to_string(&config).unwrap()] {
            assert!(!text.contains("s3cr3t"), "{text}");
        }
    }
}
