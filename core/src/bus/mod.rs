//! The message bus: an append-only file per project and per task (`docs/formats.md`, "The bus").
//!
//! Owns the record format, appending under the lock, reading from any place, following, rotation
//! and durability. Must not know what messages mean to a supervisor or to a face.

mod append;
mod back;
mod checksum;
mod error;
mod flush;
mod folder;
mod follow;
mod handle;
mod header;
mod ids;
mod last;
mod locate;
mod once;
mod prune;
mod query;
mod reader;
mod record;
mod scalar;
mod scan;
mod seed;
mod sys;
mod time;
mod trailer;
mod verify;

#[cfg(all(test, feature = "faults"))]
mod fault_tests;
#[cfg(test)]
mod tests;

pub use error::{BusError, BusErrorKind, Result};
pub use flush::Durability;
pub use follow::Follower;
pub use handle::{Bus, BusSettings, Messages};
pub use once::Once;
pub use query::Query;
pub use record::MAX_BODY;
pub use verify::{Fault, Problem, Report};
