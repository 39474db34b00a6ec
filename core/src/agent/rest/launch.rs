//! The supervisor's side: finding and starting the child.

use super::Service;
use crate::agent::launch::Launch;
use crate::agent::{
    AgentError, AgentErrorKind, AgentSettings, CommandSpec, Detection, Env, Login, Start, StdinFrom, detect,
};

/// The word that makes `run-agent` the child.
pub(in crate::agent) const WORD: &str = "__rest";

/// The service needs no program, only a key.
pub(in crate::agent) fn detect(service: Service, settings: &AgentSettings, env: &Env) -> Detection {
    let variable = service.key_variable();
    let login = if detect::variable(settings, env, variable).is_some() {
        Login::Yes(variable.to_owned())
    } else if detect::has_token(settings, env) {
        Login::Yes("configured token".to_owned())
    } else {
        Login::No(format!("set {variable}, or token_file in the configuration"))
    };
    Detection { path: std::env::current_exe().ok(), version: None, login }
}

/// The command of the child. The key travels in its environment, the prompt on its standard input.
pub(in crate::agent) fn command(service: Service, start: &Start<'_>) -> Result<CommandSpec, AgentError> {
    let variable = service.key_variable();
    if start.token.is_none() && detect::variable(start.settings, start.base_env, variable).is_none() {
        let kind = AgentErrorKind::NoToken { variables: variable.to_owned() };
        return Err(AgentError { agent: start.settings.name.clone(), kind });
    }
    let mut launch = Launch::without_first_arguments(start);
    launch.args([WORD, service.as_str()]);
    let model = launch.model().unwrap_or(service.default_model());
    launch.args(["--model", model]);
    launch.args(["--base-url", start.settings.base_url.as_deref().unwrap_or(service.default_base_url())]);
    launch.option("--resume", start.resume);
    launch.token(&[variable]);
    Ok(launch.finish(start.cli, StdinFrom::Prompt))
}
