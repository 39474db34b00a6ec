//! Finds a place in a segment without reading it all: ids are sorted in file order.

use std::fs::File;
use std::io;

use crate::model::MessageId;

use super::last::{Found, next_record};

/// Below this distance a search reads on instead of halving further.
const NEAR: u64 = 8 << 10;

/// The last record of a segment of `size` bytes whose id is at most `id`.
pub(super) fn last_up_to(file: &File, size: u64, id: MessageId) -> io::Result<Option<Found>> {
    let mut best: Option<Found> = None;
    let (mut low, mut high) = (0, size);
    while high - low > NEAR {
        let middle = low + (high - low) / 2;
        match next_record(file, middle, high)? {
            Some(found) if found.id <= id => {
                low = found.end;
                best = Some(found);
            }
            _ => high = middle,
        }
    }
    while let Some(found) = next_record(file, low, high)?.filter(|found| found.id <= id) {
        low = found.end;
        best = Some(found);
    }
    Ok(best)
}
