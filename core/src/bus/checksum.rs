//! CRC-32C, in hardware where there is one.
//!
//! Whoever uses what only some processors have must ask first. On a virtual machine the hypervisor answers
//! (`CPUID` traps), and the dozen questions take longer than to append a message: so a process that
//! appends or reads a few messages does not ask.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes that a process sums up before it asks.
const BEFORE: usize = 16 << 10;

/// Sums of each byte, by the reflected polynomial.
const TABLE: [u32; 256] = table();

const fn table() -> [u32; 256] {
    const POLYNOMIAL: u32 = 0x82F6_3B78;
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut sum = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ POLYNOMIAL } else { sum >> 1 };
            bit += 1;
        }
        table[byte] = sum;
        byte += 1;
    }
    table
}

/// The checksum of `bytes`.
pub(super) fn crc32c(bytes: &[u8]) -> u32 {
    static SUMMED: AtomicUsize = AtomicUsize::new(0);
    let summed = SUMMED.load(Ordering::Relaxed);
    if summed.saturating_add(bytes.len()) > BEFORE {
        SUMMED.store(BEFORE, Ordering::Relaxed);
        return crc32c::crc32c(bytes);
    }
    SUMMED.store(summed + bytes.len(), Ordering::Relaxed);
    by_table(bytes)
}

fn by_table(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, byte| sum >> 8 ^ TABLE[usize::from(sum as u8 ^ byte)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_of_the_format_is_that_of_the_hardware() {
        assert_eq!(by_table(b"123456789"), 0xe306_9283);
        let bytes: Vec<u8> = (0..70_000_u32).map(|number| (number.wrapping_mul(number) >> 3) as u8).collect();
        for end in [0, 1, 7, 300, bytes.len()] {
            assert_eq!(by_table(&bytes[..end]), crc32c::crc32c(&bytes[..end]));
            assert_eq!(super::crc32c(&bytes[..end]), crc32c::crc32c(&bytes[..end]));
        }
    }
}
