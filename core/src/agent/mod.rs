//! Agent backends: one file each, and what they have in common.
//!
//! Owns how an agent is found, started, told, read, judged and continued. Must not know processes, tasks'
//! states or who watches: a [`CommandSpec`] goes out, lines and an [`Exit`] come back.

mod backend;
pub mod choose;
mod claude;
mod codex;
mod command;
mod detect;
mod environment;
mod failure;
mod fold;
mod gemini;
mod json;
mod launch;
mod normalised;
mod perplexity;
pub mod prompt;
mod quote;
mod recorder;
mod reset;
pub mod rest;
mod usage;
mod xai;

pub use backend::{
    AgentError, AgentErrorKind, Backend, CommandSpec, Detection, Env, Exit, Login, Parsed, Start, StdinFrom,
    Verdict,
};
pub use detect::installed_version;
pub use environment::Identity;
pub(crate) use environment::SERVICE_MARKS;
pub use failure::{classify, early};
pub use fold::{Fold, OpenTool, ResultSeen, RetrySeen};
pub use quote::quote;
pub use recorder::{Recorder, RecorderError};
pub use usage::usage_of_run;

use crate::config::OutputFormat;
pub use crate::config::{AgentKind, AgentSettings};

/// The backend of a kind. A configured command is read as text; see [`backend_of`].
pub fn backend(kind: AgentKind) -> &'static dyn Backend {
    match kind {
        AgentKind::Claude => &claude::Claude,
        AgentKind::Codex => &codex::Codex,
        AgentKind::Gemini => &gemini::Gemini,
        AgentKind::Perplexity => &perplexity::Perplexity,
        AgentKind::Xai => &xai::Xai,
        AgentKind::Command => &command::Command { output: OutputFormat::Text },
    }
}

/// The backend of a configured agent: how a command's output is read is its setting.
pub fn backend_of(settings: &AgentSettings) -> &'static dyn Backend {
    match (settings.kind, settings.output) {
        (AgentKind::Command, OutputFormat::Json) => &command::Command { output: OutputFormat::Json },
        (kind, _) => backend(kind),
    }
}

/// An id for a session that begins: a random UUID, as agents ask for.
pub fn new_session() -> String {
    let random = ulid::Ulid::generate().0 ^ (ulid::Ulid::generate().0 << 64);
    let hex = format!("{:032x}", (random & !(0xf << 76) & !(0b11 << 62)) | (0x4 << 76) | (0b10 << 62));
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod command_tests;
#[cfg(test)]
mod verdict_tests;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_ids_are_random_uuids() {
        let (a, b) = (new_session(), new_session());
        assert_ne!(a, b);
        assert_eq!(a.len(), 36);
        assert_eq!(a.as_bytes()[14], b'4');
        assert!(b"89ab".contains(&a.as_bytes()[19]), "{a}");
    }

    #[test]
    fn every_kind_has_its_backend() {
        for kind in [
            AgentKind::Claude,
            AgentKind::Codex,
            AgentKind::Gemini,
            AgentKind::Perplexity,
            AgentKind::Xai,
            AgentKind::Command,
        ] {
            assert_eq!(backend(kind).kind(), kind);
        }
    }
}
