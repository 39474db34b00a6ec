//! The icon in the tray and its menu: how the root stands, with or without a window.

mod entries;
mod icon;

use std::sync::{Mutex, PoisonError};

use tauri::menu::{IsMenuItem, Menu, MenuItem, PredefinedMenuItem};
use tauri::tray::{TrayIcon, TrayIconBuilder};
use tauri::{AppHandle, Manager, Runtime};

pub use entries::Order;
use entries::{Entry, entries};

use crate::notices::Found;
use crate::watch::{Mood, Situation};
use crate::window;

const ID: &str = "main";

/// The tray, once it is there.
pub struct Tray<R: Runtime>(Mutex<Option<Shown<R>>>);

struct Shown<R: Runtime> {
    icon: TrayIcon<R>,
    look: (Mood, bool),
    entries: Vec<Entry>,
}

impl<R: Runtime> Default for Tray<R> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<R: Runtime> Tray<R> {
    /// Whether there is one: then closing the window leaves the app in it.
    pub fn is_there(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Makes the icon. Only where [`crate::desktop::has_tray_library`] says so: the program ends else.
    ///
    /// # Errors
    /// When the system refuses it.
    pub fn make(&self, app: &AppHandle<R>, obey: fn(&AppHandle<R>, Order)) -> tauri::Result<()> {
        let entries = entries(&Situation::default());
        let look = (Mood::Idle, is_panel_dark(app));
        let icon = TrayIconBuilder::with_id(ID)
            .icon(icon::of(look.0, look.1))
            .menu(&menu(app, &entries)?)
            .on_menu_event(move |app, event| {
                if let Some(order) = Order::parse(event.id().as_ref()) {
                    obey(app, order);
                }
            })
            .build(app)?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Shown { icon, look, entries });
        Ok(())
    }

    /// Shows how the root stands; costs nothing where that looks the same.
    ///
    /// # Errors
    /// When the system refuses it.
    pub fn show(&self, app: &AppHandle<R>, situation: &Situation) -> tauri::Result<()> {
        let look = (situation.mood(), is_panel_dark(app));
        let next = entries(situation);
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(shown) = shown.as_mut() else { return Ok(()) };
        if shown.look != look {
            shown.icon.set_icon(Some(icon::of(look.0, look.1)))?;
            shown.look = look;
        }
        if shown.entries != next {
            shown.icon.set_menu(Some(menu(app, &next)?))?;
            shown.entries = next;
        }
        Ok(())
    }
}

fn is_panel_dark<R: Runtime>(app: &AppHandle<R>) -> bool {
    let desktop = std::env::var("XDG_CURRENT_DESKTOP").unwrap_or_default();
    // Where nothing says, it is dark: most panels are.
    let is_dark = || app.state::<Found>().is_dark().or_else(|| window::is_dark(app)).unwrap_or(true);
    icon::has_dark_panel(&desktop) || is_dark()
}

fn menu<R: Runtime, M: Manager<R>>(app: &M, entries: &[Entry]) -> tauri::Result<Menu<R>> {
    let menu = Menu::new(app)?;
    for entry in entries {
        let item: Box<dyn IsMenuItem<R>> = match entry {
            Entry::Line => Box::new(PredefinedMenuItem::separator(app)?),
            Entry::Title(text) => Box::new(MenuItem::new(app, text, false, None::<&str>)?),
            Entry::Order(order, text, enabled) => {
                Box::new(MenuItem::with_id(app, order.id(), text, *enabled, None::<&str>)?)
            }
        };
        menu.append(item.as_ref())?;
    }
    Ok(menu)
}
