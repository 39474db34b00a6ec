//! Where a root's server is (`run/server.json`), for commands and agents of the same machine.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::error::Result;
use super::lock::OfdLock;
use super::root::Root;

const FILE: &str = "server.json";
const LOCK_FILE: &str = "server.lock";
/// Most bytes that it can have.
const LARGEST: u64 = 64 << 10;

/// A server that runs. Believed only while the lock beside it is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerFile {
    /// Version of this format.
    pub version: u32,
    /// Its address.
    pub url: String,
    /// Its unix socket.
    pub socket: String,
    /// Its process.
    pub pid: i32,
    /// Its version.
    pub program: String,
}

impl ServerFile {
    /// Of this process.
    pub fn of_this_process(url: &str, socket: &Path) -> Self {
        Self {
            version: 1,
            url: url.to_owned(),
            socket: socket.display().to_string(),
            pid: rustix::process::getpid().as_raw_nonzero().get(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    /// The lock of the root's server; none while another process holds it.
    ///
    /// # Errors
    /// When it can be neither taken nor looked at.
    pub fn lock(root: &Root) -> Result<Option<OfdLock>> {
        OfdLock::try_acquire(&root.run_dir("")?, LOCK_FILE)
    }

    /// Says where the server is. Only the holder of the lock does.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, root: &Root) -> Result<()> {
        let text = serde_json::to_vec(self).unwrap_or_default();
        root.run_dir("")?.replace_lazy(FILE, &text)
    }

    /// Takes it back.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn remove(root: &Root) -> Result<bool> {
        root.run_dir("")?.remove(FILE)
    }

    /// The server of a root; none where none runs, or it cannot be told.
    pub fn of(root: &Root) -> Option<Self> {
        let run = root.dir().sub(".conductor/run").ok()?;
        let text = run.read(FILE, LARGEST).ok()?;
        let is_held = OfdLock::is_held(&run, LOCK_FILE).ok()?;
        is_held.then(|| serde_json::from_slice(&text).ok()).flatten()
    }
}
