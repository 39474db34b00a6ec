//! Folders of this machine, for choosing where a task works.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{ApiError, App, ErrorCode};

/// Folders that are listed at most.
const MOST: usize = 2000;

/// A folder and those in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct FolderView {
    /// The folder, without links.
    pub path: String,
    /// The one that it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Whether it is a git repository.
    pub git: bool,
    /// The folders in it, by name; hidden ones only where they were asked for.
    pub items: Vec<FolderItem>,
    /// Whether there are more than are listed.
    pub more: bool,
}

/// A folder in a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct FolderItem {
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// Whether it is a git repository.
    pub git: bool,
}

impl App {
    /// A folder; the user's own where none is named.
    ///
    /// # Errors
    /// When it is not absolute, not there, no folder, or may not be read.
    pub fn folder(&self, path: Option<&Path>, hidden: bool) -> Result<FolderView, ApiError> {
        let home = || self.caller.variable("HOME").map_or_else(|| PathBuf::from("/"), PathBuf::from);
        let asked = path.map_or_else(home, Path::to_owned);
        if !asked.is_absolute() {
            return Err(ApiError::usage(format_args!("{} is not absolute", asked.display()))
                .with_hint("begin with /, or leave it out for your own folder"));
        }
        let failed = |error: &std::io::Error| match error.kind() {
            std::io::ErrorKind::NotADirectory => {
                ApiError::usage(format_args!("{} is no folder", asked.display()))
            }
            std::io::ErrorKind::PermissionDenied => {
                ApiError::new(ErrorCode::ReadOnly, format_args!("{} may not be read", asked.display()))
            }
            _ => ApiError::io(format_args!("open {}", asked.display()), error),
        };
        let path = asked.canonicalize().map_err(|error| failed(&error))?;
        let mut items = Vec::new();
        for entry in std::fs::read_dir(&path).map_err(|error| failed(&error))?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_folder = entry.path().is_dir();
            if is_folder && (hidden || !name.starts_with('.')) {
                items.push(FolderItem {
                    git: is_repository(&entry.path()),
                    path: entry.path().display().to_string(),
                    name,
                });
            }
        }
        items.sort_by(|a, b| a.name.cmp(&b.name));
        let more = items.len() > MOST;
        items.truncate(MOST);
        let parent = path.parent().map(|parent| parent.display().to_string());
        Ok(FolderView { git: is_repository(&path), path: path.display().to_string(), parent, items, more })
    }
}

fn is_repository(folder: &Path) -> bool {
    folder.join(".git").exists()
}
