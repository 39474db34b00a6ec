//! Requests that must not be carried out twice (`state/requests/`): what each key was first used for, and
//! what came of it.
//!
//! The file of a key is made before anything is done, under its lock; the task or message that is made carries the
//! key's digest. So whoever sends the request again after a crash gets what was made, or makes it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::dir::Dir;
use super::error::{Result, optional};
use super::lock::OfdLock;
use super::root::Root;

const FOLDER: &str = "requests";
/// How long a key is remembered.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// How long the same request may take elsewhere.
const WAIT: Duration = Duration::from_secs(150);
/// Bytes of a file of ours.
const LARGEST: u64 = 64 << 10;

/// What a key was used for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Version of this format.
    pub version: u32,
    /// When it was first sent.
    pub at: Timestamp,
    /// Digest of what was asked.
    pub asked: String,
    /// What was answered; absent while it is not known whether it was carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<serde_json::Value>,
}

/// A key that is being used by this process alone.
#[derive(Debug)]
pub struct HeldRequest {
    dir: Dir,
    name: String,
    /// What it was used for before; none: for nothing.
    pub before: Option<Request>,
    _lock: OfdLock,
}

impl HeldRequest {
    /// Takes a key by its digest, hexadecimal. One that is older than a day was used for nothing.
    ///
    /// # Errors
    /// When another process has used it for too long, or the folder cannot be written.
    pub fn take(root: &Root, digest: &str, now: Timestamp) -> Result<Self> {
        let dir = root.state_dir(FOLDER)?;
        let lock = OfdLock::acquire(&dir, &format!("{}.lock", &digest[..2]), WAIT)?;
        forget(&dir, &digest[..2], now)?;
        let name = format!("{digest}.json");
        let text = optional(dir.read(&name, LARGEST))?;
        // One that a crash of the machine tore was not answered.
        let before = text.and_then(|text| serde_json::from_slice(&text).ok());
        Ok(Self { dir, name, before, _lock: lock })
    }

    /// Says what it is used for, durably.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, request: &Request) -> Result<()> {
        self.dir.replace(&self.name, &serde_json::to_vec(request).unwrap_or_default())
    }
}

/// Forgets what is too old of the keys that share a lock: nobody else uses them meanwhile.
fn forget(dir: &Dir, shared: &str, now: Timestamp) -> Result<()> {
    let is_one = |name: &str| name.starts_with(shared) && name.ends_with(".json");
    for entry in dir.entries()?.into_iter().filter(|entry| is_one(&entry.name)) {
        let meta = dir.meta(&entry.name)?;
        if meta.is_some_and(|meta| now.duration_since(meta.modified) > KEPT) {
            dir.remove(&entry.name)?;
        }
    }
    Ok(())
}
