//! What runs beside the window as long as the app does: the watcher of the root, with the tray and the notifications
//! that follow it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use conductor_core::api::App;
use tauri::{AppHandle, Manager, Runtime};
use tauri_plugin_dialog::DialogExt;
use tokio::sync::OnceCell;

use crate::bus::Bus;
use crate::desktop::{self, Missing};
use crate::door::Door;
use crate::notify::{self, Announcer};
use crate::page::Listener;
use crate::settings::{Kept, Memory, Settings};
use crate::tray::Tray;
use crate::watch::{self, Look};
use crate::{order, window};

/// How long a panel may take to be there when the desktop starts.
const PANEL: Duration = Duration::from_secs(20);

/// What this desktop has.
#[derive(Default)]
pub struct Found {
    missing: Mutex<Vec<Missing>>,
    is_dark: Mutex<Option<bool>>,
    announcer: OnceCell<Option<Announcer>>,
}

impl Found {
    /// What is missing here, once it was looked for.
    pub fn missing(&self) -> Vec<Missing> {
        lock(&self.missing).clone()
    }

    /// Whether the desktop is dark; none where it does not say.
    pub fn is_dark(&self) -> Option<bool> {
        *lock(&self.is_dark)
    }
}

/// Looks for what this desktop has, makes the tray, and follows the root for ever. `hidden`: the app was started without
/// its window.
pub async fn run<R: Runtime>(app: AppHandle<R>, bus: Option<Bus>, hidden: bool) {
    let found = app.state::<Found>();
    let missing = desktop::missing(bus.as_ref()).await;
    for one in &missing {
        tracing::info!(what = one.as_str(), "{}", one.words());
    }
    let announcer = match &bus {
        Some(bus) => Announcer::connect(bus, &app.state::<Door>()).await,
        None => None,
    };
    let _ = found.announcer.set(announcer.clone());
    let can_have_tray = !missing.iter().any(|one| matches!(one, Missing::SessionBus | Missing::TrayLibrary));
    *lock(&found.missing) = missing;
    if hidden {
        tauri::async_runtime::spawn(show_without_tray(app.clone(), can_have_tray));
    }
    if let Some(bus) = &bus {
        tauri::async_runtime::spawn(colours(app.clone(), bus.clone()));
    }
    if let Some(bus) = bus.filter(|_| can_have_tray) {
        tauri::async_runtime::spawn(tray(app.clone(), bus));
    }
    app.state::<Listener>().changed();
    if let Some(announcer) = announcer.clone() {
        let app = app.clone();
        tauri::async_runtime::spawn(async move { announcer.serve(|page| window::go(&app, page)).await });
    }
    follow(&app, announcer).await;
}

/// Follows whether the desktop is dark: the icon in its panel has to be seen.
async fn colours<R: Runtime>(app: AppHandle<R>, bus: Bus) {
    bus.colours(|is_dark| {
        *lock(&app.state::<Found>().is_dark) = is_dark;
        app.state::<Door>().nudge();
    })
    .await;
}

/// Shows a window that was not shown at the start, where no tray leads to it.
async fn show_without_tray<R: Runtime>(app: AppHandle<R>, can_have_tray: bool) {
    if can_have_tray {
        tokio::time::sleep(PANEL).await;
    }
    if !app.state::<Tray<R>>().is_there() {
        window::show(&app);
    }
}

/// Makes the tray once something shows it.
async fn tray<R: Runtime>(app: AppHandle<R>, bus: Bus) {
    bus.tray_host().await;
    if let Err(error) = app.state::<Tray<R>>().make(&app, order::obey) {
        tracing::warn!(%error, "no icon in the tray");
    } else {
        // Its panel may have come after the app.
        lock(&app.state::<Found>().missing).retain(|one| *one != Missing::TrayHost);
        app.state::<Listener>().changed();
    }
    app.state::<Door>().nudge();
}

async fn follow<R: Runtime>(app: &AppHandle<R>, announcer: Option<Announcer>) {
    let door = app.state::<Door>().inner().clone();
    let root = async || door.local().await?.look(|app: &App| Ok(app.root_path().display().to_string())).await;
    let place = match (&announcer, root().await) {
        (Some(announcer), Ok(root)) => announcer.record(&root).place,
        _ => None,
    };
    watch::follow(&door, place, |look| seen(app, announcer.as_ref(), &door, look)).await;
}

async fn seen<R: Runtime>(app: &AppHandle<R>, announcer: Option<&Announcer>, door: &Door, look: Look) {
    if let Err(error) = app.state::<Tray<R>>().show(app, &look.situation) {
        tracing::warn!(%error, "the tray cannot be changed");
    }
    let Some(announcer) = announcer else { return };
    let Ok(local) = door.local().await else { return };
    let Ok(root) = local.look(|app| Ok(app.root_path().display().to_string())).await else { return };
    announcer.look(&root, &look, &app.state::<Kept<Settings>>().get()).await;
}

/// Says once that the app goes on in the tray.
pub fn of_tray<R: Runtime>(app: &AppHandle<R>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if say_of_tray(&app).await {
            let told = app.state::<Kept<Memory>>().change(|memory| memory.told_of_tray = true);
            if let Err(error) = told {
                tracing::warn!(%error, "it is not remembered that the tray was told of");
            }
        }
    });
}

/// Whether it was said. Where nothing shows notifications, a window of its own does.
async fn say_of_tray<R: Runtime>(app: &AppHandle<R>) -> bool {
    if let Some(announcer) = app.state::<Found>().announcer.get().cloned().flatten() {
        return announcer.of_tray().await;
    }
    let words = notify::of_tray();
    app.dialog().message(words.body).title(words.title).show(|_| ());
    true
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
