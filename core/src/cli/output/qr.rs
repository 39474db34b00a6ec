//! A QR code in a terminal: two modules a character, one above the other.

use qrcode::{Color, EcLevel, QrCode};

use super::Out;
use crate::cli::failure::Failure;

/// Modules of quiet around the code that readers need.
const QUIET: usize = 4;
/// Black on white whatever the colours of the terminal are; both from the fixed part of the palette, which
/// themes leave alone.
const BLACK_ON_WHITE: &str = "\u{1b}[38;5;16;48;5;231m";
const RESET: &str = "\u{1b}[0m";

/// Prints `text` as a code, where it fits the terminal.
pub fn print(out: &Out, text: &str) -> Result<(), Failure> {
    match lines(text, out.has_colour()) {
        Some((width, lines)) if width <= out.width() => lines.iter().try_for_each(|line| out.line(line)),
        _ => Ok(()),
    }
}

/// The lines of the code and their width in characters; none for what is too long for any. Without colours
/// light modules are what is drawn: right on a dark terminal, and negative, which most readers take as well,
/// on a light one.
fn lines(text: &str, colour: bool) -> Option<(usize, Vec<String>)> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    let (size, modules) = (code.width(), code.to_colors());
    let is_dark = |x: usize, y: usize| {
        let inside = (QUIET..size + QUIET).contains(&x) && (QUIET..size + QUIET).contains(&y);
        inside && modules[(y - QUIET) * size + x - QUIET] == Color::Dark
    };
    let whole = size + 2 * QUIET;
    let line = |y: usize| -> String {
        let drawn = |x, y| if colour { is_dark(x, y) } else { y < whole && !is_dark(x, y) };
        let half = |x| match (drawn(x, y), drawn(x, y + 1)) {
            (true, true) => '█',
            (true, false) => '▀',
            (false, true) => '▄',
            (false, false) => ' ',
        };
        let halves: String = (0..whole).map(half).collect();
        if colour { format!("{BLACK_ON_WHITE}{halves}{RESET}") } else { halves }
    };
    Some((whole, (0..whole).step_by(2).map(line).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://192.168.1.5:14355/#ticket=conductor_x&fingerprint=00";

    /// The modules that a reader sees, row by row: whether they are dark.
    fn seen(lines: &[String], drawn_is_dark: bool) -> Vec<Vec<bool>> {
        let halves = |line: &String, upper: bool| -> Vec<bool> {
            let blocks = line.trim_start_matches(BLACK_ON_WHITE).trim_end_matches(RESET).chars();
            let is_drawn = |c| c == '█' || c == if upper { '▀' } else { '▄' };
            blocks.map(|c| is_drawn(c) == drawn_is_dark).collect()
        };
        lines.iter().flat_map(|line| [halves(line, true), halves(line, false)]).collect()
    }

    #[test]
    fn what_is_drawn_is_the_code_with_quiet_around_it() {
        let code = QrCode::with_error_correction_level(LINK, EcLevel::L).expect("a code");
        let size = code.width();
        for colour in [true, false] {
            let (width, lines) = lines(LINK, colour).expect("a code");
            let seen = seen(&lines, colour);
            assert_eq!(width, size + 2 * QUIET);
            for (y, row) in seen.iter().take(width).enumerate() {
                assert_eq!(row.len(), width);
                for (x, dark) in row.iter().enumerate() {
                    let inside = (QUIET..size + QUIET).contains(&x) && (QUIET..size + QUIET).contains(&y);
                    let expected = inside && code[(x - QUIET, y - QUIET)] == Color::Dark;
                    assert_eq!(*dark, expected, "{x},{y} with colours {colour}");
                }
            }
        }
    }

    #[test]
    fn black_on_white_is_said_on_every_line() {
        let (_, lines) = lines(LINK, true).expect("a code");
        assert!(lines.iter().all(|line| line.starts_with(BLACK_ON_WHITE) && line.ends_with(RESET)));
    }
}
