//! Bytes as JSON: text where they are UTF-8, base64 where they are not.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// So many bytes of UTF-8 end a part that is not: fewer are no text in the midst of something else.
const TEXT: usize = 64;

/// A part of a log that is text, or is not.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) range: Range<usize>,
    is_text: bool,
}

impl Part {
    /// The content of its frame; `offset`: where it stands in the log.
    pub(super) fn json(&self, bytes: &[u8], offset: u64) -> String {
        let bytes = &bytes[self.range.clone()];
        let mut json = String::with_capacity(bytes.len() + bytes.len() / 8 + 64);
        json.push_str("{\"offset\":");
        json.push_str(&offset.to_string());
        match std::str::from_utf8(bytes) {
            Ok(text) if self.is_text => {
                json.push_str(",\"text\":");
                super::super::escape::quote(text, &mut json);
            }
            _ => {
                json.push_str(",\"base64\":\"");
                STANDARD.encode_string(bytes, &mut json);
                json.push('"');
            }
        }
        json.push('}');
        json
    }
}

/// How many bytes at the end begin a character that is not whole.
pub(super) fn broken_end(bytes: &[u8]) -> usize {
    let tail = &bytes[bytes.len().saturating_sub(3)..];
    for (index, byte) in tail.iter().enumerate().rev() {
        let length = match byte {
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            0x80..=0xBF => continue,
            _ => return 0,
        };
        let there = &tail[index..];
        let is_begun = there.len() < length
            && std::str::from_utf8(there).is_err_and(|error| error.error_len().is_none());
        return if is_begun { there.len() } else { 0 };
    }
    0
}

/// The parts of a piece, one after the other.
pub(super) fn parts(bytes: &[u8]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let text = text_length(&bytes[start..]);
        if text > 0 {
            parts.push(Part { range: start..start + text, is_text: true });
            start += text;
        }
        let other = other_length(&bytes[start..]);
        if other > 0 {
            parts.push(Part { range: start..start + other, is_text: false });
            start += other;
        }
    }
    parts
}

/// How many bytes from the beginning are UTF-8.
fn text_length(bytes: &[u8]) -> usize {
    std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len)
}

/// How many bytes from the beginning are better not taken as text: to the next that is, and goes on to
/// the end or for a while.
fn other_length(bytes: &[u8]) -> usize {
    let mut at = 0;
    while at < bytes.len() {
        let ahead = &bytes[at..bytes.len().min(at + TEXT)];
        match std::str::from_utf8(ahead) {
            Ok(_) => return at,
            // Cut by our looking no further.
            Err(error) if error.error_len().is_none() && at + TEXT < bytes.len() => return at,
            Err(error) => at += error.valid_up_to() + error.error_len().unwrap_or(ahead.len()),
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(bytes: &[u8]) -> Vec<serde_json::Value> {
        let json = |part: &Part| serde_json::from_str(&part.json(bytes, part.range.start as u64)).unwrap();
        parts(bytes).iter().map(json).collect()
    }

    #[test]
    fn only_what_is_no_text_is_base64() {
        let found = shown(b"before \xFF\xFE after");
        assert_eq!(found.len(), 3);
        assert_eq!(found[0], serde_json::json!({"offset": 0, "text": "before "}));
        assert_eq!(found[1], serde_json::json!({"offset": 7, "base64": "//4="}));
        assert_eq!(found[2], serde_json::json!({"offset": 9, "text": " after"}));
    }

    #[test]
    fn what_is_no_text_at_all_is_one_part() {
        let noise: Vec<u8> =
            (0..2000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8 | 0x81).collect();
        assert!(parts(&noise).len() < 20, "{}", parts(&noise).len());
    }

    #[test]
    fn a_character_that_has_begun_is_told() {
        for (bytes, held) in [
            ("ä".as_bytes(), 0),
            (&"ä".as_bytes()[..1], 1),
            (&"€".as_bytes()[..2], 2),
            (&"😀".as_bytes()[..3], 3),
            (b"a\x80", 0),
            (b"\xE0\x80", 0),
            (b"", 0),
            (b"\xFF", 0),
        ] {
            assert_eq!(broken_end(bytes), held, "{bytes:x?}");
        }
    }

    proptest! {
        #[test]
        fn the_parts_are_the_bytes(bytes in prop::collection::vec(prop_oneof![any::<u8>(), Just(b'a'), Just(b'"')], 0..400)) {
            let mut read = Vec::new();
            for part in shown(&bytes) {
                prop_assert_eq!(part["offset"].as_u64().unwrap() as usize, read.len());
                match (part["text"].as_str(), part["base64"].as_str()) {
                    (Some(text), None) => read.extend(text.as_bytes()),
                    (None, Some(text)) => read.extend(STANDARD.decode(text).unwrap()),
                    other => prop_assert!(false, "{other:?}"),
                }
            }
            prop_assert_eq!(read, bytes);
        }
    }
}
