//! Limits of a task: what is used up, what `resume` grants again, how long a back-off lasts.
//!
//! Pure: knows neither files nor clocks.

use std::time::Duration;

use crate::model::{TaskSpec, TaskState};

/// Runs that end sooner than this having changed nothing back off.
pub const QUICK: Duration = Duration::from_secs(5);
/// How long an agent may live on after DONE.
pub const DONE_GRACE: Duration = Duration::from_secs(60);
/// How long DONE waits for child tasks before a person is asked.
pub const CHILDREN_PATIENCE: Duration = Duration::from_secs(300);
/// Iterations in a row without a change after which a person is asked.
pub const UNCHANGED: u32 = 2;
/// The longest pause after a failed run.
pub(super) const LONGEST_BACK_OFF: Duration = Duration::from_secs(300);

/// A limit of a task that can be exhausted between runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Depth of delegation.
    Depth,
    /// Seconds of work.
    WallTime,
    /// Failed runs in a row.
    Failures,
    /// Runs after the first.
    Restarts,
    /// Tokens of all runs.
    Tokens,
    /// US dollars of all runs.
    Cost,
}

impl Limit {
    /// The word in `granted`, in questions and in error codes.
    pub fn as_str(self) -> &'static str {
        match self {
            Limit::Depth => "depth",
            Limit::WallTime => "wall_time",
            Limit::Failures => "max_failures",
            Limit::Restarts => "max_restarts",
            Limit::Tokens => "tokens",
            Limit::Cost => "cost",
        }
    }

    /// Whether a person is asked when it is exhausted; the others end the task.
    pub fn asks(self) -> bool {
        matches!(self, Limit::Tokens | Limit::Cost)
    }

    /// Whether `resume` can grant it again. How deep a task stands does not change by asking again.
    pub fn can_be_granted(self) -> bool {
        self != Limit::Depth
    }

    /// What was used and what is allowed, in words.
    pub fn describe(self, spec: &TaskSpec, state: &TaskState) -> String {
        let limits = &spec.limits;
        match self {
            Limit::Depth => format!("depth of delegation {} is over {}", spec.depth, limits.depth),
            Limit::WallTime => {
                format!("worked for {} s, allowed are {} s", state.active_seconds, wall_seconds(spec, state))
            }
            Limit::Failures => format!("{} failed runs in a row", state.failures),
            Limit::Restarts => format!("{} restarts are used up", state.restarts),
            Limit::Tokens => format!(
                "{} tokens used, allowed are {}",
                state.spend.tokens().unwrap_or(0),
                limits.tokens.unwrap_or(0) * u64::from(shares(state, self))
            ),
            Limit::Cost => format!(
                "{:.2} USD spent, allowed are {:.2}",
                state.spend.cost_usd.unwrap_or(0.0),
                limits.cost_usd.unwrap_or(0.0) * f64::from(shares(state, self))
            ),
        }
    }
}

/// The first limit that stands in the way of another run.
pub fn exhausted(spec: &TaskSpec, state: &TaskState) -> Option<Limit> {
    all_exhausted(spec, state).into_iter().next()
}

/// All limits that stand in the way of another run, those that end the task first.
pub fn all_exhausted(spec: &TaskSpec, state: &TaskState) -> Vec<Limit> {
    [Limit::Depth, Limit::WallTime, Limit::Failures, Limit::Restarts, Limit::Tokens, Limit::Cost]
        .into_iter()
        .filter(|limit| is_exhausted(*limit, spec, state))
        .collect()
}

/// Grants a limit once more; where much more than it was used, as often as it takes.
pub fn grant(limit: Limit, spec: &TaskSpec, state: &mut TaskState) {
    const MOST: u32 = 10_000;
    loop {
        let granted = state.granted.entry(limit.as_str().to_owned()).or_default();
        *granted = granted.saturating_add(1);
        if *granted >= MOST || !is_exhausted(limit, spec, state) {
            return;
        }
    }
}

