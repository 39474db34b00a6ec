//! Benchmarks: one table, with the machine's floors measured in the same run.
//!
//! A row sets what we do beside what the machine can do at best, so that it means the same on a slow
//! machine and on a fast one. Every figure is a median; both sides of a ratio take turns.

pub mod bus;
pub mod durable;
pub mod idle;
pub mod launch;
pub mod lists;
pub mod process;
pub mod reading;
pub mod row;
pub mod server;
pub mod world;

use std::time::{Duration, Instant};

pub use row::{Row, table};
pub use world::World;

/// The value in the middle.
///
/// # Panics
/// When there is none.
pub fn median<T: PartialOrd + Copy>(values: impl IntoIterator<Item = T>) -> T {
    let mut values: Vec<T> = values.into_iter().collect();
    values.sort_by(|a, b| a.partial_cmp(b).expect("figures can be compared"));
    values[values.len() / 2]
}

/// How long one call takes.
pub fn timed(work: impl FnOnce()) -> Duration {
    let begin = Instant::now();
    work();
    begin.elapsed()
}

/// Calls the floor and ours in turns, this often; the median time of each.
pub fn in_turns(times: u32, mut floor: impl FnMut(), mut ours: impl FnMut()) -> (Duration, Duration) {
    let both: Vec<_> = (0..times).map(|_| (timed(&mut floor), timed(&mut ours))).collect();
    (median(both.iter().map(|pair| pair.0)), median(both.iter().map(|pair| pair.1)))
}
