//! `config init|schema|path|check|trust`: the files.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::show::print_warning;
use crate::api::{ApiError, ErrorCode};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::style;
use crate::config::{Config, Trust, schema_text, template};

/// The JSON of `config path`.
#[derive(Serialize)]
struct Paths {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_file: Option<PathBuf>,
    project_file_trusted: bool,
    root: PathBuf,
}

/// The JSON of `config init`, `config check` and `config trust`.
#[derive(Serialize)]
struct FileDone<'a> {
    file: &'a Path,
    done: &'static str,
}

pub fn init(file: Option<&Path>, context: &Context) -> Result<u8, Failure> {
    let caller = context.caller_here()?;
    let env = |name: &str| caller.text(name).map(str::to_owned);
    let path = match file {
        Some(file) => caller.cwd.join(file),
        None => caller.sources(&env).home_file(),
    };
    write_new(&path, template())?;
    report(context, &path, "written", "every key is in it, commented out; uncomment what you need")
}

pub fn schema(context: &Context) -> Result<u8, Failure> {
    context.out.raw(schema_text().as_bytes())?;
    Ok(0)
}

pub fn path(context: &Context) -> Result<u8, Failure> {
    let app = context.app()?;
    let project = app.loaded.project_file.as_ref();
    let paths = Paths {
        file: app.loaded.path.clone(),
        project_file: project.map(|file| file.path.clone()),
        project_file_trusted: project.is_some_and(|file| file.trusted),
        root: app.root_path().to_owned(),
    };
    let out = &context.out;
    if out.is_json() {
        out.json(&paths)?;
        return Ok(0);
    }
    match &paths.file {
        Some(file) => out.line(file.display())?,
        None if paths.project_file.is_some() => {}
        None => out.line("none; the built-in settings hold (`run-agent config init` writes a file)")?,
    }
    if let Some(file) = &paths.project_file {
        let trust = if paths.project_file_trusted {
            "trusted"
        } else {
            "not trusted: chooses agent, model, access and limits only"
        };
        out.line(format_args!("{} {}", file.display(), out.paint(style::DIM, format_args!("({trust})"))))?;
    }
    Ok(0)
}

pub fn check(file: Option<&Path>, context: &Context) -> Result<u8, Failure> {
    let mut caller = context.caller_here()?;
    if let Some(file) = file {
        caller.config = Some(file.to_owned());
    }
    let env = |name: &str| caller.text(name).map(str::to_owned);
    let loaded = Config::load(&caller.sources(&env))?;
    for warning in loaded.warnings.iter().filter(|_| !context.out.is_json()) {
        print_warning(&warning.to_string(), warning.hint.as_deref(), context)?;
    }
    match loaded.path.or(loaded.project_file.map(|file| file.path)) {
        Some(path) => report(context, &path, "valid", ""),
        None => Err(ApiError::not_found("there is no configuration file to check")
            .with_hint("`run-agent config init` writes one; none is required")
            .into()),
    }
}

pub fn trust(file: Option<&Path>, revoke: bool, context: &Context) -> Result<u8, Failure> {
    let caller = context.caller_here()?;
    let env = |name: &str| caller.text(name).map(str::to_owned);
    let trust = Trust::of(&caller.sources(&env));
    let path = caller.cwd.join(file.unwrap_or(Path::new("conductor.yaml")));
    if revoke {
        trust.revoke(&path)?;
        return report(context, &path, "not trusted", "it chooses agent, model, access and limits only");
    }
    trust.record(&path)?;
    report(context, &path, "trusted", "until it changes")
}

fn report(context: &Context, file: &Path, done: &'static str, note: &str) -> Result<u8, Failure> {
    let out = &context.out;
    if out.is_json() {
        out.json(&FileDone { file, done })?;
        return Ok(0);
    }
    let note = if note.is_empty() { String::new() } else { format!(": {note}") };
    out.line(format_args!("{} {} is {done}{note}", out.paint(style::GOOD, "✓"), file.display()))?;
    Ok(0)
}

/// Writes a file that is not there yet; what is there is never overwritten.
fn write_new(path: &Path, text: &str) -> Result<(), ApiError> {
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            ApiError::new(ErrorCode::Conflict, format_args!("failed to write {}: it exists", path.display()))
                .with_hint("name another file, or move this one away")
        }
        _ => ApiError::io(format_args!("write {}", path.display()), &error),
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut file = std::fs::File::create_new(path).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)
}