fn is_exhausted(limit: Limit, spec: &TaskSpec, state: &TaskState) -> bool {
    let limits = &spec.limits;
    let share = shares(state, limit);
    match limit {
        Limit::Depth => spec.depth > limits.depth,
        Limit::WallTime => limits.wall_seconds > 0 && state.active_seconds >= wall_seconds(spec, state),
        Limit::Failures => state.failures >= limits.max_failures.max(1).saturating_mul(share),
        Limit::Restarts => state.iteration > restarts_allowed(limits.max_restarts, share),
        Limit::Tokens => {
            let used = state.spend.tokens().unwrap_or(0);
            limits.tokens.is_some_and(|allowed| used >= allowed.saturating_mul(u64::from(share)))
        }
        Limit::Cost => {
            let spent = state.spend.cost_usd.unwrap_or(0.0);
            limits.cost_usd.is_some_and(|allowed| spent >= allowed * f64::from(share))
        }
    }
}

/// Seconds of work that are allowed altogether; 0: no limit.
pub fn wall_seconds(spec: &TaskSpec, state: &TaskState) -> u64 {
    spec.limits.wall_seconds.saturating_mul(u64::from(shares(state, Limit::WallTime)))
}

/// How often a limit holds: once, and once more for each grant.
fn shares(state: &TaskState, limit: Limit) -> u32 {
    state.granted.get(limit.as_str()).copied().unwrap_or(0).saturating_add(1)
}

/// A task that was allowed no restart gets one with each grant.
fn restarts_allowed(limit: u32, share: u32) -> u32 {
    limit.saturating_add(limit.max(1).saturating_mul(share - 1))
}

/// How long to wait after the n-th bad run in a row (from 1): 1 s, doubling to 5 min.
pub fn back_off(nth: u32) -> Duration {
    let doubled = 1u64.checked_shl(nth.saturating_sub(1)).unwrap_or(u64::MAX);
    Duration::from_secs(doubled).min(LONGEST_BACK_OFF)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supervisor::testing::{spec, state};

    #[test]
    fn back_off_doubles_up_to_five_minutes() {
        let seconds: Vec<u64> = (0..12).map(|nth| back_off(nth).as_secs()).collect();
        assert_eq!(seconds, [1, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        assert_eq!(back_off(u32::MAX).as_secs(), 300);
    }

    #[test]
    fn restarts_count_after_the_first_run_and_a_grant_gives_them_once_more() {
        let (mut spec, mut state) = (spec(), state());
        spec.limits.max_restarts = 2;
        let allowed = |spec: &TaskSpec, state: &TaskState| exhausted(spec, state).is_none();
        state.iteration = 2;
        assert!(allowed(&spec, &state), "the second restart");
        state.iteration = 3;
        assert_eq!(exhausted(&spec, &state), Some(Limit::Restarts));
        state.granted.insert("max_restarts".to_owned(), 1);
        assert!(allowed(&spec, &state));
        state.iteration = 5;
        assert_eq!(exhausted(&spec, &state), Some(Limit::Restarts));
        spec.limits.max_restarts = 0;
        state.iteration = 1;
        assert!(allowed(&spec, &state), "a grant of no restarts is one restart");
    }

    #[test]
    fn absent_limits_do_not_limit() {
        let (mut spec, mut state) = (spec(), state());
        spec.limits.wall_seconds = 0;
        state.active_seconds = u64::MAX;
        state.spend.input = Some(u64::MAX / 2);
        state.spend.cost_usd = Some(1e9);
        assert_eq!(exhausted(&spec, &state), None);
        spec.limits.cost_usd = Some(1.0);
        assert_eq!(exhausted(&spec, &state), Some(Limit::Cost));
        spec.limits.tokens = Some(10);
        assert_eq!(exhausted(&spec, &state), Some(Limit::Tokens));
    }
}
