//! Which files are read, in which order, and where each value came from.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::agent::AgentKind;
use super::error::{ConfigError, ConfigErrorKind};
use super::keys::{Key, KeyKind, RENAMED, matches};
use super::settings::{Config, ConfigFile};
use super::token::{Env, is_open_to_others};
use super::tree::{self, Node, Origin, Value};
use super::trust::{Trust, keep_what_is_harmless};
use super::{de, environment, resolve, webhook};

/// Larger files are no configuration.
const MAX_BYTES: u64 = 1 << 20;

/// Where to look for settings.
pub struct Sources<'a> {
    /// `--config`.
    pub flag: Option<PathBuf>,
    /// The environment.
    pub env: &'a Env<'a>,
    /// The current folder: its `conductor.yaml` is read.
    pub cwd: &'a Path,
    /// The person's home folder.
    pub home: &'a Path,
}

/// Settings, with where they came from.
#[derive(Debug)]
pub struct Loaded {
    /// What is in force.
    pub config: Config,
    /// Where each value was set.
    pub origins: Origins,
    /// What a person should know: refused keys, files that others may read.
    pub warnings: Vec<Warning>,
    /// The person's own file: the one that was named, else the one of the home folder.
    pub path: Option<PathBuf>,
    /// `./conductor.yaml`, where it was read.
    pub project_file: Option<ProjectFile>,
}

/// `./conductor.yaml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectFile {
    /// Where it is.
    pub path: PathBuf,
    /// Whether its content is trusted.
    pub trusted: bool,
}

/// Something that a person should know about a setting. Reads as `place: key: message`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Where it stands.
    pub place: Origin,
    /// The dotted key.
    pub key: String,
    /// What is the matter.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}: {}", self.place, self.key, self.message)
    }
}

/// Where each value was set, by dotted key.
#[derive(Debug, Clone, Default)]
pub struct Origins(BTreeMap<String, Origin>);

impl Origins {
    fn of(tree: &Node) -> Self {
        let mut found = BTreeMap::new();
        tree.walk("", &mut |path, node| {
            found.insert(path.to_owned(), node.origin.clone());
            if let Value::List(items) = &node.value {
                let item = |(index, item): (usize, &Node)| (format!("{path}.{index}"), item.origin.clone());
                found.extend(items.iter().enumerate().map(item));
            }
        });
        Self(found)
    }

    /// Where a value was set; `Default` where nowhere.
    pub fn get(&self, key: &str) -> Origin {
        self.0.get(key).cloned().unwrap_or(Origin::Default)
    }

    /// Every key that was set, with its place.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Origin)> {
        self.0.iter().map(|(key, origin)| (key.as_str(), origin))
    }

    /// The place of a key, or of the nearest thing above it.
    pub(super) fn place(&self, key: &str) -> Option<Origin> {
        let mut key = key;
        loop {
            if let Some(origin) = self.0.get(key) {
                return Some(origin.clone());
            }
            key = key.rsplit_once('.')?.0;
        }
    }
}

impl Config {
    /// Reads all layers. Nothing is required: without any file this is [`Config::built_in`].
    ///
    /// # Errors
    /// When a named file is missing, or any file that is read is not a valid configuration.
    pub fn load(sources: &Sources<'_>) -> Result<Loaded, ConfigError> {
        let own = sources.own_file()?;
        let mut tree = match &own.path {
            Some(path) => read(path, sources.home)?.tree,
            None => Node::empty(),
        };
        let mut warnings = own.warnings;
        let project_file = match sources.project_file().filter(|_| !own.explicit) {
            Some(path) if path.is_file() => Some(add_project_file(&mut tree, path, sources, &mut warnings)?),
            Some(path) => {
                warnings.push(no_file_warning(path));
                None
            }
            None => None,
        };
        let mut environment = environment::layer(sources.env, &|section| names(&tree, section));
        resolve_paths(&mut environment, sources.cwd, sources.home);
        put_over(&mut tree, environment);
        let origins = Origins::of(&tree);
        let config = resolve::resolve(de::from_node::<ConfigFile>(&tree)?, &origins)?;
        warnings.extend(remarks(&config, &origins));
        Ok(Loaded { config, origins, warnings, path: own.path, project_file })
    }
}

/// The person's own file and what was noticed while looking for it.
struct OwnFile {
    path: Option<PathBuf>,
    explicit: bool,
    warnings: Vec<Warning>,
}

