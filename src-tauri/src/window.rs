//! The window: shown, hidden, and kept from going anywhere but to its own page.

use std::sync::atomic::{AtomicBool, Ordering};

use tauri::webview::PageLoadEvent;
use tauri::{
    AppHandle, CloseRequestApi, Manager, Runtime, Theme as Look, Url, WebviewWindow, WebviewWindowBuilder,
};

use crate::page::Listener;
use crate::settings::{Kept, Memory, Settings, Theme};
use crate::stream::Current;
use crate::tray::Tray;
use crate::{download, link, notices};

/// The label of the window.
pub const LABEL: &str = "main";

/// Whether the app is on its way out: then a window that closes is not kept.
#[derive(Debug, Default)]
pub struct Leaving(AtomicBool);

impl Leaving {
    /// Says so.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn has_begun(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Makes the window, as it was left the last time. `hidden`: it is shown when it is asked for.
///
/// # Errors
/// When the system refuses it.
pub fn make<R: Runtime>(app: &AppHandle<R>, hidden: bool) -> tauri::Result<()> {
    let config = app.config().app.windows.iter().find(|window| window.label == LABEL);
    let config = config.ok_or(tauri::Error::WindowNotFound)?.clone();
    let dev = app.config().build.dev_url.clone().filter(|_| tauri::is_dev());
    let window = WebviewWindowBuilder::from_config(app, &config)?
        .on_navigation(move |url| is_own(url, dev.as_ref()) || is_made_by_page(url))
        .on_download(|webview, event| {
            download::told(webview.app_handle(), event);
            true
        })
        .on_page_load(|window, load| {
            // Another page: what the one before watched is watched no more.
            if load.event() == PageLoadEvent::Started {
                window.state::<Current>().close();
                window.state::<Listener>().forget();
            }
        })
        .build()?;
    colour(&window, app.state::<Kept<Settings>>().get().theme)?;
    if hidden { Ok(()) } else { window.show() }
}

/// The page's own addresses; nothing of the web is ever shown here.
fn is_own(url: &Url, dev: Option<&Url>) -> bool {
    let is_page = url.scheme() == "tauri" && url.host_str() == Some("localhost");
    is_page || dev.is_some_and(|dev| dev.origin() == url.origin())
}

/// What the page made to be kept as a file: nobody else makes addresses of this kind for it.
fn is_made_by_page(url: &Url) -> bool {
    url.scheme() == "blob" && Url::parse(url.path()).is_ok_and(|inner| is_own(&inner, None))
}

/// Gives the window the colours that the person wants.
///
/// # Errors
/// When the system refuses it.
pub fn colour<R: Runtime>(window: &WebviewWindow<R>, theme: Theme) -> tauri::Result<()> {
    window.set_theme(match theme {
        Theme::System => None,
        Theme::Light => Some(Look::Light),
        Theme::Dark => Some(Look::Dark),
    })
}

/// Whether windows of this desktop are dark, as far as this one shows it: not where the person gave it colours of its own.
pub fn is_dark<R: Runtime>(app: &AppHandle<R>) -> Option<bool> {
    if app.state::<Kept<Settings>>().get().theme != Theme::System {
        return None;
    }
    let theme = app.get_webview_window(LABEL)?.theme().ok()?;
    Some(theme == Look::Dark)
}

/// Shows the window, in front of others.
pub fn show<R: Runtime>(app: &AppHandle<R>) {
    let Some(window) = app.get_webview_window(LABEL) else { return };
    let shown = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::warn!(%error, "the window cannot be shown");
    }
}

/// Shows a page of the dashboard.
pub fn go<R: Runtime>(app: &AppHandle<R>, page: &str) {
    app.state::<Listener>().go(page);
    show(app);
}

/// What a second start asks for: the page of its link, or the window.
pub fn called<R: Runtime>(app: &AppHandle<R>, words: &[String]) {
    match link::page_in(words) {
        Some(page) => go(app, &page),
        None => show(app),
    }
}

/// Closing goes to the tray where there is one, which is said once; else it quits. Agents go on either way.
pub fn close<R: Runtime>(app: &AppHandle<R>, window: &tauri::Window<R>, asked: &CloseRequestApi) {
    if app.state::<Leaving>().has_begun() || !app.state::<Tray<R>>().is_there() {
        return;
    }
    asked.prevent_close();
    if let Err(error) = window.hide() {
        tracing::warn!(%error, "the window cannot be hidden");
    }
    if !app.state::<Kept<Memory>>().get().told_of_tray {
        notices::of_tray(app);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_own_page_is_shown() {
        let url = |text: &str| Url::parse(text).expect("an address");
        let dev = url("http://localhost:1420");
        assert!(is_own(&url("tauri://localhost/tasks/a/b?run=c"), None));
        assert!(is_own(&url("http://localhost:1420/fleet"), Some(&dev)));
        assert!(is_made_by_page(&url("blob:tauri://localhost/0f0e")));
        assert!(!is_made_by_page(&url("blob:https://example.org/0f0e")));
        for other in [
            "http://localhost:1420/",
            "https://example.org",
            "tauri://elsewhere",
            "data:text/html,x",
            "about:blank",
        ] {
            assert!(!is_own(&url(other), None), "{other}");
        }
        assert!(!is_own(&url("http://localhost:1421/"), Some(&dev)));
    }
}
