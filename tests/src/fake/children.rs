//! Processes that the fake agent leaves about.

use std::env;
use std::fs::OpenOptions;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{SigSet, Signal};

use crate::processes::MARKER;

/// First argument of a child.
pub(super) const ARGUMENT: &str = "__child";

/// What a child does before it sleeps; flags of its command line.
pub(super) mod flag {
    pub(in crate::fake) const SETSID: &str = "--setsid";
    pub(in crate::fake) const ORPHAN: &str = "--orphan";
    pub(in crate::fake) const IGNORE_TERM: &str = "--ignore-term";
    pub(in crate::fake) const BUSY: &str = "--busy";
    /// With the environment cleared; read by the one that starts it.
    pub(in crate::fake) const BARE: &str = "--bare";
    pub(in crate::fake) const TREE: &str = "--tree=";
    pub(in crate::fake) const RELAY: &str = "--relay=";
}

/// Starts a child that sleeps so many seconds; returns when it has done all that comes before.
pub(super) fn start(seconds: &str, flags: &[String]) -> io::Result<()> {
    let mut child = command(seconds, flags)?.stdout(Stdio::piped()).spawn()?;
    let stdout = child.stdout.take().ok_or_else(|| io::Error::other("no pipe"))?;
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line)?;
    if line.trim() == "ready" { Ok(()) } else { Err(io::Error::other("the child did not start")) }
}

fn command(seconds: &str, flags: &[String]) -> io::Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    command.arg(ARGUMENT).arg(seconds).args(flags).stdin(Stdio::null()).stderr(Stdio::null());
    if flags.iter().any(|flag| flag == flag::BARE) {
        command.env_clear();
    }
    // In the command line as well, where a cleared environment does not remove it.
    if let Ok(marker) = env::var(MARKER)
        && !flags.iter().any(|flag| flag.contains(&marker))
    {
        command.arg(format!("--marker={marker}"));
    }
    Ok(command)
}

/// The body of a child.
pub(super) fn main(args: &[String]) -> ExitCode {
    match live(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fake child: {error}");
            ExitCode::FAILURE
        }
    }
}

fn live(args: &[String]) -> io::Result<()> {
    let (seconds, flags) = args.split_first().ok_or_else(|| io::Error::other("how long?"))?;
    let has = |flag: &str| flags.iter().any(|given| given == flag);
    let number = |flag: &str| {
        flags.iter().find_map(|given| given.strip_prefix(flag)).and_then(|rest| rest.parse::<u32>().ok())
    };
    let without =
        |flag: &str| flags.iter().filter(|given| !given.starts_with(flag)).cloned().collect::<Vec<_>>();
    if has(flag::ORPHAN) {
        rustix::process::setsid()?;
        command(seconds, &without(flag::ORPHAN))?.spawn()?;
        return Ok(());
    }
    if has(flag::SETSID) {
        rustix::process::setsid()?;
    }
    if has(flag::IGNORE_TERM) {
        block_term()?;
    }
    if let Some(depth) = number(flag::TREE).filter(|depth| *depth > 0) {
        for _ in 0..2 {
            let mut flags = without(flag::TREE);
            flags.push(format!("{}{}", flag::TREE, depth - 1));
            start(seconds, &flags)?;
        }
    }
    ready()?;
    if let Some(generations) = number(flag::RELAY).filter(|generations| *generations > 0) {
        let mut flags = without(flag::RELAY);
        flags.push(format!("{}{}", flag::RELAY, generations - 1));
        command(seconds, &flags)?.stdout(Stdio::null()).spawn()?;
        return Ok(());
    }
    rest(seconds, has(flag::BUSY))
}

/// Blocked is as deaf as ignored, and needs no handler.
pub(super) fn block_term() -> io::Result<()> {
    let mut signals = SigSet::empty();
    for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP] {
        signals.add(signal);
    }
    Ok(signals.thread_block()?)
}

/// Says so, and lets go of the agent's output.
fn ready() -> io::Result<()> {
    println!("ready");
    io::stdout().flush()?;
    Ok(rustix::stdio::dup2_stdout(OpenOptions::new().write(true).open("/dev/null")?)?)
}

fn rest(seconds: &str, busy: bool) -> io::Result<()> {
    let time = duration(seconds)?;
    if busy {
        spin(time)
    } else {
        std::thread::sleep(time)
    }
    Ok(())
}

/// Uses the CPU without a word.
pub(super) fn spin(time: Duration) {
    let end = Instant::now() + time;
    while Instant::now() < end {
        std::hint::spin_loop();
    }
}

/// Seconds, with a fraction where wanted.
pub(super) fn duration(seconds: &str) -> io::Result<Duration> {
    let seconds = seconds.trim().parse::<f64>().ok();
    let duration = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    duration.ok_or_else(|| io::Error::other("a number of seconds is wanted"))
}
