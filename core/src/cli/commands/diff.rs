//! `diff`: what a task changed in its working folder.

use clap::Args;
use serde::Serialize;

use crate::api::changes::{ChangedFile, ChangesView, LeftOutView, PatchView, Wanted};
use crate::api::{ApiError, ErrorCode};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::style::{self, Style};
use crate::cli::output::{Out, time};
use crate::model::snapshot::WhyLeftOut;

/// Letters of a commit's id that are shown.
const SHORT: usize = 8;

/// Show what a task changed in its folder since it began
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct DiffArgs {
    /// Task; else that of the current folder
    #[arg(value_name = "TASK")]
    pub target: Option<String>,
    /// Only which commits and files, and how many lines
    #[arg(long)]
    pub stat: bool,
    /// Lines around each that changed
    #[arg(long, short = 'U', value_name = "N", default_value_t = 3)]
    pub context: u32,
    /// Lines as they are, control sequences included
    #[arg(long)]
    pub raw: bool,
    /// Only this file or folder, from the root of the repository
    #[arg(last = true, value_name = "PATH")]
    pub path: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  run-agent diff fix-login
  run-agent diff fix-login --stat
  run-agent diff fix-login -- src/login.rs";

/// The JSON of `diff`.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    changes: &'a ChangesView,
    #[serde(skip_serializing_if = "Option::is_none")]
    patch: Option<&'a PatchView>,
}

/// Prints it.
pub fn run(args: &DiffArgs, context: &Context) -> Result<u8, Failure> {
    let out = &context.out;
    let task = context.host()?.task(args.target.as_deref())?;
    let changes = task.changes()?;
    let wants_lines = !args.stat && changes.unavailable.is_none();
    let wanted = Wanted { path: args.path.clone(), context: Some(args.context) };
    let patch = wants_lines.then(|| task.patch(&wanted)).transpose()?;
    if out.is_json() {
        out.json(&Document { changes: &changes, patch: patch.as_ref() })?;
        return Ok(if changes.unavailable.is_some() { ErrorCode::Conflict.exit_code() } else { 0 });
    }
    if let Some(why) = &changes.unavailable {
        return Err(ApiError::conflict(&why.message).with_hint(why.hint()).into());
    }
    match &patch {
        None => summary(&changes, args.path.as_deref(), context)?,
        Some(patch) if args.raw => out.raw(patch.text.as_bytes())?,
        Some(patch) => lines(patch, out)?,
    }
    context.warn(&warnings(&changes, patch.as_ref()));
    Ok(0)
}

/// A unified diff in the colours that git has for it.
fn lines(patch: &PatchView, out: &Out) -> Result<(), Failure> {
    let mut screen = out.plain_screen();
    let text = screen.push(patch.text.as_bytes()) + &screen.finish();
    let mut in_hunk = false;
    for line in text.lines() {
        in_hunk = line.starts_with("@@") || (in_hunk && !line.starts_with("diff --git "));
        match colour(line, in_hunk) {
            Some(style) => out.line(out.paint(style, line))?,
            None => out.line(line)?,
        }
    }
    Ok(())
}

/// The colour of a line; `in_hunk`: behind the first `@@` of a file.
fn colour(line: &str, in_hunk: bool) -> Option<Style> {
    match line.chars().next()? {
        '@' if in_hunk => Some(style::NAME),
        '+' if in_hunk => Some(style::GOOD),
        '-' if in_hunk => Some(style::BAD),
        _ if in_hunk => None,
        _ => Some(style::HEAD),
    }
}

fn summary(changes: &ChangesView, below: Option<&str>, context: &Context) -> Result<(), Failure> {
    let out = &context.out;
    out.line(out.paint(style::DIM, compared(changes, context)))?;
    for commit in &changes.commits {
        let id = out.paint(style::WAITS, short(&commit.id));
        let words = out.safe(&format!("{} ({})", commit.subject, commit.author));
        out.line(format_args!("{id} {words}"))?;
    }
    if changes.more_commits {
        out.line("and earlier commits")?;
    }
    let is_below =
        |file: &&ChangedFile| below.is_none_or(|below| std::path::Path::new(&file.path).starts_with(below));
    for file in changes.files.iter().filter(is_below) {
        out.line(row(file, out))?;
    }
    if below.is_some() {
        // Sums are those of all files.
        return Ok(());
    }
    let totals = changes.totals;
    let more = match changes.more_files {
        0 => String::new(),
        more => format!(", {more} of them not shown"),
    };
    out.line(format_args!("{} files, +{} -{}{more}", totals.files, totals.added, totals.removed))
}

