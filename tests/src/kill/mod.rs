//! The kill loop: tasks that talk and delegate, `kill -9` at random, recovery, and a look at everything
//! that was promised. What it finds wrong is a violation, named; nothing is tried again.

mod check;
mod round;
mod victims;
pub mod watch;

use std::time::Duration;

pub use round::run;

/// What happened in all rounds.
#[derive(Debug, Default)]
pub struct Report {
    /// Rounds that were run.
    pub rounds: u32,
    /// Processes that were killed, by what they were: supervisor, agent, child's supervisor, everything.
    pub kills: std::collections::BTreeMap<&'static str, u32>,
    /// Messages whose append was acknowledged.
    pub acknowledged: usize,
    /// Of them, those that were read back exactly once.
    pub read_back: usize,
    /// Files of the formats that were read: state, run-info, buses.
    pub files: usize,
    /// Times that the processes were looked at for a doubled agent.
    pub looks: u64,
    /// The longest time from the start of `recover` until every task had its owner or was not shown alive.
    pub longest_recovery: Duration,
    /// What was wrong, in words.
    pub violations: Vec<String>,
}

impl Report {
    /// Adds what happened in other rounds.
    fn add(&mut self, other: Report) {
        self.rounds += other.rounds;
        for (what, count) in other.kills {
            *self.kills.entry(what).or_default() += count;
        }
        self.acknowledged += other.acknowledged;
        self.read_back += other.read_back;
        self.files += other.files;
        self.looks += other.looks;
        self.longest_recovery = self.longest_recovery.max(other.longest_recovery);
        self.violations.extend(other.violations);
    }

    /// The figures as a table of Markdown.
    pub fn table(&self) -> String {
        let kills: u32 = self.kills.values().sum();
        let by: Vec<String> = self.kills.iter().map(|(what, count)| format!("{what} {count}")).collect();
        format!(
            "| rounds | kills | acknowledged | read back once | files read | looks for doubles | longest recovery | violations |\n\
             |---|---|---|---|---|---|---|---|\n\
             | {} | {kills} ({}) | {} | {} | {} | {} | {:.1} s | {} |",
            self.rounds,
            by.join(", "),
            self.acknowledged,
            self.read_back,
            self.files,
            self.looks,
            self.longest_recovery.as_secs_f64(),
            self.violations.len(),
        )
    }
}
