//! The configuration in force, as faces show it: without secrets, each value with where it came from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::App;

/// The configuration in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SettingsView {
    /// Its values; secrets are absent or hidden.
    #[cfg_attr(feature = "server", schema(value_type = Object))]
    pub config: Value,
    /// Where each dotted key came from, those of the built-in settings aside.
    pub origins: BTreeMap<String, String>,
    /// What is worth knowing.
    pub warnings: Vec<SettingsWarning>,
}

/// A warning about the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SettingsWarning {
    /// File, line and column, or the variable.
    pub place: String,
    /// The dotted key.
    pub key: String,
    /// What is odd about it.
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl App {
    /// The configuration in force.
    pub fn settings(&self) -> SettingsView {
        let loaded = &self.loaded;
        let warning = |warning: &crate::config::Warning| SettingsWarning {
            place: warning.place.to_string(),
            key: warning.key.clone(),
            message: warning.message.clone(),
            hint: warning.hint.clone(),
        };
        SettingsView {
            config: serde_json::to_value(&loaded.config).unwrap_or_default(),
            origins: loaded.origins.iter().map(|(key, place)| (key.to_owned(), place.to_string())).collect(),
            warnings: loaded.warnings.iter().map(warning).collect(),
        }
    }
}
