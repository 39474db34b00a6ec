//! The scratch folder of the demo: a git repository, a configuration, and the root that its tasks are in.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{actor, script};
use crate::api::{ApiError, ErrorCode};
use crate::store::Root;
use crate::supervisor::binary;

/// What the agent is asked for.
pub const TASK: &str = include_str!("files/TASK.md");

/// What the repository begins with.
const FILES: [(&str, &str); 5] = [
    ("README.md", include_str!("files/README.md")),
    ("slug.sh", include_str!("files/slug.0.sh")),
    ("check.sh", include_str!("files/check.sh")),
    ("docs/.gitkeep", ""),
    ("examples/.gitkeep", ""),
];

/// The folder of all demos below a root's state.
const FOLDER: &str = "demo";
/// Seconds for which the question of a demo in a root waits for a person to find it.
const TO_FIND_IT: u64 = 60;

/// How the scripted agent plays; what is absent is as it is for who watches a terminal.
#[derive(Debug, Clone, Copy, Default)]
pub struct Setting {
    /// Milliseconds between two gestures.
    pub pace: Option<u64>,
    /// Seconds that its question waits for a person.
    pub question: Option<u64>,
}

impl Setting {
    /// Variables for its environment.
    fn variables(self) -> impl Iterator<Item = (&'static str, u64)> {
        [(actor::PACE, self.pace), (script::QUESTION, self.question)]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
    }
}

/// Where the demo's files are.
#[derive(Debug, Clone)]
pub struct Scratch {
    /// The folder that holds the others.
    pub folder: PathBuf,
    /// The git repository that the agent works in.
    pub repository: PathBuf,
    /// The configuration.
    pub config: PathBuf,
    /// The root.
    pub root: PathBuf,
}

impl Scratch {
    /// Makes all of it in `dir`, which must be empty or not there yet; else in a new temporary folder.
    pub fn make(dir: Option<&Path>, setting: Setting) -> Result<Self, ApiError> {
        check_git()?;
        let program = std::env::current_exe().map_err(|error| ApiError::io("find this program", &error))?;
        let folder = empty_folder(dir)?;
        let scratch = Self {
            repository: folder.join("slug"),
            config: folder.join("config.yaml"),
            root: folder.join("runs"),
            folder,
        };
        scratch.fill(&program, setting).map(|()| scratch)
    }

    /// Makes it for a task of this root, below the root's state: it is there as long as the task may be looked at.
    pub fn below(root: &Root, question: Option<u64>) -> Result<Self, ApiError> {
        check_git()?;
        // This process may be another program than the one that is the agent.
        let program = binary::place(root)?;
        let folder = root.state_dir(FOLDER)?.create_sub(&ulid::Ulid::generate().to_string())?;
        let scratch = Self {
            // The project is called after it.
            repository: folder.join(FOLDER),
            config: folder.join("config.yaml"),
            root: root.path().to_owned(),
            folder: folder.path().to_owned(),
        };
        let setting = Setting { question: question.or(Some(TO_FIND_IT)), ..Setting::default() };
        scratch.fill(&program, setting).inspect_err(|_| scratch.remove())?;
        Ok(scratch)
    }

    /// Removes its folder. What cannot be removed is small, and nobody reads it.
    pub fn remove(&self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }

    /// Runs git in the repository; what it printed.
    pub fn git(&self, arguments: &[&str]) -> Result<String, ApiError> {
        git(&self.repository, arguments)
    }

    fn fill(&self, program: &Path, setting: Setting) -> Result<(), ApiError> {
        self.make_repository()?;
        self.make_config(program, setting)
    }

    fn make_repository(&self) -> Result<(), ApiError> {
        for (name, text) in FILES {
            write(&self.repository.join(name), text)?;
        }
        self.git(&["init", "--quiet"])?;
        self.git(&["symbolic-ref", "HEAD", "refs/heads/main"])?;
        // The person's own identity, signing and hooks have no part in this; none of them is needed.
        for (key, value) in [
            ("user.name", "Demo Agent"),
            ("user.email", "demo@localhost"),
            ("commit.gpgsign", "false"),
            ("core.hooksPath", "/dev/null"),
        ] {
            self.git(&["config", key, value])?;
        }
        self.git(&["add", "--all"])?;
        self.git(&["commit", "--quiet", "--message", "slug: a first version"]).map(drop)
    }

    /// A configuration with the scripted agent as a `command` agent, as a person would write it.
    fn make_config(&self, program: &Path, setting: Setting) -> Result<(), ApiError> {
        let quoted = |path: &Path| serde_json::Value::from(path.display().to_string());
        let setting: String =
            setting.variables().map(|(name, value)| format!(", {name}: \"{value}\"")).collect();
        let text = format!(
            "version: 1\n\
             storage: {{ runs_dir: {root} }}\n\
             defaults: {{ agent: {name}, wall_time: 5m }}\n\
             agents:\n  {name}:\n    type: command\n    command: [{program}, {agent}]\n    \
             prompt: stdin\n    output: json\n    \
             env: {{ CONDUCTOR_CONFIG: {config}, CONDUCTOR_DEFAULTS_AGENT: {name}{setting} }}\n",
            name = super::AGENT,
            root = quoted(&self.root),
            program = quoted(program),
            agent = super::AGENT_ARGUMENT,
            config = quoted(&self.config),
        );
        write(&self.config, &text)
    }
}

fn check_git() -> Result<(), ApiError> {
    let found = Command::new("git").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    match found {
        Ok(status) if status.success() => Ok(()),
        _ => Err(ApiError::new(
            ErrorCode::Missing,
            "failed to make the demo's repository: git is not installed",
        )
        .with_hint("install it, for example `sudo apt-get install git` or `sudo dnf install git`")),
    }
}

fn empty_folder(dir: Option<&Path>) -> Result<PathBuf, ApiError> {
    let folder = match dir {
        Some(dir) => std::path::absolute(dir).map_err(|error| ApiError::io("resolve --dir", &error))?,
        None => std::env::temp_dir().join(format!("conductor-demo-{}", ulid::Ulid::generate())),
    };
    let failed = |error: io::Error| {
        ApiError::io(format_args!("make {}", folder.display()), &error)
            .with_hint("name a new folder with --dir, or leave --dir out")
    };
    std::fs::create_dir_all(&folder).map_err(failed)?;
    if std::fs::read_dir(&folder).map_err(failed)?.next().is_some() {
        return Err(ApiError::conflict(format_args!(
            "failed to make the demo in {}: it is not empty",
            folder.display()
        ))
        .with_hint("name a new folder with --dir, or leave --dir out"));
    }
    folder.canonicalize().map_err(failed)
}

fn write(path: &Path, text: &str) -> Result<(), ApiError> {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(path, text))
        .map_err(|error| ApiError::io(format_args!("write {}", path.display()), &error))
}

fn git(folder: &Path, arguments: &[&str]) -> Result<String, ApiError> {
    let done = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| ApiError::io("run git", &error))?;
    if done.status.success() {
        return Ok(String::from_utf8_lossy(&done.stdout).into_owned());
    }
    let words = String::from_utf8_lossy(&done.stderr);
    let verb = arguments.first().copied().unwrap_or_default();
    Err(ApiError::new(
        ErrorCode::Io,
        format_args!("failed to run git {verb} in {}: {}", folder.display(), words.trim()),
    ))
}