impl Sources<'_> {
    fn named_file(&self) -> Option<PathBuf> {
        let variable = || (self.env)("CONDUCTOR_CONFIG").filter(|text| !text.is_empty()).map(PathBuf::from);
        self.flag.clone().or_else(variable).map(|path| absolute(&path, self.cwd, self.home))
    }

    /// Where the file of the home folder is, existing or not: what `config init` writes.
    pub fn home_file(&self) -> PathBuf {
        self.base_folder("XDG_CONFIG_HOME", ".config").join("config.yaml")
    }

    /// Our folder below an XDG base folder. Relative values of the variable are ignored, as the
    /// specification says.
    pub(super) fn base_folder(&self, variable: &str, usual: &str) -> PathBuf {
        let base = (self.env)(variable).map(PathBuf::from).filter(|path| path.is_absolute());
        base.unwrap_or_else(|| self.home.join(usual)).join("conductor-loop")
    }

    fn own_file(&self) -> Result<OwnFile, ConfigError> {
        if let Some(path) = self.named_file() {
            if !path.exists() {
                return Err(ConfigError::bare(ConfigErrorKind::NotFound { path }));
            }
            return Ok(OwnFile { path: Some(path), explicit: true, warnings: Vec::new() });
        }
        let path = Some(self.home_file()).filter(|path| path.exists());
        let places = [
            (self.home_file(), self.home_file()),
            (self.cwd.join("conductor.yaml"), self.cwd.join("conductor.yaml")),
        ];
        let stale = places.into_iter().map(|(yaml, hcl)| (yaml, hcl.with_extension("hcl")));
        let stale = stale.filter(|(yaml, hcl)| !yaml.exists() && hcl.exists());
        let warnings = stale.map(|(yaml, hcl)| hcl_warning(&yaml, hcl)).collect();
        Ok(OwnFile { path, explicit: false, warnings })
    }

    fn project_file(&self) -> Option<PathBuf> {
        Some(self.cwd.join("conductor.yaml")).filter(|path| path.exists())
    }
}

/// What lies in a folder that was cloned must not keep commands from working there.
fn no_file_warning(path: PathBuf) -> Warning {
    Warning {
        message: "is not a regular file and not read".to_owned(),
        hint: Some("move it away, or make it a file".to_owned()),
        key: "file".to_owned(),
        place: Origin::File { path: path.into(), line: 1, column: 1 },
    }
}

fn hcl_warning(yaml: &Path, hcl: PathBuf) -> Warning {
    Warning {
        message: "is HCL and not read; configuration is YAML here".to_owned(),
        hint: Some(format!("write the same keys to {}", yaml.display())),
        key: "file".to_owned(),
        place: Origin::File { path: hcl.into(), line: 1, column: 1 },
    }
}

/// A file that was read and understood.
pub(super) struct FileLayer {
    pub(super) tree: Node,
    pub(super) text: String,
}

/// Reads a file and checks every key and type of it, whatever other layers say.
pub(super) fn read(path: &Path, home: &Path) -> Result<FileLayer, ConfigError> {
    if path.extension().is_some_and(|extension| extension == "hcl") {
        return Err(ConfigError::bare(ConfigErrorKind::Hcl { path: path.to_owned() }));
    }
    let text = read_text(path)?;
    let mut tree = tree::parse(&text, path)?;
    de::from_node::<ConfigFile>(&tree).map_err(explain_renamed)?;
    resolve_paths(&mut tree, path.parent().unwrap_or(Path::new("/")), home);
    Ok(FileLayer { tree, text })
}

fn read_text(path: &Path) -> Result<String, ConfigError> {
    let io = |source| ConfigError::bare(ConfigErrorKind::Io { path: path.to_owned(), source });
    let mut bytes = Vec::new();
    // Opening a pipe that nobody writes to would wait forever; later supervisors read the file again.
    if !std::fs::metadata(path).map_err(io)?.is_file() {
        return Err(ConfigError::bare(ConfigErrorKind::NotAFile { path: path.to_owned() }));
    }
    let file = std::fs::File::open(path).map_err(io)?;
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > MAX_BYTES {
        let why = format!("{} is larger than 1 MiB", path.display());
        return Err(ConfigError::bare(ConfigErrorKind::Invalid { why }));
    }
    String::from_utf8(bytes)
        .map_err(|_| ConfigError::bare(ConfigErrorKind::NotText { path: path.to_owned() }))
}

fn explain_renamed(mut error: ConfigError) -> ConfigError {
    if let (ConfigErrorKind::UnknownKey { .. }, Some(key)) = (&error.kind, &error.key)
        && let Some((_, instead)) = RENAMED.iter().find(|(pattern, _)| matches(pattern, key))
    {
        error.kind = ConfigErrorKind::Renamed { instead };
    }
    error
}

