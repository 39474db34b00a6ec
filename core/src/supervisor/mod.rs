//! Supervision: process ownership, the loop, limits, slots, recovery.

pub mod account;
mod adopt;
pub mod apply;
mod awake;
pub mod binary;
mod brief;
pub mod change;
pub mod children;
pub mod complete;
pub mod decide;
pub mod depend;
pub mod detach;
mod drive;
mod early;
mod error;
mod facts;
mod family;
mod finish;
mod folder;
pub mod intent;
mod launch;
pub mod limits;
mod live;
mod mend;
mod news;
pub mod notice;
pub mod outcome;
pub mod process;
mod question;
pub mod queue;
pub mod record;
pub mod recover;
pub mod serve;
pub mod slots;
pub mod step;
pub mod stopwatch;
mod supervise;
pub mod turn;
mod wake;

pub use early::Early;
pub use error::SuperviseError;
pub use supervise::{SuperviseOptions, supervise};

#[cfg(test)]
mod testbed;
#[cfg(test)]
mod testing;
