//! What only a desktop can open.

use std::path::PathBuf;
use std::time::Duration;

use conductor_core::api::{ApiError, App};
use conductor_core::model::{ProjectId, TaskId};
use conductor_core::store::TaskDir;
use tauri::{AppHandle, Runtime, State};
use tauri_plugin_dialog::DialogExt;
use tokio::sync::oneshot;

use crate::door::Door;
use crate::open;
use crate::refusal::Refusal;
use crate::settings::{Kept, Settings};

/// How long the turn may last that ends before a person takes over.
const TURN: Duration = Duration::from_secs(600);

/// Opens a file or a folder in the editor.
#[tauri::command(async)]
pub fn open_in_editor(
    settings: State<'_, Kept<Settings>>,
    path: PathBuf,
    line: Option<u32>,
) -> Result<(), Refusal> {
    open::in_editor(settings.get().editor.as_deref(), &path, line)
}

/// Opens a terminal in a folder.
#[tauri::command(async)]
pub fn open_terminal(settings: State<'_, Kept<Settings>>, path: PathBuf) -> Result<(), Refusal> {
    open::terminal(settings.get().terminal.as_deref(), &path, None)
}

/// Pauses a task after its turn, and opens a terminal in which the agent's own session goes on.
#[tauri::command]
pub async fn take_over(
    door: State<'_, Door>,
    settings: State<'_, Kept<Settings>>,
    project: String,
    task: String,
) -> Result<(), Refusal> {
    let taken = move |app: &App| app.takeover(&task_of(app, &project, &task)?, TURN);
    let taken = door.local().await?.act(taken).await?;
    let hint = "its folder can be opened in a terminal all the same";
    let command =
        taken.command.ok_or_else(|| Refusal::missing("its agent has no session to go on in", hint))?;
    open::terminal(settings.get().terminal.as_deref(), taken.cwd.as_ref(), Some(&command))
}

/// Opens an address of the web in the browser. The page has shown it to the person before.
#[tauri::command(async)]
pub fn open_link(url: String) -> Result<(), Refusal> {
    open::link(&url)
}

/// Lets the person choose a folder; none where they choose none.
#[tauri::command]
pub async fn pick_folder<R: Runtime>(app: AppHandle<R>) -> Option<PathBuf> {
    let (tell, told) = oneshot::channel();
    app.dialog().file().pick_folder(move |folder| drop(tell.send(folder)));
    told.await.ok().flatten()?.into_path().ok()
}

fn task_of(app: &App, project: &str, task: &str) -> Result<TaskDir, ApiError> {
    app.task_at(&ProjectId::from_disk(project)?, &TaskId::from_disk(task)?)
}
