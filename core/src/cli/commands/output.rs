//! `output`: what an agent wrote.

use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use crate::api::{ApiError, run_of};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::Out;
use crate::logs::watch::{Watch, Watcher};
use crate::logs::{Screen, Tailer, tail_offset};
use crate::store::{Open, RunDir, RunFile, TaskDir};

/// Bytes that are read and shown at once.
const CHUNK: usize = 256 * 1024;
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
    let task = context.app()?.task(args.target.as_deref())?;
    let run = run_of(&task, args.run.as_deref())?;
    let file = run_file(&args.file);
    if out.is_json() && !args.follow {
        return document(args, &task, &run, file, out);
    }
    let mut reader = Reader {
        tailer: Tailer::open(&run.file_path(file), begin(args, &run, file)?),
        screen: (!args.raw).then(|| out.screen()),
        out,
        ends_line: true,
    };
    if args.follow {
        let watch = Watcher::global().watch(&run.file_path(file));
        follow(&mut reader, &run, &watch)?;
    } else {
        while reader.step()? {}
    }
    reader.finish()?;
    Ok(0)
}

/// Shows what comes until the run has ended and all of it was shown.
fn follow(reader: &mut Reader<'_>, run: &RunDir, watch: &Watch) -> Result<(), Failure> {
    loop {
        // Looked at before the file: what is there after the end stays as it is.
        let ended = run.info()?.status.is_ended();
        while reader.step()? {}
        reader.out.flush()?;
        if ended {
            return Ok(());
        }
        watch.wait(LOOK);
    }
}

/// A file on its way to the output.
struct Reader<'a> {
    tailer: Tailer,
    screen: Option<Screen>,
    out: &'a Out,
    ends_line: bool,
}

impl Reader<'_> {
    /// Shows the next piece; false where there is none.
    fn step(&mut self) -> Result<bool, Failure> {
        let path = self.tailer.path().display().to_string();
        let chunk =
            self.tailer.read(CHUNK).map_err(|error| ApiError::io(format_args!("read {path}"), &error))?;
        if chunk.is_nothing_new() {
            return Ok(false);
        }
        match &mut self.screen {
            Some(screen) => {
                let text = screen.push(&chunk.bytes);
                self.write(text.as_bytes())?;
            }
            None => self.write(&chunk.bytes)?,
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
    task: &TaskDir,
    run: &RunDir,
    file: RunFile,
    out: &Out,
) -> Result<u8, Failure> {
    let mut from = open(run, file)?;
    let mut bytes = Vec::new();
    from.seek(SeekFrom::Start(begin(args, run, file)?))
        .and_then(|_| std::io::Read::read_to_end(&mut from, &mut bytes))
        .map_err(|error| ApiError::io(format_args!("read {}", run.file_path(file).display()), &error))?;
    out.json(&Document {
        project: task.project().as_str(),
        task: task.id().as_str(),
        run: run.id().as_str(),
        file: &args.file,
        path: run.file_path(file).display().to_string(),
        text: String::from_utf8_lossy(&bytes).into_owned(),
    })?;
    Ok(0)
}

/// Where to begin: at the last lines that are asked for, else at the start. A file that is followed
/// need not be there yet.
fn begin(args: &OutputArgs, run: &RunDir, file: RunFile) -> Result<u64, ApiError> {
    let count = match (open(run, file), args.tail) {
        (Err(_), _) if args.follow => return Ok(0),
        (Err(error), _) => return Err(error),
        (Ok(_), None) => return Ok(0),
        (Ok(from), Some(count)) => (from, count),
    };
    tail_offset(&count.0, count.1).map_err(|error| ApiError::io("look for the last lines", &error))
}

fn open(run: &RunDir, file: RunFile) -> Result<File, ApiError> {
    run.open(file, Open::Read).map_err(|error| match (error.is_not_found(), file) {
        (true, RunFile::Output) => ApiError::not_found(format_args!("run {} has no output.md", run.id()))
            .with_hint("--file stdout shows what its agent printed; --follow waits for it"),
        (true, _) => ApiError::not_found(format_args!("run {} has no {}", run.id(), file.name()))
            .with_hint("--follow waits for it"),
        _ => error.into(),
    })
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
