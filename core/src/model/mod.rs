//! Pure types of the domain: identifiers, statuses, tasks, runs, messages and events.
//!
//! Owns the words that every face and every file uses. Must not know files, processes, clocks or
//! configuration: nothing here does I/O.

pub mod access;
pub mod change;
pub mod event;
pub mod ids;
pub mod message;
pub mod run;
pub mod snapshot;
pub mod status;
pub mod task;

pub use access::Access;
pub use event::{Event, EventKind, FailureClass, Usage};
pub(crate) use ids::is_component;
pub use ids::{Cursor, IdError, MessageId, ProjectId, RunId, TaskId};
pub use message::{Link, Message, MessageKind, NewMessage, Parent};
pub use run::{EndReason, RecordedProcess, RunInfo, RunKind};
pub use snapshot::Snapshot;
pub use status::{RunStatus, TaskStatus};
pub use task::{Limits, Owed, TaskSpec, TaskState, Workflow};
