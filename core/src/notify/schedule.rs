//! When a delivery that failed is tried again, and when nobody tries any more. Pure.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// The pause after the first failure; each further one is twice as long.
const FIRST: Duration = Duration::from_secs(5);
/// The longest pause.
const LONGEST: Duration = Duration::from_secs(86_400);
/// How long a receiver may fail before what waited so long is given up.
pub(super) const GIVE_UP: SignedDuration = SignedDuration::from_hours(72);

/// The pause after so many failures in a row, from 1. `share`, 0 to 1, spreads it by up to a quarter, so
/// that those who failed together do not come back together.
pub(super) fn back_off(failures: u32, share: f64) -> Duration {
    let doublings = failures.saturating_sub(1).min(20);
    let pause = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    pause.mul_f64(1.0 + share.clamp(0.0, 1.0) / 4.0).min(LONGEST)
}

/// When it is tried again: after the pause, and not before the receiver wants it. One that wants to be left alone for
/// longer than it may fail is asked once more then.
pub(super) fn next(now: Timestamp, failures: u32, wanted: Option<Duration>, share: f64) -> Timestamp {
    let wanted = wanted.unwrap_or_default().min(GIVE_UP.unsigned_abs());
    let pause = back_off(failures, share).max(wanted);
    now.checked_add(pause).unwrap_or(Timestamp::MAX)
}

/// A share by chance.
pub(super) fn chance() -> f64 {
    let bits = ulid::Ulid::generate().random() & u128::from(u32::MAX);
    bits as f64 / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_from_five_seconds_to_a_day() {
        let pauses = [1, 2, 3, 4, 14, 15, 16, 1000].map(|failures| back_off(failures, 0.0).as_secs());
        assert_eq!(pauses, [5, 10, 20, 40, 40_960, 81_920, 86_400, 86_400]);
        assert_eq!(back_off(3, 1.0).as_secs(), 25, "a quarter more");
        assert_eq!(back_off(16, 1.0), LONGEST);
    }

    #[test]
    fn the_receivers_wish_is_heeded_as_long_as_it_may_fail() {
        let now = Timestamp::UNIX_EPOCH;
        let after = |failures, seconds| {
            next(now, failures, Some(Duration::from_secs(seconds)), 0.0).duration_since(now).as_secs()
        };
        assert_eq!(after(1, 120), 120);
        assert_eq!(after(6, 1), 160, "not more often than without the wish");
        assert_eq!(after(1, 2 * 86_400), 2 * 86_400, "also where that is longer than any pause");
        assert_eq!(after(1, 1 << 40), 3 * 86_400);
    }

    #[test]
    fn chance_stays_in_its_bounds() {
        assert!((0..1000).map(|_| chance()).all(|share| (0.0..=1.0).contains(&share)));
    }
}
