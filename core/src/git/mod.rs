//! What git knows of a working folder: its repository, its status, trees of it, what differs between two.
//!
//! Owns every call of git. Nothing is ever written into a repository: trees are made with an index and a
//! folder of objects of their own ([`snapshot`]). Nothing that a repository configures is run (hooks,
//! monitors, filters, external and text conversions), and nothing is fetched. Must not know tasks, or where
//! their files are.

mod choose;
mod command;
mod diff;
mod error;
mod filters;
mod log;
mod paths;
mod repository;
mod run;
mod snapshot;
mod status;

pub use command::git;
pub use diff::{Change, ChangeKind, Trees, changes, patch, sizes};
pub use error::{GitError, GitErrorKind};
pub use log::{Commit, commits};
pub use paths::{from_text, to_text};
pub use repository::{Repository, head_commit};
pub use run::{Here, Printed, Runner};
pub use snapshot::{Own, Taken, described, take};
pub use status::{Status, status_command, status_of};

#[cfg(test)]
mod tests;
