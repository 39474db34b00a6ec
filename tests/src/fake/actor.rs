//! What a step acts upon: the task's folder, the command line of Conductor Loop, the voice.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::script::Script;
use super::voice::Voice;

/// How the script goes on after a step.
pub(super) enum Flow {
    Next,
    Exit(u8),
}

/// The agent at work.
pub(super) struct Actor {
    pub(super) voice: Voice,
    run: u32,
    told: bool,
}

impl Actor {
    pub(super) fn new(voice: Voice) -> Self {
        Self { voice, run: 1, told: false }
    }

    /// The script of the prompt, else the last one that this task's prompts held. Counts the run.
    pub(super) fn script(&mut self, prompt: &str) -> io::Result<Script> {
        let script = Script::parse(prompt);
        let Some(folder) = task_folder().map(|folder| folder.join(".fake-agent")) else { return Ok(script) };
        fs::create_dir_all(&folder)?;
        let count = fs::read_to_string(folder.join("runs")).unwrap_or_default();
        self.run = count.trim().parse::<u32>().unwrap_or(0) + 1;
        fs::write(folder.join("runs"), self.run.to_string())?;
        if script.is_empty() {
            return Ok(Script::parse(&fs::read_to_string(folder.join("prompt")).unwrap_or_default()));
        }
        fs::write(folder.join("prompt"), prompt)?;
        Ok(script)
    }

    /// Which run of the task this is, from 1.
    pub(super) fn run_number(&self) -> u32 {
        self.run
    }

    pub(super) fn begin(&self) -> io::Result<()> {
        self.voice.begin()
    }

    /// Tells the result, unless a step has.
    pub(super) fn finish(&self) -> io::Result<()> {
        if self.told { Ok(()) } else { self.voice.finish(true, None) }
    }

    /// Tells a result of the script's own.
    pub(super) fn tell_result(&mut self, ok: bool, text: &str) -> io::Result<()> {
        self.told = true;
        self.voice.finish(ok, Some(text).filter(|text| !text.is_empty()))
    }

    /// Calls `run-agent` as the preamble tells agents to; says what it prints.
    pub(super) fn call(&mut self, args: &[&str]) -> io::Result<()> {
        let output = Command::new(cli()).args(args).output()?;
        self.report(&args.join(" "), &output)
    }

    /// Runs a line of shell as the tool call of a real agent; `$JRUN_CLI` is the command line.
    pub(super) fn shell(&mut self, line: &str) -> io::Result<()> {
        let id = self.voice.call("Bash", line)?;
        let output = Command::new("bash").arg("-c").arg(line).env("JRUN_CLI", cli()).output()?;
        let text = format!("{}{}", lossy(&output.stdout), lossy(&output.stderr));
        self.voice.answer(&id, text.trim_end(), !output.status.success())
    }

    fn report(&mut self, what: &str, output: &Output) -> io::Result<()> {
        if !output.status.success() {
            return Err(io::Error::other(format!("{what}: {}: {}", output.status, lossy(&output.stderr))));
        }
        let text = lossy(&output.stdout);
        if text.trim().is_empty() { Ok(()) } else { self.voice.say(text.trim_end()) }
    }
}

/// The command line of Conductor Loop.
fn cli() -> PathBuf {
    env::var_os("JRUN_CLI").map_or_else(|| PathBuf::from("run-agent"), PathBuf::from)
}

/// The task's folder; none outside of a task.
pub(super) fn task_folder() -> Option<PathBuf> {
    env::var_os("JRUN_TASK_FOLDER").map(PathBuf::from)
}

/// A file by the name a script gives it: `output`, `bus`, `task:<name>`, `run:<name>`, else a path.
pub(super) fn file(name: &str) -> io::Result<PathBuf> {
    let variable = |name: &str| {
        env::var_os(name).map(PathBuf::from).ok_or_else(|| io::Error::other(format!("no {name} here")))
    };
    match name.split_once(':') {
        _ if name == "output" => Ok(variable("JRUN_RUN_FOLDER")?.join("output.md")),
        _ if name == "bus" => variable("JRUN_MESSAGE_BUS"),
        Some(("task", name)) => Ok(variable("JRUN_TASK_FOLDER")?.join(name)),
        Some(("run", name)) => Ok(variable("JRUN_RUN_FOLDER")?.join(name)),
        _ => Ok(PathBuf::from(name)),
    }
}

/// Appends bytes as `echo >>` does: no lock, no trailer.
pub(super) fn append(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::io::Write;
    fs::OpenOptions::new().append(true).create(true).open(path)?.write_all(bytes)
}

/// Runs git in the working folder.
pub(super) fn git(args: &[impl AsRef<OsStr>]) -> io::Result<()> {
    let output = Command::new("git").args(args).output()?;
    if output.status.success() { Ok(()) } else { Err(io::Error::other(lossy(&output.stderr))) }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
