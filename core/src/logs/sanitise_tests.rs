use proptest::prelude::*;

use super::*;

fn coloured(bytes: &[u8]) -> String {
    in_chunks(bytes, bytes.len().max(1))
}

fn in_chunks(bytes: &[u8], size: usize) -> String {
    let mut sanitiser = Sanitiser::new();
    let mut text: String = bytes.chunks(size).map(|chunk| sanitiser.push(chunk)).collect();
    text.push_str(&sanitiser.finish());
    text
}

#[test]
fn plain_text_stays_as_it_is() {
    let text = "one\ttwo\nüñí 漢字 🎉\n";
    assert_eq!(coloured(text.as_bytes()), text);
}

#[test]
fn colours_stay_and_are_taken_back_at_the_end() {
    assert_eq!(coloured(b"\x1b[1;31mred\x1b[0m"), "\x1b[1;31mred\x1b[0m");
    assert_eq!(coloured(b"\x1b[31mred"), "\x1b[31mred\x1b[0m");
    assert_eq!(strip(b"\x1b[1;31mred\x1b[m."), "red.");
}

#[test]
fn what_acts_on_a_terminal_is_left_out() {
    for (bytes, text) in [
        (&b"a\x1b[2Jb"[..], "ab"),
        (b"a\x1b[10;5Hb\x1b[3Ac", "abc"),
        (b"a\x1b]0;title\x07b", "ab"),
        (b"a\x1b]52;c;cm0gLXJm\x1b\\b", "ab"),
        (b"a\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\b", "alinkb"),
        (b"a\x1bP$qm\x1b\\b", "ab"),
        (b"a\x1b_apc\x1b\\b", "ab"),
        (b"a\x1b[?1049hb\x1b[6nc", "abc"),
        (b"a\x1bcb\x1b(0c", "abc"),
        (b"a\x1b[>4;2mb", "ab"),
        (b"a\x1b[8mhidden", "ahidden"),
    ] {
        assert_eq!(coloured(bytes), text, "{}", bytes.escape_ascii());
    }
}

#[test]
fn control_characters_are_shown() {
    assert_eq!(coloured(b"a\x07b\x08c\x0ed\x7fe\x00"), "a␇b␈c␎d␡e␀");
    assert_eq!(coloured("a\u{9b}2Jb".as_bytes()), "a\u{fffd}2Jb");
    assert_eq!(coloured(b"a\x9b2Jb"), "a\u{fffd}2Jb");
    assert_eq!(coloured("safe\u{202e}txt.exe".as_bytes()), "safe\u{fffd}txt.exe");
}

#[test]
fn a_carriage_return_ends_a_line_and_cannot_overwrite_one() {
    assert_eq!(coloured(b"a\r\nb\rc\r\r\nd\r"), "a\nb\nc\n\nd\n");
}

#[test]
fn an_open_string_cannot_hide_the_next_line() {
    for open in ["\x1b]0;title", "\x1bP1$r", "\x1b_x", "\x1b^x", "\x1bXx", "\x1b[1;2", "\x1b"] {
        let text = coloured(format!("before{open}\nafter\n").as_bytes());
        assert!(text.starts_with("before") && text.ends_with("\nafter\n"), "{open:?}: {text:?}");
    }
}

#[test]
fn a_string_of_any_length_costs_little() {
    let mut sanitiser = Sanitiser::new();
    sanitiser.push(b"\x1b]0;");
    for _ in 0..1000 {
        assert_eq!(sanitiser.push(&[b'x'; 10_000]), "");
    }
    assert_eq!(sanitiser.push(b"\x07seen"), "seen");
}

#[test]
fn what_is_not_utf8_is_replaced() {
    assert_eq!(coloured(b"a\xff\xfeb\xc3"), "a\u{fffd}\u{fffd}b\u{fffd}");
}

/// What a terminal could act on.
fn is_dangerous(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find('\x1b') {
        let tail = &rest[at + 1..];
        let Some(end) = tail.find('m') else { return true };
        let body = &tail[..end];
        if !body.starts_with('[') || !body[1..].chars().all(|c| c.is_ascii_digit() || matches!(c, ';' | ':'))
        {
            return true;
        }
        rest = &tail[end..];
    }
    text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t' | '\x1b'))
}

fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => prop::collection::vec(any::<u8>(), 0..6),
        2 => "[a-z ]{0,5}".prop_map(String::into_bytes),
        1 => "\\PC{0,3}".prop_map(String::into_bytes),
        3 => prop::sample::select(vec![
            "\x1b[", "\x1b]", "\x1bP", "\x1b_", "\x1b", "m", "\x07", "\x1b\\", "\n", "\r", "31", ";", ":", "é", "漢",
            "\x1b[31m", "\x1b[0m", "\x1b[38;5;1m", "8", "?", "\x18",
        ]).prop_map(|text| text.as_bytes().to_vec()),
    ]
}

proptest! {
    #[test]
    fn chunks_do_not_matter_and_nothing_dangerous_is_left(
        pieces in prop::collection::vec(piece(), 0..30),
        size in 1_usize..9,
    ) {
        let bytes = pieces.concat();
        let whole = coloured(&bytes);
        prop_assert!(!is_dangerous(&whole), "{:?}", whole);
        prop_assert_eq!(in_chunks(&bytes, size), whole);
    }

    #[test]
    fn stripped_text_holds_no_control_at_all(pieces in prop::collection::vec(piece(), 0..30)) {
        let text = strip(&pieces.concat());
        prop_assert!(text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\t')));
    }
}
