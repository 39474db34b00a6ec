//! Benchmarks: one table, with the machine's floors measured in the same run.
//!
//! A row compares what we do with what the machine can do at best, so that the figures mean the same
//! on a slow machine and on a fast one.

pub mod bus;
pub mod lists;

use std::time::{Duration, Instant};

/// One row of the table.
#[derive(Debug, Clone)]
pub struct Row {
    /// What was measured.
    pub name: String,
    /// The figure, with its unit.
    pub measured: String,
    /// What it has to reach.
    pub target: String,
    /// Whether it does.
    pub met: bool,
}

impl Row {
    /// A rate beside the floor's, which it has to reach a part of.
    pub fn ratio(name: &str, rate: f64, floor: f64, target: f64) -> Self {
        let ratio = rate / floor;
        Self {
            name: name.to_owned(),
            measured: format!("{} of {} = {ratio:.2}", per_second(rate), per_second(floor)),
            target: format!("≥ {target}"),
            met: ratio >= target,
        }
    }

    /// A time that may not be exceeded.
    pub fn time(name: &str, took: Duration, limit: Duration) -> Self {
        Self {
            name: name.to_owned(),
            measured: format!("{:.3} ms", took.as_secs_f64() * 1e3),
            target: format!("≤ {} ms", limit.as_secs_f64() * 1e3),
            met: took <= limit,
        }
    }

    /// Memory that may not be exceeded.
    pub fn memory(name: &str, kibibytes: u64, limit: u64) -> Self {
        Self {
            name: name.to_owned(),
            measured: format!("{:.1} MiB", kibibytes as f64 / 1024.0),
            target: format!("≤ {} MiB", limit / 1024),
            met: kibibytes <= limit,
        }
    }
}

fn per_second(rate: f64) -> String {
    if rate >= 10_000.0 { format!("{:.0}k/s", rate / 1e3) } else { format!("{rate:.0}/s") }
}

/// Calls `work` this often and returns the best time of one call.
pub fn best_of(times: u32, mut work: impl FnMut()) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..times {
        let begin = Instant::now();
        work();
        best = best.min(begin.elapsed());
    }
    best
}

/// The table as text.
pub fn table(rows: &[Row]) -> String {
    let width =
        |column: fn(&Row) -> &str| rows.iter().map(|row| column(row).chars().count()).max().unwrap_or(0);
    let (name, measured) = (width(|row| &row.name), width(|row| &row.measured));
    let line = |row: &Row| {
        let verdict = if row.met { "ok" } else { "MISSED" };
        format!("{:name$}  {:measured$}  {:>8}  {verdict}\n", row.name, row.measured, row.target)
    };
    rows.iter().map(line).collect()
}
