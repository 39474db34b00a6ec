//! Settings: where they come from, what they may be, and where each value was set.
//!
//! Layers, from the weakest: built-in defaults; the person's file (`--config`, else
//! `CONDUCTOR_CONFIG`, else `$XDG_CONFIG_HOME/conductor-loop/config.yaml`); `./conductor.yaml`, whole
//! once it is trusted and for a few downward choices before; `CONDUCTOR_<SECTION>_<KEY>`. A file that
//! was named explicitly stands alone: neither of the other two is read beside it. Flags of a command
//! are applied by that command, over all of this. Nothing here knows what an agent does with its
//! settings, and nothing is required: without any file the five known agents exist.

mod agent;
mod de;
mod environment;
mod error;
mod keys;
mod layers;
mod resolve;
mod schema;
mod settings;
mod template;
#[cfg(test)]
mod tests;
mod token;
mod tree;
mod trust;
pub mod units;
mod webhook;

pub use agent::{AgentEntry, AgentKind, AgentSettings, OutputFormat, PromptVia};
pub use error::{ConfigError, ConfigErrorKind};
pub use keys::{KEYS, Key, KeyKind};
pub use layers::{Loaded, Origins, ProjectFile, Sources, Warning};
pub use schema::schema_text;
pub use settings::{
    Api, Bus, Config, ConfigFile, Defaults, Durability, Power, ProjectSettings, Selection, Storage, Strategy,
    TlsFiles,
};
pub use template::template;
pub use token::Env;
pub use tree::Origin;
pub use trust::Trust;
pub use webhook::{SigningKey, Webhook, WebhookFormat};
