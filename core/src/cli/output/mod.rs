//! Where output goes: a terminal, a pipe, or JSON; colours, width and masking decided in one place.

pub mod message;
#[cfg(feature = "server")]
pub mod qr;
pub mod show;
pub mod style;
pub mod table;
pub mod text;
pub mod time;

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};

use secrecy::SecretString;
use serde::Serialize;

use super::failure::Failure;
use crate::logs::{Mask, Screen, strip};

/// The standard output of one command.
pub struct Out {
    writer: RefCell<BufWriter<Stdout>>,
    json: bool,
    terminal: bool,
    colour: bool,
    width: usize,
    secrets: OnceCell<Vec<SecretString>>,
    mask: OnceCell<Mask>,
}

impl Out {
    /// Looks at what the standard output is. `json`: documents instead of text.
    pub fn new(json: bool) -> Self {
        let stdout = io::stdout();
        let terminal = stdout.is_terminal();
        let width = if terminal { terminal_width() } else { usize::MAX };
        let colour = !json && style::wants_colour(&stdout);
        Self {
            writer: RefCell::new(BufWriter::new(stdout)),
            json,
            terminal,
            colour,
            width,
            secrets: OnceCell::new(),
            mask: OnceCell::new(),
        }
    }

    /// Whether the caller asked for JSON.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Whether a person looks at it live.
    pub fn is_terminal(&self) -> bool {
        self.terminal && !self.json
    }

    /// Columns of the terminal; unlimited in a pipe.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Whether colours are shown (`NO_COLOR`, `CLICOLOR_FORCE` and `TERM` hold).
    pub fn has_colour(&self) -> bool {
        self.colour
    }

    /// `text` in a style, where colours are shown.
    pub fn paint(&self, style: style::Style, text: impl std::fmt::Display) -> String {
        style::paint(self.colour, style, text)
    }

    /// Hides these values in everything from outside. The first call counts.
    pub fn hide(&self, secrets: Vec<SecretString>) {
        let _ = self.secrets.set(secrets);
    }

    /// Text from outside (agents, files, people) as one line that cannot act on a terminal, known
    /// secrets masked.
    pub fn safe(&self, text: &str) -> String {
        let masked = self.masked(text);
        let plain =
            if text.contains(char::is_control) { strip(masked.as_bytes()) } else { masked.into_owned() };
        text::one_line(&plain)
    }

    /// What makes a log fit to be shown here, chunk by chunk.
    pub fn screen(&self) -> Screen {
        Screen::new(self.secrets(), self.colour)
    }

    /// As [`Out::screen`], without the colours of the log itself.
    pub fn plain_screen(&self) -> Screen {
        Screen::new(self.secrets(), false)
    }

    fn secrets(&self) -> &[SecretString] {
        self.secrets.get().map(Vec::as_slice).unwrap_or_default()
    }

    fn masked<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.secrets().is_empty() {
            return Cow::Borrowed(text);
        }
        let mask = self.mask.get_or_init(|| Mask::new(self.secrets()));
        Cow::Owned(String::from_utf8_lossy(&mask.apply(text.as_bytes())).into_owned())
    }

    /// A line of text from outside, its indentation kept.
    pub fn safe_line(&self, text: &str) -> String {
        let indent = text.len() - text.trim_start_matches([' ', '\t']).len();
        format!("{}{}", text[..indent].replace('\t', "    "), self.safe(text))
    }

    /// Writes one line.
    pub fn line(&self, text: impl std::fmt::Display) -> Result<(), Failure> {
        writeln!(self.writer.borrow_mut(), "{text}").map_err(|error| Failure::of_output(&error))
    }

    /// Writes bytes as they are.
    pub fn raw(&self, bytes: &[u8]) -> Result<(), Failure> {
        self.writer.borrow_mut().write_all(bytes).map_err(|error| Failure::of_output(&error))
    }

    /// Writes one document, indented.
    pub fn json<T: Serialize>(&self, document: &T) -> Result<(), Failure> {
        let text =
            serde_json::to_string_pretty(document).map_err(|error| Failure::of_output(&error.into()))?;
        self.line(text::inert_json(&self.masked(&text)))
    }

    /// Writes one document of a stream on one line, and at once.
    pub fn json_line<T: Serialize>(&self, document: &T) -> Result<(), Failure> {
        let text = serde_json::to_string(document).map_err(|error| Failure::of_output(&error.into()))?;
        self.line(text::inert_json(&self.masked(&text)))?;
        self.flush()
    }

    /// Sends out what was written so far.
    pub fn flush(&self) -> Result<(), Failure> {
        self.writer.borrow_mut().flush().map_err(|error| Failure::of_output(&error))
    }
}

fn terminal_width() -> usize {
    rustix::termios::tcgetwinsize(io::stdout())
        .ok()
        .map(|size| usize::from(size.ws_col))
        .filter(|columns| *columns >= 20)
        .unwrap_or(80)
}
