//! Links that work once: what a page trades for a token of its own.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

use crate::store::tokens;

/// How long a link may be used.
pub const LIFETIME: Duration = Duration::from_secs(10 * 60);
/// Links that wait at once; the oldest goes first.
const MOST: usize = 32;

/// The tickets that were given out and not used yet.
#[derive(Debug, Default)]
pub struct Tickets(Mutex<HashMap<[u8; 32], Instant>>);

impl Tickets {
    /// A new ticket.
    pub fn issue(&self, now: Instant) -> String {
        let ticket = tokens::generate().expose_secret().to_owned();
        let mut waiting = self.waiting();
        waiting.retain(|_, made| now.duration_since(*made) < LIFETIME);
        if waiting.len() >= MOST
            && let Some(oldest) = waiting.iter().min_by_key(|(_, made)| **made).map(|(digest, _)| *digest)
        {
            waiting.remove(&oldest);
        }
        waiting.insert(digest(&ticket), now);
        ticket
    }

    /// Uses a ticket up; whether it was good. Compared by digest, so that its bytes cannot be guessed one
    /// after the other.
    pub fn redeem(&self, ticket: &str, now: Instant) -> bool {
        let made = self.waiting().remove(&digest(ticket));
        made.is_some_and(|made| now.duration_since(made) < LIFETIME)
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, HashMap<[u8; 32], Instant>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn digest(ticket: &str) -> [u8; 32] {
    Sha256::digest(ticket.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_works_once_and_for_ten_minutes() {
        let (tickets, now) = (Tickets::default(), Instant::now());
        let ticket = tickets.issue(now);
        assert!(!tickets.redeem("conductor_guess", now));
        assert!(tickets.redeem(&ticket, now) && !tickets.redeem(&ticket, now));
        let late = tickets.issue(now);
        assert!(!tickets.redeem(&late, now + LIFETIME));
    }

    #[test]
    fn only_so_many_wait() {
        let (tickets, now) = (Tickets::default(), Instant::now());
        let first = tickets.issue(now);
        let others: Vec<_> =
            (1..=MOST as u64).map(|n| tickets.issue(now + Duration::from_millis(n))).collect();
        assert!(!tickets.redeem(&first, now));
        assert!(others.iter().all(|ticket| tickets.redeem(ticket, now)));
    }
}
