//! The file that `config init` writes.

/// A configuration that changes nothing: every key with its meaning, all commented out.
pub fn template() -> &'static str {
    include_str!("template.yaml")
}
