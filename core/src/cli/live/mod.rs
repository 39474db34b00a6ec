//! Following a task: live on a terminal, one line a change in a pipe, JSON lines for programs.

mod lines;
mod screen;

use std::time::Instant;

use super::context::Context;
use super::failure::Failure;
use super::output::Out;
use crate::api::App;
use crate::api::feed::{Feed, Moment, Standing};
use crate::model::TaskStatus;
use crate::store::TaskDir;
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
    fn new(context: &'a Context, app: &'a App, task: &TaskDir) -> Self {
        let out = &context.out;
        if out.is_json() {
            Face::Json(out)
        } else if out.is_terminal() {
            Face::Screen(Box::new(Screen::new(out, app, task)))
        } else {
            Face::Lines(Lines::new(out, task))
        }
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

/// Follows a task until it ends or is interrupted, at most until `deadline`; the exit code of the wait.
pub fn follow(
    context: &Context,
    task: &TaskDir,
    deadline: Option<Instant>,
    history: bool,
) -> Result<u8, Failure> {
    let app = context.app()?;
    let mut feed = Feed::open(task, history)?;
    let mut face = Face::new(context, app, task);
    loop {
        let moments = feed.poll(app)?;
        for moment in &moments {
            face.show(moment)?;
        }
        context.out.flush()?;
        if let Some(code) = moments.iter().find_map(ending) {
            return Ok(code);
        }
        if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Ok(STILL_WAITING);
        }
        face.tick();
        feed.wait(deadline);
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
