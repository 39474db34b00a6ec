//! A task in the foreground: this process is its supervisor, and a thread shows what happens.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;

use super::context::Context;
use super::failure::Failure;
use super::live::{self, Until};
use super::output::{Out, show, style};
use crate::api::ApiError;
use crate::api::dto::TaskView;
use crate::host::{Host, HostTask};
use crate::store::TaskDir;
use crate::supervisor::{self, Early, SuperviseOptions};

/// Says on a terminal what was started, where, and what it may do.
pub fn introduce(task: &dyn HostTask, context: &Context) -> Result<(), Failure> {
    let (host, out) = (context.host()?, &context.out);
    if !out.is_terminal() {
        return Ok(());
    }
    let detail = task.detail()?;
    let (sign, name) = (out.paint(style::BUSY, "●"), out.paint(style::HEAD, show::slug(task.id())));
    out.line(format_args!("{sign} {name} {}", out.paint(style::DIM, terms(&detail.task, host))))?;
    let leave = match host.app() {
        Some(_) => "Ctrl-C stops it; closing the terminal lets it go on",
        None => "Ctrl-C lets it go on",
    };
    out.line(format_args!("  {}", out.paint(style::DIM, format_args!("in {} · {leave}", detail.cwd))))?;
    out.flush()
}

/// Who works on a task, and what it may do without asking.
pub fn terms(task: &TaskView, host: &dyn Host) -> String {
    let agent = task.agent.clone().or_else(|| host.default_agent());
    let agent = agent.unwrap_or_else(|| "an agent of the selection".to_owned());
    let access = task.access.map(|access| format!(", {access} access: {}", access.describe()));
    format!("{agent}{}", access.unwrap_or_default())
}

/// Follows a task that a server works on until it ends. Ctrl-C lets it go on, and says so.
pub fn follow(task: &dyn HostTask, context: &Context) -> Result<u8, Failure> {
    let left = leave_on_interrupt()?;
    let code = live::follow(context, task, &Until::Flag(&left), true)?;
    if left.load(Ordering::Acquire) && code == live::STILL_WAITING {
        let (out, slug) = (&context.out, show::slug(task.id()));
        let name = context.name_of(task.project(), task.id());
        if out.is_terminal() {
            out.line(format_args!("{slug} goes on without you:"))?;
            ways_on(&name, out)?;
        } else {
            context.warn(&[format!("{slug} goes on without you; `run-agent stop {name}` stops it")]);
        }
    }
    Ok(code)
}

/// A flag that the first Ctrl-C sets; the second one ends this process as usual.
fn leave_on_interrupt() -> Result<Arc<AtomicBool>, ApiError> {
    let failed = |error| ApiError::io("listen for Ctrl-C", &error);
    let flag = Arc::new(AtomicBool::new(false));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    let mut interrupts = {
        let _within = runtime.enter();
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt()).map_err(failed)?
    };
    let seen = Arc::clone(&flag);
    let listen = move || {
        runtime.block_on(interrupts.recv());
        seen.store(true, Ordering::Release);
        runtime.block_on(interrupts.recv());
        std::process::exit(i32::from(live::STILL_WAITING));
    };
    std::thread::Builder::new().name("interrupts".to_owned()).spawn(listen).map_err(failed)?;
    Ok(flag)
}

/// How to watch, answer and stop a task in the background.
pub fn ways_on(name: &str, out: &Out) -> Result<(), Failure> {
    for (what, command) in [
        ("watch", format!("run-agent watch {name}")),
        ("answer", format!("run-agent answer {name} \"…\"")),
        ("stop", format!("run-agent stop {name}")),
    ] {
        out.line(format_args!("  {} {command}", out.paint(style::DIM, format_args!("{what:<7}"))))?;
    }
    Ok(())
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
        let name = format!("{}/{}", task.project(), task.id());
        let (flag, common) = (Arc::clone(&ended), context.common().clone());
        let view = move || {
            let _ = owned.recv();
            let context = Context::new(common);
            let task = context.host()?.named_task(&name)?;
            live::follow(&context, &*task, &Until::Flag(&flag), true)
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
