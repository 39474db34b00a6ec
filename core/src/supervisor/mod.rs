//! Supervision: process ownership, the loop, limits, slots, recovery.

pub mod binary;
pub mod children;
pub mod depend;
pub mod queue;
#[cfg(test)]
mod testbed;
