//! `demo`: the whole of it, without a key, a network or a configuration.

mod summary;

use std::path::PathBuf;

use clap::Args;

use crate::api::demo::{self, Scratch, Setting};
use crate::api::{App, Caller};
use crate::cli::args::Common;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::foreground;
use crate::cli::output::{Out, style};

/// What the task is called.
const TASK_NAME: &str = "fix-slug";

/// Watch the whole of it work: no key, no network, no configuration
///
/// A scripted agent works in a scratch git repository: three turns of the loop, two child tasks in
/// parallel, talk on the bus, a question, a commit. It goes through the code that real agents go through.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct DemoArgs {
    /// Folder to make it in; else a new one below the system's temporary folder
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Milliseconds between two gestures of the agent
    #[arg(long, value_name = "MS", hide = true)]
    pub pace: Option<u64>,
}

const EXAMPLES: &str = "\
Examples:
  run-agent demo
  run-agent demo --dir ~/conductor-demo";

/// Makes the scratch folder, runs the task in the foreground, and checks what came of it.
pub fn run(args: &DemoArgs, context: &Context) -> Result<u8, Failure> {
    context.caller_here()?;
    let scratch = Scratch::make(args.dir.as_deref(), Setting { pace: args.pace, ..Setting::default() })?;
    let inner = Context::new(Common {
        root: Some(scratch.root.clone()),
        config: Some(scratch.config.clone()),
        json: context.common().json,
        ..Common::default()
    });
    opening(&scratch, &inner.out)?;
    let app = App::open(Caller {
        cwd: scratch.repository.clone(),
        task: Some(TASK_NAME.to_owned()),
        ..inner.caller()
    })?;
    let ready = app.prepare(demo::wanted())?;
    let task = inner.host()?.named_task(&format!("{}/{}", ready.task.project(), ready.task.id()))?;
    foreground::introduce(&*task, &inner)?;
    // JSON is one document, at the end.
    if inner.out.is_json() {
        foreground::supervise_quietly(&ready.task, &inner)?;
    } else {
        foreground::supervise(&ready.task, None, &inner)?;
    }
    summary::print(&scratch, &app, &ready.task, &inner.out)
}

fn opening(scratch: &Scratch, out: &Out) -> Result<(), Failure> {
    if !out.is_terminal() {
        return Ok(());
    }
    let words = [
        "A scripted agent stands in for a real one; everything around it is the real thing:".to_owned(),
        "a supervisor, its loop, two child tasks, the message bus, a question, a commit.".to_owned(),
        format!("All of it happens in {}", scratch.folder.display()),
    ];
    words.iter().try_for_each(|line| out.line(out.paint(style::DIM, line)))?;
    out.line("")
}
