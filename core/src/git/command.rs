//! How git is called: the same whatever the environment and the configuration say.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

/// What is set against a repository's own configuration: that nothing of it runs or writes, and that the
/// cost of large files is bounded.
const SETTINGS: &[&str] = &[
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    // With it a part of the index would be written into the repository.
    "core.splitIndex=false",
    "core.safecrlf=false",
    "core.quotePath=false",
    "core.looseCompression=1",
    "core.fsync=none",
    // From this size on content is never compared line by line.
    "core.bigFileThreshold=8m",
    "gc.auto=0",
    "maintenance.auto=false",
    "protocol.allow=never",
];

/// Git with one of its commands in a folder. It is told nothing by variables of the environment but its
/// configuration, never asks, never fetches, and takes no lock that it can do without.
pub fn git(folder: &Path, command: &str) -> Command {
    let mut git = Command::new("git");
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_foreign(name)) {
        git.env_remove(name);
    }
    git.env("LC_ALL", "C")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_ALLOW_PROTOCOL", "none")
        .args(["--no-pager", "--literal-pathspecs", "-C"])
        .arg(folder);
    for setting in SETTINGS {
        git.args(["-c", setting]);
    }
    git.arg(command);
    git
}

/// Whether a variable would lead git elsewhere than the folder does, or change what it prints. Those of the
/// configuration are the user's own.
fn is_foreign(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    name.starts_with(b"GIT_") && !name.starts_with(b"GIT_CONFIG") && name != b"GIT_EXEC_PATH"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_configuration_of_the_user_gets_through() {
        for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_EXTERNAL_DIFF", "GIT_TRACE"] {
            assert!(is_foreign(OsStr::new(name)), "{name}");
        }
        for name in ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_COUNT", "GIT_EXEC_PATH", "HOME", "LEGIT_DIR"] {
            assert!(!is_foreign(OsStr::new(name)), "{name}");
        }
    }
}
