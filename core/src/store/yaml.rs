//! YAML in and out: the only module that knows the library behind it.
//!
//! Duplicate keys are refused, input is bounded, aliases and merge keys cannot blow up. Keys are
//! written in the order of the struct's fields.

use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::dir::Dir;
use super::error::{Result, StoreError, StoreErrorKind};

/// The largest file of ours that is read as YAML.
pub const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Parses one document; `path` is for the error only.
///
/// # Errors
/// [`StoreErrorKind::Yaml`] with line and column.
pub fn parse<T: DeserializeOwned>(text: &str, path: &Path) -> Result<T> {
    if text.len() as u64 > MAX_BYTES {
        return Err(StoreError::new(path, StoreErrorKind::TooLarge { limit: MAX_BYTES }));
    }
    serde_saphyr::from_str_with_options(text, options()).map_err(|error| {
        let place = error.location();
        let kind = StoreErrorKind::Yaml {
            line: place.as_ref().map_or(0, |place| place.line()),
            column: place.as_ref().map_or(0, |place| place.column()),
            message: one_line(&error.without_snippet().to_string()),
        };
        StoreError::new(path, kind)
    })
}

/// Reads and parses a file of at most [`MAX_BYTES`].
///
/// # Errors
/// When it cannot be read or parsed.
pub fn read<T: DeserializeOwned>(dir: &Dir, name: &str) -> Result<T> {
    parse(&dir.read_text(name, MAX_BYTES)?, &dir.join(name))
}

/// Writes one document.
///
/// # Errors
/// [`StoreErrorKind::Emit`] for a value that YAML cannot hold.
pub fn emit<T: Serialize>(value: &T) -> Result<String> {
    serde_saphyr::to_string(value)
        .map_err(|error| StoreError::new("", StoreErrorKind::Emit { message: one_line(&error.to_string()) }))
}

fn options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: 200_000,
            max_aliases: 1_000,
            max_anchors: 1_000,
            max_depth: 64,
            max_documents: 1,
        },
        merge_keys: serde_saphyr::MergeKeyPolicy::AsOrdinary,
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
