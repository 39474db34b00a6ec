//! Log files: following them while they grow, making them safe to show, noticing changes.
//!
//! Everything here works in bounded memory on files of any size, and never changes a file. What the
//! lines of a log mean is not known here.

pub mod watch;
