//! What `task` and `job` share: the options that describe the work, and starting it.

use std::io::{IsTerminal, Read};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::api::requests::{NewLimits, NewTask};
use crate::api::{ApiError, App};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::live::{self, Until};
use crate::cli::output::{show, style};
use crate::cli::{foreground, parse};
use crate::host::HostTask;
use crate::model::Access;
use crate::model::task::OnDependencyFailure;
use crate::supervisor::{Early, detach};

/// Heading of the options that bound the work.
pub const LIMITS: &str = "Limits";

/// What to do, by whom, where and within which limits.
#[derive(Debug, Args)]
pub struct CreateArgs {
    /// What to do; `-` reads it from the standard input
    #[arg(value_name = "PROMPT", conflicts_with_all = ["prompt", "prompt_file"])]
    pub words: Option<String>,
    /// What to do, as an option
    #[arg(long, value_name = "TEXT", conflicts_with = "prompt_file", allow_hyphen_values = true)]
    pub prompt: Option<String>,
    /// File that says what to do; `-` is the standard input
    #[arg(long, value_name = "FILE")]
    pub prompt_file: Option<PathBuf>,
    /// Agent: claude, codex, gemini, perplexity, xai or one of the configuration
    #[arg(long, value_name = "NAME")]
    pub agent: Option<String>,
    /// Model, where it is not the agent's own
    #[arg(long, value_name = "NAME")]
    pub model: Option<String>,
    /// What the agent may do without asking: read, edit or full
    #[arg(long, value_name = "LEVEL")]
    pub access: Option<Access>,
    /// Folder it works in; else the project's, else this one
    #[arg(long, value_name = "DIR")]
    pub cwd: Option<PathBuf>,
    /// Wait for this task to be completed first (repeatable, or separated by commas)
    #[arg(long, value_name = "TASK", value_delimiter = ',')]
    pub depends_on: Vec<String>,
    /// What to do when one of them failed: fail, wait or ignore
    #[arg(long, value_name = "WHAT", value_parser = parse::on_failure, requires = "depends_on")]
    pub on_dependency_failure: Option<OnDependencyFailure>,
    /// Run that starts this task; else the run that this is called from
    #[arg(long, value_name = "RUN")]
    pub parent_run_id: Option<String>,
    /// Name of a group of tasks that belong together
    #[arg(long, value_name = "NAME")]
    pub group: Option<String>,
    /// End a run that gives no sign of life for so long; 0 never does
    #[arg(long, alias = "idle-timeout", help_heading = LIMITS, value_name = "TIME", value_parser = parse::duration)]
    pub timeout: Option<Duration>,
    /// End the task after so much time of work; 0 never does
    #[arg(long, help_heading = LIMITS, value_name = "TIME", value_parser = parse::duration)]
    pub wall_time: Option<Duration>,
    /// Ask before the task uses more tokens than this
    #[arg(long, help_heading = LIMITS, value_name = "N")]
    pub max_tokens: Option<u64>,
    /// Ask before the task costs more than this, in US dollars
    #[arg(long, help_heading = LIMITS, value_name = "USD", value_parser = parse::dollars, allow_negative_numbers = true)]
    pub max_cost: Option<f64>,
    /// Return as soon as its supervisor owns the task
    #[arg(long, short)]
    pub detach: bool,
}

impl CreateArgs {
    /// The task that these options describe.
    pub fn new_task(&self) -> Result<NewTask, ApiError> {
        let seconds = |span: Option<Duration>| span.map(|span| span.as_secs());
        Ok(NewTask {
            prompt: self.read_prompt()?,
            agent: self.agent.clone(),
            model: self.model.clone(),
            access: self.access,
            cwd: self.cwd.clone(),
            depends_on: self.depends_on.clone(),
            on_dependency_failure: self.on_dependency_failure.unwrap_or_default(),
            parent_run: self.parent_run_id.clone(),
            group: self.group.clone(),
            limits: NewLimits {
                idle_seconds: seconds(self.timeout),
                wall_seconds: seconds(self.wall_time),
                tokens: self.max_tokens,
                cost_usd: self.max_cost,
                ..NewLimits::default()
            },
            ..NewTask::default()
        })
    }

