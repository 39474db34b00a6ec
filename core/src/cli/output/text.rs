//! Text from outside, made fit to be shown.

use std::borrow::Cow;

/// `text` as one line without anything that could act on a terminal: escape sequences are left out,
/// line ends and tabs become blanks, what else controls becomes `·`.
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            '\n' | '\t' => line.push(' '),
            '\r' => {}
            c if is_control(c) => line.push('·'),
            c => line.push(c),
        }
    }
    line
}

/// Controls of the terminal and of the direction of text.
fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

/// JSON in which the control characters that JSON does not escape by itself (DEL and C1) are escaped.
pub fn inert_json(text: &str) -> Cow<'_, str> {
    let acts = |c: char| matches!(c, '\u{7f}'..='\u{9f}');
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if acts(c) {
            escaped.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_acts_on_a_terminal() {
        assert_eq!(one_line(" a\n\tb\r\u{1b}[2J\u{9b}31m\u{202e}x "), "a  b·[2J·31m·x");
        assert_eq!(inert_json("\"\u{9b}\u{7f}é\""), "\"\\u009b\\u007fé\"");
    }
}
