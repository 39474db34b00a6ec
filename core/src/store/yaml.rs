//! YAML in and out: the only module that knows the library behind it.
//!
//! Duplicate keys are refused, input is bounded, aliases and merge keys cannot blow up. Keys are
//! written in the order of the struct's fields. A file that promises its last line and has none was cut
//! short: the rest may well be YAML, and mean something else.

use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::dir::Dir;
use super::error::{Result, StoreError, StoreErrorKind};

/// The largest file of ours that is read as YAML.
pub const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// The first line of a file that promises its last one. A comment: a program that does not know it drops it
/// with the promise when it writes the file.
const PROMISE: &str = "# This file is whole when a line \"# end\" follows.";
/// The last line of such a file. What people append to it is read as before.
const END: &str = "# end";

/// Parses one document; `path` is for the error only.
///
/// # Errors
/// [`StoreErrorKind::Yaml`] with line and column; [`StoreErrorKind::CutShort`].
pub fn parse<T: DeserializeOwned>(text: &str, path: &Path) -> Result<T> {
    if text.len() as u64 > MAX_BYTES {
        return Err(StoreError::new(path, StoreErrorKind::TooLarge { limit: MAX_BYTES }));
    }
    if is_cut_short(text) {
        return Err(StoreError::new(path, StoreErrorKind::CutShort));
    }
    serde_saphyr::from_str_with_options(text, options()).map_err(|error| {
        let place = error.location();
        let kind = StoreErrorKind::Yaml {
            line: place.as_ref().map_or(0, |place| place.line()),
            column: place.as_ref().map_or(0, |place| place.column()),
            message: words(&one_line(&error.without_snippet().to_string())),
        };
        StoreError::new(path, kind)
    })
}

/// Reads and parses a file of at most [`MAX_BYTES`].
///
/// # Errors
/// When it cannot be read or parsed.
pub fn read<T: DeserializeOwned>(dir: &Dir, name: &str) -> Result<T> {
    parse(&dir.read_text(name, MAX_BYTES)?, &dir.join(name))
}

/// Writes one document.
///
/// # Errors
/// [`StoreErrorKind::Emit`] for a value that YAML cannot hold.
pub fn emit<T: Serialize>(value: &T) -> Result<String> {
    serde_saphyr::to_string(value)
        .map_err(|error| StoreError::new("", StoreErrorKind::Emit { message: one_line(&error.to_string()) }))
}

/// Writes one document between the promise of its last line and that line.
///
/// # Errors
/// As [`emit`].
pub(super) fn emit_whole<T: Serialize>(value: &T) -> Result<String> {
    emit(value).map(|text| format!("{PROMISE}\n{text}{END}\n"))
}

fn is_cut_short(text: &str) -> bool {
    let mut lines = text.lines();
    lines.next() == Some(PROMISE) && !lines.any(|line| line == END)
}

fn options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: 200_000,
            max_aliases: 1_000,
            max_anchors: 1_000,
            max_depth: 64,
            max_documents: 1,
        },
        // YAML 1.1 reads `no` as false: a word is a word.
        strict_booleans: true,
        merge_keys: serde_saphyr::MergeKeyPolicy::AsOrdinary,
    }
}

