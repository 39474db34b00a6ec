//! `list`: tasks or runs, newest first.

use std::collections::HashMap;

use clap::Args;

use crate::api::dto::{DamagedView, RunView, TaskView};
use crate::api::tasks::{RunList, TaskList};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::table::Table;
use crate::cli::output::{Out, show, style, time};
use crate::cli::parse;
use crate::host::{Host, ListQuery};
use crate::model::TaskStatus;

/// Rows that a terminal gets unless told otherwise.
const SCREENFUL: usize = 50;

/// List tasks, newest first
///
/// What claims to be alive was checked against its lock.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ListArgs {
    /// Runs instead of tasks
    #[arg(long)]
    pub runs: bool,
    /// Only tasks in this status: running, waiting_answer, failed, … (repeatable)
    #[arg(long, value_name = "STATUS", value_delimiter = ',', conflicts_with = "runs", value_parser = parse::status)]
    pub status: Vec<TaskStatus>,
    /// Only tasks that have not ended
    #[arg(long, conflicts_with_all = ["status", "runs"])]
    pub active: bool,
    /// At most so many; on a terminal 50 unless said
    #[arg(long, short = 'n', value_name = "N", allow_negative_numbers = true)]
    pub limit: Option<usize>,
    /// All projects, also inside a project's folder
    #[arg(long, short, conflicts_with = "project")]
    pub all: bool,
}

const EXAMPLES: &str = "\
Examples:
  run-agent list --active
  run-agent list --project webshop --status failed,timed_out
  run-agent list --runs -n 10 --json";

/// Prints the list.
pub fn run(args: &ListArgs, context: &Context) -> Result<u8, Failure> {
    let host = context.host()?;
    let usual = context.out.is_terminal().then_some(SCREENFUL);
    let query = ListQuery {
        all: args.all,
        statuses: args.status.clone(),
        active: args.active,
        limit: args.limit.or(usual),
    };
    if args.runs {
        print_runs(&host.list_runs(&query)?, context)?;
    } else {
        print_tasks(&host.list(&query)?, host, context)?;
    }
    Ok(0)
}

fn print_tasks(list: &TaskList, host: &dyn Host, context: &Context) -> Result<(), Failure> {
    let out = &context.out;
    if out.is_json() {
        return out.json(list);
    }
    task_table(&list.tasks, context).print(out)?;
    if list.tasks.is_empty() && out.is_terminal() {
        out.line(out.paint(style::DIM, format_args!("no tasks in {}", host.root_path()?)))?;
    }
    print_rest(&list.damaged, list.more, out)
}

/// Tasks as a table; in a pipe: status, project, id, agent, turn, last change, title.
pub fn task_table(tasks: &[TaskView], context: &Context) -> Table {
    let (out, now) = (&context.out, context.now());
    let several = tasks.iter().any(|task| task.project != tasks[0].project);
    let mut table = Table::new(&["STATUS", "PROJECT", "TASK", "AGENT", "TURN", "AGE", "WHAT"]);
    let (plain, slugs) = (!out.is_terminal(), slugs(tasks));
    for task in tasks {
        let slug = show::slug(&task.task);
        let name = if plain || slugs[slug] > 1 { &task.task } else { slug };
        let age = task.updated_at.or(task.created_at);
        table.row(vec![
            show::status_cell(out, task.status),
            if several || plain { task.project.clone() } else { String::new() },
            out.paint(style::NAME, name),
            task.agent.clone().unwrap_or_default(),
            if task.iteration > 0 || plain { task.iteration.to_string() } else { String::new() },
            age.map(|at| if plain { at.to_string() } else { time::ago(at, now) }).unwrap_or_default(),
            out.safe(what(task)),
        ]);
    }
    table
}

/// What a person wants to read beside the status: the reason while it waits, else the title.
fn what(task: &TaskView) -> &str {
    match &task.reason {
        Some(reason) if !matches!(task.status, TaskStatus::Completed | TaskStatus::Stopped) => reason,
        _ => &task.title,
    }
}

/// How often each slug stands in a list: one that names several tasks is shown as their whole ids.
fn slugs(tasks: &[TaskView]) -> HashMap<&str, u32> {
    let mut found = HashMap::with_capacity(tasks.len());
    for task in tasks {
        *found.entry(show::slug(&task.task)).or_default() += 1;
    }
    found
}

fn print_runs(list: &RunList, context: &Context) -> Result<(), Failure> {
    let out = &context.out;
    if out.is_json() {
        return out.json(list);
    }
    run_table(&list.runs, context, true).print(out)?;
    print_rest(&list.damaged, list.more, out)
}

/// Runs as a table; in a pipe: status, run, task, turn, agent, start, duration, ending.
pub fn run_table(runs: &[RunView], context: &Context, with_task: bool) -> Table {
    let (out, now) = (&context.out, context.now());
    let mut table = Table::new(&["STATUS", "RUN", "TASK", "TURN", "AGENT", "START", "TOOK", "ENDING"]);
    for run in runs {
        let plain = !out.is_terminal();
        let took = run.started_at.map(|start| time::took(run.ended_at.unwrap_or(now).duration_since(start)));
        let start = run.started_at.map(|at| if plain { at.to_string() } else { time::clock(at, now) });
        let task =
            if plain { format!("{}/{}", run.project, run.task) } else { show::slug(&run.task).to_owned() };
        table.row(vec![
            show::run_cell(out, run),
            if plain { run.run.clone() } else { short_run(&run.run).to_owned() },
            if with_task { out.paint(style::NAME, task) } else { String::new() },
            run.iteration.map(|turn| turn.to_string()).unwrap_or_default(),
            run.agent.clone(),
            start.unwrap_or_default(),
            took.unwrap_or_default(),
            out.safe(&show::ending(run)),
        ]);
    }
    table
}

/// The end of a run's id: what tells it from its neighbours, and what `--run` takes.
fn short_run(id: &str) -> &str {
    id.get(id.len().saturating_sub(8)..).unwrap_or(id)
}

/// What cannot be read, and how much was left out.
fn print_rest(damaged: &[DamagedView], more: usize, out: &Out) -> Result<(), Failure> {
    for item in damaged {
        let words = format!("! damaged: {}: {}", item.name, out.safe(&item.reason));
        out.line(out.paint(style::BAD, words))?;
    }
    if more > 0 && out.is_terminal() {
        out.line(out.paint(style::DIM, format_args!("… {more} more: --limit shows them")))?;
    }
    Ok(())
}
