//! Writing our files beside those of the other system: what a truthful reader says of it.

use std::path::Path;

use super::super::dir::Dir;
use super::super::error::{Listed, Result, StoreError};
use super::super::root::Root;
use super::super::task::{PROMPT_FILE, SPEC_FILE, STATE_FILE, TaskDir};
use super::super::yaml;
use super::copy::folder;
use crate::model::{Limits, RunInfo};

/// Writes task.yaml, state.yaml and run-info of all tasks; gives back what could not be read.
pub(super) fn convert_all(source: &Root, staging: &Dir, limits: &Limits) -> Result<Vec<StoreError>> {
    let mut damaged = Vec::new();
    for project in source.projects()? {
        let project = source.project(&project)?;
        for id in project.tasks()? {
            let path = Path::new(project.id().as_str()).join(id.as_str());
            convert_task(&project.task(&id)?, &folder(staging, &path)?, limits, &mut damaged)?;
        }
    }
    Ok(damaged)
}

fn convert_task(task: &TaskDir, target: &Dir, limits: &Limits, damaged: &mut Vec<StoreError>) -> Result<()> {
    match task.spec() {
        Ok(mut spec) => {
            spec.limits = limits.clone();
            target.replace_lazy(SPEC_FILE, yaml::emit_whole(&spec)?.as_bytes())?;
        }
        Err(error) => damaged.push(error),
    }
    match task.state() {
        Ok(Some(state)) => target.replace_lazy(STATE_FILE, yaml::emit_whole(&state)?.as_bytes())?,
        Ok(None) => {}
        Err(error) => damaged.push(error),
    }
    if !target.exists(PROMPT_FILE)?
        && let Ok(prompt) = task.prompt()
    {
        target.replace_lazy(PROMPT_FILE, prompt.as_bytes())?;
    }
    for run in task.run_infos()? {
        match run {
            Listed::Ok(info) => convert_run(info, target)?,
            Listed::Damaged { reason, .. } => damaged.push(reason),
        }
    }
    Ok(())
}

fn convert_run(mut info: RunInfo, target: &Dir) -> Result<()> {
    info.schema_version = RunInfo::VERSION;
    // The other system's version says nothing about our file.
    info.extra.remove("version");
    let run = folder(target, &Path::new("runs").join(info.run_id.as_str()))?;
    run.replace_lazy("run-info.yaml", yaml::emit_whole(&info)?.as_bytes())
}
