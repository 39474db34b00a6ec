//! `migrate`: makes a seed system's root ours.

use clap::Args;
use serde::Serialize;

use crate::api::{ApiError, ErrorCode};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::{Out, style, time};
use crate::store::migrate::{self, Plan};

/// Make the root of an older system ours; shows what it would do unless told to
///
/// Until then such a root is read in place and never written to.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct MigrateArgs {
    /// Do it; the original is kept beside it
    #[arg(long)]
    pub execute: bool,
}

const EXAMPLES: &str = "\
Examples:
  run-agent migrate --root ~/old-runs
  run-agent migrate --root ~/old-runs --execute";

/// The JSON of `migrate`.
#[derive(Serialize)]
struct Document {
    root: String,
    executed: bool,
    projects: usize,
    tasks: usize,
    runs: usize,
    files: u64,
    bytes: u64,
    renamed: Vec<[String; 2]>,
    left_out: Vec<String>,
    damaged: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    running: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    original: Option<String>,
}

/// Plans, and does it where that is asked for.
pub fn run(args: &MigrateArgs, context: &Context) -> Result<u8, Failure> {
    let (app, out) = (context.app()?, &context.out);
    let plan = migrate::plan(app.root()?.path())?;
    if let Some(run) = plan.running.as_ref().filter(|_| args.execute) {
        return Err(ApiError::new(ErrorCode::Conflict, format_args!("failed to migrate: {run} still runs"))
            .with_hint("stop it with the system that started it, then try again")
            .into());
    }
    let mut document = document(&plan);
    if args.execute {
        let migrated = migrate::execute(&plan, &app.config().defaults.limits())?;
        document.executed = true;
        document.original = Some(migrated.kept.display().to_string());
    }
    if out.is_json() {
        out.json(&document)?
    } else {
        print(&document, out)?
    }
    Ok(0)
}

fn document(plan: &Plan) -> Document {
    let text = |path: &std::path::Path| path.display().to_string();
    Document {
        root: text(&plan.root),
        executed: false,
        projects: plan.projects,
        tasks: plan.tasks,
        runs: plan.runs,
        files: plan.files,
        bytes: plan.bytes,
        renamed: plan.renamed.iter().map(|(from, to)| [text(from), text(to)]).collect(),
        left_out: plan.left_out.iter().map(|one| format!("{}: {}", text(&one.path), one.reason)).collect(),
        damaged: plan.damaged.iter().map(ToString::to_string).collect(),
        running: plan.running.clone(),
        original: None,
    }
}

fn print(document: &Document, out: &Out) -> Result<(), Failure> {
    let done = if document.executed { "migrated" } else { "would migrate" };
    let Document { projects, tasks, runs, files, .. } = document;
    out.line(format_args!("{done} {}", out.paint(style::NAME, &document.root)))?;
    let size = time::bytes(document.bytes);
    out.line(format_args!("  {projects} projects, {tasks} tasks, {runs} runs; {files} files, {size}"))?;
    for [from, to] in &document.renamed {
        out.line(out.paint(style::DIM, format_args!("  {} becomes {}", out.safe(from), out.safe(to))))?;
    }
    for words in &document.left_out {
        out.line(out.paint(style::NEEDS, format_args!("  not copied: {}", out.safe(words))))?;
    }
    for words in &document.damaged {
        out.line(out.paint(style::BAD, format_args!("  damaged, copied as it is: {}", out.safe(words))))?;
    }
    if let Some(run) = &document.running {
        out.line(out.paint(
            style::BAD,
            format_args!("  {} still runs: nothing is done until it has ended", out.safe(run)),
        ))?;
    }
    match &document.original {
        Some(kept) => out.line(format_args!("{} the original is kept: {kept}", out.paint(style::GOOD, "✓"))),
        None => out.line(format_args!(
            "{} --execute does it; the original is kept",
            out.paint(style::HINT, "hint:")
        )),
    }
}
