//! `kill -9` at a named step of the product, recovery, and a look at everything that was promised.
//!
//! A [`Case`] says which process dies and where; [`prove`] plays its scene in a world of its own. That the
//! process really died at the step is a part of the proof: a step that is never reached fails.

mod scenes;

use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use conductor_core::model::{ProjectId, TaskId, TaskStatus};
use conductor_core::store::{Root, TaskDir};
use conductor_core::supervisor::process::procfs;

use crate::kill::watch::Watch;
use crate::{Output, TestEnv, check, wait_for};

/// Who dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Victim {
    /// The supervisor in the foreground, which also makes the task and the root.
    Supervisor,
    /// The supervisor of a task that waits for a slot.
    Queued,
    /// The supervisor of a child task.
    Child,
    /// The command that starts a child task from within a run.
    ChildsMaker,
    /// The supervisor that adopts a run whose own supervisor was killed.
    Adopter,
    /// `recover` itself.
    Recover,
    /// The supervisor that interrupts a turn for `tell --now`.
    Interrupter,
    /// The supervisor that carries out a stop.
    Stopping,
    /// The supervisor that is started to stop a task that has none.
    StoppingAlone,
    /// The command `stop`.
    Stop,
    /// The command `done`, called by the agent.
    Done,
    /// The command `ask`, called by the agent.
    Ask,
    /// The command `answer`.
    Answer,
    /// The command `tell`.
    Tell,
    /// The command `resume`.
    Resume,
    /// The supervisor that asks a person because nothing changes.
    Asking,
    /// The command `bus post`, with a bus that rotates all the time.
    Post,
}

/// One death: whose, at which step, and at which passing of it.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// Who dies.
    pub victim: Victim,
    /// The step in the product.
    pub step: &'static str,
    /// The passing, from 1.
    pub nth: u32,
}

/// Plays the cases, so many at a time; what went wrong in each, in words.
pub fn prove_all(cases: &[Case], at_once: usize) -> Vec<String> {
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            let played = std::panic::catch_unwind(|| prove(case));
            let said = played.unwrap_or_else(|panic| vec![words(&*panic)]);
            let mut wrong = wrong.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            wrong.extend(said.into_iter().map(|what| format!("{case:?}: {what}")));
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(work);
        }
    });
    wrong.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without words").to_owned()
}

/// Plays one case; what is wrong afterwards.
pub fn prove(case: &Case) -> Vec<String> {
    let stage = Stage::new(*case);
    let watch = Watch::start(stage.env.marker());
    let ending = scenes::play(&stage);
    stage.wait_for_end();
    let (_, mut wrong) = watch.end();
    let look = check::everything(&stage.root(), ending.status, ending.times);
    wrong.extend(look.wrong);
    let doubled = look.bodies.iter().filter(|(_, count)| **count > 1);
    wrong.extend(doubled.map(|(body, count)| format!("{body} is there {count} times")));
    wrong
}

/// How every task of a scene ends, and how many endings it had.
pub(crate) struct Ending {
    status: TaskStatus,
    times: usize,
}

/// The world of one case.
pub(crate) struct Stage {
    env: TestEnv,
    case: Case,
}

impl Drop for Stage {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.env.keep(&format!("crash-{:?}-{}-{}", self.case.victim, self.case.step, self.case.nth));
        }
    }
}

/// The project of all tasks.
const PROJECT: &str = "crash";

impl Stage {
    fn new(case: Case) -> Self {
        let env = TestEnv::new();
        env.configure("defaults: { agent: fake, max_running: 2, max_restarts: 20, max_failures: 10 }\n");
        Self { env, case }
    }

    fn note(&self) -> PathBuf {
        self.env.path().join("died-at")
    }

    /// The variables that make a process die.
    fn mark(&self, command: &mut Command) {
        for (name, value) in self.variables() {
            command.env(name, value);
        }
    }

