//! Live streams: what stands in a journal, a bus or a log from a place on, then what comes.
//!
//! Owns subscriptions, their cursors, and the one reader that each file has however many watch it. A
//! face carries [`Frame`]s to its client and brings cursors back; it knows nothing of files. Three
//! promises hold for every subscription:
//!
//! - **The cursor of a frame resumes exactly after it**, whenever, also in another process: no gap, no
//!   repetition, and where what was seen is no longer what is there, a frame says so.
//! - **A slow reader costs what it was given last**: frames are read from the file when they are asked
//!   for, never queued, and shared by all who stand at the same place.
//! - **Nothing is opened for what nobody watches**, and nothing is read again while nothing changes.

mod bus;
mod composite;
mod escape;
mod feed;
mod frame;
mod journal;
mod log;
mod place;
mod readers;
mod session;
mod single;
mod streams;
mod subscription;
#[cfg(test)]
mod tests;
mod topic;
mod wake;

pub use composite::{Composite, MAX_CURSOR, MAX_NAME, MAX_SUBSCRIPTIONS};
pub use frame::{EventView, Frame, FrameKind, Json};
pub use place::{LogPlace, Place};
pub use session::{Control, Session};
pub use single::Single;
pub use streams::Streams;
pub use topic::{LogStream, Topic};
