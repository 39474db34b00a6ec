//! Does one thing in a process of its own, for fault tests that need many of them.
//!
//! `append <dir> <name> <count> <rotate_at>` appends messages `<name>-<n>` to the bus in a folder;
//! `echo <dir> <name> <count>` appends lines to it without any lock; `follow <dir> <count>` follows it until
//! that many messages were delivered and prints their texts; `read <dir> <count>` reads all of it again and
//! again until that many are there, and sees that their ids grow; `fill <file>` fills a disk with a file.

use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use conductor_core::bus::{Bus, BusSettings};
use conductor_core::model::{Cursor, Message, NewMessage};
use conductor_core::store::Dir;

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

const STEM: &str = "TASK-MESSAGE-BUS";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["append", dir, name, count, rotate_at] => append(dir, name, count, rotate_at),
        ["echo", dir, name, count] => echo(dir, name, count),
        ["follow", dir, count] => follow(dir, count),
        ["read", dir, count] => read(dir, count),
        ["fill", file] => fill(Path::new(file)),
        _ => return ExitCode::from(2),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn bus(dir: &str) -> Result<Bus> {
    Ok(Bus::open(&Dir::open(Path::new(dir))?, STEM))
}

fn append(dir: &str, name: &str, count: &str, rotate_at: &str) -> Result<()> {
    let bus =
        bus(dir)?.with_settings(BusSettings { rotate_at: rotate_at.parse()?, ..BusSettings::default() });
    for number in 0..count.parse::<u32>()? {
        bus.append(&NewMessage::new("INFO", format!("{name}-{number}")))?;
    }
    Ok(())
}

fn echo(dir: &str, name: &str, count: &str) -> Result<()> {
    let path = Path::new(dir).join(format!("{STEM}.md"));
    for number in 0..count.parse::<u32>()? {
        let mut file = OpenOptions::new().append(true).create(true).open(&path)?;
        file.write_all(format!("{name}-{number}\n").as_bytes())?;
    }
    Ok(())
}

fn follow(dir: &str, count: &str) -> Result<()> {
    let (count, mut seen) = (count.parse::<usize>()?, 0);
    let mut follower = bus(dir)?.follow(Cursor::START)?;
    let mut out = BufWriter::new(io::stdout().lock());
    while seen < count {
        for message in follower.wait(Duration::from_millis(200))? {
            if !message.plain {
                seen += 1;
                writeln!(out, "{}", message.body)?;
            }
        }
    }
    Ok(out.flush()?)
}

fn read(dir: &str, count: &str) -> Result<()> {
    let count = count.parse::<usize>()?;
    loop {
        let (mut seen, mut last) = (0, None);
        for message in bus(dir)?.messages(Cursor::START)? {
            let id = message?;
            let Some(id) = Message::id(&id) else { continue };
            if last >= Some(id) {
                return Err(format!("{id} stands after {last:?}").into());
            }
            (seen, last) = (seen + 1, Some(id));
        }
        if seen == count {
            return Ok(());
        }
    }
}

fn fill(path: &Path) -> Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    for size in [1 << 20, 1 << 12, 1] {
        let bytes = vec![b'x'; size];
        while file.write_all(&bytes).is_ok() {}
    }
    Ok(())
}
