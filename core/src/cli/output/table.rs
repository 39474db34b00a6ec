//! Tables: aligned and cut to the terminal's width for people, tab-separated for pipes.
//!
//! Rows are one line each, also when ten thousand of them go through a pipe.

use console::{measure_text_width, truncate_str};

use super::{Out, style};
use crate::cli::failure::Failure;

/// Rows under headings. Cells may hold colours; the last column takes the width that is left.
pub struct Table {
    headings: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table with its headings.
    pub fn new(headings: &[&'static str]) -> Self {
        Self { headings: headings.to_vec(), rows: Vec::new() }
    }

    /// Adds a row with a cell for each heading.
    pub fn row(&mut self, cells: Vec<String>) {
        debug_assert_eq!(cells.len(), self.headings.len(), "a cell for each heading");
        self.rows.push(cells);
    }

    /// Writes it: aligned on a terminal, tab-separated without headings elsewhere.
    pub fn print(&self, out: &Out) -> Result<(), Failure> {
        if out.is_terminal() { self.print_aligned(out) } else { self.print_plain(out) }
    }

    fn print_plain(&self, out: &Out) -> Result<(), Failure> {
        self.rows.iter().try_for_each(|row| out.line(row.join("\t")))
    }

    fn print_aligned(&self, out: &Out) -> Result<(), Failure> {
        let headings: Vec<String> =
            self.headings.iter().map(|heading| out.paint(style::DIM, heading)).collect();
        let widths = self.widths();
        for row in std::iter::once(&headings).chain(&self.rows) {
            out.line(truncate_str(align(row, &widths).trim_end(), out.width(), "…"))?;
        }
        Ok(())
    }

    /// The widest cell of each column. A column whose cells are all empty has no width.
    fn widths(&self) -> Vec<usize> {
        (0..self.headings.len())
            .map(|column| {
                let cells = self.rows.iter().map(|row| measure_text_width(&row[column])).max().unwrap_or(0);
                if cells == 0 { 0 } else { cells.max(self.headings[column].len()) }
            })
            .collect()
    }
}

fn align(row: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (cell, width) in row.iter().zip(widths).filter(|(_, width)| **width > 0) {
        line.push_str(cell);
        let gap = width.saturating_sub(measure_text_width(cell)) + 2;
        line.extend(std::iter::repeat_n(' ', gap));
    }
    line
}
