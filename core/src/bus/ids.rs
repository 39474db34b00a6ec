//! Ids of messages: strictly increasing along the file, whatever the clock does.

use jiff::Timestamp;
use rustix::rand::GetRandomFlags;
use ulid::Ulid;

use crate::model::MessageId;

/// Makes ids.
#[derive(Debug)]
pub(super) struct Ids {
    state: u128,
}

impl Ids {
    /// A source with a seed from the system; straight from it, since a generator of random numbers asks
    /// the processor first what it can do (see [`super::checksum`]).
    pub(super) fn new() -> Self {
        let mut seed = [0; 16];
        let state = match rustix::rand::getrandom(&mut seed, GetRandomFlags::empty()) {
            Ok(filled) if filled == seed.len() => u128::from_ne_bytes(seed),
            _ => Ulid::generate().0,
        };
        Self { state }
    }

    /// An id for a message made at `now`, greater than `last`; none when `last` is the largest.
    pub(super) fn after(&mut self, last: Option<MessageId>, now: Timestamp) -> Option<MessageId> {
        let millisecond = now.as_millisecond().clamp(0, (1 << 48) - 1).cast_unsigned();
        let fresh = Ulid::from_parts(millisecond, self.random());
        match last {
            Some(MessageId(last)) if last >= fresh => Some(MessageId(Ulid(last.0.checked_add(1)?))),
            _ => Some(MessageId(fresh)),
        }
    }

    /// The next of a sequence that does not repeat (a 128-bit linear congruential generator, its
    /// better half folded in).
    fn random(&mut self) -> u128 {
        const FACTOR: u128 = 0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645;
        self.state = self.state.wrapping_mul(FACTOR).wrapping_add(0x5851_f42d_4c95_7f2d_1405_7b7e_f767_814f);
        self.state ^ (self.state >> 64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a valid time")
    }

    #[test]
    fn ids_grow_although_the_clock_goes_back() {
        let mut ids = Ids::new();
        let mut last = None;
        for time in
            ["2026-11-20T20:13:00Z", "2026-11-20T20:13:00Z", "1999-01-01T00:00:00Z", "2030-01-01T00:00:00Z"]
        {
            let id = ids.after(last, at(time)).expect("not the largest");
            assert!(last < Some(id), "{time}");
            last = Some(id);
        }
    }

    #[test]
    fn nothing_follows_the_largest_id() {
        let now = at("2026-11-20T20:13:00Z");
        assert_eq!(Ids::new().after(Some(MessageId(Ulid::max())), now), None);
        let before = MessageId(Ulid(u128::MAX - 1));
        assert_eq!(Ids::new().after(Some(before), now), Some(MessageId(Ulid::max())));
    }

    #[test]
    fn a_fresh_millisecond_gives_its_time() {
        let now = at("2026-11-20T20:13:00.123Z");
        let id = Ids::new().after(None, now).expect("not the largest");
        assert_eq!(id.0.timestamp_ms(), now.as_millisecond().cast_unsigned());
    }
}
