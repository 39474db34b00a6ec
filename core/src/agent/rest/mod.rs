//! Agents without a program of their own: a hidden child process of this binary talks to the service and
//! prints normalised events, so that stop, logs and crashes behave as with any other agent.

mod answer;
mod child;
mod conversation;
pub(super) mod launch;
mod refusal;

pub use child::run;

/// A service with a chat-completions interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Perplexity.
    Perplexity,
    /// xAI.
    Xai,
}

impl Service {
    /// The word that names it, also as the child's first argument.
    pub fn as_str(self) -> &'static str {
        match self {
            Service::Perplexity => "perplexity",
            Service::Xai => "xai",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Service::Perplexity, Service::Xai].into_iter().find(|service| service.as_str() == word)
    }

    /// The variable that carries its key.
    fn key_variable(self) -> &'static str {
        match self {
            Service::Perplexity => "PERPLEXITY_API_KEY",
            Service::Xai => "XAI_API_KEY",
        }
    }

    fn default_model(self) -> &'static str {
        match self {
            Service::Perplexity => "sonar-pro",
            Service::Xai => "grok-4",
        }
    }

    fn default_base_url(self) -> &'static str {
        match self {
            Service::Perplexity => "https://api.perplexity.ai",
            Service::Xai => "https://api.x.ai/v1",
        }
    }
}
