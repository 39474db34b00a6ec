//! How long an answer may wait for something to tell.

use std::time::Duration;

use crate::api::ApiError;
use crate::api::requests::LONGEST_POLL;
use crate::server::problem::Problem;

/// The time of a parameter that says how many seconds to wait.
///
/// # Errors
/// For more than the longest.
pub fn seconds(name: &str, asked: u64) -> Result<Duration, Problem> {
    if asked > LONGEST_POLL {
        let words = format_args!("{name} is {asked}, and may be {LONGEST_POLL} seconds at most");
        return Err(ApiError::usage(words).with_hint("ask again where nothing came").into());
    }
    Ok(Duration::from_secs(asked))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_is_described_is_refused() {
        assert_eq!(seconds("wait", LONGEST_POLL).expect("allowed"), Duration::from_secs(LONGEST_POLL));
        for asked in [LONGEST_POLL + 1, u64::MAX] {
            assert_eq!(seconds("wait", asked).expect_err("refused").code(), "usage");
        }
    }
}
