//! Text as a JSON string, at the speed of what it is sent over.

/// Appends `text` as a JSON string, quotes included, in the form that `serde_json` gives it.
pub(super) fn quote(text: &str, out: &mut String) {
    out.push('"');
    let bytes = text.as_bytes();
    let mut done = 0;
    while let Some(index) = next_special(&bytes[done..]) {
        let at = done + index;
        out.push_str(&text[done..at]);
        escape(bytes[at], out);
        done = at + 1;
    }
    out.push_str(&text[done..]);
    out.push('"');
}

/// What stands for a character that cannot stand for itself: all of them are ASCII.
fn escape(byte: u8, out: &mut String) {
    match byte {
        b'"' => out.push_str("\\\""),
        b'\\' => out.push_str("\\\\"),
        b'\n' => out.push_str("\\n"),
        b'\r' => out.push_str("\\r"),
        b'\t' => out.push_str("\\t"),
        0x08 => out.push_str("\\b"),
        0x0C => out.push_str("\\f"),
        _ => {
            const DIGITS: [char; 16] =
                ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
            out.push_str("\\u00");
            out.push(DIGITS[usize::from(byte >> 4)]);
            out.push(DIGITS[usize::from(byte & 15)]);
        }
    }
}

/// Where the first byte stands that has to be escaped. Eight bytes are looked at together.
fn next_special(bytes: &[u8]) -> Option<usize> {
    let mut words = bytes.chunks_exact(8);
    let mut at = 0;
    for word in &mut words {
        let word = u64::from_le_bytes(word.try_into().expect("a chunk of eight has eight"));
        let marks = special(word);
        if marks != 0 {
            return Some(at + (marks.trailing_zeros() / 8) as usize);
        }
        at += 8;
    }
    let is_special = |byte: &u8| *byte < 0x20 || matches!(byte, b'"' | b'\\');
    words.remainder().iter().position(is_special).map(|index| at + index)
}

/// Sets the highest bit of the first byte that has to be escaped; those after it may be wrong.
fn special(word: u64) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES << 7;
    let below = |limit: u8| word.wrapping_sub(ONES * u64::from(limit)) & !word;
    let equal = |byte: u8| {
        let zero = word ^ (ONES * u64::from(byte));
        zero.wrapping_sub(ONES) & !zero
    };
    (below(0x20) | equal(b'"') | equal(b'\\')) & HIGHS
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_what_serde_gives(text in prop_oneof![".{0,80}", "[\\x00-\\x30\\\\\"é\\x7f😀]{0,80}"]) {
            let mut quoted = String::new();
            quote(&text, &mut quoted);
            prop_assert_eq!(quoted, serde_json::to_string(&text).unwrap());
        }
    }

    #[test]
    fn every_byte_is_told_apart() {
        for byte in 0..=127_u8 {
            let text = format!("1234567{}", char::from(byte));
            let mut quoted = String::new();
            quote(&text, &mut quoted);
            assert_eq!(quoted, serde_json::to_string(&text).unwrap(), "{byte}");
        }
    }
}
