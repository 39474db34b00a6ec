//! Filters that a repository configures: programs, which are not run.
//!
//! They may write into the repository (that of large files does), and whoever may write a repository's
//! configuration could name any program as one.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Command;

use super::command::git;
use super::error::GitError;
use super::run::{Runner, part};

/// Variables that hold what filters are set to: no program, and not needed.
const NOTHING: (&str, &str) = ("CONDUCTOR_NO_FILTER", "");
const NOT_NEEDED: (&str, &str) = ("CONDUCTOR_FILTER_NOT_NEEDED", "false");

/// The names of the filters that are configured for a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Filters(Vec<Vec<u8>>);

impl Filters {
    /// Those of a folder.
    ///
    /// # Errors
    /// When git does not tell.
    pub fn of(runner: &dyn Runner, folder: &Path) -> Result<Self, GitError> {
        let mut command = git(folder, "config");
        command.args(["--null", "--name-only", "--get-regexp", r"^filter\..*\.(clean|process)$"]);
        // That nothing is found is a failure to git, without a word.
        match part(runner, "config", &mut command, None) {
            Ok(printed) => Ok(Self::parse(&printed.stdout)),
            Err(error) if error.is_silent() => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    fn parse(printed: &[u8]) -> Self {
        let keys = printed.split(|byte| *byte == 0).filter_map(|key| key.strip_prefix(b"filter."));
        let dot = |key: &[u8]| key.iter().rposition(|byte| *byte == b'.');
        let mut names: Vec<_> = keys.filter_map(|key| Some(key[..dot(key)?].to_vec())).collect();
        names.sort();
        names.dedup();
        Self(names)
    }

    /// The same command without them.
    pub fn off(&self, command: Command) -> Command {
        if self.0.is_empty() {
            return command;
        }
        let mut off = Command::new(command.get_program());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => off.env(name, value),
                None => off.env_remove(name),
            };
        }
        off.env(NOTHING.0, NOTHING.1).env(NOT_NEEDED.0, NOT_NEEDED.1);
        for name in &self.0 {
            for (key, (variable, _)) in [("clean", NOTHING), ("process", NOTHING), ("required", NOT_NEEDED)] {
                off.arg(setting(name, key, variable));
            }
        }
        off.args(command.get_args());
        off
    }
}

/// An option that sets a key to the value of a variable: a key may hold any character in this form.
fn setting(name: &[u8], key: &str, variable: &str) -> OsString {
    let parts = [b"--config-env=filter.", name, b".", key.as_bytes(), b"=", variable.as_bytes()];
    OsStr::from_bytes(&parts.concat()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_may_have_any_name() {
        let printed = b"filter.lfs.clean\0filter.lfs.process\0filter.a.b=c.clean\0";
        assert_eq!(Filters::parse(printed), Filters(vec![b"a.b=c".to_vec(), b"lfs".to_vec()]));
        assert_eq!(Filters::parse(b""), Filters::default());
    }

    #[test]
    fn the_options_stand_before_the_command() {
        let off = Filters(vec![b"a=b".to_vec()]).off(git(Path::new("/"), "status"));
        let arguments: Vec<_> = off.get_args().collect();
        assert_eq!(arguments[0], "--config-env=filter.a=b.clean=CONDUCTOR_NO_FILTER");
        assert_eq!(arguments.last(), Some(&OsStr::new("status")));
        assert!(off.get_envs().any(|(name, value)| name == "GIT_OPTIONAL_LOCKS" && value.is_some()));
    }
}
