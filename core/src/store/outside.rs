//! What belongs to a root and may not lie in it: a foreign root is never written.

use std::path::PathBuf;

use sha2::{Digest, Sha256};

use super::dir::Dir;
use super::error::{Result, optional};
use super::root::{Root, RootKind};
use crate::hex::hex;

impl Root {
    /// The folder for what is derived from the root and can be deleted at any time: its own `cache/`,
    /// or one of the user's for a root that is not ours. Not made here.
    pub fn cache_path(&self) -> PathBuf {
        match self.kind() {
            RootKind::Own { .. } | RootKind::Damaged => self.path().join(".conductor/cache"),
            RootKind::Fresh | RootKind::Foreign => self.outside("XDG_CACHE_HOME", ".cache"),
        }
    }

    /// The folder for records about a root that is not ours. Not made here.
    pub(super) fn outside_state(&self) -> PathBuf {
        self.outside("XDG_STATE_HOME", ".local/state")
    }

    /// The folder of what its server keeps; of a root that is not ours one of the user's. Made where it is not
    /// there.
    ///
    /// # Errors
    /// When it can be neither made nor opened.
    pub(super) fn server_state(&self) -> Result<Dir> {
        match self.kind() {
            RootKind::Own { .. } | RootKind::Damaged => self.state_dir(""),
            RootKind::Fresh | RootKind::Foreign => Dir::create_all(&self.outside_state()),
        }
    }

    /// [`Root::server_state`] where it is there.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(super) fn known_server_state(&self) -> Result<Option<Dir>> {
        match self.kind() {
            RootKind::Own { .. } | RootKind::Damaged => optional(self.dir().sub(".conductor/state")),
            RootKind::Fresh | RootKind::Foreign => optional(Dir::open(&self.outside_state())),
        }
    }

    fn outside(&self, variable: &str, below_home: &str) -> PathBuf {
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = || set("HOME").unwrap_or_else(|| PathBuf::from("/")).join(below_home);
        // The same root by another path is the same root.
        let path = std::fs::canonicalize(self.path()).unwrap_or_else(|_| self.path().to_owned());
        let name = hex(&Sha256::digest(path.as_os_str().as_encoded_bytes())[..8]);
        set(variable)
            .filter(|path| path.is_absolute())
            .unwrap_or_else(home)
            .join("conductor-loop/roots")
            .join(name)
    }
}
