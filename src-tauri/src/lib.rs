//! The desktop app: a window on the core, an icon in the tray, notifications.
//!
//! Owns what only a desktop has. Decides nothing about tasks: the window asks through one door, the router of the
//! server in this process, and agents belong to supervisors that go on without the app.

mod autostart;
mod bus;
mod commands;
mod desktop;
mod door;
mod download;
mod link;
mod notices;
mod notify;
mod open;
mod order;
mod page;
mod refusal;
mod settings;
mod shell;
mod stream;
#[cfg(test)]
mod testbed;
#[cfg(test)]
mod tests;
mod tray;
mod watch;
mod window;

use std::process::ExitCode;

use tauri::{App, Manager, RunEvent, Runtime, WindowEvent};
use tracing_subscriber::EnvFilter;

use crate::bus::Bus;
use crate::door::Door;
use crate::notices::Found;
use crate::page::Listener;
use crate::settings::Kept;
use crate::stream::Current;
use crate::tray::Tray;
use crate::window::Leaving;

/// Runs the app until it quits.
pub fn run() -> ExitCode {
    log();
    let bus = tauri::async_runtime::block_on(Bus::connect());
    let mut builder = wired(tauri::Builder::default(), Door::default());
    // A second start shows the window of the first, by the bus.
    if bus.is_some() {
        let called = |app: &tauri::AppHandle, words: Vec<String>, _| window::called(app, &words);
        builder = builder.plugin(tauri_plugin_single_instance::init(called));
    }
    let state = tauri_plugin_window_state::Builder::default().with_state_flags(
        tauri_plugin_window_state::StateFlags::all() & !tauri_plugin_window_state::StateFlags::VISIBLE,
    );
    let built = builder
        .plugin(state.build())
        .plugin(tauri_plugin_dialog::init())
        .setup(move |app| Ok(begin(app, bus)?))
        .on_window_event(|window, event| match event {
            WindowEvent::CloseRequested { api, .. } => window::close(window.app_handle(), window, api),
            // The tray's icon has the colour of the desktop.
            WindowEvent::ThemeChanged(_) => window.state::<Door>().nudge(),
            _ => {}
        })
        .build(tauri::generate_context!());
    match built {
        Ok(app) => {
            app.run(|app, event| {
                if let RunEvent::Exit = event {
                    app.state::<Door>().close();
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: the app cannot start: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The commands, and what they stand on.
fn wired<R: Runtime>(builder: tauri::Builder<R>, door: Door) -> tauri::Builder<R> {
    builder
        .manage(door)
        .manage(Current::default())
        .manage(Listener::default())
        .manage(Found::default())
        .manage(Leaving::default())
        .manage(Tray::<R>::default())
        .manage(Kept::settings())
        .manage(Kept::memory())
        .invoke_handler(tauri::generate_handler![
            commands::core::ask,
            commands::stream::stream_open,
            commands::stream::stream_add,
            commands::stream::stream_drop,
            commands::stream::stream_close,
            commands::desktop::listen,
            commands::desktop::desktop_state,
            commands::desktop::desktop_set,
            commands::desktop::read_environment,
            commands::desktop::quit,
            commands::open::open_in_editor,
            commands::open::open_terminal,
            commands::open::take_over,
            commands::open::open_link,
            commands::open::pick_folder,
        ])
}

/// Opens the window, on the page of the link that the app was started with, and begins what runs beside it.
fn begin(app: &App, bus: Option<Bus>) -> tauri::Result<()> {
    let words: Vec<String> = std::env::args().collect();
    let page = link::page_in(&words);
    let hidden = page.is_none() && words.iter().any(|word| word == autostart::HIDDEN);
    window::make(app.handle(), hidden)?;
    if let Some(page) = page {
        window::go(app.handle(), &page);
    }
    tauri::async_runtime::spawn(notices::run(app.handle().clone(), bus, hidden));
    Ok(())
}

/// What the app notes for whoever looks for a fault: `CONDUCTOR_LOG=debug` shows more of it.
fn log() {
    let asked = std::env::var("CONDUCTOR_LOG").ok().filter(|filter| !filter.is_empty());
    let filter = EnvFilter::new(asked.as_deref().unwrap_or("warn,conductor_desktop=info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
