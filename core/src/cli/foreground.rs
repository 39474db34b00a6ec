//! A task in the foreground: this process is its supervisor, and a thread shows what happens.

use super::context::Context;
use super::failure::Failure;
use super::live;
use super::output::style;
use crate::api::{ApiError, App};
use crate::store::TaskDir;

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
    let spec = task.spec()?;
    let name = spec.agent.clone().or_else(|| app.config().defaults.agent.clone());
    let settings = name.as_deref().and_then(|name| app.config().agent(name).ok());
    let access = match (&spec.access, &settings) {
        (Some(access), _) => *access,
        (None, Some(settings)) => app.config().access(settings, Some(task.project().as_str())),
        (None, None) => app.config().defaults.access,
    };
    let agent = name.unwrap_or_else(|| "an agent of the selection".to_owned());
    Ok(format!("{agent}, {access} access: {}", access.describe()))
}

/// Supervises it until it ends or is interrupted; the exit code of its status.
pub fn supervise(task: &TaskDir, context: &Context) -> Result<u8, Failure> {
    context.app()?.detach(task)?;
    live::follow(context, task, None, true)
}
