//! The JSON Schema of a configuration file; committed as `docs/config.schema.json`.

use super::settings::ConfigFile;

/// The schema, as it is committed.
pub fn schema_text() -> String {
    let schema = schemars::schema_for!(ConfigFile);
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema is plain JSON");
    text.push('\n');
    text
}
