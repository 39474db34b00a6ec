//! The desktop itself: its settings, what it lacks, where the page is to go, and the way out.

use serde::{Deserialize, Serialize};
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager, Runtime, State};

use crate::autostart;
use crate::desktop::Missing;
use crate::door::Door;
use crate::notices::Found;
use crate::order;
use crate::page::{Listener, Told};
use crate::refusal::Refusal;
use crate::settings::{Kept, Memory, Settings};
use crate::shell::Reading;
use crate::tray::Order;
use crate::window;

/// How the desktop is.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct DesktopState {
    /// What the person set.
    pub settings: Settings,
    /// Whether the app starts with the desktop.
    pub autostart: bool,
    /// What this desktop does not have.
    pub missing: Vec<MissingView>,
    /// How the login shell's environment was read.
    pub environment: Reading,
    /// Version of the app.
    pub version: String,
}

/// Something that this desktop does not have.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct MissingView {
    /// What it is.
    pub what: Missing,
    /// What it means.
    pub text: &'static str,
    /// What to do about it.
    pub hint: &'static str,
    /// Whether the page was never told of it before: it is said once.
    pub is_new: bool,
}

/// What to set.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct DesktopChange {
    /// All settings, as they are to be; absent: as they are.
    #[cfg_attr(test, ts(optional))]
    pub settings: Option<Settings>,
    /// Whether the app starts with the desktop; absent: as it is.
    #[cfg_attr(test, ts(optional))]
    pub autostart: Option<bool>,
}

/// Tells the page where to go, from now on.
#[tauri::command]
pub fn listen(listener: State<'_, Listener>, channel: Channel<Told>) {
    listener.listen(channel);
}

/// How the desktop is.
#[tauri::command(async)]
pub fn desktop_state<R: Runtime>(app: AppHandle<R>) -> Result<DesktopState, Refusal> {
    let missing = app.state::<Found>().missing();
    let memory = app.state::<Kept<Memory>>();
    let told = memory.get().told_missing;
    let words = missing.iter().map(|one| one.as_str().to_owned());
    if let Err(error) = memory.change(|memory| memory.told_missing.extend(words)) {
        // It is said again at the next start.
        tracing::warn!(%error, "it is not remembered what was said to be missing");
    }
    let view = |one: &Missing| MissingView {
        what: *one,
        text: one.words(),
        hint: one.hint(),
        is_new: !told.contains(one.as_str()),
    };
    Ok(DesktopState {
        settings: app.state::<Kept<Settings>>().get(),
        autostart: autostart::is_on(),
        missing: missing.iter().map(view).collect(),
        environment: app.state::<Door>().reading(),
        version: app.package_info().version.to_string(),
    })
}

/// Sets something of the desktop; how it is then.
#[tauri::command(async)]
pub fn desktop_set<R: Runtime>(app: AppHandle<R>, change: DesktopChange) -> Result<DesktopState, Refusal> {
    let failed = conductor_core::api::ApiError::from;
    if let Some(next) = change.settings {
        let set = app.state::<Kept<Settings>>().change(|settings| *settings = next).map_err(failed)?;
        if let Some(window) = app.get_webview_window(window::LABEL) {
            let coloured = window::colour(&window, set.theme);
            let _ = coloured.inspect_err(|error| tracing::warn!(%error, "the window keeps its colours"));
        }
        // What was kept quiet may be told now.
        app.state::<Door>().nudge();
    }
    if let Some(on) = change.autostart {
        autostart::set(on).map_err(failed)?;
    }
    desktop_state(app)
}

/// Reads the login shell's environment again: agents that were installed since are found.
#[tauri::command]
pub async fn read_environment(door: State<'_, Door>) -> Result<Reading, Refusal> {
    Ok(door.read_environment().await?)
}

/// Quits; where agents are at work, the person is told what goes on, and asked.
#[tauri::command]
pub fn quit<R: Runtime>(app: AppHandle<R>) {
    order::obey(&app, Order::Quit);
}