/// The library's words, but for its own limits, which it names after its types.
fn words(message: &str) -> String {
    let is_limit = |word: &&str| message.to_ascii_lowercase().contains(*word);
    match ["budget", "alias replay", "alias limit"].iter().any(is_limit) {
        true => "has too many aliases, levels or values for a settings file".to_owned(),
        false => message.to_owned(),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn parsed<T: DeserializeOwned>(text: &str) -> Result<T> {
        parse(text, Path::new("file.yaml"))
    }

    #[test]
    fn an_error_names_its_place_on_one_line() {
        let error = parsed::<BTreeMap<String, u32>>("a: 1\nb: x\n").expect_err("no number");
        let StoreErrorKind::Yaml { line: 2, column: 4, message } = &error.kind else { panic!("{error}") };
        assert!(!message.contains('\n'), "{message}");
        assert!(error.to_string().starts_with("file.yaml: line 2, column 4: "), "{error}");
    }

    #[test]
    fn duplicate_keys_are_refused() {
        assert!(parsed::<Value>("a: 1\na: 2\n").is_err());
        assert!(parsed::<Value>("a: {b: 1, b: 2}\n").is_err());
    }

    #[test]
    fn words_stay_words() {
        let value: Value = parsed("[no, yes, on, off, y, true, null, ~, '1', 1.10]").expect("parsed");
        assert_eq!(value, json!(["no", "yes", "on", "off", "y", true, null, null, "1", 1.1]));
        let words: Vec<String> = parsed("[no, 'true', \"1\"]").expect("parsed");
        assert_eq!(words, ["no", "true", "1"]);
    }

    #[test]
    fn what_would_blow_up_is_refused() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let last = format!("*a{}", level - 1);
            bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![last; 10].join(", ")));
        }
        assert!(parsed::<Value>(&bomb).is_err());
        assert!(parsed::<Value>(&"[".repeat(100_000)).is_err());
        assert!(parsed::<Value>(&"- ".repeat(100_000)).is_err());
        assert!(parsed::<Value>("a: 1\n---\nb: 2\n").is_err());
        let large = "x".repeat(MAX_BYTES as usize + 1);
        assert!(matches!(parsed::<Value>(&large).expect_err("large").kind, StoreErrorKind::TooLarge { .. }));
    }

    #[test]
    fn a_whole_file_is_whole_and_no_part_of_it_is() {
        let value =
            BTreeMap::from([("pid", json!(12345)), ("text", json!("a\n# end\nb")), ("z", json!("no"))]);
        let text = emit_whole(&value).expect("emitted");
        assert_eq!(parsed::<Value>(&text).expect("whole"), json!(value));
        assert_eq!(parsed::<Value>(text.trim_end()).expect("whole"), json!(value), "an editor's last line");
        for end in PROMISE.len()..text.len() - 1 {
            let cut = parsed::<BTreeMap<String, Value>>(&text[..end]);
            assert!(cut.is_err(), "cut at {end}: {cut:?}");
        }
        let longer = parsed::<Value>(&format!("{text}more: 1\n")).expect("added to");
        assert_eq!((&longer["pid"], &longer["more"]), (&json!(12345), &json!(1)));
    }

    #[test]
    fn half_a_file_is_an_error_or_a_shorter_file_and_never_a_panic() {
        let text = "version: 1\nname: \"a: b\"\nlist: [1, {x: y}]\ntext: |\n  one\n  two\n";
        for end in 0..text.len() {
            let _ = parsed::<Value>(&text[..end]);
        }
    }

    /// Values as unknown fields may hold them.
    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f32>()
                .prop_filter("finite", |number| number.is_finite())
                .prop_map(|number| json!(f64::from(number))),
            "\\PC{0,40}".prop_map(Value::from),
            "[ -~\n\t\"'#:|>{}\\[\\],&*!%@`-]{0,40}".prop_map(Value::from),
            ".{0,100}".prop_map(Value::from),
            Just(json!("no")),
            Just(json!("2026-11-20T20:13:00Z")),
            Just(json!("0x1F")),
            Just(json!("~")),
            Just(json!("...")),
            Just(json!("---")),
        ];
        leaf.prop_recursive(3, 20, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map("[ -~]{0,12}", inner, 0..5)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_emitted_is_read_back(value in prop::collection::btree_map("[ -~]{1,12}", values(), 0..6)) {
            let text = emit_whole(&value).expect("emitted");
            prop_assert!(is_cut_short(text.trim_end().strip_suffix(END).expect("its end")), "{}", text);
            let back: BTreeMap<String, Value> = parsed(&text).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
            prop_assert_eq!(back, value, "{}", text);
        }

        #[test]
        fn garbage_never_panics(text in ".{0,400}") {
            let _ = parsed::<Value>(&text);
        }
    }
}
