//! The journal: every change of state in one file with one cursor (`state/journal.md`).
//!
//! Written in the record format of the bus (the one place where the store knows the bus), right
//! after the file that is the truth was replaced. The files keep the facts: a journal that was lost
//! is made anew from them, under a new epoch, and its old cursors are told to read the lists again.

mod error;
mod follow;
mod log;
mod rebuild;
mod record;
#[cfg(test)]
mod tests;

pub use error::JournalError;
pub use follow::JournalFollower;
pub use log::{Journal, JournalRead};
pub use record::{JournalCursor, JournalEntry, JournalRecord};
