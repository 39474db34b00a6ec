//! `bus discover`, `bus verify` and `bus rotate`.

use std::path::PathBuf;

use serde::Serialize;

use super::Which;
use crate::api::ErrorCode;
use crate::api::messages::BusView;
use crate::bus::{Fault, Report};
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::table::Table;
use crate::cli::output::{style, time};

/// The JSON of `bus discover`.
#[derive(Serialize)]
struct Buses<'a> {
    buses: &'a [BusView],
}

/// The JSON of `bus verify`.
#[derive(Serialize)]
struct Verified<'a> {
    bus: PathBuf,
    #[serde(flatten)]
    report: &'a Report,
}

/// The JSON of `bus rotate`.
#[derive(Serialize)]
struct Rotated {
    bus: PathBuf,
    rotated: bool,
}

pub fn discover(context: &Context) -> Result<u8, Failure> {
    let out = &context.out;
    let buses = context.host()?.buses()?;
    if out.is_json() {
        out.json(&Buses { buses: &buses })?;
        return Ok(0);
    }
    let now = context.now();
    let mut table = Table::new(&["BUS", "SIZE", "LAST", "FILE"]);
    for bus in &buses {
        let name =
            bus.task.as_ref().map_or_else(|| bus.project.clone(), |task| format!("{}/{task}", bus.project));
        let last = bus.last_at.map(|at| if out.is_terminal() { time::ago(at, now) } else { at.to_string() });
        let size = if out.is_terminal() { time::bytes(bus.bytes) } else { bus.bytes.to_string() };
        table.row(vec![out.paint(style::NAME, name), size, last.unwrap_or_default(), out.safe(&bus.path)]);
    }
    table.print(out)?;
    Ok(0)
}

/// Checks every record; 8 where something is damaged.
pub fn verify(which: &Which, context: &Context) -> Result<u8, Failure> {
    let open = context.app()?.bus(which.on_project)?;
    let report = open.bus.verify()?;
    let out = &context.out;
    let code = if report.problems.is_empty() { 0 } else { ErrorCode::Damaged.exit_code() };
    if out.is_json() {
        out.json(&Verified { bus: open.bus.path(), report: &report })?;
        return Ok(code);
    }
    let (sign, colour) = if code == 0 { ("✓", style::GOOD) } else { ("✗", style::BAD) };
    let Report { records, segments, torn, plain, .. } = &report;
    out.line(format_args!(
        "{} {records} messages in {segments} segments, {torn} torn and fenced, {plain} pieces of plain text",
        out.paint(colour, sign)
    ))?;
    for problem in &report.problems {
        let at = problem.at.map(|id| format!(" at {id}")).unwrap_or_default();
        let words = format!("  {}{at}: {}", out.safe(&problem.segment), fault(problem.what));
        out.line(out.paint(style::BAD, words))?;
    }
    Ok(code)
}

fn fault(what: Fault) -> &'static str {
    match what {
        Fault::OutOfOrder => "its id is not greater than the one before; it was written without run-agent",
        Fault::WrongName => "the segment does not begin with the record that its name says",
        Fault::NoRecord => "the segment holds no record",
    }
}

pub fn rotate(which: &Which, context: &Context) -> Result<u8, Failure> {
    let open = context.app()?.bus(which.on_project)?;
    let rotated = open.bus.rotate()?;
    let out = &context.out;
    if out.is_json() {
        out.json(&Rotated { bus: open.bus.path(), rotated })?;
    } else if rotated {
        out.line(format_args!("{} a new segment was begun", out.paint(style::GOOD, "✓")))?;
    } else {
        out.line("nothing to rotate: the bus is empty")?;
    }
    Ok(0)
}
