//! Following a task: live on a terminal, one line a change in a pipe, JSON lines for programs.

mod everything;
mod lines;
mod screen;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::context::Context;
use super::failure::Failure;
use super::output::Out;
use crate::api::feed::{Moment, Standing};
use crate::host::HostTask;
use crate::model::TaskStatus;
pub use everything::follow_all;
use lines::Lines;
use screen::Screen;

/// The exit code of a wait that ran out of time.
pub const STILL_WAITING: u8 = 7;

/// How moments are shown.
enum Face<'a> {
    Screen(Box<Screen<'a>>),
    Lines(Lines<'a>),
    Json(&'a Out),
}

impl<'a> Face<'a> {
    fn new(context: &'a Context, task: &dyn HostTask) -> Self {
        let out = &context.out;
        if out.is_json() {
            return Face::Json(out);
        }
        let screen = if out.is_terminal() { Screen::new(context, task) } else { None };
        screen.map_or_else(|| Face::Lines(Lines::new(out, task)), |screen| Face::Screen(Box::new(screen)))
    }

    fn show(&mut self, moment: &Moment) -> Result<(), Failure> {
        match self {
            Face::Screen(screen) => screen.show(moment),
            Face::Lines(lines) => lines.show(moment),
            Face::Json(out) => out.json_line(moment),
        }
    }

    /// Shows that time passes.
    fn tick(&mut self) {
        if let Face::Screen(screen) = self {
            screen.tick();
        }
    }
}

/// How long to follow a task that does not end.
pub enum Until<'a> {
    /// As long as it takes.
    Ended,
    /// At most until then.
    Time(Instant),
    /// Until the flag is set; then what is left is shown.
    Flag(&'a AtomicBool),
}

impl Until<'_> {
    fn is_over(&self) -> bool {
        match self {
            Until::Ended => false,
            Until::Time(deadline) => Instant::now() >= *deadline,
            Until::Flag(flag) => flag.load(Ordering::Acquire),
        }
    }

    fn deadline(&self) -> Option<Instant> {
        match self {
            Until::Time(deadline) => Some(*deadline),
            Until::Ended | Until::Flag(_) => None,
        }
    }
}

/// Follows a task until it ends or is interrupted; the exit code of the wait. `history`: shows what was
/// before.
pub fn follow(
    context: &Context,
    task: &dyn HostTask,
    until: &Until<'_>,
    history: bool,
) -> Result<u8, Failure> {
    let mut feed = task.moments(history)?;
    let mut face = Face::new(context, task);
    loop {
        let over = until.is_over();
        let moments = feed.poll()?;
        for moment in &moments {
            face.show(moment)?;
        }
        context.out.flush()?;
        if let Some(code) = moments.iter().find_map(ending) {
            return Ok(code);
        }
        if over {
            return Ok(STILL_WAITING);
        }
        face.tick();
        feed.wait(until.deadline());
    }
}

/// The exit code where the task has ended or nobody works on it any more.
fn ending(moment: &Moment) -> Option<u8> {
    match moment {
        Moment::Status(Standing { status, .. })
            if status.is_ended() || *status == TaskStatus::Interrupted =>
        {
            status.exit_code()
        }
        _ => None,
    }
}
