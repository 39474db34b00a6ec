//! What a supervisor costs that waits: memory and wake-ups.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use conductor_core::model::{TaskId, TaskStatus};
use conductor_core::store::{Root, TaskDir};

use super::{Row, World};

const LIMIT_KIB: u64 = 8 << 10;
/// How long wake-ups are counted.
const WHILE: Duration = Duration::from_secs(10);
/// How long a supervisor may take to come to rest.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long it is left alone before it is looked at.
const SETTLE: Duration = Duration::from_secs(2);

/// The rows of supervisors that wait for an answer, for a silent agent, and for a slot.
pub fn rows(world: &World) -> Vec<Row> {
    world.configure(1);
    let states = [
        ("waiting for an answer", "ask", TaskStatus::WaitingAnswer),
        ("beside a silent agent", "One\n\nbe silent", TaskStatus::Running),
        ("queued", "Two\n\nbe silent", TaskStatus::Queued),
    ];
    let pids: Vec<_> = states.iter().map(|(_, prompt, status)| start(world, prompt, *status)).collect();
    std::thread::sleep(SETTLE);
    let before: Vec<_> = pids.iter().map(|pid| switches(*pid)).collect();
    std::thread::sleep(WHILE);
    let mut rows = Vec::new();
    for ((name, ..), (pid, before)) in states.iter().zip(pids.iter().zip(before)) {
        let often = (switches(*pid) - before) as f64 / WHILE.as_secs_f64();
        rows.extend(costs(*pid, name, often));
    }
    pids.into_iter().for_each(end);
    world.configure(4);
    rows
}

fn costs(pid: i32, name: &str, often: f64) -> Vec<Row> {
    let memory = Memory::of(pid);
    let what = |figure: &str| format!("supervisor {name}: {figure}");
    vec![
        Row::memory(&what("memory (Pss)"), 0, memory.proportional, LIMIT_KIB),
        Row::memory(&what("of it its own (anonymous)"), 0, memory.anonymous, LIMIT_KIB).untargeted(),
        Row::memory(&what("resident, shared pages counted in full"), 0, memory.resident, LIMIT_KIB)
            .untargeted(),
        Row::frequency(&what("wake-ups"), often, 2.0),
    ]
}

/// Starts a task and waits until it has this status; its supervisor.
fn start(world: &World, prompt: &str, status: TaskStatus) -> i32 {
    let name = world.run(&["task", prompt, "--detach"]);
    let (project, task) = name.split_once('/').expect("project/task");
    let root = Root::open(&world.root()).expect("the root opens");
    let (project, task) = (project.parse().expect("a project"), TaskId::from_disk(task).expect("a task"));
    let task = root.task(&project, &task).expect("the task opens");
    let deadline = Instant::now() + PATIENCE;
    while !is(&task, status) {
        assert!(Instant::now() < deadline, "{name} does not become {status}");
        std::thread::sleep(Duration::from_millis(20));
    }
    task.supervisor().expect("its lock").expect("it has a supervisor").pid
}

fn is(task: &TaskDir, status: TaskStatus) -> bool {
    task.state().expect("its state").is_some_and(|state| state.status == status)
}

/// TERM stops the agent's tree and leaves the task to recovery.
fn end(pid: i32) {
    let process = rustix::process::Pid::from_raw(pid).expect("a pid");
    let _ = rustix::process::kill_process(process, rustix::process::Signal::TERM);
    let deadline = Instant::now() + PATIENCE;
    while Path::new(&format!("/proc/{pid}")).exists() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// How often the threads of a process went to sleep, which each wake-up ends in.
fn switches(pid: i32) -> u64 {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).expect("its threads");
    let status = |thread: fs::DirEntry| fs::read_to_string(thread.path().join("status")).unwrap_or_default();
    tasks.flatten().map(|thread| number(&status(thread), "voluntary_ctxt_switches:")).sum()
}

/// KiB.
struct Memory {
    /// Its share of what it has mapped.
    proportional: u64,
    /// What nobody shares with it.
    anonymous: u64,
    resident: u64,
}

impl Memory {
    fn of(pid: i32) -> Self {
        let shares = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).expect("its shares");
        Self {
            proportional: number(&shares, "Pss:"),
            anonymous: number(&shares, "Anonymous:"),
            resident: number(&shares, "Rss:"),
        }
    }
}

fn number(status: &str, key: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap_or("0");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}