fn add_project_file(
    tree: &mut Node,
    path: PathBuf,
    sources: &Sources<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<ProjectFile, ConfigError> {
    let layer = read(&path, sources.home)?;
    let trusted = Trust::of(sources).holds(&path, layer.text.as_bytes());
    let over = if trusted {
        layer.tree
    } else {
        let origins = Origins::of(tree);
        let without = resolve::resolve(de::from_node::<ConfigFile>(tree)?, &origins)?;
        keep_what_is_harmless(&layer.tree, &without, warnings)
    };
    put_over(tree, over);
    Ok(ProjectFile { path, trusted })
}

/// Puts a layer over those below. An agent that it chooses is not overruled by their selection.
fn put_over(tree: &mut Node, over: Node) {
    if over.get(&["defaults", "agent"]).is_some() && over.get(&["selection"]).is_none() {
        tree.remove(&["selection"]);
    }
    tree.merge(over);
}

/// The names that the person gave in a section, and the known agents.
fn names(tree: &Node, section: &str) -> Vec<String> {
    let known = AgentKind::KNOWN.iter().map(|kind| kind.as_str().to_owned()).filter(|_| section == "agents");
    let given = tree.get(&[section]).map_or(&[][..], Node::entries).iter().map(|entry| entry.name.clone());
    let mut names: Vec<_> = known.chain(given).collect();
    names.sort();
    names.dedup();
    names
}

/// Makes every path absolute: `~/` is the home folder, a relative one begins at `folder`.
fn resolve_paths(tree: &mut Node, folder: &Path, home: &Path) {
    let mut changes = Vec::new();
    tree.walk("", &mut |path, node| {
        let Some(key) = Key::find(path) else { return };
        let mut node = node.clone();
        let nodes: &mut [Node] = match (key.kind, &mut node.value) {
            (KeyKind::Path, _) => std::slice::from_mut(&mut node),
            (KeyKind::Paths, Value::List(items)) => items,
            // A bare name is looked for on PATH.
            (KeyKind::Command, Value::List(items)) => match items.first_mut() {
                Some(program) if program.scalar().is_some_and(|text| text.contains('/')) => {
                    std::slice::from_mut(program)
                }
                _ => return,
            },
            _ => return,
        };
        for node in nodes {
            if let Some(text) = node.scalar() {
                let path = absolute(Path::new(text), folder, home);
                node.value = Value::Text(path.to_string_lossy().into_owned());
            }
        }
        changes.push((path.to_owned(), node));
    });
    for (path, node) in changes {
        let words: Vec<&str> = path.split('.').collect();
        tree.set(&words, node);
    }
}

fn absolute(path: &Path, folder: &Path, home: &Path) -> PathBuf {
    match path.strip_prefix("~") {
        Ok(rest) => home.join(rest),
        Err(_) => folder.join(path),
    }
}

/// What is allowed and still worth saying.
fn remarks(config: &Config, origins: &Origins) -> Vec<Warning> {
    let mut found = Vec::new();
    let mut say = |key: &str, message: String, hint: &str| {
        let place = origins.place(key).unwrap_or(Origin::Default);
        found.push(Warning { place, key: key.to_owned(), message, hint: Some(hint.to_owned()) });
    };
    for (key, path) in key_files(config).filter(|(_, path)| is_open_to_others(path)) {
        let file = path.display();
        say(&key, format!("others may read {file}"), &format!("chmod 600 {file}"));
    }
    for (key, better) in inline_keys(config) {
        if let Origin::File { path, .. } = origins.get(&key)
            && is_open_to_others(&path)
        {
            let hint = format!("chmod 600 {}, or use {better}", path.display());
            say(&key, format!("others may read {}, which holds a key", path.display()), &hint);
        }
    }
    found
}

/// The files that hold keys, with the settings that name them.
fn key_files(config: &Config) -> impl Iterator<Item = (String, &Path)> {
    let of_agents = config
        .agents
        .iter()
        .filter_map(|(name, agent)| Some((format!("agents.{name}.token_file"), agent.token_file()?)));
    let of_webhooks = config.webhooks().filter_map(|(name, webhook)| {
        Some((webhook::key_of(name, "secret_file"), webhook.secret_file.as_deref()?))
    });
    let of_server = config.api.tls.iter().map(|files| ("api.tls.key".to_owned(), files.key.as_path()));
    of_agents.chain(of_webhooks).chain(of_server)
}

/// The settings that are keys themselves, and what is better.
fn inline_keys(config: &Config) -> impl Iterator<Item = (String, &'static str)> {
    let of_agents = config.agents.keys().map(|name| (format!("agents.{name}.token"), "token_file"));
    let of_webhooks = config.webhooks().map(|(name, _)| (webhook::key_of(name, "secret"), "secret_file"));
    of_agents.chain(of_webhooks)
}
