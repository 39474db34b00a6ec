//! What every use case stands on: the root, the configuration, the clock and the caller.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

use secrecy::SecretString;

use super::browse::KeptIndex;
use super::{ApiError, Caller};
use crate::clock::Clock;
use crate::config::{Config, Loaded};
use crate::store::{Root, RootKind, StoreErrorKind};
use crate::supervisor::process::Machine;

/// An opened application.
pub struct App {
    /// Who calls.
    pub caller: Caller,
    /// The settings in force, and where they came from.
    pub loaded: Loaded,
    /// The time.
    pub clock: Clock,
    path: PathBuf,
    root: OnceLock<Root>,
    extra: OnceLock<Vec<Root>>,
    pub(super) machine: OnceLock<Machine>,
    /// Kept open by a lasting process.
    pub(super) index: Mutex<Option<KeptIndex>>,
}

impl App {
    /// Loads the configuration and opens the root where there is one. Writes nothing.
    ///
    /// # Errors
    /// When the configuration is wrong, or the root cannot be read.
    pub fn open(caller: Caller) -> Result<Self, ApiError> {
        let loaded = load_config(&caller)?;
        let path = locate_root(&caller, loaded.config.storage.runs_dir.as_deref());
        let root = match Root::open(&path) {
            Ok(root) if *root.kind() == RootKind::Fresh => OnceLock::new(),
            Ok(root) => OnceLock::from(root),
            Err(error) if error.is_not_found() => OnceLock::new(),
            Err(error) if matches!(error.kind, StoreErrorKind::NotAFolder) => {
                return Err(ApiError::usage(&error).with_hint("--root names a folder, there or to be made"));
            }
            Err(error) => return Err(error.into()),
        };
        Ok(Self {
            caller,
            loaded,
            clock: Clock::system(),
            path,
            root,
            extra: OnceLock::new(),
            machine: OnceLock::new(),
            index: Mutex::default(),
        })
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.loaded.config
    }

    /// Every secret that is known, to be masked wherever text from outside is shown.
    pub fn secrets(&self) -> Vec<SecretString> {
        let env = |name: &str| self.caller.text(name).map(str::to_owned);
        let mut secrets = self.config().secrets(&env);
        // An agent can print it, too, and whoever may only look would have it then.
        secrets.extend(self.existing_root().and_then(|root| root.tokens().known_local()));
        secrets
    }

    /// Where the root is or would be.
    pub fn root_path(&self) -> &Path {
        &self.path
    }

    /// The root to list; none where the usual one was never used, which is nothing to complain about.
    ///
    /// # Errors
    /// When a root was named that is not there.
    pub fn root_to_list(&self) -> Result<Option<&Root>, ApiError> {
        if self.caller.root.is_some() { self.root().map(Some) } else { Ok(self.existing_root()) }
    }

    /// The root to list and those of `storage.extra_roots` that can be opened.
    ///
    /// # Errors
    /// As [`App::root_to_list`].
    pub fn roots_to_list(&self) -> Result<Vec<&Root>, ApiError> {
        Ok(self.root_to_list()?.into_iter().chain(self.extra_roots()).collect())
    }

    /// Roots that are only looked at. Those that cannot be opened are left to `doctor`.
    pub fn extra_roots(&self) -> &[Root] {
        self.extra.get_or_init(|| {
            let paths = self.config().storage.extra_roots.iter();
            paths.filter_map(|path| Root::open(path).ok()).filter(|root| root.path() != self.path).collect()
        })
    }

    /// The root, where there is one.
    pub fn existing_root(&self) -> Option<&Root> {
        self.root.get()
    }

    /// The root.
    ///
    /// # Errors
    /// When nothing was ever started in it.
    pub fn root(&self) -> Result<&Root, ApiError> {
        self.root.get().ok_or_else(|| {
            ApiError::not_found(format_args!(
                "nothing is in {}: no task was started there",
                self.path.display()
            ))
            .with_hint("`run-agent task \"…\"` starts one; --root names another root")
        })
    }

    /// The root, made where it is missing.
    ///
    /// # Errors
    /// When it can be neither opened nor made, or may not be written.
    pub fn writable_root(&self) -> Result<&Root, ApiError> {
        let root = match self.root.get() {
            Some(root) => root,
            None => {
                let made = Root::open_or_init(&self.path)?;
                self.root.get_or_init(|| made)
            }
        };
        root.writable()?;
        Ok(root)
    }
}

fn load_config(caller: &Caller) -> Result<Loaded, ApiError> {
    let env = |name: &str| caller.text(name).map(str::to_owned);
    Ok(Config::load(&caller.sources(&env))?)
}

/// The flag, the calling run's root, `CONDUCTOR_ROOT`, the root around the current folder, the
/// configured one, the user's own.
fn locate_root(caller: &Caller, configured: Option<&Path>) -> PathBuf {
    let flag = caller.root.as_deref().or_else(|| caller.run().map(|run| run.root));
    let is_named = flag.is_some() || caller.variable("CONDUCTOR_ROOT").is_some();
    let around = if is_named { None } else { root_around(&caller.cwd) };
    Root::locate(flag, around.as_deref().or(configured))
}

/// The nearest folder at or above `folder` that is a root of ours.
fn root_around(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().find(|path| path.join(".conductor/root.yaml").is_file()).map(Path::to_owned)
}
