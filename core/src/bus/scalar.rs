//! Values in a record's header: one line of YAML each, quoted only where YAML asks for it.
//!
//! What is written here is a subset of YAML's flow style that [`read`] understands without a YAML
//! parser. What it does not understand it leaves to one.

use serde_json::{Map, Number, Value};

/// Appends a text, quoted where it could be taken for anything but this text.
pub(super) fn write_text(text: &str, out: &mut Vec<u8>) {
    if is_plain(text) {
        out.extend_from_slice(text.as_bytes());
    } else {
        write_quoted(text, out);
    }
}

/// Appends any value in flow style: `[{msg_id: "MSG-…", kind: answers}]`.
pub(super) fn write_value(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::String(text) => write_text(text, out),
        Value::Array(items) => write_list(items, out),
        Value::Object(entries) => write_map(entries, out),
        Value::Null | Value::Bool(_) | Value::Number(_) => {
            out.extend_from_slice(value.to_string().as_bytes())
        }
    }
}

fn write_list(items: &[Value], out: &mut Vec<u8>) {
    out.push(b'[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.extend_from_slice(b", ");
        }
        write_value(item, out);
    }
    out.push(b']');
}

fn write_map(entries: &Map<String, Value>, out: &mut Vec<u8>) {
    out.push(b'{');
    for (index, (key, value)) in entries.iter().enumerate() {
        if index > 0 {
            out.extend_from_slice(b", ");
        }
        write_text(key, out);
        out.extend_from_slice(b": ");
        write_value(value, out);
    }
    out.push(b'}');
}

/// Whether YAML of any version reads the bare word as this very text.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some(first) = bytes.first() else { return false };
    // All of them, without a way out in between: sixteen at a time.
    if !bytes.iter().fold(true, |plain, c| plain & is_plain_byte(*c)) {
        return false;
    }
    if first.is_ascii_digit() {
        // No number has one of these letters, whatever its base.
        return bytes
            .iter()
            .any(|c| matches!(c.to_ascii_lowercase(), b'g'..=b'n' | b'p'..=b'w' | b'y' | b'z'));
    }
    first.is_ascii_alphabetic() && !is_reserved(text)
}

/// Whether a bare word may hold this byte.
fn is_plain_byte(c: u8) -> bool {
    matches!(c, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'.' | b'/' | b'@' | b'+')
}

fn is_reserved(text: &str) -> bool {
    if text.len() > 5 {
        return false;
    }
    const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// A JSON string, which is a YAML one as well, with everything escaped that YAML does not print.
fn write_quoted(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for c in text.chars() {
        match c {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\r' => out.extend_from_slice(b"\\r"),
            '\t' => out.extend_from_slice(b"\\t"),
            '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{feff}'
            | '\u{fffe}'
            | '\u{ffff}' => {
                out.extend_from_slice(format!("\\u{:04x}", c as u32).as_bytes());
            }
            _ => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out.push(b'"');
}

/// Reads a value that stands on a line of its own; none where it is not of the shape written here.
pub(super) fn read(line: &str) -> Option<Value> {
    let mut reader = Reader { rest: line.trim_end_matches(' ') };
    let value = reader.value(0)?;
    reader.rest.is_empty().then_some(value)
}

/// Reads a text that stands on a line of its own. A bare word is this text even where YAML would
/// see a number in it.
pub(super) fn read_text(line: &str) -> Option<std::borrow::Cow<'_, str>> {
    let line = line.trim_end_matches(' ');
    if line.starts_with('"') {
        let Value::String(text) = read(line)? else { return None };
        return Some(text.into());
    }
    line.bytes().all(is_plain_byte).then_some(line.into())
}

struct Reader<'a> {
    rest: &'a str,
}

/// Deeper values are left to the YAML parser, which has limits of its own.
const MAX_DEPTH: usize = 64;

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Option<Value> {
        match self.rest.as_bytes().first()? {
            _ if depth > MAX_DEPTH => None,
            b'"' => self.quoted().map(Value::String),
            b'[' => self.list(depth),
            b'{' => self.map(depth),
            _ => self.word().and_then(classify),
        }
    }

    fn list(&mut self, depth: usize) -> Option<Value> {
        self.take("[")?;
        let mut items = Vec::new();
        while self.take("]").is_none() {
            if !items.is_empty() {
                self.take(", ")?;
            }
            items.push(self.value(depth + 1)?);
        }
        Some(Value::Array(items))
    }

    fn map(&mut self, depth: usize) -> Option<Value> {
        self.take("{")?;
        let mut entries = Map::new();
        while self.take("}").is_none() {
            if !entries.is_empty() {
                self.take(", ")?;
            }
            let key = if self.rest.starts_with('"') { self.quoted()? } else { self.word()?.to_owned() };
            self.take(": ")?;
            let value = self.value(depth + 1)?;
            // A key that is there twice is refused by the YAML parser, which names it.
            if entries.insert(key, value).is_some() {
                return None;
            }
        }
        Some(Value::Object(entries))
    }

    fn quoted(&mut self) -> Option<String> {
        let mut escaped = false;
        let end = self.rest.bytes().skip(1).position(|c| {
            let ends = c == b'"' && !escaped;
            escaped = c == b'\\' && !escaped;
            ends
        })? + 2;
        let (literal, rest) = self.rest.split_at(end);
        self.rest = rest;
        serde_json::from_str(literal).ok()
    }

    fn word(&mut self) -> Option<&'a str> {
        let end = self.rest.find([',', ']', '}', ':', ' ']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!word.is_empty()).then_some(word)
    }

    fn take(&mut self, token: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(token)?;
        Some(())
    }
}

fn classify(word: &str) -> Option<Value> {
    match word {
        "null" => Some(Value::Null),
        "true" => Some(Value::Bool(true)),
        "false" => Some(Value::Bool(false)),
        _ if is_plain(word) => Some(Value::String(word.to_owned())),
        _ => serde_json::from_str::<Number>(word).ok().map(Value::Number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(text: &str) -> String {
        let mut out = Vec::new();
        write_text(text, &mut out);
        String::from_utf8(out).expect("text stays text")
    }

    #[test]
    fn words_stay_bare_and_the_rest_is_quoted() {
        for plain in
            ["PROGRESS", "task-20261120-201300-fix-login", "01JD8Z7W0000000000000000AB", "demo/task-1"]
        {
            assert_eq!(written(plain), plain);
        }
        for quoted in
            ["", "no", "True", "12", "1e5", "0xAF", "2026-11-20", "a b", "a: b", "- a", "~", ".5", "ä"]
        {
            assert_eq!(written(quoted), format!("\"{quoted}\""));
        }
        assert_eq!(written("a\nb\u{2028}\u{7f}"), r#""a\nb\u2028\u007f""#);
    }

    #[test]
    fn shapes_that_are_not_ours_are_left_to_yaml() {
        for foreign in ["[a,b]", "{a: 1, a: 2}", "'a'", "a # b", "&x a", "[a", "\"a\" b", "|"] {
            assert_eq!(read(foreign), None, "{foreign}");
        }
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            "[a-zA-Z0-9_./@+ :,{}-]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_value_reads_back(value in json()) {
            let mut out = Vec::new();
            write_value(&value, &mut out);
            let text = String::from_utf8(out).expect("text stays text");
            prop_assert!(!text.contains('\n'));
            prop_assert_eq!(read(&text), Some(value));
        }

        #[test]
        fn every_text_reads_back(text in any::<String>()) {
            let line = written(&text);
            let read = read_text(&line).map(std::borrow::Cow::into_owned);
            prop_assert_eq!(read, Some(text));
        }
    }
}
