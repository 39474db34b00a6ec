//! Commands as processes, from their start to their end, beside a process that does nothing.

use std::process::{Command, Stdio};
use std::time::Duration;

use super::{Row, World, in_turns};

/// A process that does nothing.
pub fn nothing() {
    finish(&mut Command::new("/bin/true"));
}

/// Runs a command to its end, its output thrown away.
///
/// # Panics
/// When it fails.
pub fn finish(command: &mut Command) {
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status().expect("it starts");
    assert!(status.success(), "{command:?}");
}

/// The row of `bus post`.
pub fn post(world: &World) -> Row {
    let task = world.run(&["job", "exit", "--detach"]);
    let post = ["bus", "post", "--task", &task, "--type", "PROGRESS", "--body", "tests are next"];
    let ours = || finish(&mut world.run_agent(&post));
    let (floor, ours) = in_turns(300, nothing, ours);
    Row::time("`bus post` as a process; floor: /bin/true", floor, ours, Duration::from_micros(1200))
}
