//! Which agents can be used here.

use serde::{Deserialize, Serialize};

use super::App;
use crate::agent::{Login, backend_of};
use crate::config::{AgentKind, AgentSettings};
use crate::model::Access;

/// One agent as it is configured and found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct AgentView {
    /// Its name.
    pub agent: String,
    /// What sort it is.
    #[serde(rename = "type")]
    pub kind: AgentKind,
    /// Whether a task can be started with it, as far as can be told.
    pub usable: Usable,
    /// Its program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The version that it reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Model, where one is configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What it may do without asking.
    pub access: Access,
    /// How it is logged in, or what to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// Whether tasks that name none get it.
    pub default: bool,
}

/// Whether an agent can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Usable {
    /// It is here and logged in.
    Yes,
    /// It is here; whether it is logged in cannot be told without asking its model.
    Unknown,
    /// It is here and not logged in.
    NoLogin,
    /// It is not here.
    Missing,
}

impl App {
    /// Every agent that can be named, as it is found on this machine.
    pub fn agents(&self) -> Vec<AgentView> {
        let settings: Vec<&AgentSettings> = self.config().agents.values().collect();
        // Each looks for its program and asks for its version: together they take as long as the slowest.
        std::thread::scope(|scope| {
            let looks: Vec<_> = settings.iter().map(|one| scope.spawn(move || self.detect(one))).collect();
            looks.into_iter().filter_map(|look| look.join().ok()).collect()
        })
    }

    /// What an agent may do without asking: what was said for the task, else the agent's, the project's
    /// or the default setting.
    pub fn access_of(&self, agent: Option<&str>, asked: Option<Access>, project: &str) -> Access {
        let settings = agent.and_then(|name| self.config().agents.get(name));
        let usual =
            || settings.map_or(self.config().defaults.access, |one| self.config().access(one, Some(project)));
        asked.unwrap_or_else(usual)
    }

    fn detect(&self, settings: &AgentSettings) -> AgentView {
        let found = backend_of(settings).detect(settings, &self.caller.env);
        let (usable, login) = match (&found.path, found.login) {
            (None, Login::No(hint)) if !is_service(settings.kind) => (Usable::Missing, Some(hint)),
            (_, Login::Yes(how)) => (Usable::Yes, Some(how)),
            (_, Login::No(hint)) => (Usable::NoLogin, Some(hint)),
            (_, Login::Unknown) => (Usable::Unknown, None),
        };
        let project = self.project_id().ok().flatten();
        let project = project.as_ref().map(|project| project.as_str());
        AgentView {
            agent: settings.name.clone(),
            kind: settings.kind,
            usable,
            path: found.path.map(|path| path.display().to_string()),
            version: found.version,
            model: self.config().model(settings, project),
            access: self.config().access(settings, project),
            login,
            default: self.config().default_agent() == Some(&settings.name),
        }
    }
}

/// A service that is reached over the network: there is no program to be found.
fn is_service(kind: AgentKind) -> bool {
    matches!(kind, AgentKind::Perplexity | AgentKind::Xai)
}
