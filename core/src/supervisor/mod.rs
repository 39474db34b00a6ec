//! Supervision: process ownership, the loop, limits, slots, recovery.

pub mod account;
pub mod apply;
pub mod binary;
pub mod change;
pub mod children;
pub mod decide;
pub mod depend;
pub mod detach;
pub mod intent;
pub mod limits;
pub mod process;
pub mod queue;
pub mod record;
pub mod slots;
pub mod step;
pub mod stopwatch;
pub mod turn;

#[cfg(test)]
mod testbed;
#[cfg(test)]
mod testing;
