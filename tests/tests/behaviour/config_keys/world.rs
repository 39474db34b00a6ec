//! A world whose agents' programs note how they were called.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use conductor_core::store::{Root, TaskDir};
use conductor_tests::{Output, TestEnv, look};

/// Programs that stand on the path. `broken` cannot be started, `events` prints our form of events.
const PROGRAMS: [&str; 7] = ["claude", "codex", "gemini", "one", "two", "broken", "events"];
/// The agents that are programs of their own.
pub const CLIS: [&str; 3] = ["claude", "codex", "gemini"];

/// A world and its configuration.
pub struct World {
    pub env: TestEnv,
    jobs: Cell<u32>,
}

impl World {
    /// With nothing but this configuration.
    pub fn new(config: &str) -> Self {
        let world = Self { env: TestEnv::new(), jobs: Cell::new(0) };
        let recorder = Path::new(env!("CARGO_MANIFEST_DIR")).join("agents/recorder.sh");
        fs::create_dir(world.programs()).expect("a folder");
        for program in PROGRAMS {
            symlink(&recorder, world.programs().join(program)).expect("a link");
        }
        world.configure(config);
        world
    }

    /// Writes the configuration anew.
    pub fn configure(&self, config: &str) {
        fs::write(self.env.config_path(), config).expect("the configuration");
    }

    /// Makes a file in the world's folder.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.env.path().join(name);
        fs::write(&path, text).expect("a file");
        path
    }

    /// Runs a command.
    pub fn command(&self, args: &[&str]) -> Output {
        self.env.run_with(args, |command| {
            command.env("PATH", self.path());
        })
    }

    /// Runs `job` with these options more; returns what it printed and its task's slug.
    pub fn run(&self, options: &[&str], change: impl FnOnce(&mut Command)) -> (Output, String) {
        self.jobs.set(self.jobs.get() + 1);
        let slug = format!("job-{}", self.jobs.get());
        let named = options.contains(&"--project");
        let project: &[&str] = if named { &[] } else { &["--project", "demo"] };
        let args = [&["job", "--task", &slug, "--prompt", "What to do."], project, options].concat();
        let output = self.env.run_with(&args, |command| {
            command.env("PATH", self.path());
            change(command);
        });
        (output, slug)
    }

    /// How a good `job` called its agent's program.
    pub fn job(&self, options: &[&str]) -> Call {
        let (output, slug) = self.run(options, |_| ());
        output.ok();
        Call::last_of(&task(&self.env.root(), &slug))
    }

    /// How a good `job` calls its agent's program with another configuration.
    pub fn job_with(&self, config: &str) -> Call {
        self.configure(config);
        self.job(&[])
    }

    fn programs(&self) -> PathBuf {
        self.env.path().join("bin")
    }

    fn path(&self) -> String {
        let usual = std::env::var("PATH").unwrap_or_default();
        format!("{}:{usual}", self.programs().display())
    }
}

/// The only task of this slug.
pub fn task(root: &Path, slug: &str) -> TaskDir {
    let root = Root::open(root).expect("a root");
    let mut found = root.find_task(slug).expect("a look");
    let (project, task) = found.pop().unwrap_or_else(|| panic!("no task {slug}"));
    root.task(&project, &task).expect("the task")
}

/// How an agent's program was called.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Name of the program.
    pub program: String,
    pub args: Vec<String>,
    pub env: BTreeMap<String, String>,
    /// What stood on its standard input.
    pub input: String,
    /// What is kept as its answer.
    pub answer: Option<String>,
}

impl Call {
    /// The last call for a task.
    pub fn last_of(task: &TaskDir) -> Self {
        let run = look::runs(task).pop().expect("a run");
        let folder = task.run(&run.run_id).expect("the run").path().to_owned();
        let read = |name: &str| fs::read_to_string(folder.join(name)).expect("a note");
        let words =
            |name: &str| -> Vec<String> { read(name).split_terminator('\0').map(str::to_owned).collect() };
        let mut args = words("called");
        let program = args.remove(0);
        let pair =
            |word: &String| word.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self {
            program: program.rsplit('/').next().unwrap_or_default().to_owned(),
            args,
            env: words("environment").iter().filter_map(pair).collect(),
            input: read("input"),
            answer: look::output(task, &run),
        }
    }

    /// Whether these arguments stand there, one after the other.
    pub fn has(&self, words: &[&str]) -> bool {
        self.args.windows(words.len()).any(|found| found == words)
    }

    /// A variable of its environment.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.env.get(name).map(String::as_str)
    }
}
