//! Hiding known secrets in bytes that are shown: byte for byte, wherever chunks are cut.

use std::borrow::Cow;
use std::sync::{Arc, PoisonError, RwLock};

use memchr::memmem::Finder;
use secrecy::{ExposeSecret, SecretString};

const COVER: u8 = b'*';

/// Replaces every byte of every occurrence of a secret by `*`, so that positions stay what they are.
///
/// The end of a chunk that could be the beginning of a secret is held back until more comes or
/// [`finish`](Self::finish) is called.
#[derive(Clone)]
pub struct Mask {
    finders: Vec<Finder<'static>>,
    /// What is held back, as it came.
    held: Vec<u8>,
    /// Which bytes of it belong to a secret that was seen.
    covered: Vec<bool>,
}

impl Mask {
    /// A mask for these values, and for the form that they take inside JSON.
    pub fn new(secrets: &[SecretString]) -> Self {
        let mut patterns: Vec<Vec<u8>> =
            secrets.iter().flat_map(|secret| forms(secret.expose_secret())).collect();
        patterns.sort();
        patterns.dedup();
        let finders = patterns.iter().map(|pattern| Finder::new(pattern).into_owned()).collect();
        Self { finders, held: Vec::new(), covered: Vec::new() }
    }

    /// Takes the next bytes; gives those for which it is certain.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<u8> {
        if self.finders.is_empty() {
            return bytes.to_vec();
        }
        self.held.extend(bytes);
        self.covered.resize(self.held.len(), false);
        for finder in &self.finders {
            occurrences(finder, &self.held, |start, end| self.covered[start..end].fill(true));
        }
        self.release(self.held.len() - self.undecided(&self.held))
    }

    /// Gives what was held back.
    pub fn finish(&mut self) -> Vec<u8> {
        self.release(self.held.len())
    }

    /// Masks a whole text at once. What was held back of other chunks is not touched.
    pub fn apply(&self, bytes: &[u8]) -> Vec<u8> {
        let mut fresh = Self { finders: self.finders.clone(), held: Vec::new(), covered: Vec::new() };
        let mut masked = fresh.push(bytes);
        masked.extend(fresh.finish());
        masked
    }

    /// Bytes of the longest secret; 0: there is none to hide.
    pub fn longest(&self) -> usize {
        self.finders.iter().map(|finder| finder.needle().len()).max().unwrap_or(0)
    }

    /// Masks one part of a text, and tells how many bytes at its end could begin a secret that goes on
    /// behind it. For who can read what stands around the part: with [`longest`](Self::longest)` - 1`
    /// bytes before it, the part is masked as the whole would be. Copies only where a secret stands.
    pub fn part<'a>(&self, bytes: &'a [u8]) -> (Cow<'a, [u8]>, usize) {
        let mut covered = Vec::new();
        for finder in &self.finders {
            occurrences(finder, bytes, |start, end| covered.push(start..end));
        }
        let mut masked = Cow::Borrowed(bytes);
        for range in covered {
            masked.to_mut()[range].fill(COVER);
        }
        (masked, self.undecided(bytes))
    }

    /// Length of the longest end of `bytes` that begins a secret.
    fn undecided(&self, bytes: &[u8]) -> usize {
        let begins = |finder: &Finder<'_>| {
            let pattern = finder.needle();
            let longest = bytes.len().min(pattern.len() - 1);
            (1..=longest).rev().find(|length| bytes.ends_with(&pattern[..*length])).unwrap_or(0)
        };
        self.finders.iter().map(begins).max().unwrap_or(0)
    }

    fn release(&mut self, count: usize) -> Vec<u8> {
        let covered = self.covered.drain(..count);
        self.held
            .drain(..count)
            .zip(covered)
            .map(|(byte, covered)| if covered { COVER } else { byte })
            .collect()
    }
}

/// A mask that many use, while what is known to be secret changes.
#[derive(Debug, Clone)]
pub struct LiveMask(Arc<RwLock<Arc<Mask>>>);

impl LiveMask {
    /// For all who get a clone of it.
    pub fn new(mask: Mask) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(mask))))
    }

    /// As it is now.
    pub fn get(&self) -> Arc<Mask> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What it is from now on.
    pub fn set(&self, mask: Mask) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(mask);
    }
}

impl std::fmt::Debug for Mask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mask").field("secrets", &self.finders.len()).finish_non_exhaustive()
    }
}

