//! From a command to its agent's `main`, and from the agent's end to the record of it.
//!
//! The agent is this program. It notes the time when its `main` begins and the time just before it
//! ends; the clock is the same for all processes.

use std::fs;
use std::io::Read;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::inotify;
use rustix::time::{ClockId, clock_gettime};

use super::durable::Durable;
use super::{Row, World, median, timed};

const ROUNDS: u32 = 31;
/// How long a task may take.
const PATIENCE: Duration = Duration::from_secs(60);
const STARTED: &str = "started";
const ENDED: &str = "ended";

/// Time since the machine started.
fn now() -> Duration {
    let time = clock_gettime(ClockId::Monotonic);
    Duration::new(time.tv_sec.cast_unsigned(), u32::try_from(time.tv_nsec).expect("below a second"))
}

fn note(file: &Path, time: Duration) {
    fs::write(file, time.as_nanos().to_string()).expect("a note");
}

fn noted(file: &Path) -> Duration {
    let text = fs::read_to_string(file).expect("the agent made a note");
    Duration::from_nanos(text.parse().expect("a number"))
}

/// The agent: does what the last line of its prompt says.
pub fn agent(notes: &Path) {
    note(&notes.join(STARTED), now());
    let mut prompt = String::new();
    std::io::stdin().read_to_string(&mut prompt).expect("a prompt");
    let word = |name: &str| prompt.lines().any(|line| line.trim() == name);
    if word("be silent") {
        std::thread::sleep(Duration::from_secs(3600));
    } else if word("ask") {
        ask();
    } else if word("done") {
        let task = std::env::var_os("JRUN_TASK_FOLDER").expect("its task");
        fs::write(PathBuf::from(task).join("DONE"), "").expect("DONE");
    }
    println!("It is done.");
    note(&notes.join(ENDED), now());
}

fn ask() {
    let program = std::env::var_os("JRUN_CLI").expect("its run-agent");
    let status = Command::new(program).args(["ask", "Which one?"]).stdout(Stdio::null()).status();
    assert!(status.expect("run-agent starts").success());
}

/// One task from its command to its end.
struct Times {
    to_main: Duration,
    to_record: Duration,
    floor_of_launch: Duration,
    floor_of_end: Duration,
}

/// The rows of a task that is started in the foreground.
pub fn rows(world: &World) -> Vec<Row> {
    let mut durable = Durable::new(&world.path("floor"));
    once(world, &mut durable);
    let all: Vec<_> = (0..ROUNDS).map(|_| once(world, &mut durable)).collect();
    let of = |time: fn(&Times) -> Duration| median(all.iter().map(time));
    vec![
        Row::beyond(
            "command to agent's main; floor: its durable writes",
            of(|times| times.floor_of_launch),
            of(|times| times.to_main),
            Duration::from_millis(3),
        ),
        Row::beyond(
            "agent's exit to task recorded; floor: its durable writes",
            of(|times| times.floor_of_end),
            of(|times| times.to_record),
            Duration::from_millis(2),
        ),
    ]
}

fn once(world: &World, durable: &mut Durable) -> Times {
    let floor_of_launch = timed(|| durable.launch());
    let floor_of_end = timed(|| durable.end());
    let journal = Journal::watch(world);
    let begin = now();
    let prompt = format!("Say that it is\n\ndone\n\nfor the {}. time.", durable.made());
    let mut command = world.run_agent(&["task", &prompt]);
    let mut task = command.stdout(Stdio::null()).spawn().expect("run-agent starts");
    let recorded = journal.wait_for("task.completed");
    assert!(task.wait().expect("it ends").success());
    let notes = world.notes();
    Times {
        to_main: noted(&notes.join(STARTED)).saturating_sub(begin),
        to_record: recorded.saturating_sub(noted(&notes.join(ENDED))),
        floor_of_launch,
        floor_of_end,
    }
}

/// The root's journal, which is told of a change as soon as that is on disk.
struct Journal {
    path: PathBuf,
    from: u64,
    changes: Option<rustix::fd::OwnedFd>,
}

impl Journal {
    fn watch(world: &World) -> Self {
        let path = world.root().join(".conductor/state/journal.md");
        let from = fs::metadata(&path).map_or(0, |meta| meta.len());
        let changes = path.exists().then(|| {
            let changes = inotify::init(inotify::CreateFlags::CLOEXEC).expect("inotify");
            inotify::add_watch(&changes, &path, inotify::WatchFlags::MODIFY).expect("a watch");
            changes
        });
        Self { path, from, changes }
    }

    /// When a record of this kind was seen.
    fn wait_for(mut self, kind: &str) -> Duration {
        let deadline = now() + PATIENCE;
        loop {
            match &self.changes {
                Some(changes) => await_change(changes),
                None => std::thread::sleep(Duration::from_millis(1)),
            }
            let seen = now();
            assert!(seen < deadline, "no {kind} in the journal");
            if self.news().contains(kind) {
                return seen;
            }
        }
    }

    fn news(&mut self) -> String {
        let Ok(file) = fs::File::open(&self.path) else { return String::new() };
        let mut news = vec![0; 1 << 16];
        let read = file.read_at(&mut news, self.from).expect("the journal reads");
        String::from_utf8_lossy(&news[..read]).into_owned()
    }
}

/// Waits for a change, at most [`PATIENCE`].
fn await_change(changes: &rustix::fd::OwnedFd) {
    let patience = Timespec::try_from(PATIENCE).expect("a minute");
    let mut ready = [PollFd::new(changes, PollFlags::IN)];
    if rustix::event::poll(&mut ready, Some(&patience)).expect("a look at inotify") > 0 {
        rustix::io::read(changes, &mut [0u8; 4096]).expect("a change");
    }
}
