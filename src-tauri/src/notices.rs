//! What runs beside the window as long as the app does: the watcher of the root, with the tray and the notifications
//! that follow it.

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
    missing: OnceCell<Vec<Missing>>,
    announcer: OnceCell<Option<Announcer>>,
}

impl Found {
    /// What is missing here, once it was looked for.
    pub fn missing(&self) -> Vec<Missing> {
        self.missing.get().cloned().unwrap_or_default()
    }
}

/// Looks for what this desktop has, makes the tray, and follows the root for ever.
pub async fn run<R: Runtime>(app: AppHandle<R>, bus: Option<Bus>) {
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
    tauri::async_runtime::spawn(show_without_tray(app.clone(), can_have_tray));
    if let Some(bus) = bus.filter(|_| can_have_tray) {
        tauri::async_runtime::spawn(tray(app.clone(), bus));
    }
    let _ = found.missing.set(missing);
    app.state::<Listener>().changed();
    if let Some(announcer) = announcer.clone() {
        let app = app.clone();
        tauri::async_runtime::spawn(async move { announcer.serve(|page| window::go(&app, page)).await });
    }
    follow(&app, announcer).await;
}

/// An app that was started without its window shows it all the same where no tray leads to it.
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
