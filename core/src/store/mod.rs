//! What is on disk: layout, atomic files, locks, run-info, task state, journal, index.
//!
//! Owns every path below a root. A path below it is only ever opened through [`Dir`], relative to its
//! folder and without following links out of it. Must not know how agents are run or what a face
//! shows.

mod attach;
mod attention;
mod certificate;
mod changes;
mod delete;
mod dir;
mod error;
mod foreign;
pub mod index;
pub mod journal;
mod live;
mod lock;
mod marker;
mod mend;
pub mod migrate;
mod names;
mod outside;
mod place;
mod project;
mod replace;
pub mod requests;
mod resolve;
mod root;
mod run;
mod server;
pub mod summary;
mod task;
#[cfg(test)]
pub(crate) mod testkit;
pub mod tokens;
mod version;
pub mod walk;
pub mod yaml;

pub use attach::{attach, is_attachment};
pub use attention::{Attention, AttentionRecord, AttentionRecords};
pub use certificate::CertificateFile;
pub use changes::{FolderMoment, FolderStates};
pub(crate) use dir::FileStamp;
pub use dir::{Dir, Entry, Meta, Open};
pub(crate) use error::optional;
pub use error::{Listed, Result, StoreError, StoreErrorKind};
pub use index::{Index, RunFilter, TaskFilter};
pub use journal::{
    Journal, JournalCursor, JournalEntry, JournalError, JournalFollower, JournalRead, JournalRecord,
};
pub use lock::{Holder, OfdLock};
pub use marker::{Intent, Marker};
pub use names::Names;
pub use place::{Place, Supervision, Where};
pub use project::ProjectDir;
pub use root::{Root, RootKind};
pub use run::{RunDir, RunFile};
pub use server::ServerFile;
pub use summary::{RunSummary, TaskSummary};
pub(crate) use task::SUPERVISOR_LOCK;
pub use task::TaskDir;
