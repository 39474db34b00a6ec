//! A stand-in for the model servers, on a free port of the loopback, for as long as a test needs it.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::env::wait_for;

/// A running stand-in. Dropped, it is killed.
#[derive(Debug)]
pub struct Stub {
    child: Child,
    port: u16,
    log: PathBuf,
    _folder: tempfile::TempDir,
}

impl Stub {
    /// Starts it; `args` are more of its own options (`tests/agents/stubs/all_stub.py --help`).
    ///
    /// # Panics
    /// When python3 is missing or it does not listen in time.
    pub fn start(args: &[&str]) -> Self {
        let folder =
            tempfile::Builder::new().prefix("conductor-stub-").tempdir().expect("a temporary folder");
        let (port_file, log) = (folder.path().join("port"), folder.path().join("requests.jsonl"));
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("agents/stubs/all_stub.py");
        let child = Command::new("python3")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .arg(script)
            .args(["--port", "0", "--port-file"])
            .arg(&port_file)
            .arg("--log")
            .arg(&log)
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("python3 (npm test installs it): {error}"));
        let mut stub = Self { child, port: 0, log, _folder: folder };
        stub.port = wait_for("the stand-in to listen", || {
            let mut text = String::new();
            std::fs::File::open(&port_file).ok()?.read_to_string(&mut text).ok()?;
            text.trim().parse().ok()
        });
        stub
    }

    /// Its address, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The requests that it has answered so far, oldest first.
    pub fn requests(&self) -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
