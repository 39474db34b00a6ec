//! A world of its own for a test: root, home, configuration, and the binaries under test.
//!
//! Whatever a test starts carries a marker in its environment; when the test ends, well or not,
//! nothing that carries it survives.

use std::ffi::OsStr;
use std::fmt::Debug;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use tempfile::TempDir;

use crate::processes::{self, MARKER};

pub use crate::command::{Output, Running};

/// How long anything a test waits for may take, on a machine that is busy with everything else.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A root, a home, a working folder, a configuration with the fake agent, and the binaries.
#[derive(Debug)]
pub struct TestEnv {
    folder: TempDir,
    marker: String,
    run_agent: PathBuf,
    fake_agent: PathBuf,
}

impl TestEnv {
    /// An empty world whose configuration knows the agents `fake` (text), `events` (our own form of
    /// events) and `claude` (the fake agent in Claude's manner), `fake` being the default.
    ///
    /// # Panics
    /// When the binaries are missing or older than the sources.
    pub fn new() -> Self {
        let folder =
            tempfile::Builder::new().prefix("conductor-test-").tempdir().expect("a temporary folder");
        let env = Self {
            folder,
            // That of the outer world, where this one is within the process of a single test.
            marker: std::env::var(MARKER).unwrap_or_else(|_| ulid::Ulid::generate().to_string()),
            run_agent: binary("run-agent"),
            fake_agent: binary("fake-agent"),
        };
        for folder in [env.home(), env.work()] {
            fs::create_dir_all(folder).expect("a folder");
        }
        env.configure("");
        env
    }

    /// The folder that holds all of it.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The root of projects and tasks; made by the first command that needs it.
    pub fn root(&self) -> PathBuf {
        self.path().join("root")
    }

    /// HOME; the XDG folders lie below it.
    pub fn home(&self) -> PathBuf {
        self.path().join("home")
    }

    /// The folder that commands run in and agents work in.
    pub fn work(&self) -> PathBuf {
        self.path().join("work")
    }

    /// The socket of the system's bus; nobody listens there, unless a test does.
    pub fn system_bus(&self) -> PathBuf {
        self.path().join("system-bus")
    }

    /// The binary under test.
    pub fn run_agent(&self) -> &Path {
        &self.run_agent
    }

    /// The scripted agent.
    pub fn fake_agent(&self) -> &Path {
        &self.fake_agent
    }

    /// What marks the processes of this world; a part of every command line of a fake child.
    pub fn marker(&self) -> &str {
        &self.marker
    }

    /// Writes the configuration anew: the agents, short limits, and `more` (YAML of other sections).
    pub fn configure(&self, more: &str) {
        let fake = serde_json::to_string(&self.fake_agent).expect("a path of plain text");
        let text = format!(
            "version: 1\nagents:\n  fake: {{ type: command, command: [{fake}] }}\n  \
             events: {{ type: command, command: [{fake}, --format, json], output: json }}\n  \
             claude: {{ command: [{fake}] }}\n{}{more}\n",
            if more.contains("defaults:") { "" } else { "defaults: { agent: fake }\n" },
        );
        fs::write(self.config_path(), text).expect("the configuration");
    }

    /// The configuration's file.
    pub fn config_path(&self) -> PathBuf {
        self.path().join("conductor.yaml")
    }

    /// Makes the working folder a git repository with one commit.
    pub fn git_init(&self) {
        for args in [
            &["init", "--quiet", "--initial-branch=main"][..],
            &["commit", "--quiet", "--allow-empty", "--message=begin"],
        ] {
            let output = self.command("git", args).output().expect("git");
            assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }

    /// A command of this world that has not been started.
    pub fn command(&self, program: impl AsRef<OsStr>, args: &[impl AsRef<OsStr>]) -> Command {
        let home = self.home();
        let bin = self.run_agent.parent().unwrap_or(Path::new("/"));
        let path = std::env::var("PATH").unwrap_or_default();
        let mut command = Command::new(program);
        command
            .args(args)
            .current_dir(self.work())
            .env_clear()
            .env("PATH", format!("{}:{path}", bin.display()))
            .env("HOME", &home)
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .env("XDG_DATA_HOME", home.join(".local/share"))
            .env("XDG_STATE_HOME", home.join(".local/state"))
            .env("XDG_CACHE_HOME", home.join(".cache"))
            .env("CONDUCTOR_ROOT", self.root())
            .env("CONDUCTOR_CONFIG", self.config_path())
            .env("DBUS_SYSTEM_BUS_ADDRESS", format!("unix:path={}", self.system_bus().display()))
            .env("LANG", "C.UTF-8")
            .env("NO_COLOR", "1")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "Test")
            .env("GIT_AUTHOR_EMAIL", "test@example.org")
            .env("GIT_COMMITTER_NAME", "Test")
            .env("GIT_COMMITTER_EMAIL", "test@example.org")
            .env(MARKER, &self.marker)
            .stdin(Stdio::null());
        command
    }