    fn read_prompt(&self) -> Result<Option<String>, ApiError> {
        let text = match (&self.words, &self.prompt, &self.prompt_file) {
            (Some(words), _, _) if words == "-" => read_stdin()?,
            (Some(words), _, _) => words.clone(),
            (_, Some(prompt), _) => prompt.clone(),
            (_, _, Some(file)) if file.as_os_str() == "-" => read_stdin()?,
            (_, _, Some(file)) => std::fs::read_to_string(file).map_err(|error| {
                ApiError::io(format_args!("read the prompt {}", file.display()), &error)
                    .with_hint("--prompt-file - reads the standard input")
            })?,
            (None, None, None) => return Ok(None),
        };
        if text.trim().is_empty() {
            return Err(ApiError::usage("the prompt is empty").with_hint("say what to do"));
        }
        Ok(Some(text))
    }
}

/// All of the standard input as text.
///
/// # Errors
/// When it is a terminal, cannot be read, or is not UTF-8.
pub fn read_stdin() -> Result<String, ApiError> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return Err(ApiError::usage("`-` reads the standard input, and that is a terminal")
            .with_hint("pipe the text in"));
    }
    let mut text = String::new();
    stdin
        .lock()
        .read_to_string(&mut text)
        .map_err(|error| ApiError::io("read the standard input", &error))?;
    Ok(text)
}

/// Makes the task and starts it: here in the foreground, by a supervisor of its own, or by a server.
pub fn start(new: NewTask, detached: bool, context: &Context) -> Result<u8, Failure> {
    match context.host()?.app() {
        Some(app) => start_here(new, detached, app, context),
        None => start_there(new, detached, context),
    }
}

fn start_here(new: NewTask, detached: bool, app: &App, context: &Context) -> Result<u8, Failure> {
    let settings: Vec<String> = app.loaded.warnings.iter().map(ToString::to_string).collect();
    context.warn(&settings);
    // A supervisor must not live in the process tree of a run that may be stopped before it.
    let here = !detached && !detach::is_inside_run();
    let mut early = None;
    let ready = app.prepare_with(new.wanted()?, |root, spec| {
        if here {
            early = Early::begin(root, spec);
        }
    })?;
    context.warn(&ready.warnings);
    let task = context.host()?.named_task(&format!("{}/{}", ready.task.project(), ready.task.id()))?;
    if detached {
        app.detach(&ready.task)?;
        announce(&*task, context)?;
        return Ok(0);
    }
    foreground::introduce(&*task, context)?;
    if !here {
        app.detach(&ready.task)?;
        return live::follow(context, &*task, &Until::Ended, true);
    }
    foreground::supervise(&ready.task, early, context)
}

/// On a server, a task is in the background in any case: what looks like the foreground follows it.
fn start_there(new: NewTask, detached: bool, context: &Context) -> Result<u8, Failure> {
    let host = context.host()?;
    let created = host.create(new)?;
    context.warn(&created.warnings);
    let task = host.named_task(&format!("{}/{}", created.project, created.task))?;
    if detached {
        announce(&*task, context)?;
        return Ok(0);
    }
    foreground::introduce(&*task, context)?;
    foreground::follow(&*task, context)
}

/// How to watch, answer and stop what runs in the background. In a pipe just its name, for scripts.
fn announce(task: &dyn HostTask, context: &Context) -> Result<(), Failure> {
    let out = &context.out;
    let view = task.view()?;
    if out.is_json() {
        return out.json(&view);
    }
    if !out.is_terminal() {
        return out.line(format_args!("{}/{}", view.project, view.task));
    }
    let slug = show::slug(&view.task);
    let sign = out.paint(style::GOOD, "✓");
    out.line(format_args!("{sign} {} runs in the background", out.paint(style::NAME, slug)))?;
    let terms = foreground::terms(&view, context.host()?);
    out.line(out.paint(style::DIM, format_args!("  {terms}")))?;
    foreground::ways_on(&context.name_of(&view.project, &view.task), out)
}
