//! What the tray's menu does: show a page, pause all, open, quit. The page quits by it, too.

use conductor_core::api::tasks::TaskQuery;
use conductor_core::api::{ApiError, App};
use conductor_core::server::{Ask, Local};
use futures_util::future::join_all;
use tauri::{AppHandle, Manager, Runtime};
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons, MessageDialogKind, MessageDialogResult};

use crate::door::Door;
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
        Order::PauseAll => later(app, "Pause all", async |app| ask_all(&app.state::<Door>(), "pause").await),
        Order::Quit => later(app, "Quit", async |app| ask_to_quit(app).await),
    }
}

/// Does it beside what else is asked; a person is told why it was not carried out.
fn later<R: Runtime, F: Future<Output = Result<(), ApiError>> + Send + 'static>(
    app: &AppHandle<R>,
    what: &'static str,
    work: impl FnOnce(AppHandle<R>) -> F,
) {
    let (app, work) = (app.clone(), work(app.clone()));
    tauri::async_runtime::spawn(async move {
        if let Err(error) = work.await {
            tracing::warn!(%error, what, "was not carried out");
            app.dialog().message(error.to_string()).title(what).kind(MessageDialogKind::Error).show(|_| {});
        }
    });
}

/// Asks something of all tasks that go on by themselves, of all at once. One that refuses keeps no other from it; a refusal
/// is told where the task still goes on.
async fn ask_all(door: &Door, verb: &str) -> Result<(), ApiError> {
    let local = door.local().await?;
    let tasks = local.look(at_work).await?;
    let asked = tasks.into_iter().map(|task| async {
        let why = ask_one(&local, &task, verb).await?;
        Some((task, why))
    });
    let mut refused: Vec<_> = join_all(asked).await.into_iter().flatten().collect();
    door.nudge();
    if !refused.is_empty() {
        let left = local.look(at_work).await?;
        refused.retain(|(task, _)| left.contains(task));
    }
    match refused.pop() {
        None => Ok(()),
        Some(((_, task), why)) => Err(ApiError::conflict(format_args!("{task}: {why}"))),
    }
}

/// Why a task refused what it was asked; none where it did not.
async fn ask_one(local: &Local, (project, task): &(String, String), verb: &str) -> Option<String> {
    let path = format!("/api/v1/projects/{project}/tasks/{task}/{verb}");
    let answer = local.ask(Ask { method: "POST".to_owned(), path, ..Ask::default() }).await;
    if answer.status < 400 {
        return None;
    }
    let problem: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let why = problem["detail"].as_str().map(str::to_owned);
    Some(why.unwrap_or_else(|| format!("it answered {}", answer.status)))
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
        Ok(local) => local.look(at_work).await.map_or(0, |tasks| tasks.len()),
        // What cannot be opened or read keeps nobody in.
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
            later(&app, "Quit", async move |app| {
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

fn leave<R: Runtime>(app: &AppHandle<R>) {
    app.state::<Leaving>().begin();
    app.exit(0);
}
