//! Text that can be printed: colours stay, everything that could act on a terminal does not.

use vte::{Params, Parser, Perform};

use super::sgr;

/// Turns the bytes of a log into text for a person, whatever the chunks they come in.
///
/// - Sequences that move the cursor, set titles, write to the clipboard or ask the terminal for
///   something are left out; colours stay where asked for.
/// - Other control characters are shown as their pictures (`␇`), a carriage return as a line end.
/// - Invisible characters that turn the direction of text around are shown as `�`.
/// - A sequence that is never closed ends with its line, so it cannot hide what follows.
/// - What is not UTF-8 becomes `�`; sequences and characters may be split between chunks.
pub struct Sanitiser {
    // Without its `std` feature the parser keeps at most 1 KiB of a sequence.
    parser: Parser,
    /// The beginning of a character that the last chunk ended in. The parser would lose what follows
    /// such a character when the next chunk holds more than its rest.
    partial: Vec<u8>,
    text: Text,
}

#[derive(Default)]
struct Text {
    out: String,
    keeps_colours: bool,
    /// Whether a colour was set and not reset since.
    is_coloured: bool,
    /// A carriage return was read; a line feed after it belongs to it.
    after_return: bool,
    /// Whether the parser told of a line feed since this was last cleared.
    saw_line_feed: bool,
}

impl Sanitiser {
    /// One that keeps colours.
    pub fn new() -> Self {
        Self::with_colours(true)
    }

    /// One that leaves colours out.
    pub fn plain() -> Self {
        Self::with_colours(false)
    }

    /// One that keeps colours or leaves them out.
    pub fn with_colours(keeps_colours: bool) -> Self {
        Self { parser: Parser::new(), partial: Vec::new(), text: Text { keeps_colours, ..Text::default() } }
    }

    /// Takes the next bytes; gives the text that is certain.
    pub fn push(&mut self, bytes: &[u8]) -> String {
        if self.partial.is_empty() {
            self.take(bytes);
        } else {
            let mut joined = std::mem::take(&mut self.partial);
            joined.extend(bytes);
            self.take(&joined);
        }
        std::mem::take(&mut self.text.out)
    }

    /// Gives what was held back and takes back colours that are still set.
    pub fn finish(&mut self) -> String {
        self.end_return();
        let mut last = std::mem::take(&mut self.partial);
        last.push(b'\n');
        self.end_line(&last);
        self.text.out.pop();
        if std::mem::take(&mut self.text.is_coloured) {
            self.text.out.push_str("\x1b[0m");
        }
        std::mem::take(&mut self.text.out)
    }

    fn take(&mut self, bytes: &[u8]) {
        let (whole, partial) = bytes.split_at(bytes.len() - partial_character(bytes));
        self.partial = partial.to_vec();
        for piece in whole.split_inclusive(|byte| *byte == b'\n') {
            if piece.ends_with(b"\n") {
                self.end_line(piece);
            } else {
                self.parser.advance(&mut self.text, piece);
            }
        }
    }

    /// Takes the rest of a line, and ends with it whatever sequence is still open.
    fn end_line(&mut self, line: &[u8]) {
        self.text.saw_line_feed = false;
        self.parser.advance(&mut self.text, line);
        self.parser = Parser::new();
        if !self.text.saw_line_feed {
            self.text.execute(b'\n');
        }
    }

    fn end_return(&mut self) {
        if std::mem::take(&mut self.text.after_return) {
            self.text.out.push('\n');
        }
    }
}

impl Default for Sanitiser {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Sanitiser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sanitiser").field("keeps_colours", &self.text.keeps_colours).finish_non_exhaustive()
    }
}

/// The plain text of a whole log, without colours.
pub fn strip(bytes: &[u8]) -> String {
    let mut sanitiser = Sanitiser::plain();
    let mut text = sanitiser.push(bytes);
    text.push_str(&sanitiser.finish());
    text
}

impl Text {
    fn put(&mut self, c: char) {
        if std::mem::take(&mut self.after_return) {
            self.out.push('\n');
        }
        self.out.push(c);
    }
}

impl Perform for Text {
    fn print(&mut self, c: char) {
        self.put(shown(c));
    }

    fn execute(&mut self, byte: u8) {
        match byte {
            b'\n' => {
                self.saw_line_feed = true;
                // A carriage return before it is part of the same line end.
                self.after_return = false;
                self.out.push('\n');
            }
            b'\r' => {
                if std::mem::replace(&mut self.after_return, true) {
                    self.out.push('\n');
                }
            }
            b'\t' => self.put('\t'),
            _ => self.put(shown(char::from(byte))),
        }
    }

    fn csi_dispatch(&mut self, params: &Params, intermediates: &[u8], ignore: bool, action: char) {
        if action != 'm' || !intermediates.is_empty() || ignore || !self.keeps_colours {
            return;
        }
        if let Some(kept) = sgr::harmless(params.iter()) {
            self.is_coloured = kept != "0";
            self.out.push_str("\x1b[");
            self.out.push_str(&kept);
            self.out.push('m');
        }
    }
}

/// How many of the last bytes are the beginning of a character that goes on after them.
fn partial_character(bytes: &[u8]) -> usize {
    let is_beginning = |length: &usize| {
        let end = &bytes[bytes.len() - length..];
        matches!(std::str::from_utf8(end), Err(error) if error.valid_up_to() == 0 && error.error_len().is_none())
    };
    (1..=bytes.len().min(3)).rev().find(is_beginning).unwrap_or(0)
}

/// A character, or what stands for it.
fn shown(c: char) -> char {
    match c {
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\x7f' => '\u{2421}',
        '\u{80}'..='\u{9f}' => char::REPLACEMENT_CHARACTER,
        // Marks, embeddings, overrides and isolates of the bidirectional algorithm.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            char::REPLACEMENT_CHARACTER
        }
        // Line and paragraph separators.
        '\u{2028}' | '\u{2029}' => char::REPLACEMENT_CHARACTER,
        _ => c,
    }
}

#[cfg(test)]
#[path = "sanitise_tests.rs"]
mod tests;
