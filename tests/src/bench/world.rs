//! A root, a configuration and the release build of `run-agent`, on the disk that the build is on.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// Names the `run-agent` that is measured.
pub const BINARY: &str = "CONDUCTOR_BENCH_BINARY";

/// A world of its own.
pub struct World {
    folder: TempDir,
    binary: PathBuf,
}

impl World {
    /// An empty root, whose agent is this program in the role `agent`.
    ///
    /// # Panics
    /// When the variable that names the binary is not set.
    pub fn new() -> Self {
        let binary = PathBuf::from(std::env::var_os(BINARY).expect("npm run bench names the binary"));
        let folder = folder();
        for name in ["work", "home", "notes"] {
            fs::create_dir(folder.path().join(name)).expect("a folder");
        }
        let world = Self { folder, binary };
        world.configure(4);
        world
    }

    /// How many agents may be at work at once.
    pub fn configure(&self, max_running: u32) {
        let program = std::env::current_exe().expect("this program");
        let notes = self.notes();
        let text = format!(
            "version: 1\ndefaults: {{ agent: bench, max_running: {max_running} }}\nagents:\n  bench: {{ type: \
             command, command: [{}, agent, {}], prompt: stdin }}\n",
            quoted(&program),
            quoted(&notes)
        );
        fs::write(self.path("conductor.yaml"), text).expect("the configuration");
    }

    /// A path in this world.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The root.
    pub fn root(&self) -> PathBuf {
        self.path("root")
    }

    /// Where agents note when something happened.
    pub fn notes(&self) -> PathBuf {
        self.path("notes")
    }

    /// A call of `run-agent`.
    pub fn run_agent(&self, args: &[impl AsRef<OsStr>]) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(args)
            .current_dir(self.path("work"))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path("home"))
            .env("CONDUCTOR_ROOT", self.root())
            .env("CONDUCTOR_CONFIG", self.path("conductor.yaml"))
            .stdin(Stdio::null());
        command
    }

    /// Runs `run-agent` to its end; what it printed.
    ///
    /// # Panics
    /// When it fails.
    pub fn run(&self, args: &[impl AsRef<OsStr>]) -> String {
        let output = self.run_agent(args).output().expect("run-agent starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

/// A temporary folder beside this program: on a disk, not on a file system in memory.
///
/// # Panics
/// When it cannot be made.
pub fn folder() -> TempDir {
    let program = std::env::current_exe().expect("this program");
    tempfile::tempdir_in(program.parent().expect("its folder")).expect("a temporary folder")
}

fn quoted(path: &Path) -> String {
    serde_json::to_string(path).expect("a path of plain text")
}
