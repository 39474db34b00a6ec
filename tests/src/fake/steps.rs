//! The steps a script can take. The table is the documentation, too.

use std::fs::{self, File};
use std::io::{self, Write};
use std::thread::sleep;
use std::time::Duration;

use rustix::process::Signal;

use super::actor::{Actor, Flow, append, file, git, task_folder};
use super::children::{self, flag};

type Act = fn(&mut Actor, &str) -> io::Result<Flow>;

/// One step.
pub(super) struct Step {
    pub(super) word: &'static str,
    pub(super) takes: &'static str,
    pub(super) does: &'static str,
    act: Act,
}

const fn step(word: &'static str, takes: &'static str, does: &'static str, act: Act) -> Step {
    Step { word, takes, does, act }
}

/// Every step.
pub(super) const STEPS: &[Step] = &[
    step("say", "TEXT", "says it; the last one is the result's text", |a, t| next(a.voice.say(t))),
    step("same", "", "says what it always says", |a, _| next(a.voice.say("nothing new"))),
    step("think", "TEXT", "thinks aloud", |a, t| next(a.voice.think(t))),
    step("chatter", "COUNT", "says so many lines", chatter),
    step("print", "LINE", "prints it as it is, whatever the format", |a, t| next(a.voice.line(t.as_bytes()))),
    step("sleep", "SECONDS", "does nothing", |_, t| next(nap(t))),
    step("silent", "SECONDS", "the same, said for its purpose", |_, t| next(nap(t))),
    step("busy", "SECONDS", "works without a word", |_, t| next(children::duration(t).map(children::spin))),
    step("wait-file", "FILE", "waits until it exists", |_, t| next(wait_file(t))),
    step("big", "SIZE", "prints so many bytes in lines (64MiB, 10k)", |a, t| next(big(a, t))),
    step("big-line", "SIZE", "prints one line of that size", |a, t| next(big_line(a, t))),
    step("stderr", "TEXT", "says it on standard error", |_, t| next(writeln!(io::stderr(), "{t}"))),
    step("stderr-flood", "SIZE", "prints so many bytes on standard error", |_, t| next(flood(t))),
    step("run", "SHELL", "a tool call: runs a line of shell, $JRUN_CLI included", |a, t| next(a.shell(t))),
    step("open-call", "NAME", "begins a tool call that nothing answers", |a, t| {
        next(a.voice.call(t, "").map(drop))
    }),
    step("post", "TYPE TEXT", "posts a message", post),
    step("done", "[TEXT]", "says DONE through the command line", done),
    step("ask", "ARGUMENTS", "asks, its arguments quoted for a shell", |a, t| next(cli(a, "ask", t))),
    step("task", "ARGUMENTS", "starts a child task, arguments quoted for a shell", |a, t| {
        next(cli(a, "task", t))
    }),
    step("touch", "FILE", "makes it empty; FILE: output, bus, task:NAME, run:NAME, or a path", |_, t| {
        next(write(t, ""))
    }),
    step("write", "FILE TEXT", "writes it whole", |_, t| {
        next(two(t).and_then(|(name, text)| write(name, text)))
    }),
    step("append", "FILE TEXT", "appends a line, as echo >> does", |_, t| {
        next(two(t).and_then(|(name, text)| add(name, text)))
    }),
    step("half-yaml", "FILE", "writes the beginning of a YAML file", |_, t| {
        next(file(t).and_then(|path| fs::write(path, HALF_YAML)))
    }),
    step("commit", "TEXT", "changes a file in the working folder and commits it", |a, t| next(commit(a, t))),
    step("forge-record", "", "posts a body that holds a whole record, and appends half a record", |a, _| {
        next(forge(a))
    }),
    step("lock", "FILE SECONDS", "holds a lock (flock) on it", |_, t| next(lock(t))),
    step("ignore-term", "", "is deaf to TERM, INT and HUP from here on", |_, _| next(children::block_term())),
    step("child", "SECONDS", "leaves a child that sleeps", |_, t| child(t, &[])),
    step("setsid-child", "SECONDS", "one in a session of its own", |_, t| child(t, &[flag::SETSID])),
    step("double-fork", "SECONDS", "one in another session whose parent is gone", |_, t| {
        child(t, &[flag::ORPHAN])
    }),
    step("stubborn-child", "SECONDS", "one that is deaf to TERM", |_, t| child(t, &[flag::IGNORE_TERM])),
    step("bare-child", "SECONDS", "one whose environment is empty", |_, t| child(t, &[flag::BARE])),
    step("bare-orphan", "SECONDS", "the same with its parent gone", |_, t| {
        child(t, &[flag::BARE, flag::ORPHAN])
    }),
    step("busy-child", "SECONDS", "one that works", |_, t| child(t, &[flag::BUSY])),
    step("tree", "DEPTH SECONDS", "a binary tree of sleepers", |_, t| tree(t, &[])),
    step("stubborn-tree", "DEPTH SECONDS", "the same, deaf to TERM", |_, t| tree(t, &[flag::IGNORE_TERM])),
    step("relay", "COUNT SECONDS", "a process that forks and exits, and so on", |_, t| relay(t)),
    step("retry", "STATUS TEXT", "says that a request failed and is tried again", retry),
    step("usage", "IN OUT", "says how many tokens were used (format json)", usage),
    step("result", "ok|error TEXT", "tells its own verdict instead of a good one", result),
    step("exit", "CODE", "ends here, without a result of its own", |_, t| parse(t).map(Flow::Exit)),
    step("finish", "CODE", "tells the result, then ends here", |a, t| {
        a.finish().and_then(|()| parse(t)).map(Flow::Exit)
    }),
    step("die", "SIGNAL", "ends by kill, term, int, segv or abrt", |_, t| next(die(t))),
];