/// What is compared with what.
fn compared(changes: &ChangesView, context: &Context) -> String {
    let Some((since, until)) = changes.since.as_ref().zip(changes.until.as_ref()) else {
        return String::new();
    };
    let commit = match (&since.commit, &since.branch) {
        (Some(commit), Some(branch)) => format!("commit {} on {}", short(commit), context.out.safe(branch)),
        (Some(commit), None) => format!("commit {}", short(commit)),
        (None, _) => "no commit yet".to_owned(),
    };
    let dirty = if since.dirty { ", with what was in none" } else { "" };
    let end = if until.ended { "the task's end" } else { "now" };
    let at = time::clock(since.at, context.now());
    format!("from {at} ({commit}{dirty}) to {end}")
}

fn row(file: &ChangedFile, out: &Out) -> String {
    let letter = match file.kind.as_str() {
        "added" => "A",
        "deleted" => "D",
        "renamed" => "R",
        "type" => "T",
        _ => "M",
    };
    let name = match &file.old_path {
        Some(old) => format!("{} -> {}", out.safe(old), out.safe(&file.path)),
        None => out.safe(&file.path),
    };
    let lines = match (file.added, file.removed) {
        (Some(added), Some(removed)) => format!(
            "{} {}",
            out.paint(style::GOOD, format_args!("+{added}")),
            out.paint(style::BAD, format_args!("-{removed}"))
        ),
        _ => {
            file.bytes.map_or_else(|| "binary".to_owned(), |bytes| format!("binary, {}", time::bytes(bytes)))
        }
    };
    format!("{letter} {name} {lines}")
}

/// What a person should know who reads it as the whole.
fn warnings(changes: &ChangesView, patch: Option<&PatchView>) -> Vec<String> {
    let until = changes.until.as_ref();
    let late = until.is_some_and(|until| !until.ended) && changes.has_ended;
    let inside = changes
        .inside
        .as_ref()
        .map(|inside| format!("the task works in {inside}; shown are the changes of the whole repository"));
    let late = late.then(|| {
        "nobody recorded how the folder was when the task ended: it is shown as it is now".to_owned()
    });
    let cut = patch.is_some_and(|patch| patch.cut);
    let cut = cut.then(|| "there is more than is shown; name a file after --".to_owned());
    let lossy = patch.is_some_and(|patch| patch.lossy);
    let lossy = lossy.then(|| "what is not UTF-8 is shown as \u{fffd}".to_owned());
    let left_out = changes.left_out.iter().map(left_out);
    inside.into_iter().chain(late).chain(cut).chain(lossy).chain(left_out).collect()
}

fn left_out(left: &LeftOutView) -> String {
    let path = if left.path.is_empty() { "the repository" } else { &left.path };
    let why = match left.why {
        WhyLeftOut::TooLarge => "over 8 MiB".to_owned(),
        WhyLeftOut::TooMany => format!("{} files that git does not know", left.files.unwrap_or_default()),
        WhyLeftOut::Unreadable => "it may not be read".to_owned(),
        WhyLeftOut::Special => "no file".to_owned(),
        WhyLeftOut::Repository => "a repository of its own".to_owned(),
        WhyLeftOut::Submodule => "a submodule with changes that are in none of its commits".to_owned(),
    };
    format!("not compared: {path} ({why})")
}

fn short(id: &str) -> &str {
    id.get(..SHORT).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_the_colours_of_what_they_are() {
        for (line, in_hunk, style) in [
            ("diff --git a/x b/x", false, Some(style::HEAD)),
            ("--- a/x", false, Some(style::HEAD)),
            ("@@ -1 +1 @@", true, Some(style::NAME)),
            ("--- a line that was removed", true, Some(style::BAD)),
            ("+++ one that came", true, Some(style::GOOD)),
            (" one that stayed", true, None),
            ("", true, None),
        ] {
            assert_eq!(colour(line, in_hunk), style, "{line}");
        }
    }
}
