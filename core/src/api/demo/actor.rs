//! What the scripted agent can do: the gestures of a real one, reported as events on its output.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::json;

use crate::model::EventKind;

/// Milliseconds between two gestures.
pub const PACE: &str = "CONDUCTOR_DEMO_PACE";
const USUAL_PACE: u64 = 150;

/// The scripted agent at work. What it does goes to its standard output, one event a line.
pub struct Actor {
    pace: Duration,
    calls: u32,
}

impl Actor {
    /// Reads its pace from the environment.
    pub fn new() -> Self {
        Self { pace: Duration::from_millis(number(PACE).unwrap_or(USUAL_PACE)), calls: 0 }
    }

    /// The prompt that it was given.
    pub fn prompt(&self) -> io::Result<String> {
        let mut prompt = String::new();
        io::stdin().lock().read_to_string(&mut prompt)?;
        Ok(prompt)
    }

    /// Says something to whoever watches.
    pub fn say(&mut self, text: &str) -> io::Result<()> {
        self.emit(&EventKind::text(text, false))?;
        self.breathe();
        Ok(())
    }

    /// Runs a command line with the shell tool; what it printed.
    pub fn shell(&mut self, line: &str) -> io::Result<String> {
        let id = self.call("shell", json!({ "command": line }))?;
        let done = Command::new("sh").arg("-c").arg(line).stdin(Stdio::null()).output()?;
        let printed = String::from_utf8_lossy(&done.stdout).into_owned();
        let shown = format!("{printed}{}", String::from_utf8_lossy(&done.stderr));
        self.result(id, &shown, !done.status.success())?;
        Ok(printed)
    }

    /// Writes a file.
    pub fn write(&mut self, path: &Path, text: &str) -> io::Result<()> {
        let id = self.call("write", json!({ "path": path.display().to_string() }))?;
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, text)?;
        self.result(id, "", false)
    }

    /// Ends its turn with its final words.
    pub fn end(&mut self, text: &str) -> io::Result<()> {
        self.emit(&EventKind::Result { ok: true, text: text.to_owned(), denied: Vec::new() })
    }

    fn call(&mut self, name: &str, input: serde_json::Value) -> io::Result<String> {
        self.calls += 1;
        let id = format!("call-{}", self.calls);
        self.emit(&EventKind::ToolCall { id: id.clone(), name: name.to_owned(), input })?;
        self.breathe();
        Ok(id)
    }

    fn result(&mut self, id: String, output: &str, is_error: bool) -> io::Result<()> {
        self.emit(&EventKind::ToolResult { id, output: output.to_owned(), is_error })?;
        self.breathe();
        Ok(())
    }

    fn emit(&mut self, event: &EventKind) -> io::Result<()> {
        let mut line = serde_json::to_string(event).map_err(io::Error::other)?;
        line.push('\n');
        let mut stdout = io::stdout().lock();
        stdout.write_all(line.as_bytes())?;
        stdout.flush()
    }

    /// A person who watches reads at human speed.
    fn breathe(&self) {
        std::thread::sleep(self.pace);
    }
}

/// A number that the demo's configuration sets in the agent's environment.
pub fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// A folder that the supervisor names in the agent's environment.
pub fn folder(variable: &str) -> io::Result<PathBuf> {
    let missing = || io::Error::new(io::ErrorKind::NotFound, format!("{variable} is not set"));
    std::env::var_os(variable)
        .filter(|value: &OsString| !value.is_empty())
        .map(PathBuf::from)
        .ok_or_else(missing)
}
