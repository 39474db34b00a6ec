//! A task in the foreground: this process is its supervisor, and a thread shows what happens.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;

use super::context::Context;
use super::failure::Failure;
use super::live::{self, Until};
use super::output::style;
use crate::api::{ApiError, App};
use crate::store::TaskDir;
use crate::supervisor::{self, Early, SuperviseOptions};

/// Says on a terminal what was started, where, and what it may do.
pub fn introduce(task: &TaskDir, context: &Context) -> Result<(), Failure> {
    let (app, out) = (context.app()?, &context.out);
    if !out.is_terminal() {
        return Ok(());
    }
    let (sign, name) = (out.paint(style::BUSY, "●"), out.paint(style::HEAD, task.id().slug()));
    out.line(format_args!("{sign} {name} {}", out.paint(style::DIM, terms(task, app)?)))?;
    let leave = "Ctrl-C stops it; closing the terminal lets it go on";
    out.line(format_args!("  {}", out.paint(style::DIM, format_args!("in {} · {leave}", task.spec()?.cwd))))?;
    out.flush()
}

/// Who works on a task, and what it may do without asking.
pub fn terms(task: &TaskDir, app: &App) -> Result<String, ApiError> {
    let view = app.view(task)?;
    let agent = view.agent.or_else(|| app.config().default_agent().map(str::to_owned));
    let access = app.access_of(agent.as_deref(), view.access, &view.project);
    let agent = agent.unwrap_or_else(|| "an agent of the selection".to_owned());
    Ok(format!("{agent}, {access} access: {}", access.describe()))
}

/// Supervises it until it ends or is interrupted, and shows that; the exit code of its status.
pub fn supervise(task: &TaskDir, early: Option<Early>, context: &Context) -> Result<u8, Failure> {
    let (tell, owned) = mpsc::channel();
    supervise_with(Viewer::start(task, context, owned), Some(tell), early, task, context)
}

/// As [`supervise`], without a word.
pub fn supervise_quietly(task: &TaskDir, context: &Context) -> Result<u8, Failure> {
    supervise_with(Viewer::none(), None, None, task, context)
}

fn supervise_with(
    viewer: Viewer,
    tell: Option<Sender<()>>,
    early: Option<Early>,
    task: &TaskDir,
    context: &Context,
) -> Result<u8, Failure> {
    let app = context.app()?;
    // A viewer that is gone needs no word.
    let owns = tell.map(|tell| Box::new(move || tell.send(()).unwrap_or(())) as Box<_>);
    let options = SuperviseOptions { signals: true, owns, early, ..SuperviseOptions::default() };
    let ended = supervisor::supervise(task.root(), app.config(), task.project(), task.id(), options);
    match ended {
        // Another one was quicker, such as a recovery: it is followed like any other.
        Err(error) if error.is_held() => viewer.wait().unwrap_or(Ok(live::STILL_WAITING)),
        ended => {
            viewer.end();
            Ok(ended?.exit_code().unwrap_or(live::STILL_WAITING))
        }
    }
}

/// The thread that shows what happens. It reads the same files as any other watcher.
struct Viewer {
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<Result<u8, Failure>>>,
}

impl Viewer {
    /// Waits for `owned` (or for its sender to go): before the task has an owner, its files say that it
    /// was interrupted.
    fn start(task: &TaskDir, context: &Context, owned: Receiver<()>) -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        let (flag, task, common) = (Arc::clone(&ended), task.clone(), context.common().clone());
        let view = move || {
            let _ = owned.recv();
            live::follow(&Context::new(common), &task, &Until::Flag(&flag), true)
        };
        // Without a viewer the task is worked on all the same.
        let thread = std::thread::Builder::new().name("viewer".to_owned()).spawn(view).ok();
        Self { ended, thread }
    }

    fn none() -> Self {
        Self { ended: Arc::default(), thread: None }
    }

    /// Lets it show what is left, and waits for that.
    fn end(self) {
        self.ended.store(true, Ordering::Release);
        let _ = self.wait();
    }

    /// Waits until the task has ended.
    fn wait(self) -> Option<Result<u8, Failure>> {
        self.thread?.join().ok()
    }
}
