//! DONE, STOP and PAUSE: an agent's word and a person's intent, as files.
//!
//! An empty file made by hand counts, and so does one with any text in it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::dir::Dir;
use super::error::{Result, optional};
use super::yaml;

/// A marker of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Marker {
    /// The agent says that the task is done.
    Done,
    /// A person wants it stopped.
    Stop,
    /// A person wants it paused.
    Pause,
}

impl Marker {
    /// Every marker.
    pub const ALL: [Marker; 3] = [Marker::Done, Marker::Stop, Marker::Pause];

    /// Its file's name.
    pub fn file_name(self) -> &'static str {
        match self {
            Marker::Done => "DONE",
            Marker::Stop => "STOP",
            Marker::Pause => "PAUSE",
        }
    }
}

/// What a marker says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// Who: a user, a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When; of a file without a time, when it was last written.
    pub at: Timestamp,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Which request asked for it, so that an answer can be told from an older one's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// PAUSE: let the turn end first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub after_turn: bool,
    /// STOP: without a grace period.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub force: bool,
}

impl Intent {
    /// An intent of this moment.
    pub fn new(by: Option<String>, at: Timestamp, reason: Option<String>) -> Self {
        Self { by, at, reason, request_id: None, after_turn: false, force: false }
    }
}

/// Reads a marker; none where there is no such name.
pub(super) fn read(dir: &Dir, name: &str) -> Result<Option<Intent>> {
    let Some(meta) = dir.meta(name)? else { return Ok(None) };
    let text =
        if meta.is_file { optional(dir.read(name, yaml::MAX_BYTES)).unwrap_or_default() } else { None };
    let text = String::from_utf8_lossy(text.as_deref().unwrap_or_default()).into_owned();
    Ok(Some(yaml::parse(&text, &dir.join(name)).unwrap_or_else(|_| bare(&text, meta.modified))))
}

/// Writes a marker, durably. One that was there keeps its time: who came first decides between
/// STOP and DONE.
pub(super) fn write(dir: &Dir, name: &str, intent: &Intent) -> Result<()> {
    let mut intent = intent.clone();
    if let Some(before) = read(dir, name)? {
        intent.at = intent.at.min(before.at);
    }
    dir.replace(name, yaml::emit(&intent)?.as_bytes())
}

/// Removes a marker, durably; whether it was there.
pub(super) fn clear(dir: &Dir, name: &str) -> Result<bool> {
    let removed = dir.remove(name)?;
    if removed {
        dir.sync()?;
    }
    Ok(removed)
}

/// What a file says that is not of our form: its first words are the reason.
fn bare(text: &str, modified: Timestamp) -> Intent {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    Intent::new(None, modified, line.map(|line| line.chars().take(200).collect()))
}
