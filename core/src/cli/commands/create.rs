//! What `task` and `job` share: the options that describe the work.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::cli::parse;
use crate::model::Access;

/// Heading of the options that bound the work.
pub const LIMITS: &str = "Limits";

/// What to do, by whom, where and within which limits.
#[derive(Debug, Args)]
pub struct CreateArgs {
    /// What to do; `-` reads it from the standard input
    #[arg(value_name = "PROMPT", conflicts_with_all = ["prompt", "prompt_file"])]
    pub words: Option<String>,
    /// What to do, as an option
    #[arg(long, value_name = "TEXT", conflicts_with = "prompt_file")]
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
    #[arg(long, value_name = "WHAT", hide_possible_values = true, value_parser = ["fail", "wait", "ignore"], requires = "depends_on")]
    pub on_dependency_failure: Option<String>,
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
    #[arg(long, help_heading = LIMITS, value_name = "USD")]
    pub max_cost: Option<f64>,
    /// Return as soon as its supervisor owns the task
    #[arg(long, short)]
    pub detach: bool,
}
