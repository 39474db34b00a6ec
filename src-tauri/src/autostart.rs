//! Starting with the desktop: an entry in the person's `autostart` folder, which desktops read at login.

use std::path::{Path, PathBuf};

use conductor_core::store::{Dir, StoreError};

use crate::settings::home_or;

const FILE: &str = "conductor-desktop.desktop";
/// The word that starts the app without its window.
pub const HIDDEN: &str = "--hidden";

fn folder() -> PathBuf {
    home_or("XDG_CONFIG_HOME", ".config").join("autostart")
}

/// Whether the app starts with the desktop.
pub fn is_on() -> bool {
    folder().join(FILE).is_file()
}

/// Lets the app start with the desktop, or not.
///
/// # Errors
/// When the entry can be neither written nor removed.
pub fn set(on: bool) -> Result<(), StoreError> {
    set_in(&folder(), on, &std::env::current_exe().unwrap_or_else(|_| PathBuf::from("conductor-desktop")))
}

fn set_in(folder: &Path, on: bool, program: &Path) -> Result<(), StoreError> {
    if !on && !folder.join(FILE).exists() {
        return Ok(());
    }
    let folder = Dir::create_all(folder)?;
    if on { folder.replace(FILE, entry(program).as_bytes()) } else { folder.remove(FILE).map(drop) }
}

fn entry(program: &Path) -> String {
    format!(
        "[Desktop Entry]\nType=Application\nName=Conductor Loop\nExec={} {HIDDEN}\nIcon=conductor-desktop\n\
         Terminal=false\nX-GNOME-Autostart-enabled=true\n",
        quoted(&program.display().to_string())
    )
}

/// As the specification of desktop entries wants an argument: quoted, these four escaped, and each backslash of that
/// once more, as in any value; a percent sign doubled.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '\\' => quoted.push_str(r"\\\\"),
            '"' | '`' | '$' => quoted.extend(['\\', '\\', letter]),
            '%' => quoted.push_str("%%"),
            _ => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_an_entry_that_comes_and_goes() {
        let home = tempfile::tempdir().expect("a home");
        let folder = home.path().join("autostart");
        set_in(&folder, false, Path::new("/app")).expect("nothing to do");
        assert!(!folder.exists());
        set_in(&folder, true, Path::new("/opt/my $app/100%")).expect("written");
        let text = std::fs::read_to_string(folder.join(FILE)).expect("an entry");
        assert!(text.contains("\nExec=\"/opt/my \\\\$app/100%%\" --hidden\n"), "{text}");
        set_in(&folder, false, Path::new("/app")).expect("removed");
        assert!(!folder.join(FILE).exists());
    }
}
