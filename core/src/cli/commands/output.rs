//! `output`: what an agent wrote.

use std::time::Duration;

use clap::Args;
use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::Out;
use crate::host::{FileReader, HostRun, HostTask};
use crate::logs::Screen;
use crate::store::RunFile;

/// How long at most until the next look at a file that is followed.
const LOOK: Duration = Duration::from_millis(500);

/// Show what a task's agent wrote
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct OutputArgs {
    /// Task; else that of the current folder
    #[arg(value_name = "TASK")]
    pub target: Option<String>,
    /// Run; else the last one
    #[arg(long, value_name = "RUN")]
    pub run: Option<String>,
    /// Which file
    #[arg(long, value_name = "FILE", default_value = "output")]
    #[arg(value_parser = ["output", "stdout", "stderr", "prompt", "events"])]
    pub file: String,
    /// Only the last N lines
    #[arg(long, short = 'n', value_name = "N")]
    pub tail: Option<usize>,
    /// Go on until the run ends
    #[arg(long, short)]
    pub follow: bool,
    /// Bytes as they are, control sequences included
    #[arg(long)]
    pub raw: bool,
}

const EXAMPLES: &str = "\
Examples:
  run-agent output fix-login
  run-agent output fix-login --file stdout --follow
  run-agent output fix-login --file stderr --tail 20";

/// The JSON of `output`: not with `--follow`.
#[derive(Serialize)]
struct Document<'a> {
    project: &'a str,
    task: &'a str,
    run: &'a str,
    file: &'a str,
    path: String,
    text: String,
}

/// Shows the file.
pub fn run(args: &OutputArgs, context: &Context) -> Result<u8, Failure> {
    let out = &context.out;
    let task = context.host()?.task(args.target.as_deref())?;
    let run = task.run(args.run.as_deref())?;
    let from = run.read(run_file(&args.file), args.tail, args.follow)?;
    if out.is_json() && !args.follow {
        return document(args, &*task, &*run, from, out);
    }
    let mut reader = Reader { from, screen: (!args.raw).then(|| out.screen()), out, ends_line: true };
    if args.follow {
        follow(&mut reader, &*run)?
    } else {
        while reader.step()? {}
    }
    reader.finish()?;
    Ok(0)
}

/// Shows what comes until the run has ended and all of it was shown.
fn follow(reader: &mut Reader<'_>, run: &dyn HostRun) -> Result<(), Failure> {
    loop {
        // Looked at before the file: what is there after the end stays as it is.
        let ended = run.view()?.status.is_ended();
        while reader.step()? {}
        reader.out.flush()?;
        if ended {
            return Ok(());
        }
        reader.from.wait(LOOK);
    }
}

/// A file on its way to the output.
struct Reader<'a> {
    from: Box<dyn FileReader + 'a>,
    screen: Option<Screen>,
    out: &'a Out,
    ends_line: bool,
}

impl Reader<'_> {
    /// Shows the next piece; false where there is none.
    fn step(&mut self) -> Result<bool, Failure> {
        let bytes = self.from.next()?;
        if bytes.is_empty() {
            return Ok(false);
        }
        match &mut self.screen {
            Some(screen) => {
                let text = screen.push(&bytes);
                self.write(text.as_bytes())?;
            }
            None => self.write(&bytes)?,
        }
        Ok(true)
    }

    /// Shows what was held back, and ends the last line on a terminal.
    fn finish(mut self) -> Result<(), Failure> {
        if let Some(mut screen) = self.screen.take() {
            self.write(screen.finish().as_bytes())?;
        }
        if self.out.is_terminal() && !self.ends_line { self.out.line("") } else { Ok(()) }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.ends_line = bytes.last().map_or(self.ends_line, |last| *last == b'\n');
        self.out.raw(bytes)
    }
}

fn document(
    args: &OutputArgs,
    task: &dyn HostTask,
    run: &dyn HostRun,
    mut from: Box<dyn FileReader + '_>,
    out: &Out,
) -> Result<u8, Failure> {
    let mut bytes = Vec::new();
    loop {
        let part = from.next()?;
        if part.is_empty() {
            break;
        }
        bytes.extend(part);
    }
    out.json(&Document {
        project: task.project(),
        task: task.id(),
        run: run.id(),
        file: &args.file,
        path: run.path(run_file(&args.file))?,
        text: String::from_utf8_lossy(&bytes).into_owned(),
    })?;
    Ok(0)
}

fn run_file(name: &str) -> RunFile {
    match name {
        "stdout" => RunFile::Stdout,
        "stderr" => RunFile::Stderr,
        "prompt" => RunFile::Prompt,
        "events" => RunFile::Events,
        _ => RunFile::Output,
    }
}
