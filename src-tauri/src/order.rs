//! What the tray's menu does: show a page, pause all, open, quit.

use conductor_core::api::tasks::TaskQuery;
use conductor_core::api::{ApiError, App};
use conductor_core::server::Ask;
use tauri::{AppHandle, Manager, Runtime};
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons, MessageDialogResult};

use crate::door::Door;
use crate::refusal::Refusal;
use crate::tray::Order;
use crate::watch::Situation;
use crate::window::{self, Leaving};

const QUIT: &str = "Quit, agents go on";
const STOP: &str = "Stop them and quit";
const CANCEL: &str = "Cancel";

/// Does it.
pub fn obey<R: Runtime>(app: &AppHandle<R>, order: Order) {
    match order {
        Order::Go(page) => window::go(app, &page),
        Order::Open => window::show(app),
        Order::PauseAll => later(app, "pause all", async |app| ask_all(&app.state::<Door>(), "pause").await),
        Order::Quit => later(app, "quit", async |app| ask_to_quit(app).await),
    }
}

fn later<R: Runtime, F: Future<Output = Result<(), ApiError>> + Send + 'static>(
    app: &AppHandle<R>,
    what: &'static str,
    work: impl FnOnce(AppHandle<R>) -> F,
) {
    let work = work(app.clone());
    tauri::async_runtime::spawn(async move {
        if let Err(error) = work.await {
            tracing::warn!(%error, what, "was not carried out");
        }
    });
}

/// Asks something of all tasks that go on by themselves. One that refuses keeps no other from it; the last refusal is
/// told.
async fn ask_all(door: &Door, verb: &str) -> Result<(), ApiError> {
    let local = door.local().await?;
    let tasks = local.look(at_work).await?;
    let mut refused = None;
    for (project, task) in tasks {
        let path = format!("/api/v1/projects/{project}/tasks/{task}/{verb}");
        let ask = Ask { method: "POST".to_owned(), path, ..Ask::default() };
        let answer = local.ask(ask).await;
        if answer.status >= 400 {
            refused = Some(ApiError::conflict(String::from_utf8_lossy(&answer.body)));
        }
    }
    door.nudge();
    refused.map_or(Ok(()), Err)
}

fn at_work(app: &App) -> Result<Vec<(String, String)>, ApiError> {
    let active = app.list(&TaskQuery { active: true, ..TaskQuery::default() })?.tasks;
    let situation = Situation { active, ..Situation::default() };
    let own = situation.at_work().filter(|task| task.root.is_none());
    Ok(own.map(|task| (task.project.clone(), task.task.clone())).collect())
}

/// Quits; where agents are at work, the person is told what goes on, and asked.
async fn ask_to_quit<R: Runtime>(app: AppHandle<R>) -> Result<(), ApiError> {
    let count = match app.state::<Door>().local().await {
        Ok(local) => local.look(at_work).await?.len(),
        // What cannot be opened keeps nobody in.
        Err(_) => 0,
    };
    if count == 0 {
        leave(&app);
        return Ok(());
    }
    let text = match count {
        1 => "1 task is at work. It goes on without the app, and is here again at its next start.".to_owned(),
        many => format!(
            "{many} tasks are at work. They go on without the app, and are here again at its next start."
        ),
    };
    let buttons =
        MessageDialogButtons::YesNoCancelCustom(QUIT.to_owned(), STOP.to_owned(), CANCEL.to_owned());
    app.clone().dialog().message(text).title("Quit Conductor Loop?").buttons(buttons).show_with_result(
        move |chosen| {
            let stop = match chosen {
                MessageDialogResult::Yes => false,
                MessageDialogResult::No => true,
                MessageDialogResult::Custom(label) if label == QUIT => false,
                MessageDialogResult::Custom(label) if label == STOP => true,
                _ => return,
            };
            later(&app, "quit", async move |app| {
                if stop {
                    ask_all(&app.state::<Door>(), "stop").await?;
                }
                leave(&app);
                Ok(())
            });
        },
    );
    Ok(())
}

/// Quits, on the page's word: it has said what goes on. `stop`: what is at work is stopped before.
///
/// # Errors
/// When something could not be stopped: then the app stays.
pub async fn quit<R: Runtime>(app: &AppHandle<R>, stop: bool) -> Result<(), Refusal> {
    if stop {
        ask_all(&app.state::<Door>(), "stop").await?;
    }
    leave(app);
    Ok(())
}

fn leave<R: Runtime>(app: &AppHandle<R>) {
    app.state::<Leaving>().begin();
    app.exit(0);
}
