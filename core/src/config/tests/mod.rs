//! The configuration as a person meets it: files in a temporary home, a made-up environment.

mod effect;
mod errors;
mod layers;
mod trust;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;

/// A home folder, a working folder and an environment.
struct Person {
    folder: TempDir,
    env: HashMap<String, String>,
    flag: Option<PathBuf>,
}

impl Person {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["home/.config/conductor-loop", "work"] {
            std::fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        Self { folder, env: HashMap::new(), flag: None }
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    fn write(&self, path: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(path);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn own(self, text: &str) -> Self {
        self.write("home/.config/conductor-loop/config.yaml", text);
        self
    }

    fn project(self, text: &str) -> Self {
        self.write("work/conductor.yaml", text);
        self
    }

    fn variable(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    fn with<T>(&self, act: impl FnOnce(&Sources<'_>) -> T) -> T {
        let env = |name: &str| self.env.get(name).cloned();
        let (home, work) = (self.home(), self.work());
        act(&Sources { flag: self.flag.clone(), env: &env, cwd: &work, home: &home })
    }

    fn load(&self) -> Loaded {
        self.with(Config::load).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The error, with the temporary folder's name taken out.
    fn error(&self) -> String {
        let text = self.with(Config::load).unwrap_err().to_string();
        text.replace(&format!("{}/", self.folder.path().display()), "")
    }

    fn trust(&self, path: &Path) {
        self.with(Trust::of).record(path).unwrap();
    }
}

fn warnings(loaded: &Loaded) -> Vec<String> {
    loaded.warnings.iter().map(|warning| format!("{}: {}", warning.key, warning.message)).collect()
}
