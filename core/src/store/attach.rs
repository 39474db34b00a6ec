//! Files that messages refer to, beside their bus.

use std::io::{self, Read};

use super::dir::{Dir, Open};
use super::error::{Result, StoreError};
use crate::model::Link;

/// What the names of attachments begin with.
const PREFIX: &str = "ATTACH-";
/// Characters of a file's own name that are kept.
const LABEL: usize = 100;

/// Copies all of `from` into the folder, durably, under a name of its own; what a message refers to it by.
///
/// # Errors
/// When it cannot be read, or the copy not written; then there is none.
pub fn attach(dir: &Dir, label: &str, from: &mut impl Read) -> Result<Link> {
    let name = format!("{PREFIX}{}-{}", ulid::Ulid::generate(), plain(label));
    let mut copy = dir.open_file(&name, Open::CreateNew)?;
    let copied = io::copy(from, &mut copy).and_then(|_| copy.sync_all());
    if let Err(error) = copied {
        dir.remove(&name)?;
        return Err(StoreError::io(dir.join(&name), "copy", error));
    }
    dir.sync()?;
    Ok(Link { url: name, label: Some(label.to_owned()), kind: Some("attachment".to_owned()) })
}

/// Whether a file of this name is an attachment.
pub fn is_attachment(name: &str) -> bool {
    name.starts_with(PREFIX) && !name.contains('/')
}

/// A file name without anything that needs quoting.
fn plain(label: &str) -> String {
    let kept = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' };
    label.chars().map(kept).take(LABEL).collect()
}
