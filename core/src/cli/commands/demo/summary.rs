//! What came of the demo, checked against the files, and what to try next.

use serde::Serialize;

use crate::api::demo::Scratch;
use crate::api::dto::TaskDetail;
use crate::api::{ApiError, App};
use crate::bus::{Bus, Query};
use crate::cli::failure::Failure;
use crate::cli::output::{Out, show, style};
use crate::model::{MessageKind, RunStatus, TaskStatus};
use crate::store::{Open, RunFile, TaskDir};

/// Commits before the agent's own.
const COMMITS_BEFORE: usize = 1;

/// One thing that was checked.
#[derive(Serialize)]
struct Check {
    what: String,
    ok: bool,
}

/// The JSON of `demo`.
#[derive(Serialize)]
struct Document<'a> {
    task: &'a TaskDetail,
    checks: &'a [Check],
    folder: String,
}

/// Checks, prints, and returns 0 where everything is as it should be; else 1, or what the task's end returns.
pub fn print(scratch: &Scratch, app: &App, task: &TaskDir, out: &Out) -> Result<u8, Failure> {
    let detail = app.detail(task)?;
    let checks = checks(scratch, app, task, &detail)?;
    let code = match detail.task.status {
        TaskStatus::Completed => u8::from(!checks.iter().all(|check| check.ok)),
        status => status.exit_code().unwrap_or(1),
    };
    if out.is_json() {
        out.json(&Document { task: &detail, checks: &checks, folder: scratch.folder.display().to_string() })?;
        return Ok(code);
    }
    out.line(out.paint(style::HEAD, "\nWhat happened, read back from the files"))?;
    for check in &checks {
        let (sign, colour) = if check.ok { ("✓", style::GOOD) } else { ("✗", style::BAD) };
        out.line(format_args!("  {} {}", out.paint(colour, sign), check.what))?;
    }
    print_places(scratch, task, out)?;
    Ok(code)
}

fn print_places(scratch: &Scratch, task: &TaskDir, out: &Out) -> Result<(), Failure> {
    out.line(out.paint(style::HEAD, "\nWhere it is"))?;
    let places = [
        ("repository", scratch.repository.display().to_string()),
        ("task", task.path().display().to_string()),
        ("settings", scratch.config.display().to_string()),
    ];
    for (what, place) in places {
        out.line(format_args!("  {} {place}", out.paint(style::DIM, format_args!("{what:<11}"))))?;
    }
    let slug = task.id().slug();
    out.line(out.paint(style::HEAD, "\nWhat to try next"))?;
    let path = off_path().map(|folder| (format!("export PATH=\"{folder}:$PATH\""), "run-agent is there"));
    let commands = [
        (format!("cd {}", scratch.root.display()), "inside a root nothing has to be named"),
        ("run-agent list".to_owned(), "the task and its two children"),
        (format!("run-agent status {slug}"), "every run of it"),
        (format!("run-agent bus read --task {slug}"), "what was said"),
        (format!("run-agent output {slug}"), "what the agent reports"),
        ("run-agent agents".to_owned(), "the real agents that are here"),
    ];
    for (command, what) in path.into_iter().chain(commands) {
        out.line(format_args!(
            "  {} {}",
            out.paint(style::COMMAND, format_args!("{command:<46}")),
            out.paint(style::DIM, what)
        ))?;
    }
    Ok(())
}

/// The folder of this program, where typing its name would not start it.
fn off_path() -> Option<String> {
    let program = std::env::current_exe().ok()?;
    let path = std::env::var_os("PATH")?;
    let first =
        std::env::split_paths(&path).map(|folder| folder.join("run-agent")).find(|file| file.is_file());
    let starts_it = first.and_then(|file| file.canonicalize().ok()).as_deref() == Some(&program);
    if starts_it { None } else { Some(program.parent()?.display().to_string()) }
}

fn checks(scratch: &Scratch, app: &App, task: &TaskDir, detail: &TaskDetail) -> Result<Vec<Check>, ApiError> {
    let runs = detail.run_list.len();
    let well = detail.run_list.iter().filter(|run| run.status == RunStatus::Completed).count();
    let children = &detail.children;
    let completed = children.iter().filter(|child| child.status == TaskStatus::Completed).count();
    let commits = scratch.git(&["rev-list", "--count", "HEAD"])?;
    let commits = commits.trim().parse::<usize>().unwrap_or(0).saturating_sub(COMMITS_BEFORE);
    let bus = Bus::task(task);
    let answers = bus.read(&Query::default().kind(MessageKind::ANSWER))?;
    let said = bus.read(&Query::default())?.len();
    let facts = completion_facts(app, task)?;
    Ok(vec![
        check(
            detail.task.status == TaskStatus::Completed,
            format!("the task is {}", detail.task.status.words()),
        ),
        check(
            runs > 2 && runs == well,
            format!("{} turns in {runs} runs, {} ended well", detail.task.iteration, of_them(well, runs)),
        ),
        check(
            completed == 2,
            format!("{completed} of {} child tasks completed{}", children.len(), names(detail)),
        ),
        check(answers.len() == 1, format!("its question was answered: {}", answer_words(&answers))),
        check(commits == 1, format!("{commits} commit in the repository, its tree {}", tree(scratch)?)),
        check(output_bytes(task)? > 0, format!("output.md has {} bytes", output_bytes(task)?)),
        check(facts == 1, format!("{said} messages on its bus, {facts} completion fact on its project's")),
    ])
}

fn check(ok: bool, what: String) -> Check {
    Check { what, ok }
}

fn names(detail: &TaskDetail) -> String {
    let names: Vec<_> = detail.children.iter().map(|child| show::slug(&child.task)).collect();
    if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) }
}

fn of_them(well: usize, runs: usize) -> String {
    if well == runs && runs > 0 { "all of them".to_owned() } else { format!("{well} of them") }
}

fn answer_words(answers: &[crate::model::Message]) -> String {
    answers.first().map_or_else(|| "not at all".to_owned(), |answer| answer.body.trim().to_owned())
}

fn tree(scratch: &Scratch) -> Result<&'static str, ApiError> {
    Ok(if scratch.git(&["status", "--porcelain"])?.is_empty() { "clean" } else { "not clean" })
}

/// Bytes of the last run's output.md.
fn output_bytes(task: &TaskDir) -> Result<u64, ApiError> {
    let run = crate::api::run_of(task, None)?;
    let file = run.open(RunFile::Output, Open::Read)?;
    Ok(file.metadata().map(|data| data.len()).unwrap_or(0))
}

/// Facts on the project's bus that say that the task ended: exactly one, whatever died in between.
fn completion_facts(app: &App, task: &TaskDir) -> Result<usize, ApiError> {
    let project = app.root()?.project(task.project())?;
    let query = Query { task: Some(task.id().to_string()), ..Query::default().kind(MessageKind::TASK_DONE) };
    Ok(Bus::project(&project).read(&query)?.len())
}
