//! Supervision: process ownership, the loop, limits, slots, recovery.
