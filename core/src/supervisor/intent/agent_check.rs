//! Which agent a new task gets, and whether it can be used, as far as that is known before it starts.

use super::IntentErrorKind;
use crate::agent::{Login, backend_of};
use crate::config::Config;
use crate::environment;
use crate::model::ProjectId;

/// Agents that are looked for, in this order, where nothing says which one is meant.
const USUAL: [&str; 3] = ["claude", "codex", "gemini"];

/// The agent that is meant: the one that is named, else the project's, else the default; none where the
/// configured selection decides.
pub(super) fn meant(
    config: &Config,
    project: &ProjectId,
    named: Option<&str>,
) -> Result<Option<String>, IntentErrorKind> {
    let of_project = || config.projects.get(project.as_str())?.agent.as_deref();
    if let Some(name) = named.or_else(of_project) {
        return Ok(Some(name.to_owned()));
    }
    if config.selection.is_some() {
        return Ok(None);
    }
    match &config.defaults.agent {
        Some(name) => Ok(Some(name.clone())),
        None => installed(config).map(Some),
    }
}

/// Checks that an agent is configured and its program is there. Returns what a person should know
/// about it all the same.
pub(super) fn check(config: &Config, name: &str) -> Result<Option<String>, IntentErrorKind> {
    let settings = config.agent(name)?;
    let detected = backend_of(&settings).detect(&settings, &environment::current());
    let missing = |why: String| IntentErrorKind::AgentMissing { agent: name.to_owned(), why };
    match (detected.path, detected.login) {
        (None, Login::No(hint)) => Err(missing(hint)),
        (None, _) => Err(missing("its program was not found".to_owned())),
        (Some(_), Login::No(hint)) => Ok(Some(format!("agent {name} may not be logged in: {hint}"))),
        (Some(_), _) => Ok(None),
    }
}

fn installed(config: &Config) -> Result<String, IntentErrorKind> {
    let found = USUAL.into_iter().find(|name| check(config, name).is_ok());
    found.map(str::to_owned).ok_or_else(|| IntentErrorKind::AgentMissing {
        agent: USUAL.join(", "),
        why: "none of them is installed, and no other is configured".to_owned(),
    })
}
