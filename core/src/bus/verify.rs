//! Looks at all of a bus and tells what is wrong with it.

use std::io;

use serde::Serialize;

use crate::model::{Cursor, MessageId};

use super::folder::{Folder, Form, Segment};
use super::reader::{Segments, open_closed, segments};
use super::scan::{Scanner, Tail};

/// What a bus consists of, and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Records whose trailers hold; of the seed system: records.
    pub records: u64,
    /// Files, the one that is appended to included.
    pub segments: u64,
    /// Tails that broke off, closed or not. Nobody was told that these messages were appended.
    pub torn: u64,
    /// Pieces of text without a record.
    pub plain: u64,
    /// What a sound bus does not have.
    pub problems: Vec<Problem>,
}

/// Something that a sound bus does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file.
    pub segment: String,
    /// The record at which it was noticed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<MessageId>,
    /// What is wrong.
    pub what: Fault,
}

/// What can be wrong with a bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// A record has an id that is not greater than the one before: somebody wrote it without our tools.
    OutOfOrder,
    /// A closed segment does not begin with the record that its name says.
    WrongName,
    /// A closed segment holds no record.
    NoRecord,
}

/// Reads all segments of a bus.
pub(super) fn verify(folder: &Folder, form: Form) -> io::Result<Report> {
    let mut report = Report::default();
    let mut last = None;
    let Segments { closed, current } = segments(folder, form)?;
    for segment in closed {
        if let Some(opened) = open_closed(folder, segment)? {
            let scanner = Scanner::new(opened.file, opened.segment.form, 0, Cursor::START);
            read(scanner, &opened.segment, Tail::Closed, &mut last, &mut report)?;
        }
    }
    if let Some(opened) = current {
        let scanner = Scanner::new(opened.file, form, 0, Cursor::START);
        read(scanner, &opened.segment, Tail::Quiet, &mut last, &mut report)?;
    }
    Ok(report)
}

fn read(
    mut scanner: Scanner,
    segment: &Segment,
    tail: Tail,
    last: &mut Option<MessageId>,
    report: &mut Report,
) -> io::Result<()> {
    let mut first = None;
    let mut problem = |at, what| report.problems.push(Problem { segment: segment.name.clone(), at, what });
    while let Some(piece) = scanner.next(tail)? {
        match piece.id {
            Some(id) => {
                report.records += 1;
                first.get_or_insert(id);
                if *last >= Some(id) {
                    problem(Some(id), Fault::OutOfOrder);
                }
                *last = (*last).max(Some(id));
            }
            None if segment.form == Form::Seed && !scanner.message(&piece).plain => report.records += 1,
            None => report.plain += 1,
        }
    }
    match (segment.first, first) {
        (Some(_), None) => problem(None, Fault::NoRecord),
        (Some(name), Some(first)) if name != first => problem(Some(first), Fault::WrongName),
        _ => {}
    }
    report.segments += 1;
    report.torn += scanner.torn() + u64::from(scanner.has_rest());
    Ok(())
}
