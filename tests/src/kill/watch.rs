//! Looks all the time whether two agents work on one task.

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::processes::marked;

/// A thread that looks until it is dropped.
pub struct Watch {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    end: AtomicBool,
    looks: AtomicU64,
    doubled: Mutex<Vec<String>>,
}

impl Watch {
    /// Begins to look at the processes of a world.
    pub fn start(marker: &str) -> Self {
        let shared = Arc::new(Shared::default());
        let (marker, seen) = (marker.to_owned(), Arc::clone(&shared));
        let thread = std::thread::spawn(move || {
            while !seen.end.load(Ordering::Relaxed) {
                let doubled = look(&marker);
                seen.looks.fetch_add(1, Ordering::Relaxed);
                seen.doubled.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend(doubled);
                std::thread::sleep(Duration::from_millis(15));
            }
        });
        Self { shared, thread: Some(thread) }
    }

    /// Ends the looking; how often it looked, and the doubles that it saw.
    pub fn end(mut self) -> (u64, Vec<String>) {
        self.stop();
        let doubled = std::mem::take(
            &mut *self.shared.doubled.lock().unwrap_or_else(std::sync::PoisonError::into_inner),
        );
        (self.shared.looks.load(Ordering::Relaxed), doubled)
    }

    fn stop(&mut self) {
        self.shared.end.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A panic in there has said its own.
            let _ = thread.join();
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Whether a command line is that of an agent itself, not of something it left behind.
pub fn is_agent(command: &str) -> bool {
    let mut words = command.split_whitespace();
    words.next().is_some_and(|program| program.ends_with("/fake-agent")) && !command.contains("__child")
}

/// Tasks that two agents work on at this moment.
fn look(marker: &str) -> Vec<String> {
    let mut by_task: BTreeMap<String, Vec<(i32, String)>> = BTreeMap::new();
    for (pid, command) in marked(marker) {
        if !is_agent(&command) {
            continue;
        }
        if let Some((task, run)) = identity(pid) {
            by_task.entry(task).or_default().push((pid, run));
        }
    }
    by_task.into_iter().filter_map(|(task, agents)| doubled(&task, &agents)).collect()
}

fn doubled(task: &str, agents: &[(i32, String)]) -> Option<String> {
    // Between fork and exec a tool of an agent looks like the agent: a child of one is none.
    let pids: Vec<i32> = agents.iter().map(|(pid, _)| *pid).collect();
    let own: Vec<_> =
        agents.iter().filter(|(pid, _)| parent(*pid).is_none_or(|it| !pids.contains(&it))).collect();
    let alive = |pid: i32| fs::read(format!("/proc/{pid}/environ")).is_ok_and(|bytes| !bytes.is_empty());
    let still: Vec<_> = own.iter().filter(|(pid, _)| alive(*pid)).collect();
    (still.len() > 1).then(|| format!("{task}: agents at work at the same time: {still:?}"))
}

fn identity(pid: i32) -> Option<(String, String)> {
    let bytes = fs::read(format!("/proc/{pid}/environ")).ok()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let value = |name: &str| {
        text.split('\0')
            .filter_map(|entry| entry.split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.to_owned())
    };
    Some((value("JRUN_TASK_ID")?, value("JRUN_ID")?))
}

fn parent(pid: i32) -> Option<i32> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()
}
