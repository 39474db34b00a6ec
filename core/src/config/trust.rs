//! Whether `./conductor.yaml` is trusted, and what it may do before it is.
//!
//! It may come with a cloned repository or be written by an agent. A record of trust is a file below
//! the XDG state folder, named by a hash of the file's path and content: any change ends it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::error::{ConfigError, ConfigErrorKind};
use super::keys::{Key, Measure, Untrusted};
use super::layers::{self, Sources, Warning};
use super::settings::{Config, Defaults};
use super::tree::{Node, Value};
use super::units::parse_duration;
use crate::hex::hex;
use crate::model::access::Access;

/// The files that a person trusts.
#[derive(Debug, Clone)]
pub struct Trust {
    folder: PathBuf,
    home: PathBuf,
}

impl Trust {
    /// The records of the person whose environment this is.
    pub fn of(sources: &Sources<'_>) -> Self {
        let folder = sources.base_folder("XDG_STATE_HOME", ".local/state").join("trust");
        Self { folder, home: sources.home.to_owned() }
    }

    /// Whether this content of this file is trusted.
    pub fn holds(&self, path: &Path, content: &[u8]) -> bool {
        self.record_of(path, content).is_ok_and(|record| record.is_file())
    }

    /// Trusts a file as it is now.
    ///
    /// # Errors
    /// When it is not a valid configuration, or the record cannot be written.
    pub fn record(&self, path: &Path) -> Result<(), ConfigError> {
        let text = layers::read(path, &self.home)?.text;
        let record = self.record_of(path, text.as_bytes())?;
        let write = || -> std::io::Result<()> {
            fs::create_dir_all(&self.folder)?;
            let mut file = fs::File::create(&record)?;
            writeln!(file, "{}", path.display())?;
            file.sync_all()
        };
        write().map_err(|source| ConfigError::bare(ConfigErrorKind::Io { path: record.clone(), source }))
    }

    /// Takes trust in a file as it is now back; tells whether there was any.
    ///
    /// # Errors
    /// When the file cannot be read or the record not be removed.
    pub fn revoke(&self, path: &Path) -> Result<bool, ConfigError> {
        let io =
            |path: &Path, source| ConfigError::bare(ConfigErrorKind::Io { path: path.to_owned(), source });
        let content = fs::read(path).map_err(|source| io(path, source))?;
        let record = self.record_of(path, &content)?;
        match fs::remove_file(&record) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(source) => Err(io(&record, source)),
        }
    }

    fn record_of(&self, path: &Path, content: &[u8]) -> Result<PathBuf, ConfigError> {
        use std::os::unix::ffi::OsStrExt;
        let place = path
            .canonicalize()
            .map_err(|source| ConfigError::bare(ConfigErrorKind::Io { path: path.to_owned(), source }))?;
        let mut hash = Sha256::new();
        hash.update(place.as_os_str().as_bytes());
        hash.update([0]);
        hash.update(content);
        Ok(self.folder.join(hex(&hash.finalize())))
    }
}

/// What remains of an untrusted file: choices that give nothing that would not hold without it.
pub(super) fn keep_what_is_harmless(tree: &Node, without: &Config, warnings: &mut Vec<Warning>) -> Node {
    let mut kept = Node::empty();
    tree.walk("", &mut |path, node| {
        // Sections and names are maps; only what a key of the table holds is a setting.
        let Some(key) = Key::find(path) else { return };
        match refusal(key, path, node, without) {
            None => kept.set(&path.split('.').collect::<Vec<_>>(), node.clone()),
            Some(why) => warnings.push(Warning {
                place: node.origin.clone(),
                key: path.to_owned(),
                message: format!("ignored: {why}"),
                hint: Some("run-agent config trust".to_owned()),
            }),
        }
    });
    kept
}

/// Why a key of an untrusted file is not taken; none where it is.
fn refusal(key: &Key, path: &str, node: &Node, without: &Config) -> Option<String> {
    let text = node.scalar().unwrap_or_default();
    let agent = || path.split('.').nth(1).and_then(|name| without.agents.get(name));
    let known = !path.starts_with("agents.") || agent().is_some();
    match key.untrusted {
        _ if key.untrusted == Untrusted::Refused || !known => {
            Some("a file that is not trusted may not set this".to_owned())
        }
        _ if matches!(node.value, Value::Null) => {
            Some("a file that is not trusted may not unset this".to_owned())
        }
        Untrusted::Agent => refuse_agent(text, without),
        Untrusted::Access => {
            let limit = match agent() {
                Some(agent) => lowest_access(without, agent),
                None => without.defaults.access,
            };
            let asked: Access = text.parse().ok()?;
            (asked > limit).then(|| format!("a file that is not trusted may only lower access (now {limit})"))
        }
        Untrusted::Limit(measure) => {
            let limit = limit_of(&without.defaults, path);
            (measured(measure, text) > limit)
                .then(|| "a file that is not trusted may only lower this limit".to_owned())
        }
        Untrusted::Choice | Untrusted::Refused => None,
    }
}

fn refuse_agent(name: &str, without: &Config) -> Option<String> {
    let Some(asked) = without.agents.get(name) else {
        return Some(format!(
            "a file that is not trusted may only choose a known agent, and {name:?} is none"
        ));
    };
    let chosen = match (&without.selection, &without.defaults.agent) {
        (Some(selection), _) => selection.agents.clone(),
        (None, agent) => agent.iter().cloned().collect(),
    };
    let limit = chosen
        .iter()
        .filter_map(|name| without.agents.get(name))
        .map(|agent| lowest_access(without, agent))
        .min()
        .unwrap_or(without.defaults.access);
    let access = asked.access.unwrap_or(without.defaults.access);
    (access > limit).then(|| {
        format!("a file that is not trusted may not choose an agent with more access ({access}, now {limit})")
    })
}

/// What an agent may do in the project where it may do least: an agent's own setting would win there.
fn lowest_access(config: &Config, agent: &super::AgentSettings) -> Access {
    let projects = config.projects.keys().map(|project| config.access(agent, Some(project)));
    projects.chain([config.access(agent, None)]).min().unwrap_or_default()
}

/// The limit that holds without the file; infinite where there is none.
fn limit_of(defaults: &Defaults, path: &str) -> f64 {
    let none = f64::INFINITY;
    let time = |limit: std::time::Duration| if limit.is_zero() { none } else { limit.as_secs_f64() };
    match path {
        "defaults.max_running" => f64::from(defaults.slots()),
        "defaults.max_restarts" => f64::from(defaults.max_restarts),
        "defaults.max_failures" => f64::from(defaults.max_failures),
        "defaults.max_depth" => f64::from(defaults.max_depth),
        "defaults.max_tokens" => defaults.max_tokens.map_or(none, |tokens| tokens as f64),
        "defaults.max_cost_usd" => defaults.max_cost_usd.unwrap_or(none),
        "defaults.idle_timeout" => time(defaults.idle_timeout),
        "defaults.wall_time" => time(defaults.wall_time),
        _ => 0.0,
    }
}

fn measured(measure: Measure, text: &str) -> f64 {
    let value = match measure {
        Measure::Number => text.parse().ok(),
        Measure::Duration => {
            parse_duration(text).ok().filter(|time| !time.is_zero()).map(|time| time.as_secs_f64())
        }
    };
    value.unwrap_or(f64::INFINITY)
}
