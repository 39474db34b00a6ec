//! What this desktop has of what the app can use: a tray, notifications.

use serde::Serialize;

use crate::bus::Bus;

/// The libraries that show an icon in a tray, as the windowing library looks for them.
const TRAY_LIBRARIES: [&str; 4] = [
    "libayatana-appindicator3.so.1",
    "libappindicator3.so.1",
    "libayatana-appindicator3.so",
    "libappindicator3.so",
];

/// Something that is not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// No session bus: neither tray nor notifications, and a second start opens a second window.
    SessionBus,
    /// The library for tray icons.
    TrayLibrary,
    /// Nothing shows tray icons.
    TrayHost,
    /// Nothing shows notifications.
    Notifications,
}

impl Missing {
    /// The word for it in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Missing::SessionBus => "session_bus",
            Missing::TrayLibrary => "tray_library",
            Missing::TrayHost => "tray_host",
            Missing::Notifications => "notifications",
        }
    }

    /// What it means for a person.
    pub fn words(self) -> &'static str {
        match self {
            Missing::SessionBus => {
                "there is no session bus: no tray, no notifications, and closing the window quits"
            }
            Missing::TrayLibrary => "the library for tray icons is not installed: closing the window quits",
            Missing::TrayHost => "nothing here shows tray icons: closing the window quits",
            Missing::Notifications => {
                "nothing here shows notifications: what needs you is in the window alone"
            }
        }
    }

    /// What to do about it.
    pub fn hint(self) -> &'static str {
        match self {
            Missing::SessionBus => "start it from a desktop session, or with dbus-run-session",
            Missing::TrayLibrary => "install libayatana-appindicator3-1",
            Missing::TrayHost => "GNOME shows tray icons with the extension AppIndicator",
            Missing::Notifications => "install a notification service, such as mako or dunst",
        }
    }
}

/// What is missing here.
pub async fn missing(bus: Option<&Bus>) -> Vec<Missing> {
    let Some(bus) = bus else { return vec![Missing::SessionBus] };
    let mut missing = Vec::new();
    if !has_tray_library() {
        missing.push(Missing::TrayLibrary);
    } else if !bus.has_tray_host().await {
        missing.push(Missing::TrayHost);
    }
    if bus.notifications().await.is_none() {
        missing.push(Missing::Notifications);
    }
    missing
}

/// Whether a tray icon can be made: making one without its library ends the program.
pub fn has_tray_library() -> bool {
    TRAY_LIBRARIES.iter().any(|name| can_be_loaded(name))
}

#[expect(unsafe_code, reason = "loading a library is; these run nothing but GLib's registration of types")]
fn can_be_loaded(name: &str) -> bool {
    // SAFETY: the library's initialisers register types, as they do when the windowing library loads it later.
    match unsafe { libloading::Library::new(name) } {
        Ok(library) => {
            // Unloading it would leave those types behind.
            std::mem::forget(library);
            true
        }
        Err(_) => false,
    }
}
