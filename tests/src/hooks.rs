//! A root whose journal a test writes, webhooks, and a clock that a test moves.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use conductor_core::clock::Clock;
use conductor_core::config::{Config, Sources};
use conductor_core::model::{MessageId, RunId, RunInfo, RunStatus, TaskStatus};
use conductor_core::notify::{Outbox, Report, WebhookState};
use conductor_core::store::{Journal, JournalRecord, RunSummary, TaskSummary};
use jiff::{SignedDuration, Timestamp};

use crate::scene::{Scene, now, spec};

/// How long a round may take, on a machine that is busy with everything else.
const LIMIT: Duration = Duration::from_secs(60);

/// The root, the clock, and the configuration that holds now.
pub struct Hooks {
    /// The root.
    pub scene: Scene,
    /// The outbox of this configuration.
    pub outbox: Outbox,
    clock: Clock,
    time: Arc<Mutex<Timestamp>>,
}

impl Hooks {
    /// With these webhooks (YAML), and the place in the journal noted.
    pub fn new(config: &str) -> Self {
        let scene = Scene::new();
        let time = Arc::new(Mutex::new(now()));
        let shared = Arc::clone(&time);
        let clock = Clock::from_fn(move || *shared.lock().unwrap_or_else(PoisonError::into_inner));
        let outbox = Outbox::open(&scene.root, &load(scene.around(), config), &clock);
        let hooks = Self { scene, outbox, clock, time };
        hooks.feed();
        hooks
    }

    /// Takes another configuration.
    pub fn configure(&mut self, config: &str) {
        self.outbox = Outbox::open(&self.scene.root, &load(self.scene.around(), config), &self.clock);
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Moves the clock to a time.
    pub fn go_to(&self, time: Timestamp) {
        *self.time.lock().unwrap_or_else(PoisonError::into_inner) = time;
    }

    /// Lets so much time pass.
    pub fn pass(&self, span: SignedDuration) {
        self.go_to(self.now() + span);
    }

    /// Tells the journal that a task is in a status.
    pub fn tell(&self, task: &str, status: TaskStatus) -> MessageId {
        self.tell_of(&format!("task.{}", status.as_str()), task, status, None)
    }

    /// Tells the journal something.
    pub fn tell_of(&self, kind: &str, task: &str, status: TaskStatus, run: Option<RunStatus>) -> MessageId {
        let asked = spec("demo", &format!("task-20261120-201300-{task}"));
        let task = TaskSummary { status, ..TaskSummary::new(&asked, None, "Fix the login") };
        self.tell_record(kind, task, run)
    }

    /// Tells the journal of a task that looks so.
    pub fn tell_record(&self, kind: &str, task: TaskSummary, run: Option<RunStatus>) -> MessageId {
        let (project, id) = (task.project.clone(), task.task.clone());
        let run = run.map(|status| {
            let info = RunInfo::new(project, id, RunId::generate(), "claude");
            RunSummary::from(&RunInfo { status, ..info })
        });
        let record = JournalRecord { kind: kind.to_owned(), at: self.now(), task, run };
        self.journal().append(&record).expect("a record")
    }

    /// The root's journal.
    pub fn journal(&self) -> Journal {
        Journal::open(&self.scene.root).expect("a journal")
    }

    /// Feeds; how many deliveries were new.
    pub fn feed(&self) -> usize {
        self.outbox.feed().expect("fed")
    }

    /// Sends what is due.
    pub fn deliver(&self) -> Report {
        self.outbox.deliver(LIMIT).expect("a round")
    }

    /// Feeds, then sends what is due.
    pub fn pump(&self) -> Report {
        self.feed();
        self.deliver()
    }

    /// How the first webhook stands.
    pub fn state(&self) -> WebhookState {
        self.outbox.states().expect("states").into_iter().next().expect("a webhook")
    }
}

/// A configuration.
fn load(folder: &Path, text: &str) -> Config {
    let file: PathBuf = folder.join("config.yaml");
    std::fs::write(&file, text).expect("a file");
    let sources = Sources { flag: Some(file), env: &|_| None, cwd: folder, home: folder };
    Config::load(&sources).unwrap_or_else(|error| panic!("{error}")).config
}
