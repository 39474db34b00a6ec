//! The bytes of a cursor: numbers, texts, and words that stand once.

use std::collections::HashMap;

use ulid::Ulid;

/// Writes what refers to words, and gathers the words.
pub(super) struct Writer {
    words: Vec<u8>,
    known: HashMap<String, u64>,
    out: Vec<u8>,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self { words: Vec::new(), known: HashMap::new(), out: Vec::new() }
    }

    pub(super) fn byte(&mut self, byte: u8) {
        self.out.push(byte);
    }

    pub(super) fn number(&mut self, number: u64) {
        number_to(number, &mut self.out);
    }

    pub(super) fn fixed(&mut self, number: u32) {
        self.out.extend(number.to_le_bytes());
    }

    pub(super) fn ulid(&mut self, ulid: Ulid) {
        self.out.extend(ulid.0.to_be_bytes());
    }

    pub(super) fn text(&mut self, text: &str) {
        text_to(text, &mut self.out);
    }

    /// A reference to a word, or to none.
    pub(super) fn word_if(&mut self, word: Option<&str>) {
        let reference = word.map_or(0, |word| self.reference(word));
        self.number(reference);
    }

    fn reference(&mut self, word: &str) -> u64 {
        if let Some(known) = self.known.get(word) {
            return *known;
        }
        text_to(word, &mut self.words);
        let next = self.known.len() as u64 + 1;
        self.known.insert(word.to_owned(), next);
        next
    }

    /// The words, a count, and what was written.
    pub(super) fn finish(self, count: usize) -> Vec<u8> {
        let mut all = Vec::with_capacity(self.words.len() + self.out.len() + 8);
        number_to(self.known.len() as u64, &mut all);
        all.extend(self.words);
        number_to(count as u64, &mut all);
        all.extend(self.out);
        all
    }
}

fn number_to(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push((number & 0x7F) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn text_to(text: &str, out: &mut Vec<u8>) {
    number_to(text.len() as u64, out);
    out.extend(text.as_bytes());
}

/// Reads what a [`Writer`] wrote; none for anything else.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    words: Vec<&'a str>,
}

impl<'a> Reader<'a> {
    /// Takes the words.
    pub(super) fn new(bytes: &'a [u8]) -> Option<Self> {
        let mut reader = Self { bytes, words: Vec::new() };
        for _ in 0..reader.size()? {
            let word = reader.text()?;
            reader.words.push(word);
        }
        Some(reader)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7F);
            if part << shift >> shift != part {
                return None;
            }
            number |= part << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// A number of things that stand in what follows, each of which has at least a byte.
    pub(super) fn size(&mut self) -> Option<usize> {
        let size = usize::try_from(self.number()?).ok()?;
        (size <= self.bytes.len()).then_some(size)
    }

    pub(super) fn fixed(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    pub(super) fn ulid(&mut self) -> Option<Ulid> {
        Some(Ulid(u128::from_be_bytes(self.take(16)?.try_into().ok()?)))
    }

    pub(super) fn text(&mut self) -> Option<&'a str> {
        let size = self.size()?;
        std::str::from_utf8(self.take(size)?).ok()
    }

    /// The word that is referred to; none of them where none is.
    pub(super) fn word_if(&mut self) -> Option<Option<&'a str>> {
        match usize::try_from(self.number()?).ok()?.checked_sub(1) {
            None => Some(None),
            Some(index) => Some(Some(*self.words.get(index)?)),
        }
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        Some(taken)
    }
}
