//! What was said so far, kept in the run's folder: the services remember nothing, so a session that goes on
//! is the whole conversation sent again.

use std::path::Path;

use serde::{Deserialize, Serialize};

/// Its file in a run's folder.
const FILE: &str = "conversation.json";
/// Bytes of a conversation that are read back.
const MAX: u64 = 64 * 1024 * 1024;

/// One thing that was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Turn {
    /// `user` or `assistant`.
    pub(super) role: String,
    /// The text.
    pub(super) content: String,
}

impl Turn {
    pub(super) fn new(role: &str, content: impl Into<String>) -> Self {
        Self { role: role.to_owned(), content: content.into() }
    }
}

/// The conversation of an earlier run of the same task.
pub(super) fn load(task_folder: &Path, run: &str) -> std::io::Result<Vec<Turn>> {
    use std::io::Read;
    let one_component = !run.is_empty() && !run.contains('/') && run != "." && run != "..";
    if !one_component {
        return Err(std::io::Error::new(std::io::ErrorKind::NotFound, "no such session"));
    }
    let file = std::fs::File::open(task_folder.join("runs").join(run).join(FILE))?;
    let mut text = Vec::new();
    file.take(MAX).read_to_end(&mut text)?;
    Ok(serde_json::from_slice(&text)?)
}

/// Keeps the conversation for a later run.
pub(super) fn save(run_folder: &Path, turns: &[Turn]) -> std::io::Result<()> {
    let temporary = run_folder.join(format!(".{FILE}.new"));
    std::fs::write(&temporary, serde_json::to_vec(turns)?)?;
    std::fs::rename(temporary, run_folder.join(FILE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversation_goes_on_from_an_earlier_run() {
        let task = tempfile::tempdir().expect("a folder");
        let run = task.path().join("runs/r1");
        std::fs::create_dir_all(&run).expect("made");
        let turns = vec![Turn::new("user", "hello"), Turn::new("assistant", "hi")];
        save(&run, &turns).expect("saved");
        assert_eq!(load(task.path(), "r1").expect("loaded"), turns);
        for bad in ["r2", "", "..", "../runs/r1"] {
            assert!(load(task.path(), bad).is_err(), "{bad}");
        }
    }
}