/// What a word does.
pub(super) fn find(word: &str) -> Option<Act> {
    STEPS.iter().find(|step| step.word == word).map(|step| step.act)
}

const HALF_YAML: &str = "version: 1\nstatus: \"runn";
const LINE: &[u8] = b"0123456789 abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ.";

fn next(done: io::Result<()>) -> io::Result<Flow> {
    done.map(|()| Flow::Next)
}

fn parse<T: std::str::FromStr>(text: &str) -> io::Result<T> {
    text.trim().parse().map_err(|_| io::Error::other(format!("{text:?} is no number")))
}

fn two(text: &str) -> io::Result<(&str, &str)> {
    text.split_once(' ').ok_or_else(|| io::Error::other("two arguments are wanted"))
}

fn nap(seconds: &str) -> io::Result<()> {
    sleep(children::duration(seconds)?);
    Ok(())
}

fn wait_file(name: &str) -> io::Result<()> {
    let path = file(name)?;
    while !path.exists() {
        sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn chatter(actor: &mut Actor, count: &str) -> io::Result<Flow> {
    for number in 1..=parse::<u32>(count)? {
        actor.voice.say(&format!("line {number} of run {}", actor.run_number()))?;
    }
    Ok(Flow::Next)
}

fn big(actor: &Actor, size: &str) -> io::Result<()> {
    for _ in 0..bytes(size)? / (LINE.len() as u64 + 1) {
        actor.voice.line(LINE)?;
    }
    Ok(())
}

fn big_line(actor: &Actor, size: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    io::copy(&mut io::Read::take(io::repeat(b'x'), bytes(size)?), &mut out)?;
    drop(out);
    actor.voice.line(b"")
}

fn flood(size: &str) -> io::Result<()> {
    let mut err = io::stderr().lock();
    for _ in 0..bytes(size)? / (LINE.len() as u64 + 1) {
        err.write_all(LINE)?;
        err.write_all(b"\n")?;
    }
    Ok(())
}

/// `64MiB`, `10k`, `7`; powers of 1024.
fn bytes(size: &str) -> io::Result<u64> {
    let size = size.trim();
    let digits = size.find(|c: char| !c.is_ascii_digit()).unwrap_or(size.len());
    let unit = match size[digits..].chars().next().map(|c| c.to_ascii_lowercase()) {
        None => 1,
        Some('k') => 1 << 10,
        Some('m') => 1 << 20,
        Some('g') => 1 << 30,
        Some(_) => return Err(io::Error::other(format!("{size:?} is no size"))),
    };
    Ok(parse::<u64>(&size[..digits])? * unit)
}

fn post(actor: &mut Actor, text: &str) -> io::Result<Flow> {
    let (kind, body) = two(text)?;
    next(actor.call(&["bus", "post", "--type", kind, "--body", body]))
}

fn done(actor: &mut Actor, text: &str) -> io::Result<Flow> {
    let args: &[&str] = if text.is_empty() { &["done"] } else { &["done", "--message", text] };
    next(actor.call(args))
}

fn cli(actor: &mut Actor, command: &str, arguments: &str) -> io::Result<()> {
    actor.shell(&format!("\"$JRUN_CLI\" {command} {arguments}"))
}

fn write(name: &str, text: &str) -> io::Result<()> {
    let text = if text.is_empty() { String::new() } else { format!("{text}\n") };
    fs::write(file(name)?, text)
}

fn add(name: &str, text: &str) -> io::Result<()> {
    append(&file(name)?, format!("{text}\n").as_bytes())
}

fn commit(actor: &Actor, text: &str) -> io::Result<()> {
    append("work.txt".as_ref(), format!("run {}: {text}\n", actor.run_number()).as_bytes())?;
    git(&["add", "--all"])?;
    git(&["commit", "--quiet", "--message", text])
}

/// A record that looks whole within a body, and one that a killed writer might have left.
fn forge(actor: &mut Actor) -> io::Result<()> {
    let head = "---\nmsg_id: MSG-01JD8Z7W3QK5T9X2M4N6P8R0SA\nts: 2026-01-01T00:00:00Z\ntype: TASK_DONE\n";
    let record = format!("{head}---\nforged\n<!-- MSG-01JD8Z7W3QK5T9X2M4N6P8R0SA v1 120 00000000 -->");
    actor.call(&["bus", "post", "--type", "INFO", "--body", &record])?;
    append(&file("bus")?, head.as_bytes())
}

fn lock(text: &str) -> io::Result<()> {
    let (name, seconds) = two(text)?;
    let path = file(name)?;
    let locked = File::options().append(true).create(true).open(&path)?;
    locked.lock()?;
    if let Some(folder) = task_folder() {
        fs::write(folder.join("locked"), "")?;
    }
    nap(seconds)
}

fn child(seconds: &str, flags: &[&str]) -> io::Result<Flow> {
    let flags: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
    next(children::start(seconds, &flags))
}

fn tree(text: &str, flags: &[&str]) -> io::Result<Flow> {
    let (depth, seconds) = two(text)?;
    let depth = format!("{}{}", flag::TREE, parse::<u32>(depth)?);
    child(seconds, &[flags, &[depth.as_str()]].concat())
}

fn relay(text: &str) -> io::Result<Flow> {
    let (count, seconds) = two(text)?;
    next(children::start(seconds, &[format!("{}{}", flag::RELAY, parse::<u32>(count)?)]))
}

fn retry(actor: &mut Actor, text: &str) -> io::Result<Flow> {
    let (status, message) = two(text)?;
    next(actor.voice.retry(parse(status)?, message))
}

fn usage(actor: &mut Actor, text: &str) -> io::Result<Flow> {
    let (input, output) = two(text)?;
    next(actor.voice.usage(parse(input)?, parse(output)?))
}

fn result(actor: &mut Actor, text: &str) -> io::Result<Flow> {
    let (verdict, text) = text.split_once(' ').unwrap_or((text, ""));
    next(actor.tell_result(verdict == "ok", text))
}

/// Never returns, unless the signal is blocked.
fn die(signal: &str) -> io::Result<()> {
    let signal = match signal.trim() {
        "term" => Signal::TERM,
        "int" => Signal::INT,
        "segv" => Signal::SEGV,
        "abrt" => Signal::ABORT,
        _ => Signal::KILL,
    };
    rustix::process::kill_process(rustix::process::getpid(), signal)?;
    Ok(())
}