    /// Runs `run-agent` to its end.
    ///
    /// # Panics
    /// When it cannot be started, or has not ended after [`PATIENCE`].
    pub fn run(&self, args: &[impl AsRef<OsStr> + Debug]) -> Output {
        self.run_with(args, |_| ())
    }

    /// Runs `run-agent` to its end, its command changed first: environment, folder, standard input.
    ///
    /// # Panics
    /// As [`TestEnv::run`].
    pub fn run_with(&self, args: &[impl AsRef<OsStr> + Debug], change: impl FnOnce(&mut Command)) -> Output {
        self.spawn_with(args, change).wait(PATIENCE)
    }

    /// Runs `run-agent … --json` and reads what it prints.
    ///
    /// # Panics
    /// When it fails or prints no JSON.
    pub fn json(&self, args: &[&str]) -> serde_json::Value {
        let output = self.run(&[args, &["--json"]].concat());
        assert_eq!(output.code, Some(0), "{args:?}: {output}");
        serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{args:?}: {error} in {output}"))
    }

    /// Starts `run-agent`; it is killed when the handle is dropped.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn spawn(&self, args: &[impl AsRef<OsStr> + Debug]) -> Running {
        self.spawn_with(args, |_| ())
    }

    /// Starts `run-agent`, its command changed first.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn spawn_with(
        &self,
        args: &[impl AsRef<OsStr> + Debug],
        change: impl FnOnce(&mut Command),
    ) -> Running {
        let mut command = self.command(&self.run_agent, args);
        change(&mut command);
        Running::start(&mut command, &format!("run-agent {args:?}"))
    }

    /// Waits until `look` finds what is waited for.
    ///
    /// # Panics
    /// When it has not after [`PATIENCE`]; `what` says what was waited for.
    pub fn wait_for<T>(&self, what: &str, look: impl FnMut() -> Option<T>) -> T {
        wait_for(what, look)
    }

    /// Keeps a copy of its files, and says where: for a world in which something was wrong.
    pub fn keep(&self, name: &str) {
        let to = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
        let copied = Command::new("cp").arg("-a").arg(self.path()).arg(&to).status();
        if copied.is_ok_and(|status| status.success()) {
            eprintln!("files kept in {}", to.display());
        }
    }

    /// The processes of this world that live now, with their command lines; that of the test is none.
    pub fn processes(&self) -> Vec<(i32, String)> {
        processes::marked(&self.marker)
    }

    /// Waits until no process of this world is left.
    ///
    /// # Panics
    /// When some are left after [`PATIENCE`].
    pub fn wait_until_empty(&self) {
        wait_for("no process left", || self.processes().is_empty().then_some(()));
    }
}

impl Default for TestEnv {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for TestEnv {
    fn drop(&mut self) {
        processes::kill_all(&self.marker);
    }
}

/// Waits until `look` finds what is waited for.
///
/// # Panics
/// When it has not after [`PATIENCE`].
pub fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited {} s for {what}", PATIENCE.as_secs());
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A binary beside the test's own, which lies in `deps` of the same profile.
fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("the path of the test");
    let profile = test.ancestors().find(|folder| folder.file_name().is_some_and(|name| name == "deps"));
    let folder = profile.and_then(Path::parent).or(test.parent()).expect("the folder of the test");
    let path = folder.join(name);
    let how = "build the binaries first: cargo build --workspace --all-features";
    let built = fs::metadata(&path).and_then(|meta| meta.modified());
    let built = built.unwrap_or_else(|error| panic!("{}: {error}; {how}", path.display()));
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources = if name == "run-agent" { manifest.with_file_name("core") } else { manifest.to_owned() };
    if let Ok((changed, file)) = newest(&sources.join("src")) {
        assert!(changed <= built, "{} is older than {}; {how}", path.display(), file.display());
    }
    path
}

/// The last change below a folder.
fn newest(folder: &Path) -> io::Result<(SystemTime, PathBuf)> {
    let mut newest = (SystemTime::UNIX_EPOCH, folder.to_owned());
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let found = if entry.file_type()?.is_dir() {
            self::newest(&entry.path())?
        } else if entry.file_name().to_string_lossy().ends_with("tests.rs") {
            // Only the tests' own build reads it: no build of the binary would make it newer than this.
            continue;
        } else {
            (entry.metadata()?.modified()?, entry.path())
        };
        newest = newest.max(found);
    }
    Ok(newest)
}