    fn variables(&self) -> [(&'static str, String); 2] {
        let at = format!("{}:{}", self.case.step, self.case.nth);
        [("CONDUCTOR_CRASH_AT", at), ("CONDUCTOR_CRASH_NOTE", self.note().display().to_string())]
    }

    /// The same for a line of shell.
    fn shell_variables(&self) -> String {
        self.variables().map(|(name, value)| format!("{name}={value} ")).concat()
    }

    /// Waits until whichever process was to die at the step is dead: its note comes just before.
    fn wait_for_death(&self) {
        wait_for("a death at the step", || {
            let pid: i32 = std::fs::read_to_string(self.note()).ok()?.parse().ok()?;
            procfs::stat(pid).is_none_or(|stat| stat.is_gone()).then_some(())
        });
    }

    fn must_have_died(&self, output: &Output) {
        assert_eq!(output.signal, Some(9), "was not killed at its step: {output}");
        assert!(self.note().exists(), "was killed elsewhere: {output}");
    }

    /// Runs a command that is to die at the step.
    fn run_dying(&self, args: &[&str]) {
        let output = self.env.run_with(args, |command| self.mark(command));
        self.must_have_died(&output);
    }

    /// A prompt in a file.
    fn prompt(&self, name: &str, script: &str) -> String {
        let path = self.env.path().join(name);
        std::fs::write(&path, format!("@begin\n{script}\n@end\n")).expect("the prompt");
        path.display().to_string()
    }

    /// Where a path lies that an agent waits for.
    fn signal(&self) -> PathBuf {
        self.env.path().join("go")
    }

    /// Lets agents go on.
    fn give_signal(&self) {
        std::fs::write(self.signal(), "").expect("the signal");
    }

    /// Starts a task in the background.
    fn start(&self, script: &str) -> TaskDir {
        let prompt = self.prompt("prompt.md", script);
        let args = ["task", "--detach", "--project", PROJECT, "--prompt-file", &prompt];
        let started = self.env.run(&args).ok();
        let name = started.stdout.trim().rsplit('/').next().expect("a name").to_owned();
        let project = ProjectId::new(PROJECT).expect("a name");
        self.root().task(&project, &TaskId::from_disk(&name).expect("a name")).expect("the task")
    }

    fn root(&self) -> Root {
        Root::open(&self.env.root()).expect("the root")
    }

    fn only_task(&self) -> TaskDir {
        let mut tasks = check::tasks(&self.root()).expect("the tasks");
        assert_eq!(tasks.len(), 1, "one task");
        tasks.remove(0)
    }

    /// Waits until an agent of the task has come to a place of its script: it made this file.
    fn wait_for_file(&self, path: &std::path::Path) {
        wait_for(&format!("{}", path.display()), || path.exists().then_some(()));
    }

    /// Waits until the task is in a status.
    fn wait_for_status(&self, task: &TaskDir, status: TaskStatus) {
        wait_for(&format!("{status}"), || {
            let state = task.state().expect("a state")?;
            (state.status == status).then_some(())
        });
    }

    /// Kills the task's supervisor.
    fn kill_supervisor(&self, task: &TaskDir) {
        let holder = wait_for("a supervisor", || task.supervisor().expect("a look"));
        let pid = rustix::process::Pid::from_raw(holder.pid).expect("a pid");
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("a kill");
        wait_for("its death", || (!task.is_supervised().expect("a look")).then_some(()));
    }

    /// Recovers; then nothing is shown alive without an owner.
    fn recover(&self) {
        self.env.run(&["recover"]).ok();
        let wrong = check::ownerless(&self.root());
        assert!(wrong.is_empty(), "after recovery: {}", wrong.join("; "));
    }

    /// Waits until every task has ended and nothing is left.
    fn wait_for_end(&self) {
        let limit = Instant::now() + Duration::from_secs(90);
        loop {
            let open = check::not_ended(&self.root());
            if open.is_empty() {
                break;
            }
            assert!(Instant::now() < limit, "not ended: {open:?}: {:?}", self.states());
            std::thread::sleep(Duration::from_millis(20));
        }
        self.env.wait_until_empty();
    }

    /// What is known of the tasks, for a failure's words.
    fn states(&self) -> Vec<String> {
        let tasks = check::tasks(&self.root()).unwrap_or_default();
        tasks.iter().map(|task| format!("{:?}", task.state())).collect()
    }
}
