//! Perplexity's Sonar models, over REST, in a child process of ours.

use super::rest::Service;
use super::{
    AgentError, AgentKind, AgentSettings, Backend, CommandSpec, Detection, Env, Exit, Fold, Parsed, Start,
    Verdict, failure, normalised, rest,
};

/// The backend.
pub struct Perplexity;

impl Backend for Perplexity {
    fn kind(&self) -> AgentKind {
        AgentKind::Perplexity
    }

    fn detect(&self, settings: &AgentSettings, env: &Env) -> Detection {
        rest::launch::detect(Service::Perplexity, settings, env)
    }

    fn command(&self, start: &Start<'_>) -> Result<CommandSpec, AgentError> {
        rest::launch::command(Service::Perplexity, start)
    }

    fn parse(&self, line: &[u8]) -> Parsed {
        normalised::parse(line)
    }

    fn interactive(&self, _settings: &AgentSettings, _session: &str) -> Option<Vec<String>> {
        None
    }

    fn judge(&self, fold: &Fold, exit: &Exit, stderr_tail: &str) -> Verdict {
        failure::judge_by_result(fold, exit, stderr_tail)
    }
}
