//! Supervision: process ownership, the loop, limits, slots, recovery.

pub mod account;
pub mod apply;
pub mod binary;
pub mod children;
pub mod decide;
pub mod depend;
pub mod limits;
pub mod process;
pub mod queue;
pub mod step;

#[cfg(test)]
mod testbed;
#[cfg(test)]
mod testing;
