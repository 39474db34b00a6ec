//! Reading agents' JSON without trusting its shape.

use serde_json::Value;

use super::Parsed;

/// Bytes of a tool's output that an event keeps; the log has all of it.
const OUTPUT_MAX: usize = 64 * 1024;

/// The JSON of a line; else what the line is instead: nothing, or raw.
pub(super) fn value(line: &[u8]) -> Result<Value, Parsed> {
    if line.trim_ascii().is_empty() {
        return Err(Parsed::default());
    }
    serde_json::from_slice(line).map_err(|_| Parsed::raw(line))
}

/// The string at `key`.
pub(super) fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str()
}

/// The non-negative whole number at `key`; some services write them as `1000.0`.
pub(super) fn number(value: &Value, key: &str) -> Option<u64> {
    let value = value.get(key)?;
    value.as_u64().or_else(|| value.as_f64().filter(|n| *n >= 0.0 && n.is_finite()).map(|n| n as u64))
}

/// Text bounded to what an event keeps: its start and its end.
pub(super) fn kept(text: &str) -> String {
    if text.len() <= OUTPUT_MAX {
        return text.to_owned();
    }
    let half = OUTPUT_MAX / 2;
    let boundary = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at += 1;
        }
        at
    };
    let head = &text[..boundary(half)];
    let tail = &text[boundary(text.len() - half)..];
    format!("{head}\n[… {} bytes left out …]\n{tail}", text.len() - head.len() - tail.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_output_keeps_its_start_and_its_end() {
        let text = format!("first {} last", "é".repeat(OUTPUT_MAX));
        let short = kept(&text);
        assert!(short.len() < OUTPUT_MAX + 100, "{}", short.len());
        assert!(short.starts_with("first é") && short.ends_with("é last"));
        assert_eq!(kept("short"), "short");
    }
}