/// Tells begin and end of every occurrence, those that overlap included.
fn occurrences(finder: &Finder<'_>, bytes: &[u8], mut tell: impl FnMut(usize, usize)) {
    let length = finder.needle().len();
    let mut from = 0;
    while let Some(index) = finder.find(&bytes[from..]) {
        let start = from + index;
        tell(start, start + length);
        from = start + 1;
    }
}

/// A secret as it is, and as it stands inside a JSON string where that differs.
fn forms(secret: &str) -> impl Iterator<Item = Vec<u8>> {
    let quoted = serde_json::Value::from(secret).to_string();
    let inside = quoted.as_bytes()[1..quoted.len() - 1].to_vec();
    [secret.as_bytes().to_vec(), inside].into_iter().filter(|form| !form.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mask(secrets: &[&str]) -> Mask {
        Mask::new(&secrets.iter().map(|secret| SecretString::from(*secret)).collect::<Vec<_>>())
    }

    fn in_chunks(mut mask: Mask, bytes: &[u8], size: usize) -> Vec<u8> {
        let mut shown: Vec<u8> = bytes.chunks(size).flat_map(|chunk| mask.push(chunk)).collect();
        shown.extend(mask.finish());
        shown
    }

    #[test]
    fn every_byte_of_a_secret_is_covered_and_nothing_else() {
        let text = b"key=sk-12345, again sk-12345; not sk-1234";
        let shown = mask(&["sk-12345"]).apply(text);
        assert_eq!(shown, b"key=********, again ********; not sk-1234");
    }

    #[test]
    fn overlapping_secrets_are_covered_whole() {
        assert_eq!(mask(&["abcab"]).apply(b"xabcabcaby"), b"x********y");
        assert_eq!(mask(&["abc", "bcd"]).apply(b"abcd"), b"****");
        assert_eq!(mask(&["abc", "abcdef"]).apply(b"abcdeg"), b"***deg");
    }

    #[test]
    fn the_form_inside_json_is_covered_too() {
        assert_eq!(mask(&["a\"b\\c"]).apply(br#"{"k":"a\"b\\c"}"#), br#"{"k":"*******"}"#);
    }

    #[test]
    fn only_a_possible_beginning_is_held_back() {
        let mut mask = mask(&["secret"]);
        assert_eq!(mask.push(b"plain text se"), b"plain text ");
        assert_eq!(mask.push(b"lf"), b"self");
        assert_eq!(mask.push(b"secre"), b"");
        assert_eq!(mask.push(b"t!"), b"******!");
        assert_eq!(mask.push(b"sec"), b"");
        assert_eq!(mask.finish(), b"sec");
    }

    #[test]
    fn without_secrets_bytes_pass() {
        assert_eq!(mask(&[]).push(b"text"), b"text");
        assert!(matches!(mask(&[]).part(b"text"), (Cow::Borrowed(b"text"), 0)));
    }

    #[test]
    fn a_part_is_copied_only_where_a_secret_stands() {
        let mask = mask(&["secret"]);
        assert_eq!(mask.longest(), 6);
        assert!(matches!(mask.part(b"plain sec"), (Cow::Borrowed(b"plain sec"), 3)));
        assert!(matches!(mask.part(b"a secret s"), (Cow::Owned(shown), 1) if shown == b"a ****** s"));
    }

    proptest! {
        #[test]
        fn chunks_do_not_matter_and_lengths_stay(
            secrets in prop::collection::vec("[ab]{1,6}", 1..4),
            text in "[abc]{0,60}",
            size in 1_usize..9,
        ) {
            let secrets: Vec<_> = secrets.iter().map(String::as_str).collect();
            let shown = in_chunks(mask(&secrets), text.as_bytes(), size);
            let mut expected = text.clone().into_bytes();
            for secret in &secrets {
                for start in 0..text.len() {
                    if text[start..].starts_with(secret) {
                        expected[start..start + secret.len()].fill(b'*');
                    }
                }
            }
            prop_assert_eq!(&shown, &expected);
            // A part with enough before it is as the whole, but for the end that is told.
            let mask = mask(&secrets);
            for start in 0..text.len() {
                let look = start.saturating_sub(mask.longest() - 1);
                for end in start..=text.len() {
                    let (part, open) = mask.part(&text.as_bytes()[look..end]);
                    let sure = end.saturating_sub(open).max(start);
                    prop_assert_eq!(&part[start - look..sure - look], &expected[start..sure]);
                }
            }
        }
    }
}
