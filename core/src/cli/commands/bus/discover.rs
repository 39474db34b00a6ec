//! `bus discover`, `bus verify` and `bus rotate`.

use std::path::PathBuf;

use serde::Serialize;

use super::Which;
use crate::api::messages::BusView;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::table::Table;
use crate::cli::output::{style, time};

/// The JSON of `bus discover`.
#[derive(Serialize)]
struct Buses<'a> {
    buses: &'a [BusView],
}

/// The JSON of `bus rotate`.
#[derive(Serialize)]
struct Rotated {
    bus: PathBuf,
    rotated: bool,
}

pub fn discover(context: &Context) -> Result<u8, Failure> {
    let (app, out) = (context.app()?, &context.out);
    let buses = app.buses()?;
    if out.is_json() {
        out.json(&Buses { buses: &buses })?;
        return Ok(0);
    }
    let now = app.clock.now();
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

pub fn verify(which: &Which, context: &Context) -> Result<u8, Failure> {
    let open = context.app()?.bus(which.on_project)?;
    let _ = open;
    Ok(0)
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
