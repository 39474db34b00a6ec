//! What the page gives a person to keep: it goes where the desktop keeps such files, and the page says where that is.

use std::path::{Path, PathBuf};

use tauri::webview::DownloadEvent;
use tauri::{AppHandle, Manager, Runtime};

use crate::page::Listener;

/// A file is about to be kept, or was.
pub fn told<R: Runtime>(app: &AppHandle<R>, event: DownloadEvent<'_>) {
    match event {
        DownloadEvent::Requested { destination, .. } => {
            // Where the desktop names no folder, what was proposed is wherever the app was started.
            if app.path().download_dir().is_err()
                && let (Ok(home), Some(name)) = (app.path().home_dir(), destination.file_name())
            {
                *destination = free(&home, Path::new(name));
            }
        }
        DownloadEvent::Finished { path, success, .. } => {
            app.state::<Listener>().saved(path.filter(|_| success).as_deref());
        }
        _ => {}
    }
}

/// A name in a folder that nothing has yet.
fn free(folder: &Path, name: &Path) -> PathBuf {
    let stem = name.file_stem().unwrap_or_default().to_string_lossy();
    let extension = name.extension().map(|end| format!(".{}", end.to_string_lossy())).unwrap_or_default();
    let others = (1..).map(|number| folder.join(format!("{stem} ({number}){extension}")));
    let mut names = std::iter::once(folder.join(name)).chain(others);
    names.find(|path| !path.exists()).unwrap_or_else(|| folder.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_written_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let name = |text: &str| folder.path().join(text);
        let free = || free(folder.path(), Path::new("log.txt"));
        assert_eq!(free(), name("log.txt"));
        std::fs::write(name("log.txt"), "").expect("written");
        std::fs::write(name("log (1).txt"), "").expect("written");
        assert_eq!(free(), name("log (2).txt"));
    }
}
